"""
From an answered case to a case study in the catalogue: written by a person, with consent.

Nothing of the question goes into it by itself. What looks like personal data, or was copied from
the case, is shown to the person, who has to confirm that it may stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlite_utils

from content.cases.answer_store import AnswerStore
from content.cases.case import Case
from content.cases.message import MessageKind
from content.cases.status import CaseStatus
from content.cases.store import CaseStore
from content.changes import Act, ChangeStore
from content.resources.record import MOST_IDS, RecordInvalid, ResourceRecord
from content.resources.resource import Resource
from federation.errors import FederationError
from federation.escalation.scanning import Found, TracesFound, scan_lesson
from federation.hub import Hub
from federation.publishing import add_resource

KIND = "case-study"


class NoConsent(FederationError):
    """The requester did not agree that what was learned is published."""

    code: ClassVar[str] = "no-consent-to-publish"

    def __init__(self) -> None:
        super().__init__(
            "The requester has not agreed that a lesson is published. Ask them, and record it."
        )


class NotAnswered(FederationError):
    """There is no answer yet that something could be learned from."""

    code: ClassVar[str] = "nothing-learned-yet"

    def __init__(self) -> None:
        super().__init__("This case has no answer yet, so there is nothing to publish of it.")


@dataclass(frozen=True, slots=True)
class Study:
    """A case study as a preview shows it. findings: what looks like personal data in it."""

    record: ResourceRecord
    findings: tuple[Found, ...]


def scaffold(db: sqlite_utils.Database, hub: Hub, case_id: str) -> dict[str, Any]:
    """
    Return a record to be filled in: what is known and harmless, and empty texts.

    Raises NoConsent, NotAnswered, and as `CaseStore.get`.
    """
    case, _ = _answered(db, hub, case_id)
    return {
        "title": {case.language: ""},
        "summary": {case.language: ""},
        "language": case.language,
        "country": case.country,
        "kind": KIND,
        "topics": list(case.topics),
        "principles": list(case.principles),
        "publisher": hub.identity.name,
        "related": list(_cited(db, hub, case_id)),
        "label": "tlp-clear",
        "sensitivity": "data-none",
    }


def preview_study(
    db: sqlite_utils.Database, hub: Hub, case_id: str, record: ResourceRecord
) -> Study:
    """Return a case study as it would be kept, with what was found in it. Raises as `scaffold`."""
    case, said = _answered(db, hub, case_id)
    if record.kind != KIND:
        raise RecordInvalid((("kind", f"must be {KIND}."),))
    cited = tuple(dict.fromkeys((*record.related, *_cited(db, hub, case_id))))
    record = record.model_copy(update={"related": cited[:MOST_IDS]})
    text = "\n".join(_texts(record))
    sources = (case.title, case.question, case.context, *said)
    return Study(record, scan_lesson(db, text, case, sources))


def make_study(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    record: ResourceRecord,
    act: Act,
    *,
    confirmed: bool = False,
) -> Resource:
    """
    Keep a case study as a draft; publishing it is the step after, on the usual way.

    confirmed: a person looked at what was found and says that it may stay.
    Raises as `preview_study`, and TracesFound, ResourceExists.
    """
    study = preview_study(db, hub, case_id, record)
    if study.findings and not confirmed:
        raise TracesFound(study.findings)
    resource = add_resource(db, hub, study.record, act, publish=False)
    db.execute(
        "insert into case_studies (resource_id, case_id) values (?, ?)", (resource.id, case_id)
    )
    note = resource.id + (f"; {len(study.findings)} places confirmed" if study.findings else "")
    ChangeStore(db).record(act, "case.study", case_id, note)
    return resource


def _answered(db: sqlite_utils.Database, hub: Hub, case_id: str) -> tuple[Case, tuple[str, ...]]:
    """Return the case, and what was said in it besides the answers."""
    store = CaseStore(db, hub.vault)
    case = store.get(case_id)
    # Of a case from another hub, the consent is that hub's to have.
    if not case.consents.publish_lesson or case.escalated_from is not None:
        raise NoConsent
    messages = store.messages(case_id)
    over = case.status in (CaseStatus.ANSWERED, CaseStatus.CLOSED)
    if not over or not any(each.kind is MessageKind.ANSWER for each in messages):
        raise NotAnswered
    return case, tuple(each.text for each in messages if each.kind is not MessageKind.ANSWER)


def _cited(db: sqlite_utils.Database, hub: Hub, case_id: str) -> tuple[str, ...]:
    key = CaseStore(db, hub.vault).open_key(case_id)
    records = AnswerStore(db).of(case_id, key).values()
    urls = dict.fromkeys(cited.url for record in records for cited in record.citations)
    return tuple(urls)[:MOST_IDS]


def _texts(record: ResourceRecord) -> Iterator[str]:
    """Yield every text of a record that a person wrote."""
    yield from record.title.values()
    yield from record.summary.values()
    for text in (record.publisher, record.city, record.licence, record.source, record.url):
        if text:
            yield text
