"""Those who were given a case take it on or decline, and note their hours."""

from datetime import timedelta

import pytest
import sqlite_utils

from content.cases.assignments import (
    AssignmentState,
    AssignmentStore,
    ConflictNotRuledOut,
    NotAssigned,
    WorkedHoursWrong,
)
from content.cases.history import history_of
from content.cases.work import ReasonMissing
from content.people.notices import PersonNoticeStore
from tests.content.test_case_work import TODAY, at_work, case_of, db, filed

__all__ = ["db"]


def people(db: sqlite_utils.Database, case: str) -> list[tuple[str, str, int]]:
    return [(each.user, each.state.value, each.minutes) for each in AssignmentStore(db).of(case)]


def test_the_assigned_are_asked_until_they_answer(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).assign(case, ("omar", "lin"))

    at_work(db, by="lin").accept(case, no_conflict=True)

    assert people(db, case) == [("omar", "asked", 0), ("lin", "accepted", 0)]


def test_who_takes_a_case_on_declares_no_conflict_and_it_is_kept_with_the_case(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)
    at_work(db).assign(case, ("omar", "lin"))

    with pytest.raises(ConflictNotRuledOut, match="decline"):
        at_work(db, by="lin").accept(case, no_conflict=False)
    assert people(db, case) == [("omar", "asked", 0), ("lin", "asked", 0)]
    at_work(db, by="lin").accept(case, no_conflict=True)

    lin = AssignmentStore(db).of(case)[1]
    assert (lin.user, lin.no_conflict_at) == ("lin", lin.answered_at)
    latest = history_of(db, case).items[0]
    assert (latest.by, latest.what, latest.note) == (
        "lin",
        "case.assignment-accepted",
        "no conflict of interest declared",
    )


def test_a_case_of_an_earlier_version_was_taken_on_without_a_declaration(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)
    at_work(db).assign(case, ("lin",))
    db.execute(
        "insert into case_assignments (case_id, user, state, answered_at)"
        " values (?, 'lin', 'accepted', '2026-01-02T08:00:00.000Z')",
        (case,),
    )

    [lin] = AssignmentStore(db).of(case)

    assert (lin.state, lin.no_conflict_at) == (AssignmentState.ACCEPTED, None)


def test_who_declines_is_off_the_case_and_the_others_are_told_why_in_it(
    db: sqlite_utils.Database,
) -> None:
    case = filed(db)
    at_work(db).assign(case, ("omar", "lin"))

    with pytest.raises(ReasonMissing):
        at_work(db, by="lin").decline(case, " ")
    at_work(db, by="lin").decline(case, "I sell such software.")

    assert case_of(db, case).assigned_to == ("omar",)
    assert people(db, case) == [("omar", "asked", 0), ("lin", "declined", 0)]
    kinds = [each.kind.value for each in PersonNoticeStore(db).unseen("omar")]
    assert kinds[0] == "assignment-declined"


def test_who_is_asked_once_more_has_not_declined_this_time(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).assign(case, ("lin",))
    at_work(db, by="lin").decline(case, "No time.")

    at_work(db).assign(case, ("lin",))

    assert AssignmentStore(db).of(case)[0].state is AssignmentState.ASKED


def test_hours_are_summed_and_bounded_by_the_day(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).assign(case, ("lin",))
    lin = at_work(db, by="lin")
    lin.log_hours(case, 1.5)
    lin.log_hours(case, 0.25, TODAY - timedelta(days=1))

    for hours, day in ((0, TODAY), (23, TODAY), (1, TODAY + timedelta(days=1)), (25, TODAY)):
        with pytest.raises(WorkedHoursWrong):
            lin.log_hours(case, hours, day)

    assert people(db, case) == [("lin", "asked", 105)]


def test_nobody_speaks_for_a_case_that_is_not_theirs(db: sqlite_utils.Database) -> None:
    case = filed(db)
    at_work(db).assign(case, ("omar",))

    for step in (
        lambda: at_work(db, by="lin").accept(case, no_conflict=True),
        lambda: at_work(db, by="lin").decline(case, "No."),
        lambda: at_work(db, by="lin").log_hours(case, 1),
    ):
        with pytest.raises(NotAssigned):
            step()

    assert people(db, case) == [("omar", "asked", 0)]
