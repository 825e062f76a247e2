"""The commands for the queue: triage, take, unassign, note, due, notices, history."""

from datetime import date
from typing import Any

import click
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.case import Case, Label, Sensitivity
from content.cases.history import CaseHistory, history_of
from content.cases.request import Urgency
from content.cases.store import CaseStore
from content.people.notices import PersonNoticeStore
from content.people.permissions import Right
from federation.escalation.reading import escalations_of_case
from node.casework import begin_work
from node.cli.case_list import REQUEST_TYPES
from node.cli.desk import desk
from node.cli.options import DAY, RECORD, TEXT_FILE, Common, common, paged, read_text
from node.cli.output import (
    Column,
    note,
    note_more,
    print_json,
    print_table,
    say,
    when,
)
from node.cli.refusals import Refused
from node.cli.topics import topic_ids


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--label", type=click.Choice([item.value for item in Label]), help="Who may get it.")
@click.option(
    "--sensitivity",
    type=click.Choice([item.value for item in Sensitivity]),
    help="What the text holds; data-special makes it tlp-red.",
)
@click.option("--urgency", type=click.Choice([u.value for u in Urgency]), help="How pressed.")
@click.option("--type", "request_type", type=click.Choice(REQUEST_TYPES), help="What is asked for.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="All topics, anew.")
@click.option("--country", metavar="CC", help="Whose law matters.")
@click.option("--language", metavar="TAG", help="Of the question.")
@click.option(
    "--reason-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="Why, or - for stdin; needed to lower label or sensitivity. Kept as a note.",
)
@common
def triage(
    common: Common,
    case_id: str,
    topics: tuple[str, ...],
    reason_file: str | None,
    **values: str | None,
) -> None:
    """
    Check a request: scope, urgency, label, personal data; correct what is wrong.

    A label is raised at any time; to lower it needs a reason. What is out of scope:
    hub case close --outcome redirected.

    \b
    Example:
      hub case triage 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --label tlp-amber-strict --topic procurement
    """
    changes: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    if topics:
        changes["topics"] = topic_ids(topics)
    reason = "" if reason_file is None else read_text(reason_file, "the reason")
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).triage(
                case_id, changes, reason=reason
            )
        )
    _tell(common, case, "is checked")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--join", is_flag=True, help="Beside those who have it, not instead of them.")
@common
def take(common: Common, case_id: str, join: bool) -> None:
    """
    Take a case over.

    \b
    Example:
      hub case take 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --join
    """
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).take(case_id, add=join)
        )
    _tell(common, case, f"is with {', '.join(case.assigned_to)}")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("users", nargs=-1, metavar="[USER...]")
@common
def unassign(common: Common, case_id: str, users: tuple[str, ...]) -> None:
    """
    Take users off a case; without names, everybody.

    \b
    Example:
      hub case unassign 01KAT3Q8T6W3Y6M0S0V4N8Z2XH omar
    """
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).unassign(case_id, users)
        )
    _tell(common, case, f"is with {', '.join(case.assigned_to) or 'nobody'}")


@click.command("note")
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@common
def leave_note(common: Common, case_id: str, text_file: str) -> None:
    """
    Leave a note for those who work on a case; the requester never sees it.

    \b
    Example:
      hub case note 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file note.txt
    """
    text = read_text(text_file, "the note")
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> Case:
            case = case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            begin_work(db, at.hub, at.settings, at.act).note(case_id, text)
            return case

        case = at.write(work)
    _tell(common, case, "has a note")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("day", type=DAY, required=False, metavar="[DATE]")
@click.option("--none", "no_day", is_flag=True, help="Take the day away.")
@click.option("--reason", default="", metavar="TEXT", help="Why that day.")
@common
def due(common: Common, case_id: str, day: date | None, no_day: bool, reason: str) -> None:
    """
    Say by which day the answer is due, in the time zone of the hub.

    Those who work on the case are reminded before, and when the day has passed.

    \b
    Example:
      hub case due 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 2026-12-04 --reason "The tender opens on the 7th"
    """
    if (day is None) != no_day:
        raise Refused("Give a day such as 2026-12-04, or --none.")
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).set_due(case_id, day, reason)
        )
    _tell(common, case, "has no day" if day is None else f"is due by {day}")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@paged(50)
@common
def history(common: Common, case_id: str, limit: int, cursor: str | None) -> None:
    """
    Show who did what with a case, the newest first; never a text of it, and not who read it.

    \b
    Example:
      hub case history 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> CaseHistory:
            case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            theirs = [item.id for item in escalations_of_case(db, at.hub, case_id)]
            return history_of(db, case_id, escalations=theirs, limit=limit, cursor=cursor)

        page = at.read_noted(work, "case.history", case_id)
    if common.json:
        print_json({"items": page.items, "next_cursor": page.next_cursor})
        return
    print_table(
        [Column("when"), Column("who"), Column("what"), Column("details", elastic=True)],
        [(when(item.at), item.by, item.what, item.note) for item in page.items],
    )
    note_more(page.next_cursor)


@click.command()
@click.option("--seen", is_flag=True, help="Tick off all that is shown.")
@common
def notices(common: Common, seen: bool) -> None:
    """
    Show which cases and offers want you: assigned, due soon, overdue, a draft, another hub.

    \b
    Example:
      hub case notices --as mireia --seen
    """
    with desk(common, Right.CASES_ASSIGNED) as at:
        items = at.read(lambda db: PersonNoticeStore(db).unseen(at.principal.name))
        if seen and items:
            upto = items[0].seq
            at.write(lambda db: PersonNoticeStore(db).see(at.principal.name, at.act.at, upto=upto))
    if common.json:
        print_json({"items": items})
        return
    if not items:
        note("Nothing new.")
        return
    print_table(
        [Column("when"), Column("kind"), Column("case"), Column("escalation")],
        [(when(it.made_at), it.kind.value, it.case_id, it.escalation_id) for it in items],
    )


def _tell(common: Common, case: Case, done: str) -> None:
    if common.json:
        print_json({"id": case.id, "status": case.status, "assigned_to": case.assigned_to})
        return
    say(f"Case {case.id} {done} ({case.status.value}).")
