"""The commands that look after a listing: confirm, pause, resume, link, remove."""

from collections.abc import Callable
from datetime import date

import click
import sqlite_utils

from content.changes import Act
from content.experts.expert import Expert, ExpertState
from content.people.permissions import Right
from federation.erasures import ErasureStore, NoSuchErasure
from federation.hub import Hub
from federation.listing_care import ask_to_confirm, make_link
from federation.publishing_experts import (
    confirm_expert,
    pause_expert,
    remove_expert,
    resume_expert,
)
from node.cli.desk import Desk, desk
from node.cli.expert_output import tell_expert
from node.cli.moved import waiting_because
from node.cli.options import DAY, RECORD, Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused

Move = Callable[[sqlite_utils.Database, Hub, str, Act], Expert]


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@common
def confirm(common: Common, expert_id: str) -> None:
    """
    Note that the expert found the listing right today; a paused one is listed again.

    \b
    Example:
      hub expert confirm 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    _move(common, expert_id, confirm_expert, "Confirmed")


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@click.option("--from", "starts", type=DAY, metavar="DATE", help="First day; else today.")
@click.option("--until", type=DAY, metavar="DATE", help="Last day; else until you resume it.")
@common
def pause(common: Common, expert_id: str, starts: date | None, until: date | None) -> None:
    """
    Take an expert off the lists for a while, here and everywhere.

    The server begins and ends it on the days that are given.

    \b
    Example:
      hub expert pause 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
      hub expert pause 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --from 2027-08-01 --until 2027-08-31
    """

    def work(db: sqlite_utils.Database, hub: Hub, expert: str, act: Act) -> Expert:
        return pause_expert(db, hub, expert, act, starts=starts, until=until)

    expert = _move(common, expert_id, work, "Paused" if starts is None else "Planned a pause of")
    if until is not None and expert.state is ExpertState.PAUSED and not common.json:
        note(f"The listing is put on again after {until}.")


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@common
def resume(common: Common, expert_id: str) -> None:
    """
    Put a paused expert on the lists again, before the pause is over.

    \b
    Example:
      hub expert resume 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    _move(common, expert_id, resume_expert, "Listed again:")


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@click.option("--mail", is_flag=True, help="Send it to the address that is noted for them.")
@common
def link(common: Common, expert_id: str, mail: bool) -> None:
    """
    Make a link by which an expert confirms the listing, pauses it or leaves, without an account.

    It works for thirty days and is shown once: whoever has it can do these things, so hand it over
    to nobody else. By itself the server mails one where a listing was not confirmed for half a
    year.

    \b
    Example:
      hub expert link 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --mail
    """
    with desk(common, Right.EXPERTS_EDIT) as at:
        address: str | None = None
        if mail:
            if not at.settings.smtp_host:
                raise Refused(
                    "This hub sends no mails (smtp_host in hub.toml). Without --mail the link is"
                    " shown to you."
                )
            at.write(lambda db: ask_to_confirm(db, at.hub, expert_id, at.act))
        else:
            address = at.write(lambda db: make_link(db, at.hub, expert_id, at.act))
    if common.json:
        print_json({"id": expert_id, "link": address, "mailed": mail})
    elif address is None:
        say("A mail with the link is on its way.")
    else:
        say(address)
        note("It works for thirty days and is not shown again.")


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@common
def remove(common: Common, expert_id: str) -> None:
    """
    Delete an expert, here and everywhere the listing went. There is no way back.

    \b
    Example:
      hub expert remove 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    _move(common, expert_id, remove_expert, "Removed", _receipts)


def _receipts(at: Desk, expert: Expert) -> None:
    """Tell how many hubs are to confirm that they deleted it too."""

    def asked(db: sqlite_utils.Database) -> int:
        try:
            return len(ErasureStore(db).get(expert.id).asked)
        except NoSuchErasure:
            return 0

    count = at.read(asked)
    if count:
        hubs = "1 hub is" if count == 1 else f"{count} hubs are"
        note(f"{hubs} asked to delete it too. Their receipts: hub erasure show {expert.id}")


def _move(
    common: Common,
    expert_id: str,
    move: Move,
    done: str,
    more: Callable[[Desk, Expert], None] | None = None,
) -> Expert:
    with desk(common, Right.EXPERTS_EDIT) as at:
        expert = at.write(lambda db: move(db, at.hub, expert_id, at.act))
        at.sweep()
        waits = waiting_because(at, expert.id)
        tell_expert(common, expert, done, waits)
        if more is not None and not common.json:
            more(at, expert)
    if expert.id != expert_id and not common.json:
        note(f"The listing has a new id: {expert.id}")
    return expert
