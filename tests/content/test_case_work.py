"""What people do with cases: labels, dates, outcomes; the queue and its order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from content.cases.case import Case, CaseEnded, CaseInvalid, read_case_content
from content.cases.dates import begin_of, day_of, end_of
from content.cases.dues import DueDayWrong, DueKind, DueStore
from content.cases.history import history_of
from content.cases.listing import BadCaseCursor, CaseFilter, CaseSort, count_cases
from content.cases.outcome import CLOSING, MEANINGS, Outcome, OutcomeStore
from content.cases.request import Urgency
from content.cases.status import CaseMoveNotAllowed, CaseStatus
from content.cases.store import CannotBeAssigned, CaseStore
from content.cases.vault import CaseVault
from content.cases.work import CaseWork, LabelOfOrigin, ReasonMissing
from content.changes import Act
from content.database import connect
from content.ids import new_id
from content.labels import Label, Sensitivity
from content.migrations import apply_migrations
from content.people.notices import PersonNoticeKind, PersonNoticeStore
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from tests.seams import START, SeededChance

TODAY = date(2026, 11, 24)
ACT = Act("ana", START)
CHANCE = SeededChance("work")
VAULT = CaseVault(b"k" * 32, CHANCE)
FILED: dict[str, Any] = {
    "title": "Chatbot clauses",
    "question": "Which clauses?",
    "topics": ["procurement"],
    "language": "es",
    "country": "ES",
    "requester": {"role": "who-ngo", "name": "Canary Person"},
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    for name, role in (
        ("ana", Role.CASEWORKER),
        ("omar", Role.EXPERT),
        ("lin", Role.EXPERT),
        ("rae", Role.READER),
    ):
        UserStore(db).add(User.new(name, name.title(), role, ACT), ACT)
    yield db
    db.close()


def at_work(db: sqlite_utils.Database, day: date = TODAY, by: str = "ana", **more: Any) -> CaseWork:
    return CaseWork(db, VAULT, CHANCE, Act(by, START), day, **more)


def filed(
    db: sqlite_utils.Database, act: Act = ACT, *, escalated_from: str | None = None, **other: Any
) -> str:
    content = read_case_content({**FILED, **other})
    case = Case.received(
        content, act, case_id=new_id(act.at, CHANCE), escalated_from=escalated_from
    )
    CaseStore(db, VAULT).add(case, act)
    return case.id


def case_of(db: sqlite_utils.Database, case_id: str) -> Case:
    return CaseStore(db, VAULT).get(case_id)


def notes(db: sqlite_utils.Database, case_id: str) -> list[str]:
    return [each.text for each in CaseStore(db, VAULT).messages(case_id)]


def done(db: sqlite_utils.Database, case_id: str) -> list[str]:
    return [f"{each.what} {each.note}".strip() for each in history_of(db, case_id).items][::-1]


def test_triage_corrects_what_was_filed_and_says_what_it_changed(db: sqlite_utils.Database) -> None:
    case = filed(db)

    at_work(db).triage(case, {"topics": ["privacy"], "urgency": "urgency-high"})

    assert case_of(db, case).status is CaseStatus.TRIAGE
    assert case_of(db, case).topics == ("privacy",)
    assert "case.change topics, urgency" in done(db, case)


def test_a_label_is_raised_without_a_word_and_at_any_time(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).close(case, Outcome.REDIRECTED)

    at_work(db).triage(case, {"label": "tlp-red"})

    assert case_of(db, case).label is Label.RED
    assert "case.label label tlp-amber to tlp-red" in done(db, case)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"label": "tlp-green"}, "label tlp-amber to tlp-green"),
        ({"sensitivity": "data-none"}, "sensitivity data-personal to data-none"),
    ],
)
def test_to_lower_label_or_sensitivity_needs_a_reason_that_stays_in_the_case(
    db: sqlite_utils.Database, changes: dict[str, str], what: str
) -> None:
    case = filed(db)

    with pytest.raises(ReasonMissing):
        at_work(db).triage(case, changes, reason="  ")
    at_work(db).triage(case, changes, reason="CANARY was taken out")

    assert notes(db, case) == [f"{what}: CANARY was taken out"]
    assert f"case.label {what}" in done(db, case)
    assert not any("CANARY" in step for step in done(db, case))


def test_special_data_makes_a_case_red(db: sqlite_utils.Database) -> None:
    case = filed(db)

    at_work(db).triage(case, {"sensitivity": "data-special"})

    assert case_of(db, case).sensitivity is Sensitivity.SPECIAL
    assert case_of(db, case).label is Label.RED


def test_only_the_origin_lowers_the_label_of_a_case_from_another_hub(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db, escalated_from="01KAT3Q8T6W3Y6M0S0V4N8Z2XH")

    with pytest.raises(LabelOfOrigin):
        at_work(db).triage(case, {"label": "tlp-green"}, reason="I think so")
    at_work(db).triage(case, {"label": "tlp-amber-strict"})

    assert case_of(db, case).label is Label.AMBER_STRICT


def test_nothing_but_the_label_changes_after_the_end(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).close(case, Outcome.SOLVED)

    with pytest.raises(CaseEnded):
        at_work(db).triage(case, {"topics": ["privacy"]})
    with pytest.raises(CaseEnded):
        at_work(db).set_due(case, TODAY)
    with pytest.raises(CaseEnded):
        at_work(db).unassign(case, ())


def test_people_join_take_over_and_leave(db: sqlite_utils.Database) -> None:
    case = filed(db)

    at_work(db).assign(case, ("omar",))
    at_work(db).assign(case, ("lin",), add=True)
    at_work(db).take(case, add=True)
    assert case_of(db, case).assigned_to == ("omar", "lin", "ana")
    at_work(db).unassign(case, ("omar",))
    at_work(db).take(case)
    assert case_of(db, case).assigned_to == ("ana",)
    at_work(db).unassign(case, ())

    assert case_of(db, case).assigned_to == ()
    assert case_of(db, case).status is CaseStatus.OPEN
    with pytest.raises(CaseInvalid):
        at_work(db).unassign(case, ("omar",))
    told = PersonNoticeStore(db).unseen("omar")
    assert [(each.kind, each.case_id) for each in told] == [(PersonNoticeKind.ASSIGNED, case)]
    assert PersonNoticeStore(db).unseen("ana") == ()


def test_readers_and_disabled_users_get_no_case(db: sqlite_utils.Database) -> None:
    case = filed(db)
    UserStore(db).deactivate("lin", ACT)

    for name in ("rae", "lin"):
        with pytest.raises(CannotBeAssigned):
            at_work(db).assign(case, (name,))

    assert case_of(db, case).assigned_to == ()


def test_the_day_comes_from_the_deadline_or_from_the_urgency(db: sqlite_utils.Database) -> None:
    days = {Urgency.NORMAL: 30, Urgency.HIGH: 7, Urgency.LOW: 0}
    expected = {
        filed(db, deadline="2026-11-27"): date(2026, 11, 27),
        filed(db, deadline="2026-11-01"): TODAY + timedelta(days=30),
        filed(db): TODAY + timedelta(days=30),
        filed(db, urgency="urgency-high"): TODAY + timedelta(days=7),
        filed(db, urgency="urgency-low"): None,
    }

    for case in expected:
        at_work(db, due_days=days).triage(case, {})
    own = filed(db)
    at_work(db).set_due(own, TODAY, "The tender opens")
    at_work(db, due_days=days).assign(own, ("omar",))

    for case, day in {**expected, own: TODAY}.items():
        assert DueStore(db).day(case, DueKind.ANSWER) == day


@pytest.mark.parametrize("days", [-1, 3 * 366 + 1])
def test_a_day_in_the_past_or_too_far_ahead_is_refused(
    db: sqlite_utils.Database, days: int
) -> None:
    case = filed(db)

    with pytest.raises(DueDayWrong):
        at_work(db).set_due(case, TODAY + timedelta(days=days))
    with pytest.raises(DueDayWrong):
        at_work(db).ask(case, "Which?", until=TODAY + timedelta(days=days))


def test_a_reason_for_a_day_is_confidential(db: sqlite_utils.Database, tmp_path: Path) -> None:
    case = filed(db)

    at_work(db).set_due(case, TODAY, "CANARY tender")

    key = CaseStore(db, VAULT).open_key(case)
    assert DueStore(db).of(case, key)[DueKind.ANSWER].reason == "CANARY tender"
    db.execute("pragma wal_checkpoint(truncate)")
    assert b"CANARY" not in (tmp_path / "hub.db").read_bytes()


def test_the_day_of_a_question_is_gone_once_they_reply(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).ask(case, "Which?", until=TODAY)
    assert DueStore(db).day(case, DueKind.REPLY) == TODAY

    at_work(db).note_reply(case, "That one.")

    assert DueStore(db).day(case, DueKind.REPLY) is None
    assert case_of(db, case).status is CaseStatus.OPEN


def test_every_outcome_has_a_meaning_and_withdrawing_is_none_to_close_with(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)

    assert set(MEANINGS) == set(Outcome)
    assert set(CLOSING) == set(Outcome) - {Outcome.WITHDRAWN}
    with pytest.raises(CaseInvalid):
        at_work(db).close(case, Outcome.WITHDRAWN)
    at_work(db).withdraw(case)
    assert OutcomeStore(db).of(case) is Outcome.WITHDRAWN


def test_closing_keeps_outcome_and_note_and_reopening_needs_a_reason(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)
    at_work(db).close(case, Outcome.PARTLY, "Logs of minors stay open")
    assert OutcomeStore(db).of(case) is Outcome.PARTLY
    with pytest.raises(ReasonMissing):
        at_work(db).reopen(case, " ")

    at_work(db).reopen(case, "They found the logs")

    assert OutcomeStore(db).of(case) is None
    assert notes(db, case) == [
        "Closed as partly: Logs of minors stay open",
        "Reopened: They found the logs",
    ]
    assert "case.close case-received to case-closed; partly" in done(db, case)
    with pytest.raises(CaseMoveNotAllowed):
        at_work(db).reopen(case, "again")


def queue(db: sqlite_utils.Database, **wanted: Any) -> list[str]:
    found = CaseFilter(sort=CaseSort.QUEUE, today=TODAY, **wanted)
    return [item.id for item in CaseStore(db, VAULT).list(found).items]


def test_the_queue_has_first_what_is_overdue_then_what_is_new_then_by_day(
    db: sqlite_utils.Database,
) -> None:
    later, soon, late, very_late, new, no_day, closed = (filed(db) for _ in range(7))
    yesterday = TODAY - timedelta(days=1)
    at_work(db).set_due(later, TODAY + timedelta(days=9))
    at_work(db).set_due(soon, TODAY)
    at_work(db, yesterday).set_due(late, yesterday)
    at_work(db, yesterday - timedelta(days=5)).set_due(very_late, yesterday - timedelta(days=5))
    at_work(db, yesterday).set_due(closed, yesterday)
    for case in (later, soon, late, very_late, no_day):
        at_work(db).assign(case, ("ana",))
    at_work(db).close(closed, Outcome.SOLVED)

    assert queue(db) == [very_late, late, new, soon, later, no_day, closed]
    assert set(queue(db, overdue=True)) == {very_late, late}
    assert late not in queue(db, overdue=False)
    assert queue(db, due_before=TODAY + timedelta(days=1)) == [very_late, late, soon, closed]
    assert queue(db, unassigned=True) == [new, closed]
    counts = count_cases(db, CaseFilter(today=TODAY))
    assert (counts.overdue, counts.unassigned) == (2, 1)
    assert counts.by_status[CaseStatus.OPEN] == 5
    assert counts.by_status[CaseStatus.CLOSED] == 1


def test_cases_are_found_by_what_is_known_about_them(db: sqlite_utils.Database) -> None:
    plain = filed(db)
    other = filed(
        db,
        Act("ana", START + timedelta(days=2)),
        country="TN",
        label="tlp-green",
        sensitivity="data-none",
        request_type="req-training",
        urgency="urgency-high",
        requester={"role": "who-city-official"},
    )
    later = START + timedelta(days=1)

    for wanted in (
        {"country": "TN"},
        {"label": Label.GREEN},
        {"sensitivity": Sensitivity.NONE},
        {"request_type": "req-training"},
        {"urgency": Urgency.HIGH},
        {"requester_role": "who-city-official"},
        {"created_from": later},
        {"updated_from": later},
    ):
        assert queue(db, **wanted) == [other], wanted
    assert queue(db, created_until=later) == [plain]
    assert queue(db, updated_until=later) == [plain]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-3, 3) | st.none(), st.booleans(), st.integers(0, 3)), max_size=12
    ),
    st.sampled_from(CaseSort),
    st.integers(1, 4),
)
def test_pages_of_every_order_show_each_case_once(
    made: list[tuple[int | None, bool, int]], sort: CaseSort, limit: int
) -> None:
    db = sqlite_utils.Database(memory=True)
    apply_migrations(db)
    UserStore(db).add(User.new("ana", "Ana", Role.CASEWORKER, ACT), ACT)
    for due, taken, hours in made:
        case = filed(db, Act("ana", START + timedelta(hours=hours)))
        if taken:
            at_work(db).take(case)
        if due is not None:
            day = TODAY + timedelta(days=due)
            at_work(db, day).set_due(case, day)
    wanted = CaseFilter(sort=sort, today=TODAY, limit=100)
    whole = [item.id for item in CaseStore(db, VAULT).list(wanted).items]
    seen: list[str] = []
    wanted = replace(wanted, limit=limit)

    while True:
        page = CaseStore(db, VAULT).list(wanted)
        seen += [item.id for item in page.items]
        if page.next_cursor is None:
            break
        wanted = replace(wanted, cursor=page.next_cursor)

    assert seen == whole
    assert len(set(seen)) == len(made)
    db.close()


@pytest.mark.parametrize("sort", list(CaseSort))
@pytest.mark.parametrize("cursor", ["", "~", "2026~x", "' or 1~01KAT3Q8T6W3Y6M0S0V4N8Z2XH"])
def test_a_forged_cursor_is_refused_in_every_order(
    db: sqlite_utils.Database, sort: CaseSort, cursor: str
) -> None:
    with pytest.raises(BadCaseCursor):
        CaseStore(db, VAULT).list(CaseFilter(sort=sort, today=TODAY, cursor=cursor))


def test_days_are_those_of_the_hub() -> None:
    zone = "America/New_York"
    assert day_of(begin_of(TODAY, zone), zone) == TODAY
    assert day_of(end_of(TODAY, zone) - timedelta(milliseconds=1), zone) == TODAY
    assert end_of(date(2026, 3, 8), zone) - begin_of(date(2026, 3, 8), zone) == timedelta(hours=23)
    assert begin_of(TODAY, zone).isoformat() == "2026-11-24T05:00:00+00:00"


def test_erasing_takes_dates_outcome_and_notices_along(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).assign(case, ("omar",))
    at_work(db).set_due(case, TODAY, "why")
    at_work(db).close(case, Outcome.SOLVED)

    CaseStore(db, VAULT).erase(case, ACT)

    for table in ("case_dues", "case_outcomes", "people_notices"):
        assert db.execute(f"select count(*) from {table}").fetchone()[0] == 0  # noqa: S608
