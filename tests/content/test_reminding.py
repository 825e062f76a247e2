"""Reminders: before a day and after it, once each, to those whom it concerns."""

from datetime import timedelta
from itertools import pairwise

import sqlite_utils

from content.cases.dues import DueKind, DueStore
from content.cases.outcome import Outcome
from content.cases.reminding import SOON_DAYS, remind
from content.changes import Act
from content.people.notices import PersonNoticeKind, PersonNoticeStore
from tests.content.test_case_work import ACT, TODAY, at_work, db, filed

__all__ = ["db"]


def told(db: sqlite_utils.Database, user: str) -> list[str]:
    return [each.kind.value for each in PersonNoticeStore(db).unseen(user)][::-1]


def test_the_assigned_are_told_before_the_day_and_after_it_once_each(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)
    at_work(db, by="omar").assign(case, ("omar",))
    at_work(db).set_due(case, TODAY + timedelta(days=10))

    made = [remind(db, ACT, TODAY + timedelta(days=day)) for day in range(15) for _ in (1, 2)]

    assert sum(made) == 2
    assert told(db, "omar") == ["due-soon", "overdue"]
    assert made.index(1) == 2 * (10 - SOON_DAYS)
    assert told(db, "ana") == []


def test_another_day_is_told_anew(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db, by="omar").assign(case, ("omar",))
    for days in (1, 2):
        at_work(db).set_due(case, TODAY + timedelta(days=days))
        remind(db, ACT, TODAY)

    assert told(db, "omar") == ["due-soon", "due-soon"]


def test_a_case_with_nobody_concerns_all_who_work_on_cases(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).set_due(case, TODAY)

    remind(db, ACT, TODAY + timedelta(days=1))

    assert told(db, "ana") == ["overdue"]
    assert told(db, "omar") == told(db, "rae") == []


def test_what_is_answered_or_over_is_not_reminded_of(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).set_due(case, TODAY)
    at_work(db).close(case, Outcome.SOLVED)

    assert remind(db, ACT, TODAY + timedelta(days=1)) == 0


def test_a_reply_that_does_not_come_is_told_while_the_case_waits(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)
    at_work(db, by="omar").assign(case, ("omar",))
    at_work(db).ask(case, "Which?", until=TODAY)

    assert remind(db, ACT, TODAY) == 0
    assert remind(db, ACT, TODAY + timedelta(days=1)) == 1
    assert told(db, "omar") == ["reply-overdue"]
    at_work(db).note_reply(case, "That one.")
    assert DueStore(db).day(case, DueKind.REPLY) is None
    assert remind(db, ACT, TODAY + timedelta(days=2)) == 0


def test_notices_hold_a_kind_and_a_case_and_are_read_on_from_a_number(
    db: sqlite_utils.Database,
) -> None:
    store = PersonNoticeStore(db)
    cases = [filed(db) for _ in range(3)]
    for case in cases:
        store.tell(("omar", "ana"), PersonNoticeKind.ASSIGNED, case, ACT.at)

    everything = store.after(0)

    assert len(everything) == 6
    assert all(one.seq < other.seq for one, other in pairwise(everything))
    assert store.after(everything[2].seq) == everything[3:]
    assert store.see("omar", Act("omar", ACT.at).at, upto=everything[0].seq) == 1
    assert len(store.unseen("omar")) == 2
