"""Notices to people: what an earlier version had noted is still there, and each is told once."""

import sqlite_utils

from content.changes import Act
from content.migrations import SETS, teamwork
from content.people.notices import PersonNoticeKind, PersonNoticeStore
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from content.times import to_text
from tests.seams import START

ACT = Act("ana", START)


def earlier() -> sqlite_utils.Database:
    """Return the database of a version that told of cases only, with one person and a case."""
    db = sqlite_utils.Database(memory=True)
    for migrations in SETS:
        if migrations is not teamwork.migrations:
            migrations.apply(db)
    user = User(name="ana", display_name="Ana", role=Role.CASEWORKER, active=True, created_at=START)
    UserStore(db).add(user, ACT)
    db.execute("pragma foreign_keys = off")
    return db


def note_as_earlier(db: sqlite_utils.Database, case_id: str) -> None:
    db.execute(
        "insert into people_notices (user, kind, case_id, about, made_at)"
        " values ('ana', 'overdue', ?, '2026-01-01', ?)",
        (case_id, to_text(START)),
    )


def test_notices_of_an_earlier_version_stay_with_their_numbers() -> None:
    db = earlier()
    for case_id in ("one", "two", "three"):
        note_as_earlier(db, case_id)
    db.execute("delete from people_notices where case_id in ('one', 'three')")

    teamwork.migrations.apply(db)

    store = PersonNoticeStore(db)
    assert [(each.seq, each.case_id) for each in store.unseen("ana")] == [(2, "two")]
    assert store.tell(("ana",), PersonNoticeKind.OVERDUE, "two", START, about="2026-01-01") == 0
    store.tell(("ana",), PersonNoticeKind.OFFER_WAITS, None, START, escalation_id="e")
    assert store.unseen("ana")[0].seq > 3


def test_the_same_about_an_offer_is_told_once_and_forgotten_when_it_is_decided() -> None:
    db = earlier()
    teamwork.migrations.apply(db)
    store = PersonNoticeStore(db)
    kind = PersonNoticeKind.OFFER_WAITS

    told = [
        store.tell(("ana",), kind, None, START, escalation_id=which, about=day)
        for which, day in (("e", "1"), ("e", "1"), ("e", "2"), ("f", "1"))
    ]
    store.drop_of_offer("e")

    assert told == [1, 0, 1, 1]
    assert [each.escalation_id for each in store.unseen("ana")] == ["f"]
