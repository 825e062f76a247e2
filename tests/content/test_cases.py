"""Cases in their store: found, changed, talked about, erased; and never readable in the file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from content.cases.case import (
    LONGEST_TEXT_BYTES,
    Case,
    CaseEnded,
    CaseInvalid,
    read_case_content,
)
from content.cases.listing import BadCaseCursor, CaseFilter
from content.cases.message import CaseMessage, MessageKind, read_message
from content.cases.status import CaseMoveNotAllowed, CaseStatus, CaseVerb
from content.cases.store import (
    CaseChangedMeanwhile,
    CaseErased,
    CaseNotFound,
    CaseStore,
    MessageIdTaken,
)
from content.cases.vault import CaseTextDamaged, CaseVault, WrongHubKey
from content.changes import Act, ChangeStore
from content.database import connect, transaction
from content.ids import new_id
from content.labels import Label
from content.migrations import apply_migrations
from content.paging import BadLimit
from content.people.permissions import Role
from content.people.store import UserNotFound, UserStore
from content.people.user import User
from content.vocabulary import Vocabulary
from tests.seams import START, SeededChance

ACT = Act("ana", START)
LATER = Act("omar", START + timedelta(hours=1))
CHANCE = SeededChance("cases")
FILED: dict[str, Any] = {
    "title": "CANARY-TITLE chatbot clauses",
    "question": "CANARY-QUESTION Which clauses?\nBy Friday.",
    "topics": ["procurement", "generative-ai"],
    "language": "es",
    "country": "ES",
    "requester": {
        "role": "who-city-official",
        "name": "CANARY-NAME Ruiz",
        "contact": "canary-mail@city.example",
        "organisation": "CANARY-ORGANISATION",
    },
}
CANARIES = (b"CANARY", b"canary-mail")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(file, writes=True)
    apply_migrations(db)
    for name in ("ana", "omar"):
        UserStore(db).add(User.new(name, name.title(), Role.CASEWORKER, ACT), ACT)
    yield db
    db.close()


@pytest.fixture
def cases(db: sqlite_utils.Database) -> CaseStore:
    return CaseStore(db, CaseVault(b"k" * 32, CHANCE))


def new_case(act: Act = ACT, **other: Any) -> Case:
    content = read_case_content({**FILED, **other})
    return Case.received(content, act, case_id=new_id(act.at, CHANCE))


def message(case: Case, kind: str, text: str, act: Act = ACT, **more: Any) -> CaseMessage:
    values = {"case_id": case.id, "kind": kind, "text": text, **more}
    return read_message(values, act, message_id=new_id(act.at, CHANCE))


def bytes_on_disk(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(file.parent.iterdir()))


def test_a_case_comes_back_as_it_was_filed(cases: CaseStore) -> None:
    case = new_case()

    cases.add(case, ACT)

    assert cases.get(case.id) == case
    assert case.label is Label.AMBER
    assert case.status is CaseStatus.RECEIVED


def test_special_data_is_red_unless_somebody_says_otherwise() -> None:
    assert new_case(sensitivity="data-special").label is Label.RED
    assert new_case(sensitivity="data-special", label="tlp-amber").label is Label.AMBER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 301),
        ("title", "two\nlines"),
        ("title", "esc\x1b[2J"),
        ("title", None),
        ("question", "   "),
        ("question", "ü" * (LONGEST_TEXT_BYTES // 2 + 1)),
        ("question", "nul\x00"),
        ("question", "lone \ud800"),
        ("topics", list(Vocabulary.load().ids("topics"))[:21]),
        ("topics", ["procurement", "no-such-topic"]),
        ("topics", "procurement"),
        ("language", "spanish please"),
        ("country", "Spain"),
        ("country", "UK"),
        ("label", "tlp-purple"),
        ("sensitivity", "very"),
        ("requester.role", "who-knows"),
        ("requester.name", "x" * 201),
        ("requester.phone", "123"),
        ("surprise", "field"),
    ],
)
def test_bad_input_names_the_field_and_repeats_no_confidential_text(field: str, value: Any) -> None:
    filed = {**FILED, "requester": dict(FILED["requester"])}
    place = filed
    *path, last = field.split(".")
    for part in path:
        place = place[part]
    place[last] = value

    with pytest.raises(CaseInvalid) as refusal:
        read_case_content(filed)

    assert [name for name, _ in refusal.value.problems] == [field]
    if field in ("title", "question", "requester.name") and value and value.strip():
        assert value not in str(refusal.value)
    assert "CANARY" not in str(refusal.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(CaseInvalid) as refusal:
        read_case_content({"title": "", "language": "?"})

    assert {name for name, _ in refusal.value.problems} == {
        "title",
        "question",
        "language",
        "country",
        "requester",
    }


def test_texts_in_any_script_are_welcome(cases: CaseStore) -> None:
    case = new_case(title="«\u00a0Quelle charte\u202f?\u00a0» ما هي الحقوق", language="zh-Hant")

    cases.add(case, ACT)

    assert cases.get(case.id).title == case.title


def test_no_text_of_a_case_is_in_the_file_or_beside_it(
    db: sqlite_utils.Database, file: Path, cases: CaseStore
) -> None:
    case = new_case()
    with transaction(db):
        cases.add(case, ACT)
        cases.add_message(message(case, "note", "CANARY-NOTE"), ACT)
        cases.add_message(message(case, "question", "CANARY-ASKED"), ACT)
        cases.replace(
            cases.get(case.id).change(read_case_content({**FILED, "title": "CANARY-NEW"}), ACT), ACT
        )
        cases.move(case.id, CaseVerb.CLOSE, ACT)

    in_wal = bytes_on_disk(file)
    db.execute("pragma wal_checkpoint(truncate)")
    in_file = bytes_on_disk(file)

    for found in (in_wal, in_file):
        assert case.id.encode() in found
        for canary in CANARIES:
            assert canary not in found


def test_with_another_hub_key_the_file_opens_nothing(
    db: sqlite_utils.Database, cases: CaseStore
) -> None:
    case = new_case()
    cases.add(case, ACT)

    stranger = CaseStore(db, CaseVault(b"x" * 32, CHANCE))

    with pytest.raises(WrongHubKey):
        stranger.get(case.id)


def test_what_is_confidential_is_in_no_repr(cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)
    note = message(case, "note", "CANARY-NOTE")

    shown = f"{case!r} {case} {case.requester!r} {note!r} {note} {cases.list(CaseFilter())!r}"

    assert "CANARY" not in shown
    assert case.id in shown


def test_a_topic_that_left_the_vocabulary_does_not_lock_its_cases_away(
    db: sqlite_utils.Database, cases: CaseStore
) -> None:
    case = new_case()
    cases.add(case, ACT)

    db.execute("update case_topics set topic = 'of-old' where topic = 'procurement'")

    assert cases.get(case.id).topics == ("of-old", "generative-ai")
    assert cases.list(CaseFilter()).items[0].topics == ("of-old", "generative-ai")


def test_the_second_of_two_who_read_the_same_revision_is_refused(cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)
    hers, his = cases.get(case.id), cases.get(case.id)
    stored = cases.replace(hers.move(CaseVerb.TRIAGE, ACT), ACT)

    with pytest.raises(CaseChangedMeanwhile):
        cases.replace(his.move(CaseVerb.WITHDRAW, ACT), ACT)

    assert cases.get(case.id) == stored
    assert stored.status is CaseStatus.TRIAGE
    assert stored.revision == 2


def test_a_case_goes_its_way_and_every_step_has_its_person(
    db: sqlite_utils.Database, cases: CaseStore
) -> None:
    case = new_case()
    cases.add(case, ACT)

    cases.assign(case.id, ("omar", "ana", "omar"), ACT)
    cases.move(case.id, CaseVerb.ASK_REQUESTER, LATER)
    cases.move(case.id, CaseVerb.REQUESTER_REPLIED, Act("requester", LATER.at))
    cases.move(case.id, CaseVerb.ESCALATE, LATER)
    cases.move(case.id, CaseVerb.ESCALATION_ENDED, Act("hub:amsterdam.example", LATER.at))
    cases.move(case.id, CaseVerb.ANSWER, LATER)
    closed = cases.move(case.id, CaseVerb.CLOSE, LATER)

    assert closed == cases.get(case.id)
    assert closed.assigned_to == ("omar", "ana")
    assert closed.closed_at == LATER.at
    history = [(change.what, change.by) for change in ChangeStore(db).of(case.id).items]
    assert history == [
        ("case.close", "omar"),
        ("case.answer", "omar"),
        ("case.escalation_ended", "hub:amsterdam.example"),
        ("case.escalate", "omar"),
        ("case.requester_replied", "requester"),
        ("case.ask_requester", "omar"),
        ("case.assign", "ana"),
        ("case.receive", "ana"),
    ]
    assert cases.move(case.id, CaseVerb.REOPEN, LATER).closed_at is None


def test_a_refused_move_stores_nothing(db: sqlite_utils.Database, cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)

    with pytest.raises(CaseMoveNotAllowed, match="assign"):
        cases.move(case.id, CaseVerb.REOPEN, ACT)
    with pytest.raises(UserNotFound), transaction(db):
        cases.assign(case.id, ("ana", "nobody"), ACT)
    with pytest.raises(CaseInvalid):
        cases.assign(case.id, (), ACT)

    assert cases.get(case.id) == case
    assert len(ChangeStore(db).of(case.id).items) == 1


def test_what_was_filed_can_be_corrected_until_the_case_is_over(cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)
    corrected = read_case_content({**FILED, "topics": ["generative-ai"], "country": "AD"})

    cases.replace(case.change(corrected, LATER), LATER)

    assert cases.get(case.id).content() == corrected
    closed = cases.move(case.id, CaseVerb.CLOSE, LATER)
    with pytest.raises(CaseEnded):
        closed.change(corrected, LATER)


def test_lists_find_cases_by_what_is_plain(cases: CaseStore) -> None:
    spanish = new_case()
    brazilian = new_case(LATER, language="pt-BR", topics=["generative-ai"])
    catalan = new_case(LATER, language="ca", topics=[])
    for case in (spanish, brazilian, catalan):
        cases.add(case, ACT)
    cases.assign(spanish.id, ("omar",), ACT)

    def found(**wanted: Any) -> set[str]:
        return {item.id for item in cases.list(CaseFilter(**wanted)).items}

    assert found() == {spanish.id, brazilian.id, catalan.id}
    assert found(statuses=(CaseStatus.OPEN,)) == {spanish.id}
    assert found(topics=("generative-ai",)) == {spanish.id, brazilian.id}
    assert found(topics=("procurement", "nothing")) == {spanish.id}
    assert found(topics=()) == set()
    assert found(assigned_to="omar") == {spanish.id}
    assert found(language="pt") == {brazilian.id}
    assert found(language="PT-br") == {brazilian.id}
    assert found(language="p") == set()
    assert found(language="c_") == set()


def test_lists_are_paged_newest_first_without_gap_or_double(cases: CaseStore) -> None:
    made = [new_case(Act("ana", START + timedelta(seconds=number))) for number in range(7)]
    for case in made:
        cases.add(case, ACT)
    wanted = CaseFilter(limit=3)
    seen: list[str] = []

    while True:
        page = cases.list(wanted)
        seen += [item.id for item in page.items]
        if page.next_cursor is None:
            break
        wanted = replace(wanted, cursor=page.next_cursor)
        cases.add(new_case(LATER), ACT)  # what arrives meanwhile is newer and moves no page

    assert seen == [case.id for case in reversed(made)]
    assert cases.list(CaseFilter()).items[-1].title == made[0].title


@pytest.mark.parametrize("cursor", ["", "1", "' or 1=1", "01arz3ndektsv4rrffq69g5fav"])
def test_a_forged_cursor_is_refused(cases: CaseStore, cursor: str) -> None:
    with pytest.raises(BadCaseCursor):
        cases.list(CaseFilter(cursor=cursor))


@pytest.mark.parametrize("limit", [0, -5, 101])
def test_a_page_out_of_range_is_refused(cases: CaseStore, limit: int) -> None:
    with pytest.raises(BadLimit):
        cases.list(CaseFilter(limit=limit))


def test_messages_come_in_the_order_they_were_stored(cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)
    sent = [
        message(case, "note", "first", LATER),
        message(case, "question", "second"),
        message(case, "reply", "third", Act("requester", START)),
        message(case, "ask", "fourth", Act("hub:nyc.example:8443", START), escalation_id="e1"),
    ]

    for each in sent:
        cases.add_message(each, Act(each.author, each.at))

    assert cases.messages(case.id) == tuple(sent)
    stored = cases.get(case.id)
    assert stored.revision == case.revision
    assert stored.updated_at == LATER.at


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gossip"},
        {"kind": "note", "escalation_id": "e1"},
        {"kind": "ask"},
        {"text": ""},
        {"text": "x" * (LONGEST_TEXT_BYTES + 1)},
        {"author": "somebody else!"},
        {"author": "hub:"},
        {"extra": "field"},
    ],
)
def test_a_message_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CaseInvalid):
        message(new_case(), **{"kind": "note", "text": "text", **wrong})


def test_a_message_is_never_replaced_and_needs_its_case(cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)
    first = message(case, "note", "first")
    cases.add_message(first, ACT)

    with pytest.raises(MessageIdTaken):
        cases.add_message(first.model_copy(update={"text": "other"}), ACT)
    with pytest.raises(CaseNotFound):
        cases.add_message(message(new_case(), "note", "lost"), ACT)

    assert cases.messages(case.id) == (first,)


def test_a_message_moved_to_another_case_does_not_open(
    db: sqlite_utils.Database, cases: CaseStore
) -> None:
    case, other = new_case(), new_case()
    for each in (case, other):
        cases.add(each, ACT)
    cases.add_message(message(case, "note", "secret"), ACT)

    db.execute("update case_messages set case_id = ?", (other.id,))

    with pytest.raises(CaseTextDamaged):
        cases.messages(other.id)


def test_erasing_leaves_an_id_and_dates_and_no_byte_of_the_rest(
    db: sqlite_utils.Database, file: Path, cases: CaseStore
) -> None:
    case = new_case()
    with transaction(db):
        cases.add(case, ACT)
        cases.assign(case.id, ("omar",), ACT)
        cases.add_message(message(case, "note", "x" * 9000), ACT)
        cases.move(case.id, CaseVerb.CLOSE, LATER)
    blobs = [
        value
        for query in ("select * from cases", "select * from case_messages")
        for row in db.execute(query)
        for value in row
        if isinstance(value, bytes)
    ]
    assert len(blobs) == 6
    erased = Act("ana", START + timedelta(days=400))

    with transaction(db):
        tombstone = cases.erase(case.id, erased)
    db.execute("pragma wal_checkpoint(truncate)")

    assert (tombstone.id, tombstone.created_at, tombstone.closed_at, tombstone.erased_at) == (
        case.id,
        START,
        LATER.at,
        erased.at,
    )
    left = bytes_on_disk(file)
    for blob in blobs:
        assert blob[:16] not in left
        assert blob[-16:] not in left
    (row,) = db.query("select * from cases where id = ?", (case.id,))
    assert {name for name, value in row.items() if value is not None} == {
        "id",
        "revision",
        "status",
        "created_at",
        "updated_at",
        "closed_at",
    }


def test_an_erased_case_is_gone_for_every_door_and_erasing_again_changes_nothing(
    db: sqlite_utils.Database, cases: CaseStore
) -> None:
    case = new_case()
    cases.add(case, ACT)
    first = cases.erase(case.id, ACT)

    assert cases.erase(case.id, LATER) == first == cases.tombstone(case.id)
    for door in (
        lambda: cases.get(case.id),
        lambda: cases.messages(case.id),
        lambda: cases.replace(case, ACT),
        lambda: cases.move(case.id, CaseVerb.REOPEN, ACT),
        lambda: cases.add_message(message(case, "note", "late"), ACT),
    ):
        with pytest.raises(CaseErased):
            door()
    assert cases.list(CaseFilter()).items == ()
    assert [change.what for change in ChangeStore(db).of(case.id).items] == [
        "case.erase",
        "case.receive",
    ]
    with pytest.raises(CaseNotFound):
        cases.erase("01ARZ3NDEKTSV4RRFFQ69G5FAV", ACT)


def test_every_kind_of_message_can_be_stored(cases: CaseStore) -> None:
    case = new_case()
    cases.add(case, ACT)

    for kind in MessageKind:
        escalation = "e1" if kind in (MessageKind.ASK, MessageKind.INFO) else None
        cases.add_message(message(case, kind.value, "text", escalation_id=escalation), ACT)

    assert [each.kind for each in cases.messages(case.id)] == list(MessageKind)
