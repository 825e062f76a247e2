"""What becomes of accepted activities: handled once, retried, quarantined, never in the way."""

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from content.changes import Act
from federation.delivery import deliver_due
from federation.followers import Followers, Following
from federation.handlers import HANDLERS, Handler
from federation.hub import Hub, Node
from federation.inbox import InboxFull, accept, count_waiting
from federation.inbox_store import InboxStore, NotInQuarantine, Tombstones
from federation.inbox_worker import (
    finish_beside,
    next_inbox_due,
    prune_wire,
    resume_inbox,
    work_inbox,
)
from federation.remarks import RemarkStore
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.errors import InvalidDocument
from protocol.rules import RULES
from tests.nodes_at_work import do, make_peer, make_source, open_node, post, rows
from tests.seams import FixedClock
from tests.strangers_at_work import PUBLIC, Answer, HubStranger, Stranger


async def send(node: Node, sender: Stranger, activity: dict[str, Any]) -> None:
    body = json.dumps(activity).encode()
    inbox, now = node.hub.identity.inbox, node.clock.now()
    headers = (
        sender.as_hub(inbox, body, now)
        if isinstance(sender, HubStranger)
        else sender.cavage(inbox, body, now)
    )
    assert (await accept(node, post(node, body, headers))).status == 202


async def work(node: Node) -> int:
    handled = 0
    while done := await work_inbox(node):
        handled += done
    await finish_beside(node)
    return handled


async def states(node: Node) -> list[tuple[Any, ...]]:
    return await rows(node, "select state, attempts from inbox order by id")


def ours(node: Node) -> str:
    return f"{node.hub.identity.origin}/resources/01JDDDDDDDDDDDDDDDDDDDDDDD"


async def remarks(node: Node) -> list[tuple[Any, ...]]:
    return await rows(node, "select kind, actor, object, about, text, state from remarks")


def test_every_type_that_somebody_may_send_has_a_handler() -> None:
    taken = {kind for rules in RULES.values() for kind in rules}

    assert taken - {"Add", "Remove", "Move"} == set(HANDLERS)


