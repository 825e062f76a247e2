"""Logs that travel as files: checked like pages, taken in like pages, refused like pages."""

import gzip
import io
from collections.abc import Callable

import pytest

from federation.bundling import Bundled, BundleRefused, export_bundle, import_bundle
from federation.forks import ForkStore, LogFrozen
from federation.peering import block_peer, resume_peer, suspend_peer
from federation.publishing import import_resources, retract_resource
from protocol.errors import NotAPeer, ProtocolError
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_forks import publish, rewind
from tests.hubs.test_sharing import held_titles


async def two_hubs(network: Network, records: int = 4) -> tuple[RunningHub, RunningHub]:
    """Return a reader and a hub that published, approved by each other and then cut off."""
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(reader, origin)
    origin.is_up = False
    some = [a_record(f"Guide {number}") for number in range(records)]
    await origin.do(lambda db: import_resources(db, origin.hub, some, origin.act()))
    return reader, origin


async def bundle(hub: RunningHub, who: str | None = None, *, after: int = 0) -> bytes:
    stream = io.BytesIO()
    await export_bundle(hub.node, who, stream, after=after)
    return stream.getvalue()


async def brings(reader: RunningHub, body: bytes) -> Bundled:
    return await import_bundle(reader.node, io.BytesIO(body))


async def test_a_log_that_was_carried_by_file_is_held_as_if_it_had_been_read(
    network: Network,
) -> None:
    reader, origin = await two_hubs(network, 1200)

    one = await bundle(origin)
    brought = await brings(reader, one)
    again = await brings(reader, one)

    assert (brought.entries, brought.seq) == (1201, 1201)
    assert again.entries == 0
    assert len(await held_titles(reader, origin)) == 1200


async def test_the_same_log_gives_the_same_file(network: Network) -> None:
    _, origin = await two_hubs(network)

    one = await bundle(origin)
    two = await bundle(origin)

    assert one == two


async def test_only_what_is_new_need_travel(network: Network) -> None:
    reader, origin = await two_hubs(network)
    first = await bundle(origin)
    await brings(reader, first)
    await publish(origin, "News")

    second = await bundle(origin, after=5)
    brought = await brings(reader, second)

    assert (brought.entries, brought.seq) == (1, 6)
    assert "News" in (await held_titles(reader, origin)).values()


async def test_a_bundle_with_a_gap_before_it_is_refused(network: Network) -> None:
    reader, origin = await two_hubs(network)
    end = await bundle(origin, after=3)

    with pytest.raises(ProtocolError) as refused:
        await brings(reader, end)

    assert refused.value.code == "log-entry-missing"
    assert "goes on from number 4" in str(refused.value)
    assert "--after" in str(refused.value)
    assert await held_titles(reader, origin) == {}


async def test_a_replica_writes_bundles_too_and_what_was_deleted_is_not_in_them(
    network: Network,
) -> None:
    holder, origin = await two_hubs(network)
    doomed = await publish(origin, "Canary")
    await origin.do(lambda db: retract_resource(db, origin.hub, doomed, origin.act()))
    one = await bundle(origin)
    await brings(holder, one)

    two = await bundle(holder, origin.host)

    assert b"Canary" not in gzip.decompress(two)
    assert one == two


async def test_the_log_of_a_hub_that_is_no_peer_is_kept_beside_the_catalogue(
    network: Network,
) -> None:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await publish(origin, "One")
    one = await bundle(origin)

    brought = await brings(reader, one)

    assert (brought.entries, brought.host) == (2, origin.hub.identity.g)
    assert await reader.rows("select * from held_resources") == []


async def test_the_log_of_a_hub_on_its_way_is_kept_and_enters_when_both_approved(
    network: Network,
) -> None:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await publish(origin, "One")
    one = await bundle(origin)
    await reader.knows(origin)

    brought = await brings(reader, one)
    before = await held_titles(reader, origin)
    await reader.approves(origin)
    await network.settle()
    await origin.knows(reader)
    await origin.approves(reader)
    await network.settle()
    origin.is_up = False
    await reader.catches_up(origin)

    assert (brought.entries, brought.host, before) == (2, origin.host, {})
    assert brought.beside.startswith("Added, nothing sent yet.")
    assert list((await held_titles(reader, origin)).values()) == ["One"]


