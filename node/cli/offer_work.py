"""The commands that move an escalation on, on either side of it."""

from collections.abc import Callable
from datetime import date

import click
import sqlite_utils

from content.people.permissions import Right
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.escalation import Escalation
from federation.escalation.offering import confirm as confirm_answer
from federation.escalation.offering import give_info
from federation.escalation.offering import reopen as take_back_confirmation
from federation.escalation.offering import withdraw as take_back_offer
from federation.escalation.revealing import Part
from federation.escalation.revealing import reveal as tell_identity
from federation.escalation.several import withdraw_others
from node.cli.desk import Desk, desk
from node.cli.offer_output import plain_escalation
from node.cli.options import DAY, RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json, say
from node.cli.preview_output import kept_places

ANSWER_BY = click.option(
    "--answer-by", type=DAY, metavar="DATE", help="The day by which the answer is promised."
)
Step = Callable[[sqlite_utils.Database, Desk], Escalation]


def _do(common: Common, step: Step) -> Escalation:
    """Do one step in one transaction and say how it stands now."""
    with desk(common, Right.ESCALATE) as at:
        escalation = at.write(lambda db: step(db, at))
    if common.json:
        print_json(plain_escalation(escalation))
    else:
        say(f"Escalation {escalation.id} is {escalation.state}. {escalation.peer} is told.")
    return escalation


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option("--assign", "users", multiple=True, metavar="USER", help="Who of us works on it.")
@ANSWER_BY
@common
def accept(common: Common, escalation: str, users: tuple[str, ...], answer_by: date | None) -> None:
    """
    Accept an offer: it becomes a case of this hub too.

    The day of --answer-by is a promise: the other hub and its requester see it, and both hubs are
    reminded of it.

    \b
    Example:
      hub offer accept 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --assign noor --answer-by 2026-12-18
    """
    done = _do(
        common,
        lambda db, at: accept_offer(
            db, at.hub, escalation, at.act, assigned_to=users, answer_by=answer_by
        ),
    )
    if not common.json and not users:
        note(f"It is our case {done.case_id} now. Next: hub offer assign {done.id} USER")


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option(
    "--reason-file", type=TEXT_FILE, default="-", metavar="FILE", help="Why. Without it: stdin."
)
@click.option(
    "--suggest",
    "--refer",
    "refer",
    multiple=True,
    metavar="HUB",
    help="A hub that could help instead; repeat for several.",
)
@common
def decline(common: Common, escalation: str, reason_file: str, refer: tuple[str, ...]) -> None:
    """
    Decline an offer with the reason; the text of it is destroyed here.

    The people of the other hub see the reason and the hubs that you suggest, with the command that
    asks each of them.

    \b
    Example:
      hub offer decline 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --reason-file why.txt \\
          --suggest rights.barcelona.example
    """
    reason = read_text(reason_file, "the reason")
    _do(
        common,
        lambda db, at: decline_offer(db, at.hub, escalation, at.act, reason=reason, refer=refer),
    )


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.argument("users", nargs=-1, metavar="[USER...]")
@ANSWER_BY
@common
def assign(common: Common, escalation: str, users: tuple[str, ...], answer_by: date | None) -> None:
    """
    Say who of this hub works on it; the other hub learns only that work has begun.

    With --answer-by, by which day the answer is promised from now on; then users may be left out.

    \b
    Examples:
      hub offer assign 01KAT3Q8T6W3Y6M0S0V4N8Z2XH noor
      hub offer assign 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --answer-by 2027-01-15
    """
    if not users and answer_by is None:
        raise click.UsageError("Name users of this hub, or a day with --answer-by.")
    _do(
        common,
        lambda db, at: assign_offer(db, at.hub, escalation, at.act, to=users, answer_by=answer_by),
    )


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@common
def ask(common: Common, escalation: str, text_file: str) -> None:
    """
    Ask the hub that made the offer something.

    \b
    Example:
      hub offer ask 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file ask.txt
    """
    text = read_text(text_file, "the question")
    _do(common, lambda db, at: ask_origin(db, at.hub, escalation, text, at.act))


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@click.option(
    "--keep-found",
    multiple=True,
    metavar="PLACE=REASON",
    help="What looks like personal data there may stay. Repeat for each place.",
)
@common
def info(common: Common, escalation: str, text_file: str, keep_found: tuple[str, ...]) -> None:
    """
    Answer what the other hub asked about our case, or tell it more.

    \b
    Example:
      hub offer info 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file info.txt
    """
    kept = kept_places(keep_found)
    text = read_text(text_file, "the information")
    _do(common, lambda db, at: give_info(db, at.hub, escalation, text, at.act, kept=kept))


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@click.option("--cite", multiple=True, metavar="URL", help="A resource; repeat for several.")
@click.option(
    "--attach", multiple=True, metavar="ID", help="A file of our case; its name stays here."
)
@click.option("--attach-named", multiple=True, metavar="ID", help="The same, with its name.")
@common
def answer(
    common: Common,
    escalation: str,
    text_file: str,
    cite: tuple[str, ...],
    attach: tuple[str, ...],
    attach_named: tuple[str, ...],
) -> None:
    """
    Answer a case that another hub offered to us.

    Files of our case go along sealed, for that hub alone; see their ids with hub case show.

    \b
    Example:
      hub offer answer 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file answer.txt \\
          --cite https://rights.example.org/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    text = read_text(text_file, "the answer")
    _do(
        common,
        lambda db, at: answer_origin(
            db,
            at.hub,
            escalation,
            text,
            at.act,
            citations=cite,
            attach=attach,
            attach_named=attach_named,
        ),
    )


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option(
    "--fields",
    required=True,
    metavar="LIST",
    help="What to tell: name, contact, organisation, with commas between.",
)
@common
def reveal(common: Common, escalation: str, fields: str) -> None:
    """
    Tell the hub that took our case on who asks, as far as the requester agreed.

    Only one hub is told, and the requester sees it. What they agree to: hub case consent.

    \b
    Example:
      hub offer reveal 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --fields name,contact
    """
    named = [each.strip() for each in fields.split(",") if each.strip()]
    wrong = [each for each in named if each not in set(Part)]
    if wrong or not named:
        raise click.BadParameter(f"choose from {', '.join(Part)}.", param_hint="--fields")
    parts = [Part(each) for each in named]
    _do(common, lambda db, at: tell_identity(db, at.hub, escalation, parts, at.act))


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@common
def confirm(common: Common, escalation: str) -> None:
    """
    Confirm that the answer to our case is usable; the other hub's part is done.

    \b
    Example:
      hub offer confirm 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    _do(common, lambda db, at: confirm_answer(db, at.hub, escalation, at.act))


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@common
def reopen(common: Common, escalation: str) -> None:
    """
    Take a confirmation back: the answer was not enough.

    \b
    Example:
      hub offer reopen 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    _do(common, lambda db, at: take_back_confirmation(db, at.hub, escalation, at.act))


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option("--others", is_flag=True, help="All other open offers of its case, and not this one.")
@common
def withdraw(common: Common, escalation: str, others: bool) -> None:
    """
    Take an offer of ours back; the other hub destroys its copy.

    With --others the offer named goes on, and all others of the same case are taken back.

    \b
    Example:
      hub offer withdraw 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
      hub offer withdraw 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --others
    """
    if not others:
        _do(common, lambda db, at: take_back_offer(db, at.hub, escalation, at.act))
        return
    with desk(common, Right.ESCALATE) as at:
        done = at.write(lambda db: withdraw_others(db, at.hub, escalation, at.act))
    if common.json:
        print_json({"items": [plain_escalation(each) for each in done]})
        return
    for each in done:
        say(f"Escalation {each.id} is {each.state}. {each.peer} is told.")
    if not done:
        note("No other hub is asked about this case.")
