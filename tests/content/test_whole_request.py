"""All that a request says: kept as it was filed, hidden in the file, and checked on its way in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from content.cases.case import Case, CaseInvalid, read_case_content
from content.cases.listing import CaseFilter
from content.cases.request import MayEscalate, ProjectStage, Urgency, Wanted
from content.cases.store import CaseStore
from content.cases.vault import CaseVault
from content.changes import Act
from content.database import connect
from content.ids import new_id
from content.migrations import SETS, apply_migrations
from content.migrations.intake import migrations as intake
from tests.seams import START, SeededChance

ACT = Act("ana", START)
CHANCE = SeededChance("whole requests")
BARE: dict[str, Any] = {
    "title": "Chatbot clauses",
    "question": "Which clauses?",
    "language": "es",
    "country": "ES",
    "requester": {"role": "who-city-official"},
}
WHOLE: dict[str, Any] = {
    **BARE,
    "context": "CANARY-CONTEXT: we buy it together with two villages.",
    "stage": "stage-tender",
    "topics": ["procurement", "generative-ai"],
    "principles": ["p3-transparency-nondiscrimination"],
    "framework": ["fnd-commitments", "str-dpo", "tool-procurement-clauses"],
    "request_type": "req-procurement",
    "wanted": ["wanted-answer", "wanted-review"],
    "jurisdiction": "CANARY-REGION Catalunya",
    "deadline": "2026-12-04",
    "deadline_reason": "CANARY-WHY the council votes",
    "urgency": "urgency-high",
    "consents": {
        "escalate": "ask",
        "escalate_to": ["canary-hub.example"],
        "share_name": False,
        "share_contact": False,
        "publish_lesson": True,
    },
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(file, writes=True)
    apply_migrations(db)
    yield db
    db.close()


@pytest.fixture
def cases(db: sqlite_utils.Database) -> CaseStore:
    return CaseStore(db, CaseVault(b"k" * 32, CHANCE))


def received(values: dict[str, Any]) -> Case:
    return Case.received(read_case_content(values), ACT, case_id=new_id(START, CHANCE))


@pytest.mark.parametrize("values", [BARE, WHOLE], ids=["bare", "whole"])
def test_a_request_comes_back_as_it_was_filed(cases: CaseStore, values: dict[str, Any]) -> None:
    case = received(values)

    cases.add(case, ACT)

    assert cases.get(case.id) == case


def test_what_a_request_says_has_types(cases: CaseStore) -> None:
    case = received(WHOLE)

    assert case.stage is ProjectStage.TENDER
    assert case.wanted == (Wanted.ANSWER, Wanted.REVIEW)
    assert case.deadline == date(2026, 12, 4)
    assert case.consents.escalate is MayEscalate.ASK
    assert received(BARE).consents.escalate is None
    assert received(BARE).urgency is Urgency.NORMAL


def test_a_list_shows_what_sorts_the_queue(cases: CaseStore) -> None:
    cases.add(received(WHOLE), ACT)

    (item,) = cases.list(CaseFilter()).items

    assert (item.request_type, item.stage) == ("req-procurement", ProjectStage.TENDER)
    assert (item.urgency, item.deadline) == (Urgency.HIGH, date(2026, 12, 4))


def test_a_correction_replaces_every_field(cases: CaseStore) -> None:
    case = received(WHOLE)
    cases.add(case, ACT)

    cases.replace(case.change(read_case_content({**BARE, "context": "Another."}), ACT), ACT)

    assert cases.get(case.id).content() == read_case_content({**BARE, "context": "Another."})


def test_the_file_tells_no_text_of_a_request_and_nothing_after_erasure(
    cases: CaseStore, db: sqlite_utils.Database, file: Path
) -> None:
    case = received(WHOLE)
    cases.add(case, ACT)
    stored = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"CANARY" not in stored
    assert b"canary-hub" not in stored

    cases.erase(case.id, ACT)

    (row,) = db.query("select * from cases")
    left = {name for name, value in row.items() if value is not None}
    assert left == {"id", "revision", "status", "created_at", "updated_at"}


def test_a_case_of_an_earlier_version_still_reads(cases: CaseStore, file: Path) -> None:
    # Given a database from before, with a case in it, and the tables brought up to date
    old = connect(file.with_name("old.db"), writes=True)
    apply_migrations(old, [each for each in SETS if each is not intake])
    case, vault = received(BARE), CaseVault(b"k" * 32, CHANCE)
    wrapped = vault.new_key(f"case/{case.id}")
    key = vault.open_key(f"case/{case.id}", wrapped)
    old.execute(
        "insert into cases (id, revision, status, wrapped_key, title, question, requester,"
        " language, country, label, sensitivity, created_at, updated_at)"
        " values (?, 1, 'case-received', ?, ?, ?, ?, 'es', 'ES', 'tlp-amber', 'data-personal',"
        " '2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z')",
        (
            case.id,
            wrapped,
            key.encrypt("title", case.title),
            key.encrypt("question", case.question),
            key.encrypt("requester", case.requester.model_dump_json()),
        ),
    )

    # When the tables are brought up to date
    apply_migrations(old)
    store = CaseStore(old, vault)

    # Then it is there as it was, says nothing of what nobody asked then, and can be changed
    assert store.get(case.id).content() == case.content()
    assert store.list(CaseFilter()).items[0].urgency is Urgency.NORMAL
    store.replace(store.get(case.id).change(read_case_content(WHOLE), ACT), ACT)
    assert store.get(case.id).content() == read_case_content(WHOLE)
    old.close()


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("stage", "stage-dream", "stage"),
        ("urgency", "yesterday", "urgency"),
        ("principles", ["p9"], "principles"),
        ("framework", ["procurement"], "framework"),
        ("request_type", "req-nothing", "request_type"),
        ("wanted", ["wanted-money"], "wanted.0"),
        ("deadline", "Friday", "deadline"),
        ("deadline_reason", "two\nlines", "deadline_reason"),
        ("context", "nul\x00", "context"),
        ("context", "x" * (64 * 1024 + 1), "context"),
        ("jurisdiction", "x" * 201, "jurisdiction"),
        ("consents", {"escalate": "perhaps"}, "consents.escalate"),
        ("consents", {"escalate_to": ["two hosts"]}, "consents.escalate_to.0"),
        ("consents", {"all": True}, "consents.all"),
    ],
)
def test_what_cannot_be_is_named(field: str, value: Any, names: str) -> None:
    with pytest.raises(CaseInvalid) as refusal:
        read_case_content({**BARE, field: value})

    assert [name for name, _ in refusal.value.problems] == [names]
