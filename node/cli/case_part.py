"""The commands of those who were given a case: take it on, decline it, note hours."""

from datetime import date

import click
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.assignments import Assignment, AssignmentStore
from content.cases.dates import day_of
from content.cases.in_common import InCommon, in_common
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.escalation.why_asked import why_asked
from node.casework import begin_work
from node.cli.desk import desk
from node.cli.options import DAY, RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import Column, print_json, print_table, say


@click.command("accept")
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--no-conflict",
    is_flag=True,
    help="Declare that you have no conflict of interest in this matter: neither you, nor people"
    " close to you, nor whom you work for gain or lose by the answer. Needed; it is kept with the"
    " case, with your name and the time. If you cannot say so: hub case decline.",
)
@common
def accept_part(common: Common, case_id: str, no_conflict: bool) -> None:
    """
    Take on a case that was given to you, and declare that you have no conflict of interest in it.

    \b
    Why it was given to you, and how many of your hours are left:
      hub case people 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --as noor
    Example:
      hub case accept 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --no-conflict --as noor
    """
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> None:
            case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            begin_work(db, at.hub, at.settings, at.act).accept(case_id, no_conflict=no_conflict)

        at.write(work)
    _tell(common, case_id, "You have declared no conflict of interest, and taken on", "accepted")


@click.command("decline")
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--reason-file", type=TEXT_FILE, default="-", metavar="FILE", help="Why. Without it: stdin."
)
@common
def decline_part(common: Common, case_id: str, reason_file: str) -> None:
    """
    Decline a case that was given to you, with the reason; you do not see it any more.

    \b
    Example:
      hub case decline 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --reason-file why.txt --as noor
    """
    reason = read_text(reason_file, "the reason")
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> None:
            case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            begin_work(db, at.hub, at.settings, at.act).decline(case_id, reason)

        at.write(work)
    _tell(common, case_id, "You have declined", "declined")


@click.command("hours")
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("hours", type=float)
@click.option("--day", type=DAY, metavar="DATE", help="Else today.")
@common
def log_part(common: Common, case_id: str, hours: float, day: date | None) -> None:
    """
    Note how long you worked on a case that is yours; only this hub sees it.

    \b
    Example:
      hub case hours 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 1.5 --as noor
    """
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> None:
            case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            begin_work(db, at.hub, at.settings, at.act).log_hours(case_id, hours, day)

        at.write(work)
    _tell(common, case_id, f"{hours:g} hours are noted for", "noted")


@click.command("people")
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def people_of(common: Common, case_id: str) -> None:
    """
    Show who is on a case: taken on or only asked, hours, and why it was given to you.

    What they declared about conflicts of interest stands beside it, and of your own hours of this
    month how many are left.

    \b
    Example:
      hub case people 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --as noor
    """
    with desk(common, Right.CASES_ASSIGNED) as at:

        def look(
            db: sqlite_utils.Database,
        ) -> tuple[tuple[Assignment, ...], tuple[str, ...], InCommon]:
            case = case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            name, rules = at.principal.name, at.settings.matching
            why = why_asked(db, at.hub, case_id, name, at.act.at, rules=rules)
            today = day_of(at.act.at, at.hub.identity.timezone)
            return AssignmentStore(db).of(case_id), why, in_common(db, case, name, today)

        people, why, mine = at.read_noted(look, "case.read", case_id)
    if common.json:
        print_json({"items": people, "why_you": why, "in_common": mine})
        return
    print_table(
        [Column("who"), Column("answer"), Column("hours"), Column("conflict of interest")],
        [
            (
                each.user,
                each.state.value,
                f"{each.minutes / 60:g}",
                "none, as declared" if each.no_conflict_at else "",
            )
            for each in people
        ],
    )
    for reason in why:
        say(f"Why you: {reason}.")
    if mine.hours_a_month and not any("left this month" in reason for reason in why):
        worked = mine.minutes_this_month / 60
        left = max(0, mine.hours_a_month - worked)
        say(f"Your hours this month: {worked:.3g} of {mine.hours_a_month} worked, {left:.3g} left.")


def _tell(common: Common, case_id: str, done: str, state: str) -> None:
    if common.json:
        print_json({"id": case_id, "assignment": state})
        return
    say(f"{done} case {case_id}.")
