"""The stores of what goes out, who follows, and what a person has to see."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlite_utils

from content.database import connect, transaction
from federation.bell import Bell
from federation.bounded import Bounded
from federation.followers import Follower, Followers, Following
from federation.notices import MOST_NOTICES, NoticeStore
from federation.outbox import Destination, Outbox
from tests.nodes_at_work import make_tables
from tests.seams import START, settle

A = Destination("https://a.example/inbox", is_hub=False)
B = Destination("https://b.example:8443/inbox", is_hub=True)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    make_tables(tmp_path / "hub.db")
    db = connect(tmp_path / "hub.db", writes=True)
    with transaction(db):
        yield db
    db.close()


def test_a_destination_named_twice_gets_one_delivery(db: sqlite_utils.Database) -> None:
    added = Outbox(db).enqueue("https://x/1", b"{}", [A, A, B], START)

    assert added == 2
    assert [one.inbox for one in Outbox(db).state_of("https://x/1")] == [A.inbox, B.inbox]


def test_the_same_activity_may_be_queued_for_more_and_never_twice_for_one(
    db: sqlite_utils.Database,
) -> None:
    Outbox(db).enqueue("https://x/1", b"{}", [A], START)

    assert Outbox(db).enqueue("https://x/1", b"{}", [A, B], START) == 1
    assert len(Outbox(db).waiting()) == 2


def test_an_activity_never_changes_its_bytes(db: sqlite_utils.Database) -> None:
    Outbox(db).enqueue("https://x/1", b"{}", [A], START)

    with pytest.raises(ValueError, match="other bytes"):
        Outbox(db).enqueue("https://x/1", b"{ }", [B], START)


def test_what_goes_to_nobody_is_not_stored(db: sqlite_utils.Database) -> None:
    assert Outbox(db).enqueue("https://x/1", b"{}", [], START) == 0
    assert db["outgoing"].count == 0


def test_a_destination_is_signed_to_as_what_it_is(db: sqlite_utils.Database) -> None:
    Outbox(db).enqueue("https://x/1", b"{}", [A, B], START)

    found = db.execute("select host, is_hub, scheme from destinations order by inbox").fetchall()

    assert found == [("a.example", 0, "cavage"), ("b.example:8443", 1, "rfc9421")]


def test_a_server_that_became_a_peer_is_signed_to_as_a_hub(db: sqlite_utils.Database) -> None:
    Outbox(db).enqueue("https://x/1", b"{}", [A], START)

    Outbox(db).enqueue("https://x/2", b"{}", [Destination(A.inbox, is_hub=True)], START)

    assert db.execute("select is_hub from destinations").fetchall() == [(1,)]


def follower(number: int, shared: str | None = None) -> Follower:
    actor = f"https://a.example/u/{number}"
    return Follower(actor, f"{actor}/inbox", shared, f"{actor}/follow", START)


def test_followers_of_one_server_are_reached_by_its_shared_inbox_once(
    db: sqlite_utils.Database,
) -> None:
    followers = Followers(db)
    for number in range(5):
        followers.add(follower(number, "https://a.example/inbox" if number else None))

    assert followers.inboxes() == ["https://a.example/inbox", "https://a.example/u/0/inbox"]
    assert followers.remove_inbox("https://a.example/inbox") == 4
    assert [one.actor for one in followers.all()] == ["https://a.example/u/0"]


def test_who_follows_again_is_still_one_follower(db: sqlite_utils.Database) -> None:
    followers = Followers(db)
    followers.add(follower(1))
    followers.add(follower(1))

    assert followers.count() == 1
    assert followers.remove("https://a.example/u/1")
    assert not followers.remove("https://a.example/u/1")


def test_only_who_was_asked_can_answer(db: sqlite_utils.Database) -> None:
    following = Following(db)
    following.ask("https://a.example/u", "https://us/1", START)

    assert not following.answer("https://b.example/u", "https://us/1", accepted=True, at=START)
    assert not following.answer("https://a.example/u", "https://us/2", accepted=True, at=START)
    assert following.answer("https://a.example/u", "https://us/1", accepted=True, at=START)
    followed = following.by_follow("https://us/1")
    assert followed is not None
    assert followed.state == "accepted"
    assert following.remove("https://a.example/u") == followed
    assert list(following.all()) == []


def test_the_same_notice_is_counted_and_not_repeated(db: sqlite_utils.Database) -> None:
    notices = NoticeStore(db)
    notices.note("silent-hub", "a.example", "first", START)
    notices.note("silent-hub", "a.example", "second", START + timedelta(hours=1))

    (found,) = notices.all()

    assert (found.text, found.times, found.first_at) == ("second", 2, START)
    assert notices.dismiss("silent-hub", "a.example")
    assert list(notices.all()) == []


def test_notices_are_bounded(db: sqlite_utils.Database) -> None:
    notices = NoticeStore(db)
    for number in range(MOST_NOTICES + 20):
        notices.note("refused", f"h{number}.example", "", START + timedelta(seconds=number))

    found = list(notices.all())

    assert len(found) == MOST_NOTICES
    assert found[0].subject == f"h{MOST_NOTICES + 19}.example"


async def test_a_ring_between_two_looks_is_not_missed() -> None:
    bell = Bell()
    seen = bell.rings
    bell.ring()

    assert await bell.heard(seen) == 1


async def test_all_who_wait_hear_the_bell_and_who_stopped_waiting_is_forgotten() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.heard(0)) for _ in range(3)]
    await settle()
    waiting[0].cancel()
    await settle()

    bell.ring()
    bell.ring()

    assert await asyncio.gather(*waiting[1:]) == [2, 2]


async def test_who_delivers_is_not_woken_by_arrivals() -> None:
    bell = Bell()
    inbox = asyncio.create_task(bell.heard(0))
    delivering = asyncio.create_task(bell.heard_order(0))
    await settle()

    bell.ring(arrival=True)
    await settle()
    assert (inbox.done(), delivering.done()) == (True, False)
    bell.ring()

    assert await delivering == 1
    assert (bell.rings, bell.orders) == (2, 1)


def test_a_bounded_memory_forgets_what_was_used_longest_ago() -> None:
    memory = Bounded[str, int](2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)

    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)
    memory.drop_where(lambda value: value == 1)
    memory.drop("c")
    assert len(memory) == 0