async def test_one_noisy_sender_does_not_take_the_inbox_from_the_others(
    node: Node, ann: Stranger, peer: HubStranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.inbox.CROWDED", 4)
    monkeypatch.setattr("federation.inbox.MOST_OF_ONE", 3)
    await make_peer(node, peer)
    # What fails waits for its next attempt: an easy way to fill the inbox of a hub.
    for number in range(4):
        broken = {
            "id": f"{peer.origin}/resources/{number}",
            "type": "Article",
            "attributedTo": peer.actor,
            "hub:resource": {},
        }
        await send(node, peer, peer.activity("Create", number, broken, to=[PUBLIC]))
    await work(node)
    assert await states(node) == [("waiting", 1)] * 4

    with pytest.raises(InboxFull):
        await send(node, peer, peer.activity("Like", "more", ours(node)))
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await work(node)

    assert (await states(node))[-1] == ("done", 1)
    # When there is room again, it is taken like everybody else.
    await do(node, lambda db: db.execute("update inbox set state = 'quarantined' where id < 3"))
    await count_waiting(node)
    await send(node, peer, peer.activity("Like", "more", ours(node)))


async def test_a_follow_makes_a_follower_and_is_answered_with_accept(
    node: Node, ann: Stranger
) -> None:
    follow = ann.activity("Follow", 1, node.hub.identity.actor)
    await send(node, ann, follow)

    await work(node)
    await deliver_due(node)

    assert await node.database.read(lambda db: Followers(db).inboxes()) == [ann.inbox]
    (answer,) = [asked for asked in ann.received if asked.method == "POST"]
    assert answer.json["type"] == "Accept"
    assert answer.json["object"]["id"] == follow["id"]
    assert answer.json["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert await states(node) == [("done", 1)]
    assert await rows(node, "select body from inbox") == [(None,)]


async def test_a_follow_of_anything_else_than_the_hub_is_rejected(
    node: Node, ann: Stranger
) -> None:
    await send(node, ann, ann.activity("Follow", 1, ours(node)))

    await work(node)
    await deliver_due(node)

    (answer,) = [asked for asked in ann.received if asked.method == "POST"]
    assert answer.json["type"] == "Reject"
    assert await node.database.read(lambda db: Followers(db).count()) == 0


async def test_a_shared_inbox_gets_what_many_followers_read_once(node: Node, ann: Stranger) -> None:
    shared = {"sharedInbox": f"{ann.origin}/inbox"}
    ann.publish(endpoints=shared)
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await work(node)
    follower = await node.database.read(lambda db: Followers(db).get(ann.actor))
    assert follower is not None
    for number in range(3):
        await do(
            node,
            lambda db, number=number: db.execute(
                "insert into followers values (?, ?, ?, ?, ?)",
                [
                    f"{ann.origin}/u{number}",
                    f"{ann.origin}/u{number}/inbox",
                    f"{ann.origin}/inbox",
                    f"{ann.origin}/f{number}",
                    "2026-11-24T09:30:00.000Z",
                ],
            ),
        )

    assert await node.database.read(lambda db: Followers(db).inboxes()) == [f"{ann.origin}/inbox"]


@pytest.mark.parametrize("form", ["reference", "embedded", "embedded with another id"])
async def test_undo_ends_the_following(node: Node, ann: Stranger, form: str) -> None:
    follow = ann.activity("Follow", 1, node.hub.identity.actor)
    await send(node, ann, follow)
    await work(node)
    undone: Any = {
        "reference": follow["id"],
        "embedded": follow,
        "embedded with another id": {**follow, "id": f"{ann.origin}/activities/other"},
    }[form]

    await send(node, ann, ann.activity("Undo", 2, undone))
    await work(node)

    assert await node.database.read(lambda db: Followers(db).count()) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_r4_follow_undo_and_follow_again_end_the_same_in_every_order(
    node: Node, ann: Stranger, order: tuple[int, ...]
) -> None:
    us = node.hub.identity.actor
    first = ann.activity("Follow", 1, us)
    second = ann.activity("Follow", 3, us)
    messages = [
        first,
        ann.activity("Undo", 2, first),
        second,
        ann.activity("Undo", 4, second["id"]),
    ]

    for index in order:
        await send(node, ann, messages[index])
        await work(node)

    assert await node.database.read(lambda db: Followers(db).count()) == 0


@pytest.mark.parametrize("kind", ["Like", "Announce", "Flag"])
async def test_what_strangers_say_about_ours_waits_unseen_and_can_be_taken_back(
    node: Node, ann: Stranger, kind: str
) -> None:
    said = ann.activity(kind, 1, ours(node), content="Look at this")
    await send(node, ann, said)
    await send(node, ann, ann.activity(kind, 2, "https://elsewhere.example/1"))
    await work(node)

    text = "Look at this" if kind == "Flag" else ""
    assert await remarks(node) == [
        (kind.lower(), ann.actor, ours(node), said["id"], text, "unseen")
    ]
    await send(node, ann, ann.activity("Undo", 3, said["id"]))
    await work(node)
    assert await remarks(node) == []


def reply(node: Node, stranger: Stranger, number: int) -> dict[str, Any]:
    note = {
        "id": f"{stranger.origin}/notes/{number}",
        "type": "Note",
        "attributedTo": stranger.actor,
        "inReplyTo": ours(node),
        "content": "<p>Thanks</p>",
        "to": [PUBLIC],
    }
    return stranger.activity("Create", number, note)


async def test_a_reply_waits_unseen_and_its_author_can_delete_it(node: Node, ann: Stranger) -> None:
    activity = reply(node, ann, 1)
    await send(node, ann, activity)
    await work(node)

    note = activity["object"]["id"]
    assert await remarks(node) == [
        ("reply", ann.actor, ours(node), note, "<p>Thanks</p>", "unseen")
    ]
    await send(node, ann, ann.activity("Delete", 2, note))
    await work(node)
    assert await remarks(node) == []


async def test_the_remarks_of_one_stranger_are_bounded(node: Node, ann: Stranger) -> None:
    for number in range(210):
        await send(node, ann, ann.activity("Like", number, ours(node)))

    await work(node)

    assert len(await remarks(node)) == 200
    assert {state for state, _ in await states(node)} == {"done"}


async def test_an_actor_that_says_goodbye_is_forgotten(node: Node, ann: Stranger) -> None:
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await send(node, ann, reply(node, ann, 2))
    await work(node)

    await send(node, ann, ann.activity("Delete", 3, ann.actor))
    await work(node)

    assert await node.database.read(lambda db: Followers(db).count()) == 0
    assert await remarks(node) == []
    ((gone_at,),) = await rows(node, "select gone_at from actors where id = ?", ann.actor)
    assert gone_at is not None


async def test_a_sources_accept_is_noted(node: Node, ann: Stranger) -> None:
    asked = f"{node.hub.identity.origin}/activities/1"
    await do(node, lambda db: Following(db).ask(ann.actor, asked, node.clock.now()))

    await send(node, ann, ann.activity("Accept", 1, asked))
    await work(node)

    followed = await node.database.read(lambda db: Following(db).get(ann.actor))
    assert followed is not None
    assert followed.state == "accepted"


class Recording:
    """A handler that fails as often as told, and notes what it took."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.taken: list[str] = []

    def apply(
        self,
        db: sqlite_utils.Database,
        _hub: Hub,
        activity: Verified[Activity],
        _act: Act,
        _prepared: Any,
    ) -> None:
        db.execute("insert into owners values (?, ?)", [activity.value.id, "someone"])
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(activity.value.id)


def handled_by(monkeypatch: pytest.MonkeyPatch, kind: str, handler: Handler) -> None:
    monkeypatch.setattr("federation.inbox_worker.HANDLERS", {**HANDLERS, kind: handler})


async def test_r10_a_poison_message_ends_in_quarantine_and_the_queue_goes_on(
    node: Node, ann: Stranger, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Recording(*[InvalidDocument("It has no title.")] * 5)
    handled_by(monkeypatch, "Like", Handler(poison.apply))
    await send(node, ann, ann.activity("Like", 1, ours(node)))
    await send(node, ann, ann.activity("Follow", 2, node.hub.identity.actor))

    await work(node)
    assert await states(node) == [("waiting", 1), ("done", 1)]
    for _ in range(10):
        clock.advance(400)
        await work(node)

    (found,) = await node.database.read(lambda db: InboxStore(db).quarantined())
    assert (found.actor, found.type, found.attempts) == (ann.actor, "Like", 5)
    assert found.reason == "It has no title."
    assert await rows(node, "select count(*) from owners") == [(0,)]
    await do(node, lambda db: InboxStore(db).retry(found.id, clock.now()))
    await work(node)
    assert poison.taken == [f"{ann.origin}/activities/1"]
    assert await states(node) == [("done", 1), ("done", 1)]


async def test_r10_a_quarantined_message_can_be_dropped_and_stays_known(
    node: Node, ann: Stranger, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Recording(*[KeyError("secret of a case")] * 5)
    handled_by(monkeypatch, "Like", Handler(poison.apply))
    like = ann.activity("Like", 1, ours(node))
    await send(node, ann, like)
    for _ in range(5):
        await work(node)
        clock.advance(400)
    (found,) = await node.database.read(lambda db: InboxStore(db).quarantined())

    await do(node, lambda db: InboxStore(db).drop(found.id))

    assert "secret" not in found.reason
    assert "KeyError at test_inbox_worker.py" in found.reason
    assert await rows(node, "select state, body from inbox") == [("dropped", None)]
    await send(node, ann, like)
    assert await work(node) == 0
    with pytest.raises(NotInQuarantine):
        await do(node, lambda db: InboxStore(db).drop(found.id))


async def test_r10_a_crash_while_handling_counts_as_an_attempt(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    for attempt in range(1, 6):
        claimed = await do(node, lambda db: InboxStore(db).claim(clock.now(), 10))
        assert [item.attempts for item in claimed] == [attempt]  # and then the process dies
        assert await work(node) == 0
        await resume_inbox(node)

    assert await work(node) == 0

    (found,) = await node.database.read(lambda db: InboxStore(db).quarantined())
    assert found.reason == "Handling it was begun five times and never ended."


async def test_what_a_dead_process_had_begun_is_taken_up_at_the_next_start(
    node: Node, ann: Stranger, tmp_path: Path, clock: FixedClock
) -> None:
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await do(node, lambda db: InboxStore(db).claim(clock.now(), 10))

    async with open_node(tmp_path, trusting=[ann], clock=clock) as later:
        assert await next_inbox_due(later) is not None
        await resume_inbox(later)
        assert await work(later) == 1
        assert await later.database.read(lambda db: Followers(db).count()) == 1


async def test_r2_handling_twice_has_one_effect(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await work(node)
    await do(node, lambda db: db.execute("delete from deliveries"))
    before = await rows(node, "select * from followers")

    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await work(node)

    assert await rows(node, "select * from followers") == before
    assert await rows(node, "select count(*) from deliveries") == [(0,)]


async def test_a_peer_blocked_between_door_and_handler_has_no_effect_any_more(
    node: Node, peer: HubStranger
) -> None:
    await make_peer(node, peer)
    await send(node, peer, peer.activity("Follow", 1, node.hub.identity.actor))
    await do(node, lambda db: db.execute("update peers set state = 'blocked'"))

    await work(node)

    assert await rows(node, "select state, body from inbox") == [("dropped", None)]
    assert await node.database.read(lambda db: Followers(db).count()) == 0


async def test_a_slow_server_does_not_hold_up_what_needs_no_fetch(
    node: Node, ann: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.inbox_worker.SOON_SECONDS", 0.05)
    release = asyncio.Event()
    recording = Recording()

    async def slow(node: Node, activity: Verified[Activity]) -> None:
        await release.wait()

    handled_by(monkeypatch, "Like", Handler(recording.apply, slow))
    await send(node, ann, ann.activity("Like", 1, ours(node)))
    await send(node, ann, ann.activity("Follow", 2, node.hub.identity.actor))

    async with asyncio.timeout(5):
        await work_inbox(node)
    assert await states(node) == [("waiting", 1), ("done", 1)]
    release.set()
    await finish_beside(node)

    assert await states(node) == [("done", 1), ("done", 1)]
    assert len(recording.taken) == 1


def article(stranger: Stranger, number: int, **more: Any) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{stranger.origin}/posts/{number}",
        "type": "Article",
        "attributedTo": stranger.actor,
        "name": "A post",
        "content": "Text",
        "to": [PUBLIC],
        **more,
    }


async def test_s13_an_object_by_reference_is_fetched_from_its_own_origin(
    node: Node, ann: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_source(node, ann)
    taken: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        "federation.receiving.take_object",
        lambda _db, _hub, actor, document, _act: taken.append((actor, document)),
    )
    ann.serve("/posts/1", article(ann, 1))

    await send(node, ann, ann.activity("Create", 1, f"{ann.origin}/posts/1"))
    await work(node)

    assert taken == [(ann.actor, article(ann, 1))]
    assert await rows(node, "select * from owners") == [(f"{ann.origin}/posts/1", ann.actor)]


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "https://elsewhere.example/1"},
        {"attributedTo": "https://elsewhere.example/u"},
        {"attributedTo": None},
    ],
)
async def test_s13_what_is_not_what_it_says_is_not_taken(
    node: Node,
    ann: Stranger,
    monkeypatch: pytest.MonkeyPatch,
    clock: FixedClock,
    answer: dict[str, Any],
) -> None:
    await make_source(node, ann)
    taken: list[Any] = []
    monkeypatch.setattr(
        "federation.receiving.take_object", lambda *arguments: taken.append(arguments)
    )
    ann.serve("/posts/1", article(ann, 1, **answer))

    await send(node, ann, ann.activity("Create", 1, f"{ann.origin}/posts/1"))
    for _ in range(6):
        await work(node)
        clock.advance(days=4)  # the server of the first one is not there at all

    assert taken == []
    assert [state for state, _ in await states(node)] == ["quarantined"]


async def test_s13_the_post_of_a_neighbour_is_not_taken_as_ones_own(
    node: Node, ann: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_source(node, ann)
    taken: list[Any] = []
    monkeypatch.setattr(
        "federation.receiving.take_object", lambda *arguments: taken.append(arguments)
    )
    ann.serve("/posts/1", article(ann, 1, attributedTo=f"{ann.origin}/users/bob"))

    await send(node, ann, ann.activity("Create", 1, f"{ann.origin}/posts/1"))
    await work(node)

    assert taken == []
    assert [state for state, _ in await states(node)] == ["dropped"]


async def test_s31_one_activity_causes_at_most_five_requests(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    await make_source(node, ann)
    await send(node, ann, reply(node, ann, 7))
    ann.received.clear()
    ann.answers["/posts/1"] = Answer(302, headers={"Location": "/posts/2"})
    ann.answers["/posts/2"] = Answer(302, headers={"Location": "/posts/3"})
    ann.serve("/posts/3", article(ann, 4))
    ann.answers["/posts/4"] = Answer(302, headers={"Location": "/posts/5"})
    ann.answers["/posts/5"] = Answer(302, headers={"Location": "/posts/6"})

    await send(node, ann, ann.activity("Update", 1, f"{ann.origin}/posts/1"))
    await work(node)

    assert len(ann.received) <= 6


async def test_deleting_what_never_came_keeps_it_from_coming_later(
    node: Node, ann: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_source(node, ann)
    taken: list[Any] = []
    for name in ("take_in", "take_object"):
        monkeypatch.setattr(f"federation.receiving.{name}", lambda *a: taken.append(a[2:]))
    await send(node, ann, ann.activity("Create", 1, article(ann, 1)))  # stays in the queue
    await send(node, ann, ann.activity("Delete", 2, f"{ann.origin}/posts/1"))
    claimed = await do(node, lambda db: InboxStore(db).claim(node.clock.now(), 1))
    await work(node)
    await resume_inbox(node)
    await work(node)

    assert len(claimed) == 1
    assert [activity.value.type for activity, _ in taken] == ["Delete"]
    assert await node.database.read(lambda db: Tombstones(db).has(f"{ann.origin}/posts/1"))


async def test_what_was_handled_is_forgotten_after_ninety_days(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    await send(node, ann, ann.activity("Follow", 1, node.hub.identity.actor))
    await work(node)
    clock.advance(days=89)
    assert await prune_wire(node) == 0
    clock.advance(days=2)

    assert await prune_wire(node) == 1
    assert await states(node) == []


async def test_remarks_can_be_marked_as_seen(node: Node, ann: Stranger) -> None:
    await send(node, ann, ann.activity("Like", 1, ours(node)))
    await work(node)
    (remark,) = await node.database.read(lambda db: RemarkStore(db).unseen())

    await do(node, lambda db: RemarkStore(db).mark(remark.activity_id, "seen"))

    assert await node.database.read(lambda db: RemarkStore(db).unseen()) == []
    assert len(await node.database.read(lambda db: RemarkStore(db).about(ours(node)))) == 1
