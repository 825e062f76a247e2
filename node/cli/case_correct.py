"""`hub case correct`: what a case says about its requester or asks, put right (GDPR Art. 16)."""

from typing import Any

import click
import sqlite_utils

from content.cases.case import Case, read_case_content
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.escalation.states import OPEN
from federation.escalation.store import EscalationStore
from node.cli.desk import Desk, desk
from node.cli.options import RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--contact-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="Their name; next line, how to reach them.",
)
@click.option("--organisation", metavar="TEXT", help="Where they work.")
@click.option(
    "--question-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="First line the title, then the question.",
)
@common
def correct(
    common: Common,
    case_id: str,
    contact_file: str | None,
    organisation: str | None,
    question_file: str | None,
) -> None:
    """
    Put right what a case says; what is not given stays. What it said before is not kept.

    \b
    Example:
      hub case correct 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --contact-file contact.txt
    """
    who: dict[str, Any] = {} if organisation is None else {"organisation": organisation}
    asked: dict[str, Any] = {}
    if contact_file is not None:
        name, _, reach = read_text(contact_file, "the contact").partition("\n")
        who |= {"name": name, "contact": reach}
    if question_file is not None:
        title, _, question = read_text(question_file, "the case").partition("\n")
        asked |= {"title": title, "question": question.strip() or title}
    if not who and not asked:
        raise Refused("Say what to put right: --contact-file, --organisation or --question-file.")
    with desk(common, Right.CASES_WORK) as at:

        def work(db: sqlite_utils.Database) -> Case:
            store = CaseStore(db, at.hub.vault)
            case = store.get(case_id)
            values = {name: getattr(case, name) for name in type(case.content()).model_fields}
            values |= {**asked, "requester": {**case.requester.model_dump(), **who}}
            changed = case.change(read_case_content(values), at.act)
            return store.replace(changed, at.act, "case.correct", ", ".join((*who, *asked)))

        case = at.write(work)
        # Who asked never leaves the hub, so other hubs have nothing of it to put right.
        hubs = _hubs_with_the_text(at, case_id) if asked else []
    if common.json:
        print_json({"id": case.id, "revision": case.revision, "hubs_to_tell": hubs})
        return
    say(f"Case {case.id} is corrected.")
    for host in hubs:
        note(f"{host} has the text as it was. Tell its people: hub offer info")


def _hubs_with_the_text(at: Desk, case_id: str) -> list[str]:
    outlines = at.read(lambda db: EscalationStore(db, at.hub.vault).outlines_of_case(case_id))
    having = (*OPEN, "esc-confirmed")
    return sorted({peer for _, way, peer, state in outlines if way == "out" and state in having})