async def test_what_came_by_file_while_a_peer_was_suspended_enters_when_it_is_resumed(
    network: Network,
) -> None:
    reader, origin = await two_hubs(network, 1)
    first = await bundle(origin)
    await brings(reader, first)
    doomed = next(iter(await held_titles(reader, origin)))
    await reader.do(lambda db: suspend_peer(db, reader.hub, origin.host, reader.act()))
    await publish(origin, "News")
    await origin.do(
        lambda db: retract_resource(db, origin.hub, doomed.rpartition("/")[2], origin.act())
    )
    second = await bundle(origin)

    brought = await brings(reader, second)
    suspended = await held_titles(reader, origin)
    await reader.do(lambda db: resume_peer(db, reader.hub, origin.host, reader.act()))
    again = await brings(reader, second)

    assert (brought.entries, again.entries) == (2, 0)
    assert suspended == {}  # nothing new, and what its hub deleted is gone at once
    assert list((await held_titles(reader, origin)).values()) == ["News"]
    assert again.beside == ""


async def test_our_own_log_and_that_of_a_blocked_hub_are_not_taken(network: Network) -> None:
    reader, origin = await two_hubs(network)
    one = await bundle(origin)
    await reader.do(lambda db: block_peer(db, reader.hub, origin.host, reader.act()))

    with pytest.raises(BundleRefused):
        await brings(origin, one)
    with pytest.raises(NotAPeer):
        await brings(reader, one)


async def test_there_is_no_bundle_of_what_is_not_held(network: Network) -> None:
    _, origin = await two_hubs(network)

    with pytest.raises(BundleRefused):
        await bundle(origin, "nobody.example")
    with pytest.raises(BundleRefused):
        await bundle(origin, after=5)


async def test_a_bundle_that_tells_another_story_is_a_fork(network: Network) -> None:
    reader, origin = await two_hubs(network)
    one = await bundle(origin)
    await brings(reader, one)
    await rewind(origin, 4)
    await publish(origin, "Another")
    two = await bundle(origin)

    with pytest.raises(LogFrozen):
        await brings(reader, two)

    (fork,) = await reader.read(lambda db: ForkStore(db).open())
    assert (fork.seq, fork.said_by) == (5, "a bundle")


def _changed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(packed: bytes) -> bytes:
        body = gzip.decompress(packed)
        assert old in body
        return gzip.compress(body.replace(old, new, 1))

    return change


def _without_line(number: int) -> Callable[[bytes], bytes]:
    def change(packed: bytes) -> bytes:
        lines = gzip.decompress(packed).splitlines(keepends=True)
        del lines[number]
        return gzip.compress(b"".join(lines))

    return change


TAMPERINGS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a title": (_changed(b"Guide 2", b"Guide X"), "log-content-changed"),
    "a number": (_changed(b'"seq":3', b'"seq":4'), "log-entry-missing"),
    "a kind of bundle": (_changed(b'"version":1', b'"version":2'), "log-line-malformed"),
    "a log in the first line": (_changed(b'"log":"u', b'"log":"v'), "log-invalid"),
    "a missing line": (_without_line(3), "log-entry-missing"),
    "a missing end": (_without_line(-1), "log-shrunk"),
    "cut off": (lambda packed: packed[:-20], "log-page-broken"),
    "cut in a line": (
        lambda packed: gzip.compress(gzip.decompress(packed)[:-5]),
        "log-page-broken",
    ),
    "no bundle": (lambda _packed: b'{"type":"Article"}\n', "log-line-malformed"),
    "no text": (lambda _packed: b"\xff\xfe\x00", "malformed-json"),
}


@pytest.mark.parametrize(("change", "code"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_a_bundle_that_was_tampered_with_is_refused(
    network: Network, change: Callable[[bytes], bytes], code: str
) -> None:
    reader, origin = await two_hubs(network)
    one = await bundle(origin)

    with pytest.raises(ProtocolError) as refused:
        await brings(reader, change(one))

    assert refused.value.code == code
    if code != "log-shrunk":  # what came before a missing end is proven, and stays
        assert await held_titles(reader, origin) == {}
