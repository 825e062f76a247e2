"""`hub case`: requests to this hub, from question to answer."""

from typing import Any

import click
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.answer_store import AnswerRecord, AnswerStore
from content.cases.attachment import Attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case
from content.cases.dues import Due, DueKind, DueStore
from content.cases.message import CaseMessage
from content.cases.outcome import Outcome, OutcomeStore
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.citing import cited_now
from federation.escalation.escalation import Escalation
from federation.escalation.reading import escalations_of_case
from federation.hub import Hub
from node.cli.case_correct import correct
from node.cli.case_draft import draft, merge
from node.cli.case_files import attach, plain_attachment, save_attachment, show_attachment
from node.cli.case_keep import erase, hold, release
from node.cli.case_list import list_cases
from node.cli.case_match import match
from node.cli.case_new import new
from node.cli.case_part import accept_part, decline_part, log_part, people_of
from node.cli.case_queue import due, history, leave_note, notices, take, triage, unassign
from node.cli.case_recipients import recipients
from node.cli.case_requester import consent, receipt, redirect
from node.cli.case_study import study
from node.cli.case_work import answer, ask, assign, close, reopen, reply, withdraw
from node.cli.desk import desk
from node.cli.offer_output import at_another_hub, plain_escalation
from node.cli.options import RECORD, Common, common
from node.cli.output import (
    print_fields,
    print_json,
    print_text,
    say,
    when,
)

_Messages = list[dict[str, Any]]


@click.group()
def command() -> None:
    """
    Requests to this hub, from question to answer.

    Texts come from files or from stdin, so that they are not in the history of the shell, and only
    `hub case show` prints them. To pass a case on to another hub: hub escalate.
    """


for work in (
    *(new, attach, show_attachment, save_attachment, receipt, consent, recipients, redirect),
    *(list_cases, notices, triage, assign, take, unassign, match, due, leave_note),
    *(ask, reply, draft, merge, answer, close, reopen, withdraw, study, history),
    *(correct, hold, release, erase, people_of, accept_part, decline_part, log_part),
):
    command.add_command(work)


@command.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def show(common: Common, case_id: str) -> None:
    """
    Show a case with its texts and messages.

    \b
    Example:
      hub case show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_ASSIGNED) as at:

        def look(
            db: sqlite_utils.Database,
        ) -> tuple[
            Case,
            list[dict[str, Any]],
            dict[DueKind, Due],
            Outcome | None,
            tuple[Attachment, ...],
            tuple[Escalation, ...],
        ]:
            store = CaseStore(db, at.hub.vault)
            case = case_seen_by(at.principal, store, case_id)
            key = store.open_key(case_id)
            records = AnswerStore(db).of(case_id, key)
            messages = [
                _with_record(db, at.hub, message, records.get(message.id))
                for message in store.messages(case_id)
            ]
            dues, outcome = DueStore(db).of(case_id, key), OutcomeStore(db).of(case_id)
            files = AttachmentStore(db, at.hub.vault).list(case_id)
            found = escalations_of_case(db, at.hub, case_id)
            others = tuple(each.seen_at(at.act.at) for each in found)
            return case, messages, dues, outcome, files, others

        case, messages, dues, outcome, files, others = at.read_noted(look, "case.read", case_id)
    due, reply_due = dues.get(DueKind.ANSWER), dues.get(DueKind.REPLY)
    if common.json:
        print_json(
            {
                **case.model_dump(mode="json"),
                "due": due and due.day,
                "due_reason": due.reason if due else "",
                "reply_due": reply_due and reply_due.day,
                "outcome": outcome,
                "escalations": [plain_escalation(each) for each in others],
                "messages": messages,
                "attachments": [plain_attachment(each) for each in files],
            }
        )
        return
    print_fields(
        [
            ("case", case.id),
            ("status", case.status.value),
            ("topics", case.topics),
            ("type", case.request_type),
            ("stage", None if case.stage is None else case.stage.value),
            ("wanted", [each.value for each in case.wanted]),
            ("principles", case.principles),
            ("framework", case.framework),
            ("language", f"{case.language}, law of {case.country}"),
            ("jurisdiction", case.jurisdiction),
            ("deadline", _deadline(case)),
            ("urgency", case.urgency.value),
            ("handling", f"{case.label.value}, {case.sensitivity.value}"),
            ("asked by", _requester(case)),
            ("agreed to", _agreed(case)),
            ("feedback", None if case.feedback is None else case.feedback.value),
            ("with", case.assigned_to),
            ("due", due and f"{due.day} {due.reason}".strip()),
            ("reply by", reply_due and reply_due.day),
            ("outcome", outcome and outcome.value),
            ("came by", case.escalated_from),
            *(("another hub", at_another_hub(each)) for each in others),
            ("opened", when(case.created_at)),
        ]
    )
    print_text(case.title, case.question)
    if case.context:
        print_text("Context", case.context)
    for each in files:
        say(f"\nAttachment {each.id}: {each.name} ({each.media_type}, {each.size} bytes)")
    for message in messages:
        print_text(
            f"{when(message['at'])}  {message['kind']} by {message['author']}", message["text"]
        )
        if message["authors"]:
            say(f"  (written by {', '.join(message['authors'])})")
        for source in message["sources"]:
            if source.state != "available":
                say(f"  ! {source.title} ({source.hub}) is {source.state} by now: {source.url}")


def _with_record(
    db: sqlite_utils.Database, hub: Hub, message: CaseMessage, record: AnswerRecord | None
) -> dict[str, Any]:
    record = record or AnswerRecord()
    return {
        **message.model_dump(),
        "sources": cited_now(db, hub.identity, record.citations),
        "authors": record.authors,
        "approved_by": record.approved_by,
    }


def _deadline(case: Case) -> str | None:
    if case.deadline is None:
        return None
    return ", ".join(part for part in (f"{case.deadline}", case.deadline_reason) if part)


def _agreed(case: Case) -> list[str]:
    given = case.consents
    told = [] if given.escalate is None else [f"escalate: {given.escalate.value}"]
    if given.escalate_to:
        told.append(f"only to {' '.join(given.escalate_to)}")
    if given.share_name:
        told.append("name may be told")
    if given.share_contact:
        told.append("contact may be told")
    return [*told, "lesson may be published"] if given.publish_lesson else told


def _requester(case: Case) -> str:
    who = case.requester
    parts = (who.role.value, who.organisation_type, who.name, who.organisation, who.contact)
    return ", ".join(part for part in parts if part)
