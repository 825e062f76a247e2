"""
Answering a case: one text, out of drafts or written at once, to whoever asked.

That is the requester, or the hub that passed the case on. Everything commits together: status,
message, citations, the drafts that went in; so an answer is never half given.
"""

from dataclasses import dataclass

import sqlite_utils

from content.cases.answer_store import AnswerRecord, AnswerStore
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case, CaseInvalid
from content.cases.citation import with_list
from content.cases.draft_store import DraftStore
from content.cases.drafts import Draft, DraftChangedMeanwhile, DraftState, side_by_side
from content.cases.message import CaseMessage, MessageKind, read_message
from content.cases.status import CaseVerb
from content.cases.store import CaseStore
from content.changes import Act, ChangeStore
from content.ids import new_id
from federation.citing import cite
from federation.escalation.answering import answer_origin
from federation.hub import Hub


@dataclass(frozen=True, slots=True)
class Merging:
    """
    What one answer can be made of.

    text: all open drafts, one after the other, for a person to edit; cites: all they rest on.
    """

    drafts: tuple[Draft, ...]
    text: str
    cites: tuple[str, ...]


def merging(db: sqlite_utils.Database, hub: Hub, case_id: str) -> Merging:
    """Return the open drafts side by side. Raises as `CaseStore.get`."""
    drafts = DraftStore(db, hub.vault).of(case_id, DraftState.OPEN)
    return Merging(drafts, side_by_side(drafts), _cites_of(drafts))


def answer_case(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    act: Act,
    *,
    text: str | None = None,
    drafts: tuple[tuple[str, int | None], ...] = (),
    cites: tuple[str, ...] | None = None,
    attach: tuple[str, ...] = (),
    attach_named: tuple[str, ...] = (),
) -> Case:
    """
    Send one answer; return the case.

    text: the answer; may be left out with exactly one draft, whose text it is then. drafts: id
    and revision (None: whatever it is) of those that went in. cites: None for those of the drafts.
    attach: ids of files of the case that go with it; to another hub without their names, unless
    they are among attach_named; our requester sees them from now on, with their names.
    Raises CaseInvalid, DraftNotFound, DraftClosed, DraftChangedMeanwhile, CitationUnknown,
    StaysHere, CaseMoveNotAllowed, AttachmentNotFound; of cases from another hub also what
    `answer_origin` raises.
    """
    cases, store = CaseStore(db, hub.vault), DraftStore(db, hub.vault)
    case = cases.get(case_id)
    used = tuple(_used(store, case_id, draft, read) for draft, read in dict(drafts).items())
    if text is None or not text.strip():
        if len(used) != 1:
            raise CaseInvalid((("text", "is missing; of one draft alone its text is taken."),))
        text = used[0].text
    citations = cite(db, hub.identity, _cites_of(used) if cites is None else cites, case.language)
    urls = tuple(citation.url for citation in citations)
    if case.escalated_from is not None:
        answer_origin(
            db,
            hub,
            case.escalated_from,
            text,
            act,
            citations=urls,
            attach=attach,
            attach_named=attach_named,
        )
        message = cases.messages(case_id)[-1]
    else:
        message = _message(hub, case_id, with_list(text.strip(), citations), act)
        files = AttachmentStore(db, hub.vault)
        for attachment in dict.fromkeys((*attach, *attach_named)):
            files.show(case_id, attachment, act)
        cases.move(case_id, CaseVerb.ANSWER, act)
        cases.add_message(message, act)
    for draft in used:
        store.merge(draft, act)
    authors = dict.fromkeys([*(name for draft in used for name in draft.written_by), act.by])
    approved = dict.fromkeys(name for draft in used for name in draft.approved_by)
    record = AnswerRecord(
        tuple(authors), tuple((d.id, d.revision) for d in used), tuple(approved), citations
    )
    AnswerStore(db).add(case_id, message.id, record, cases.open_key(case_id))
    if used:
        note = f"out of {len(used)} drafts by {', '.join(authors)}"
        ChangeStore(db).record(act, "case.merge", case_id, note[:500])
    return cases.get(case_id)


def _used(store: DraftStore, case_id: str, draft_id: str, read: int | None) -> Draft:
    draft = store.get(case_id, draft_id).still_open()
    if read is not None and read != draft.revision:
        last = store.versions(case_id, draft_id)[-1]
        raise DraftChangedMeanwhile(draft_id, last.revision, last.by, None)
    return draft


def _message(hub: Hub, case_id: str, text: str, act: Act) -> CaseMessage:
    values = {"case_id": case_id, "kind": MessageKind.ANSWER, "text": text}
    return read_message(values, act, message_id=new_id(act.at, hub.chance))


def _cites_of(drafts: tuple[Draft, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited for draft in drafts for cited in draft.cites))
