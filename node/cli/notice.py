"""`hub notice`: what an operator has to look at, and ticking it off."""

import click

from content.people.permissions import Right
from federation.notices import LASTING, NoticeStore, dismiss_notice
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say, when


@click.group()
def command() -> None:
    """
    What an operator has to look at: of peers, logs, keys, erasures, retention.

    hub doctor shows the same among the rest. What is about cases of yours: hub case notices.
    """


@command.command("list")
@common
def list_notices(common: Common) -> None:
    """
    List what there is to look at, newest first.

    \b
    Example:
      hub notice list
    """
    with desk(common, Right.OPERATE) as at:
        found = at.read(lambda db: list(NoticeStore(db).all()))
    if common.json:
        print_json({"items": found})
        return
    if not found:
        note("Nothing to look at.")
    for each in found:
        times = "" if each.times == 1 else f", {each.times} times"
        say(f"{each.kind} {each.subject} ({when(each.last_at)} UTC{times})")
        say(f"  {each.text}")
        if each.kind in LASTING:
            say("  It stays until this ends.")


@command.command()
@click.argument("kind")
@click.argument("subject")
@common
def dismiss(common: Common, kind: str, subject: str) -> None:
    """
    Tick a notice off, by kind and subject as the list shows them.

    What goes on, such as a forked log, keeps its notice until it ends.

    \b
    Example:
      hub notice dismiss keys-recovered rights.barcelona.example
    """
    with desk(common, Right.OPERATE) as at:
        at.write(lambda db: dismiss_notice(db, kind, subject, at.act))
    if common.json:
        print_json({"kind": kind, "subject": subject, "done": "dismiss"})
        return
    say(f"Ticked off: {kind} {subject}.")
