"""The commands that move a case on: assign, ask, reply, answer, close, reopen, withdraw."""

from datetime import date

import click
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.case import Case
from content.cases.outcome import CLOSING, MEANINGS, Outcome
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.answering import answer_case
from node.casework import begin_work
from node.cli.desk import desk
from node.cli.options import DAY, RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import print_json, say
from node.cli.refusals import Refused

OUTCOMES = "\n".join(f"  {each.value:<13} {MEANINGS[each]}" for each in CLOSING)


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("users", nargs=-1, required=True, metavar="USER...")
@click.option("--add", is_flag=True, help="Beside those who have it, not instead of them.")
@common
def assign(common: Common, case_id: str, users: tuple[str, ...], add: bool) -> None:
    """
    Give a case to users of this hub, instead of those before.

    \b
    Example:
      hub case assign 01KAT3Q8T6W3Y6M0S0V4N8Z2XH mireia
    """
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).assign(case_id, users, add=add)
        )
    _tell(common, case, f"is with {', '.join(case.assigned_to)}")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@click.option("--until", type=DAY, metavar="DATE", help="By which day a reply is hoped for.")
@common
def ask(common: Common, case_id: str, text_file: str, until: date | None) -> None:
    """
    Ask the requester something; the case waits for them.

    \b
    Example:
      hub case ask 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file ask.txt --until 2026-12-04
    """
    text = read_text(text_file, "the question")
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).ask(case_id, text, until=until)
        )
    _tell(common, case, "has a question to the requester")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@common
def reply(common: Common, case_id: str, text_file: str) -> None:
    """
    Note what the requester replied, for instance by phone.

    \b
    Example:
      hub case reply 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file reply.txt
    """
    text = read_text(text_file, "the reply")
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).note_reply(case_id, text)
        )
    _tell(common, case, "has the reply of the requester")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--text-file", type=TEXT_FILE, metavar="FILE", help="Else the one draft, or stdin.")
@click.option(
    "--draft", "drafts", multiple=True, metavar="ID[@N]", help="A draft that went in; repeat."
)
@click.option(
    "--cite",
    "cites",
    multiple=True,
    metavar="ID|URL",
    help="A resource of the catalogue it rests on; repeat. Else those of the drafts.",
)
@click.option(
    "--attach",
    multiple=True,
    metavar="ID",
    help="A file of the case that goes with it; another hub does not learn its name.",
)
@click.option("--attach-named", multiple=True, metavar="ID", help="The same, with its name.")
@common
def answer(
    common: Common,
    case_id: str,
    text_file: str | None,
    drafts: tuple[str, ...],
    cites: tuple[str, ...],
    attach: tuple[str, ...],
    attach_named: tuple[str, ...],
) -> None:
    """
    Send the one answer, with its sources: to the requester, or to the hub that passed it on.

    With one --draft and no text, the text of that draft is the answer. @N: only if that is still
    its newest revision.

    \b
    Example:
      hub case answer 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file answer.txt \\
          --draft 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ@2 --cite 01KAT3Q8T6W3Y6M0S0V4N8Z2XK
    """
    used = tuple(_draft(each) for each in drafts)
    text = None
    if text_file is not None or len(used) != 1:
        text = read_text(text_file or "-", "the answer")
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> Case:
            case = case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            if case.escalated_from is not None:
                at.principal.require(Right.ESCALATE)
            return answer_case(
                db,
                at.hub,
                case_id,
                at.act,
                text=text,
                drafts=used,
                cites=cites or None,
                attach=attach,
                attach_named=attach_named,
            )

        case = at.write(work)
    _tell(common, case, "is answered")


def _draft(typed: str) -> tuple[str, int | None]:
    draft, _, revision = typed.partition("@")
    if revision and not (revision.isascii() and revision.isdecimal()):
        raise Refused("After @ comes a revision, such as @2.")
    return draft.strip().upper(), int(revision) if revision else None


@click.command(epilog="\b\nOutcomes:\n" + OUTCOMES)
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--outcome", type=click.Choice([o.value for o in CLOSING]), required=True, help="How it ended."
)
@click.option(
    "--note-file", type=TEXT_FILE, metavar="FILE", help="For the people here; - for stdin."
)
@common
def close(common: Common, case_id: str, outcome: str, note_file: str | None) -> None:
    """
    Close a case with an outcome.

    \b
    Example:
      hub case close 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --outcome solved
    """
    text = "" if note_file is None else read_text(note_file, "the note")
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).close(
                case_id, Outcome(outcome), text
            )
        )
    _tell(common, case, "is closed")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--reason-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
@common
def reopen(common: Common, case_id: str, reason_file: str) -> None:
    """
    Work on a case again that was answered or closed. The reason is kept in it as a note.

    \b
    Example:
      hub case reopen 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --reason-file why.txt
    """
    reason = read_text(reason_file, "the reason")
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(
            lambda db: begin_work(db, at.hub, at.settings, at.act).reopen(case_id, reason)
        )
    _tell(common, case, "is open again")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def withdraw(common: Common, case_id: str) -> None:
    """
    Note that the requester asks to stop; the case is over.

    \b
    Example:
      hub case withdraw 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_WORK) as at:
        case = at.write(lambda db: begin_work(db, at.hub, at.settings, at.act).withdraw(case_id))
    _tell(common, case, "is withdrawn")


def _tell(common: Common, case: Case, done: str) -> None:
    if common.json:
        print_json({"id": case.id, "status": case.status, "assigned_to": case.assigned_to})
        return
    say(f"Case {case.id} {done} ({case.status.value}).")
