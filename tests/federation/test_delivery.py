"""Delivery on real sockets: in order, at least once, and nobody waits for anybody else."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from content.times import from_text, to_text
from federation.delivery import Courier, deliver_due
from federation.followers import Follower, Followers
from federation.hub import Node
from federation.notices import NoticeStore
from federation.outbox import Delivery, Destination, NoSuchDelivery, Outbox
from federation.parcels import Parcels
from protocol.claims import SignatureClaim
from protocol.http import HttpRequest
from protocol.signatures import check_request, verify_request
from tests.nodes_at_work import do, open_node, rows
from tests.seams import FixedClock
from tests.strangers_at_work import Answer, Received, Stranger


def body_of(number: int) -> bytes:
    return json.dumps({"id": f"https://hub.amsterdam.example/activities/{number}"}).encode()


async def enqueue(
    node: Node, number: int, *places: Stranger, is_hub: bool = False, sealed: bool = False
) -> None:
    to = [Destination(place.inbox, is_hub) for place in places]
    activity_id = f"https://hub.amsterdam.example/activities/{number}"
    at = node.clock.now()
    await do(
        node,
        lambda db: Outbox(db).enqueue(activity_id, body_of(number), to, at, sealed=sealed),
    )


async def states(node: Node) -> list[tuple[str, str]]:
    return [
        (state, reason)
        for state, reason in await rows(node, "select state, reason from deliveries order by id")
    ]


def answering(*statuses: int, **headers: str) -> Callable[[Received], Answer]:
    left = list(statuses)
    return lambda _: Answer(left.pop(0) if len(left) > 1 else left[0], headers=dict(headers))


async def failed(node: Node) -> list[Delivery]:
    return await node.database.read(lambda db: Outbox(db).failed())


async def next_try(node: Node) -> timedelta:
    ((text,),) = await rows(node, "select next_try from destinations")
    return from_text(text) - node.clock.now()


async def test_what_is_due_arrives_in_order_with_the_same_bytes(node: Node, ann: Stranger) -> None:
    for number in range(60):
        await enqueue(node, number, ann)

    done = await deliver_due(node)

    assert (done.delivered, done.retrying, done.failed, done.next_due) == (60, 0, 0, None)
    assert [asked.body for asked in ann.received] == [body_of(number) for number in range(60)]
    assert {asked.headers["content-type"] for asked in ann.received} == {
        "application/activity+json"
    }


def as_request(received: Received, stranger: Stranger) -> HttpRequest:
    return HttpRequest(
        "POST",
        stranger.origin + received.path,
        tuple(received.headers.items()),
        received.body,
    )


def claim_of(node: Node, received: Received, stranger: Stranger) -> SignatureClaim:
    request = as_request(received, stranger)
    now = node.clock.now()
    claim = check_request(request, now=now, authority=stranger.authority)
    keys = node.hub.keys
    key = keys.rsa.public if claim.key_id == keys.rsa.id else keys.signing.public
    verify_request(request, claim, key, now=now)
    return claim


async def test_strangers_get_draft_cavage_first_and_hubs_rfc_9421_with_ed25519(
    node: Node, ann: Stranger, bob: Stranger
) -> None:
    await enqueue(node, 1, ann)
    await enqueue(node, 2, bob, is_hub=True)

    await deliver_due(node)

    stranger = claim_of(node, ann.received[0], ann)
    hub = claim_of(node, bob.received[0], bob)
    assert (stranger.scheme, stranger.key_id) == ("cavage", node.hub.keys.rsa.id)
    assert (hub.scheme, hub.key_id, hub.tag) == ("rfc9421", node.hub.keys.signing.id, "hub-v1")


async def test_the_other_scheme_is_tried_on_401_only_and_remembered_when_it_works(
    node: Node, ann: Stranger
) -> None:
    ann.on_inbox = lambda asked: Answer(202 if "signature-input" in asked.headers else 401)
    await enqueue(node, 1, ann)
    await deliver_due(node)
    await enqueue(node, 2, ann)
    await deliver_due(node)

    schemes = [claim_of(node, asked, ann).scheme for asked in ann.received]

    assert schemes == ["cavage", "rfc9421", "rfc9421"]
    assert ann.received[0].body == ann.received[1].body


@pytest.mark.parametrize("status", [400, 403, 408, 425, 429, 500, 502, 503])
async def test_no_other_answer_makes_us_knock_twice(node: Node, ann: Stranger, status: int) -> None:
    ann.on_inbox = answering(status)
    await enqueue(node, 1, ann)

    await deliver_due(node)

    assert len(ann.received) == 1


async def test_a_hub_that_answers_401_is_not_tried_by_another_scheme(
    node: Node, ann: Stranger
) -> None:
    ann.on_inbox = answering(401)
    await enqueue(node, 1, ann, is_hub=True)

    done = await deliver_due(node)

    assert len(ann.received) == 1
    assert done.retrying == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 415, 422])
async def test_what_is_refused_is_reported_and_the_queue_goes_on(
    node: Node, ann: Stranger, status: int
) -> None:
    ann.on_inbox = answering(status, 202)
    await enqueue(node, 1, ann)
    await enqueue(node, 2, ann)

    done = await deliver_due(node)

    assert (done.delivered, done.failed) == (1, 1)
    assert await states(node) == [("failed", f"Answered {status}."), ("delivered", "")]
    (report,) = await failed(node)
    assert (report.inbox, report.reason) == (ann.inbox, f"Answered {status}.")


async def test_a_failed_delivery_can_be_retried_or_dropped_by_a_person(
    node: Node, ann: Stranger
) -> None:
    ann.on_inbox = answering(404, 404, 202)
    await enqueue(node, 1, ann)
    await enqueue(node, 2, ann)
    await deliver_due(node)
    first, second = await failed(node)

    await do(node, lambda db: Outbox(db).retry(first.id))
    await do(node, lambda db: Outbox(db).drop(second.id))
    await deliver_due(node)

    assert [state for state, _ in await states(node)] == ["delivered", "dropped"]
    with pytest.raises(NoSuchDelivery):
        await do(node, lambda db: Outbox(db).retry(first.id))


@pytest.mark.parametrize("status", [302, 401, 408, 425, 429, 500, 503])
async def test_what_may_pass_is_tried_again_later_and_holds_back_what_is_behind_it(
    node: Node, ann: Stranger, clock: FixedClock, status: int
) -> None:
    ann.on_inbox = answering(*([status] * (2 if status == 401 else 1)), 202)
    await enqueue(node, 1, ann)
    await enqueue(node, 2, ann)

    first = await deliver_due(node)

    assert (first.delivered, first.retrying) == (0, 1)
    assert first.next_due is not None
    assert timedelta(seconds=22) <= await next_try(node) <= timedelta(seconds=30)
    assert (await deliver_due(node)).delivered == 0
    clock.advance(30)
    assert (await deliver_due(node)).delivered == 2
    assert [asked.body for asked in ann.received[-2:]] == [body_of(1), body_of(2)]


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_honoured(
    node: Node, ann: Stranger, clock: FixedClock, form: str
) -> None:
    date = format_datetime(clock.now() + timedelta(hours=1), usegmt=True)
    value = "3600" if form == "seconds" else date
    ann.on_inbox = answering(429, **{"Retry-After": value})
    await enqueue(node, 1, ann)

    await deliver_due(node)

    assert await next_try(node) == timedelta(hours=1)


async def test_410_ends_all_that_waits_and_the_following(node: Node, ann: Stranger) -> None:
    now = node.clock.now()
    follower = Follower(ann.actor, ann.inbox, None, f"{ann.origin}/1", now)
    await do(node, lambda db: Followers(db).add(follower))
    ann.on_inbox = answering(410)
    await enqueue(node, 1, ann)
    await enqueue(node, 2, ann)

    await deliver_due(node)

    assert await states(node) == [("failed", "Answered 410.")] * 2
    assert await node.database.read(lambda db: Followers(db).count()) == 0
    assert len(ann.received) == 1


async def test_a_body_is_sent_again_with_the_same_bytes_after_a_crash_before_the_mark(
    node: Node, ann: Stranger, tmp_path: Path
) -> None:
    arrived = asyncio.Event()

    def hold(_: Received) -> Answer:
        arrived.set()
        return Answer(202)

    ann.on_inbox = hold
    await enqueue(node, 1, ann)
    courier = Courier(node)
    await courier.start_due()
    async with asyncio.timeout(5):
        await arrived.wait()
    await courier.stop()  # as if the process had died: whether it was marked is not known
    await do(node, lambda db: db.execute("update deliveries set state = 'waiting'"))

    async with open_node(tmp_path, trusting=[ann], clock=node.clock) as later:
        await deliver_due(later)

    bodies = [asked.body for asked in ann.received]
    assert bodies == [body_of(1), body_of(1)]


async def test_strangers_are_given_up_after_three_days_and_a_person_sees_it(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    ann.on_inbox = answering(503)
    await enqueue(node, 1, ann)
    attempts = 0
    while (await deliver_due(node)).retrying:
        attempts += 1
        clock.advance((await next_try(node)).total_seconds())

    (report,) = await failed(node)
    assert report.reason == "Given up after 3 days. Answered 503."
    assert report.done_at is not None
    assert timedelta(days=3) <= report.done_at - report.at < timedelta(days=3, hours=12)
    assert 14 <= attempts <= 20


async def test_hubs_are_given_up_after_thirty_days_and_parts_of_cases_never(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    ann.on_inbox = answering(503)
    await enqueue(node, 1, ann, is_hub=True)
    await enqueue(node, 2, ann, is_hub=True, sealed=True)
    for _ in range(90):
        await deliver_due(node)
        clock.advance((await next_try(node)).total_seconds())

    assert [state for state, _ in await states(node)] == ["failed", "waiting"]
    assert (await states(node))[0][1] == "Given up after 30 days. Answered 503."
    assert await next_try(node) <= timedelta(hours=12)
    notices = await node.database.read(lambda db: list(NoticeStore(db).all()))
    assert [(notice.kind, notice.subject) for notice in notices] == [("silent-hub", ann.authority)]
    ann.on_inbox = answering(202)
    clock.advance(days=1)
    assert (await deliver_due(node)).delivered == 1
    assert ann.received[-1].body == body_of(2)


async def test_a_hub_that_refuses_part_of_a_case_because_of_the_relation_is_tried_again(
    node: Node, ann: Stranger
) -> None:
    ann.on_inbox = answering(403)
    await enqueue(node, 1, ann, is_hub=True, sealed=True)

    done = await deliver_due(node)

    assert (done.retrying, done.failed) == (1, 0)


async def test_after_a_month_of_silence_all_arrives_in_order_as_soon_as_the_hub_shows_up(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    ann.on_inbox = answering(503)
    for number in range(3):
        await enqueue(node, number, ann, is_hub=True)
        await deliver_due(node)
        clock.advance(days=9)
    await deliver_due(node)
    ann.on_inbox = answering(202)

    await do(node, lambda db: Parcels(db).wake(ann.authority, node.clock.now()))
    done = await deliver_due(node)

    assert done.delivered == 3
    assert [asked.body for asked in ann.received[-3:]] == [body_of(n) for n in range(3)]
    assert await rows(node, "select failures, failing_since from destinations") == [(0, None)]


async def test_a_server_that_is_down_is_asked_once_for_all_its_inboxes(
    node: Node, ann: Stranger
) -> None:
    inboxes = [f"{ann.origin}/users/{number}/inbox" for number in range(10)]
    await ann.stop()
    to = [Destination(inbox, is_hub=False) for inbox in inboxes]
    await do(node, lambda db: Outbox(db).enqueue("https://x/1", b"{}", to, node.clock.now()))

    done = await deliver_due(node)

    assert done.retrying == 1
    assert await rows(node, "select count(distinct next_try) from destinations") == [(1,)]
    assert (await states(node)).count(("waiting", "")) == 9


async def test_a_redirect_of_an_inbox_is_not_followed(
    node: Node, ann: Stranger, bob: Stranger
) -> None:
    ann.on_inbox = answering(307, Location=bob.inbox)
    await enqueue(node, 1, ann)

    await deliver_due(node)

    assert bob.received == []


async def test_an_inbox_on_a_forbidden_address_is_reported_and_no_packet_sent(node: Node) -> None:
    async with await Stranger.start("inside", "127.0.0.9") as inside:
        await enqueue(node, 1, inside)

        await deliver_due(node)

        assert inside.received == []
        (report,) = await failed(node)
        assert report.reason == "Not sent. This hub does not connect to that address."


class Hanging:
    """Servers that take connections and never answer."""

    def __init__(self) -> None:
        self.servers: list[asyncio.Server] = []
        self.release = asyncio.Event()
        self.connected = 0

    async def add(self, host: str) -> str:
        async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connected += 1
            try:
                await self.release.wait()
            finally:
                writer.close()

        server = await asyncio.start_server(hang, host, 0)
        self.servers.append(server)
        return f"{host}:{server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self.release.set()
        for server in self.servers:
            server.close()
            await server.wait_closed()


async def keep_delivering(node: Node, courier: Courier) -> None:
    """Do as the worker of a running node does."""
    while True:
        seen = node.bell.rings
        await courier.start_due()
        await node.bell.heard(seen)


async def seconds_until_asked(stranger: Stranger) -> float:
    started = asyncio.get_running_loop().time()
    async with asyncio.timeout(5):
        await stranger.asked.wait()
    stranger.asked.clear()
    return asyncio.get_running_loop().time() - started


async def test_r6_twelve_hanging_peers_do_not_delay_the_thirteenth(
    tmp_path: Path, ann: Stranger
) -> None:
    hanging = Hanging()
    authorities = [await hanging.add(f"127.0.1.{number}") for number in range(1, 13)]
    async with open_node(tmp_path, trusting=[*authorities, ann]) as node:
        to = [Destination(f"http://{authority}/inbox", is_hub=True) for authority in authorities]
        now = node.clock.now()
        await do(node, lambda db: Outbox(db).enqueue("https://x/0", b"{}", to, now))
        await enqueue(node, 1, ann)
        courier = Courier(node)
        worker = asyncio.create_task(keep_delivering(node, courier))
        first = await seconds_until_asked(ann)

        await enqueue(node, 2, ann)
        node.bell.ring()
        second = await seconds_until_asked(ann)
        worker.cancel()
        await courier.stop()
        await hanging.stop()

    assert first < 1
    assert second < 1
    assert hanging.connected == 12


async def test_servers_that_failed_before_take_at_most_half_of_the_lanes(
    tmp_path: Path, ann: Stranger
) -> None:
    hanging = Hanging()
    authorities = [await hanging.add(f"127.0.2.{number}") for number in range(1, 31)]
    async with open_node(tmp_path, trusting=[*authorities, ann]) as node:
        to = [Destination(f"http://{authority}/inbox", is_hub=True) for authority in authorities]
        now = node.clock.now()
        await do(node, lambda db: Outbox(db).enqueue("https://x/0", b"{}", to, now))
        await do(
            node,
            lambda db: db.execute(
                "update destinations set failures = 3, failing_since = ?", [to_text(now)]
            ),
        )
        await enqueue(node, 1, ann)
        courier = Courier(node)
        await courier.start_due()
        async with asyncio.timeout(5):
            await ann.asked.wait()
        await courier.stop()
        await hanging.stop()

    assert hanging.connected <= 10


async def test_r11_an_activity_for_500_is_stored_once_and_sent_by_at_most_twenty_at_a_time(
    tmp_path: Path,
) -> None:
    now_open, most = 0, 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now_open, most
        now_open += 1
        most = max(most, now_open)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
        await asyncio.sleep(0)
        now_open -= 1
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with AsyncExitStack() as stack:
        servers = []
        for number in range(500):
            host = f"127.1.{number // 250}.{number % 250 + 1}"
            servers.append(await asyncio.start_server(count, host, 0))
            stack.push_async_callback(servers[-1].wait_closed)
            stack.callback(servers[-1].close)
        places = [server.sockets[0].getsockname() for server in servers]
        authorities = [f"{host}:{port}" for host, port in places]
        node = await stack.enter_async_context(open_node(tmp_path, trusting=authorities))
        to = [Destination(f"http://{authority}/inbox", is_hub=True) for authority in authorities]
        now = node.clock.now()
        await do(node, lambda db: Outbox(db).enqueue("https://x/0", b"{}", to, now))

        done = await deliver_due(node)

        assert done.delivered == 500
        assert most <= 20
        assert await rows(node, "select count(*) from outgoing") == [(1,)]
        assert await rows(node, "select count(*), count(distinct destination) from deliveries") == [
            (500, 500)
        ]


async def test_old_deliveries_are_forgotten_and_what_a_person_must_see_is_not(
    node: Node, ann: Stranger, bob: Stranger, clock: FixedClock
) -> None:
    bob.on_inbox = answering(404)
    await enqueue(node, 1, ann, bob)
    await enqueue(node, 2, ann)
    await deliver_due(node)
    clock.advance(days=31)

    gone = await do(node, lambda db: Parcels(db).prune(node.clock.now()))

    assert gone == 2
    assert [state for state, _ in await states(node)] == ["failed"]
    assert await rows(node, "select count(*) from outgoing") == [(1,)]
    assert await rows(node, "select inbox from destinations") == [(bob.inbox,)]


async def test_r9_beyond_ten_thousand_the_oldest_public_ones_make_room_but_no_case_does(
    node: Node, ann: Stranger, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.parcels.MOST_WAITING", 5)
    ann.on_inbox = answering(503)
    await enqueue(node, 0, ann, is_hub=True, sealed=True)
    for number in range(1, 9):
        await enqueue(node, number, ann, is_hub=True)

    await deliver_due(node)

    found = [state for state, _ in await states(node)]
    assert found == ["waiting"] + ["dropped"] * 3 + ["waiting"] * 5
