"""Reading logs: every page whole or not at all, and never what does not verify."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from federation.catching_up import PAGE_LIMITS, catch_up
from federation.log import Log
from federation.notices import NoticeStore
from federation.peering import suspend_peer
from federation.publishing import add_resource, import_resources, retract_resource
from federation.transport import GuardedTransport, Limits
from protocol.canonical import canonicalize
from protocol.digests import document_link
from protocol.http import HttpRequest, HttpResponse
from protocol.keys import SigningKey
from protocol.log_entries import header_hash, read_header
from protocol.log_headers import signed_bytes
from protocol.manifest import first_manifest
from protocol.multikey import encode_base58
from protocol.proofs import add_proof
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_sharing import held_titles
from tests.seams import START

Lines = list[dict[str, Any]]
Change = Callable[[Lines], None]


class Between:
    """A transport with somebody in the middle, who changes the pages of logs on their way."""

    def __init__(
        self, real: GuardedTransport, change: Callable[[bytes], bytes], only: str = ""
    ) -> None:
        self.real, self._change, self._only = real, change, only

    async def send(self, request: HttpRequest, *, limits: Limits = PAGE_LIMITS) -> HttpResponse:
        plain = HttpRequest(
            request.method,
            request.url,
            tuple(pair for pair in request.headers if pair[0] != "Accept-Encoding"),
            request.body,
        )
        answer = await self.real.send(plain, limits=limits)
        if "/hub/log/" not in request.url or self._only not in request.url:
            return answer
        return HttpResponse(answer.status, answer.headers, self._change(answer.body))

    async def close(self) -> None:
        await self.real.close()


def stand_between(hub: RunningHub, change: Callable[[bytes], bytes], *, only: str = "") -> None:
    """Put somebody between a hub and everybody else, or only one host."""
    now: Any = hub.node.transport
    real = now.real if isinstance(now, Between) else now
    hub.node = replace(hub.node, transport=Between(real, change, only))


def on_lines(change: Change) -> Callable[[bytes], bytes]:
    """Return a change of the bytes of a page that changes its entries."""

    def changed(body: bytes) -> bytes:
        lines = [json.loads(line) for line in body.splitlines()]
        if len(lines) > 2:
            change(lines)
        return b"".join(canonicalize(line) + b"\n" for line in lines)

    return changed


async def two_with_log(network: Network) -> tuple[RunningHub, RunningHub]:
    """Return a reader and a hub that published five records before they became peers."""
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    records = [a_record(f"Guide {number}") for number in range(5)]
    await origin.do(lambda db: import_resources(db, origin.hub, records, origin.act()))
    await network.peers(reader, origin)
    return reader, origin


def _set(place: int, *path: str, value: Any) -> Change:
    def change(lines: Lines) -> None:
        holder = lines[place]
        for name in path[:-1]:
            holder = holder[name]
        holder[path[-1]] = value

    return change


def _swap(lines: Lines) -> None:
    lines[2], lines[3] = lines[3], lines[2]


def _swap_contents(lines: Lines) -> None:
    lines[2]["a"], lines[3]["a"] = lines[3]["a"], lines[2]["a"]


def _drop_one(lines: Lines) -> None:
    del lines[3]


def _double(lines: Lines) -> None:
    lines.insert(3, lines[3])


def _drop_manifest(lines: Lines) -> None:
    del lines[0]


def _network(lines: Lines) -> None:
    for line in lines:
        line["h"]["log"] += "/network"


def _manifest_of_another(lines: Lines) -> None:
    key = SigningKey.from_seed("https://thief.example/actor#ed25519-1", b"t" * 32)
    lines[0]["a"] = first_manifest(
        origin="https://thief.example", signing=key, sealing=(), recovery=key.public, now=START
    )


def _erased_manifest(lines: Lines) -> None:
    lines[0]["a"] = None


def _foreign_signature(lines: Lines) -> None:
    """Sign the last header with another key under the name of the hub's own."""
    header = read_header(lines[-1]["h"])
    thief = SigningKey.from_seed(header.key, b"t" * 32)
    lines[-1]["h"]["sig"] = encode_base58(thief.sign(signed_bytes(header)))


def _made_by_another(lines: Lines) -> None:
    """Let another hub sign the last header in its own name."""
    lines[-1]["h"]["key"] = "https://thief.example/actor#ed25519-1"
    _foreign_signature(lines)


def _repaired(lines: Lines) -> None:
    """Change a content and make digest and chain fit again, as far as that goes without a key."""
    lines[2]["a"]["object"]["name"] = "Forged"
    lines[2]["h"]["digest"] = document_link(lines[2]["a"])
    for before, line in pairwise(lines[2:]):
        line["h"]["prev"] = header_hash(read_header(before["h"]))


def _flipped(place: int, *path: str) -> Change:
    """Change the last sign but one of a text into another sign of the same alphabet."""

    def change(lines: Lines) -> None:
        holder: Any = lines[place]
        for name in path[:-1]:
            holder = holder[name]
        text = holder[path[-1]]
        holder[path[-1]] = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]

    return change


def _backwards(lines: Lines) -> None:
    lines[1:] = lines[:0:-1]


def _other_content(lines: Lines) -> None:
    lines[2]["a"]["type"] = "Update"
    lines[2]["h"]["digest"] = document_link(lines[2]["a"])


TAMPERINGS: dict[str, tuple[Change, str]] = {
    "a title": (_set(2, "a", "object", "name", value="Forged"), "log-content-changed"),
    "a bit of a title": (_flipped(2, "a", "object", "name"), "log-content-changed"),
    "a bit of an id": (_flipped(2, "a", "id"), "log-content-changed"),
    "a proof": (_set(2, "a", "proof", "proofValue", value="z" + "1" * 64), "log-content-changed"),
    "a salt": (_set(2, "a", "object", "hub:salt", value="u" + "A" * 22), "log-content-changed"),
    "an added property": (_set(2, "a", "summary", value="More"), "log-content-changed"),
    "content out of another": (_swap_contents, "log-content-changed"),
    "a digest": (_set(2, "h", "digest", value="u" + "A" * 43), "log-chain-broken"),
    "a bit of a digest": (_flipped(2, "h", "digest"), "log-chain-broken"),
    "a bit of the last digest": (_flipped(-1, "h", "digest"), "log-content-changed"),
    "a prev": (_set(2, "h", "prev", value="u" + "A" * 43), "log-chain-broken"),
    "a bit of a prev": (_flipped(2, "h", "prev"), "log-chain-broken"),
    "no prev": (_set(2, "h", "prev", value=None), "log-chain-broken"),
    "a prev of the first": (_set(0, "h", "prev", value="u" + "A" * 43), "log-entry-missing"),
    "a sig in the middle": (_set(2, "h", "sig", value="z" + "1" * 64), "log-chain-broken"),
    "the last sig": (_set(-1, "h", "sig", value="z" + "1" * 64), "log-signature-invalid"),
    "a bit of the last sig": (_flipped(-1, "h", "sig"), "log-signature-invalid"),
    "a foreign signature": (_foreign_signature, "log-signature-invalid"),
    "a foreign key": (_made_by_another, "log-key-not-in-force"),
    "a key without a signature": (
        _set(-1, "h", "key", value="https://elsewhere.example/actor#ed25519-1"),
        "log-key-not-in-force",
    ),
    "all but the signature": (_repaired, "log-signature-invalid"),
    "an op": (_set(2, "h", "op", value="Delete"), "log-chain-broken"),
    "the last op": (_set(-1, "h", "op", value="Delete"), "log-operation-differs"),
    "an op that is none": (_set(2, "h", "op", value="Vote"), "log-header-malformed"),
    "an activity": (_other_content, "log-chain-broken"),
    "a ref": (_set(2, "h", "ref", value="01M86E86A8X5K7VSJXRTFVGFK6"), "log-chain-broken"),
    "the last ref": (
        _set(-1, "h", "ref", value="01M86E86A8X5K7VSJXRTFVGFK6"),
        "log-signature-invalid",
    ),
    "a ref that is none": (_set(2, "h", "ref", value="1"), "log-header-malformed"),
    "a time": (_set(2, "h", "at", value="2020-01-01T00:00:00.000Z"), "log-chain-broken"),
    "the last time": (
        _set(-1, "h", "at", value="2020-01-01T00:00:00.000Z"),
        "log-signature-invalid",
    ),
    "a time that is none": (_set(2, "h", "at", value="yesterday"), "log-header-malformed"),
    "a number": (_set(2, "h", "seq", value=7), "log-entry-missing"),
    "a number twice": (_set(2, "h", "seq", value=2), "log-number-twice"),
    "a number below one": (_set(2, "h", "seq", value=0), "log-header-malformed"),
    "a number with a fraction": (_set(2, "h", "seq", value=3.5), "log-header-malformed"),
    "a number as text": (_set(2, "h", "seq", value="3"), "log-header-malformed"),
    "a huge number": (_set(-1, "h", "seq", value=2**53 - 1), "log-entry-missing"),
    "a version": (_set(2, "h", "v", value=2), "log-header-malformed"),
    "an extra field": (_set(2, "h", "extra", value=1), "log-header-malformed"),
    "an extra part": (_set(2, "b", value=1), "log-line-malformed"),
    "content that is a text": (_set(2, "a", value="gone"), "log-line-malformed"),
    "another log": (_set(2, "h", "log", value="u" + "B" * 43), "log-of-another"),
    "the network log": (_network, "log-of-another"),
    "the manifest": (
        _set(0, "a", "published", value="2020-01-01T00:00:00.000Z"),
        "log-content-changed",
    ),
    "another hub's manifest": (_manifest_of_another, "log-content-changed"),
    "an erased manifest": (_erased_manifest, "log-manifest-missing"),
    "no manifest": (_drop_manifest, "log-entry-missing"),
    "swapped entries": (_swap, "log-entry-missing"),
    "entries backwards": (_backwards, "log-entry-missing"),
    "a missing entry": (_drop_one, "log-entry-missing"),
    "a doubled entry": (_double, "log-number-twice"),
}


@pytest.mark.parametrize(("change", "code"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_a_page_that_was_tampered_with_is_refused_for_its_own_reason_and_not_stored(
    network: Network, change: Change, code: str
) -> None:
    reader, origin = await two_with_log(network)
    stand_between(reader, on_lines(change))

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.seq, caught.code) == (0, 0, code)
    assert caught.problem
    assert await reader.rows("select * from held_resources") == []
    assert await reader.rows("select * from log_entries where log = ?", origin.hub.identity.g) == []
    notices = await reader.read(lambda db: list(NoticeStore(db).all()))
    assert [(notice.kind, notice.subject) for notice in notices] == [("refused", origin.host)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body[:-1], "log-page-broken"),
        (lambda body: body[: len(body) // 2], "log-page-broken"),
        (lambda body: gzip.compress(body), "log-page-broken"),
        (lambda body: body + b"{}\n", "log-line-malformed"),
        (lambda body: body + b"\n", "malformed-json"),
        (lambda body: b"\xff" + body, "malformed-json"),
        (lambda body: body.replace(b'"seq":2', b'"seq":NaN', 1), "malformed-json"),
        (lambda body: body.replace(b'"seq":2', b'"seq":1e999', 1), "malformed-json"),
        (lambda body: body.replace(b'"seq":2', b'"seq":2,"seq":2', 1), "malformed-json"),
        (lambda body: body.replace(b"Guide 2", b"Guide \\ud800", 1), "malformed-json"),
        (lambda _body: b"[]\n", "malformed-json"),
        (lambda _body: b"[" * 100_000 + b"\n", "limits-exceeded"),
        (lambda body: body * 84, "log-page-broken"),
        (lambda body: body.replace(b'"seq":2', b'"seq":9007199254740993', 1), "malformed-json"),
        (lambda _body: b"", "log-manifest-missing"),
    ],
    ids=[
        "no end",
        "half",
        "packed",
        "empty object",
        "empty line",
        "no text",
        "NaN",
        "infinity",
        "a key twice",
        "half a sign",
        "list",
        "deep",
        "501 lines",
        "a number beyond all",
        "nothing",
    ],
)
async def test_a_page_that_is_no_page_is_refused_for_its_own_reason(
    network: Network, change: Callable[[bytes], bytes], code: str
) -> None:
    reader, origin = await two_with_log(network)
    stand_between(reader, change)

    caught = await reader.catches_up(origin)

    assert (caught.code, caught.seq) == (code, 0)
    assert caught.problem
    assert await reader.rows("select * from held_resources") == []
    assert await reader.rows("select * from log_entries where log = ?", origin.hub.identity.g) == []
    notices = await reader.read(lambda db: list(NoticeStore(db).all()))
    assert [(notice.kind, notice.subject) for notice in notices] == [("refused", origin.host)]


async def test_after_the_tampering_ends_it_goes_on_where_it_was(network: Network) -> None:
    reader, origin = await two_with_log(network)
    stand_between(reader, on_lines(_drop_one))
    await reader.catches_up(origin)

    stand_between(reader, lambda body: body)
    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.problem) == (6, "")
    assert len(await held_titles(reader, origin)) == 5


async def test_a_long_log_comes_page_by_page_and_can_be_resumed(network: Network) -> None:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    records = [a_record(f"Guide {number}") for number in range(1200)]
    await origin.do(lambda db: import_resources(db, origin.hub, records, origin.act()))
    await network.peers(reader, origin)
    pages: list[int] = []

    def cut_off_after_one(_host: str, entries: int) -> None:
        pages.append(entries)
        # The second page is here by now: it was fetched while the first was stored.
        origin.is_up = False

    first = await catch_up(reader.node, await reader.peer(origin), progress=cut_off_after_one)
    origin.is_up = True
    second = await reader.catches_up(origin)

    assert (pages, first.entries) == ([500, 1000], 1000)
    assert "503" in first.problem
    assert (second.entries, second.seq, second.problem) == (201, 1201, "")
    assert len(await held_titles(reader, origin)) == 1200


async def test_what_was_erased_at_the_origin_is_erased_in_the_copy_of_its_log(
    network: Network,
) -> None:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(reader, origin)
    added = await origin.do(
        lambda db: add_resource(db, origin.hub, a_record("Canary"), origin.act())
    )
    await reader.catches_up(origin)

    await origin.do(lambda db: retract_resource(db, origin.hub, added.id, origin.act()))
    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.problem) == (1, "")
    for hub in (origin, reader):
        assert await hub.rows("select seq from log_entries where document like '%Canary%'") == []
    assert await held_titles(reader, origin) == {}


async def test_an_entry_that_we_do_not_understand_is_reported_and_does_not_stop_the_rest(
    network: Network,
) -> None:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await origin.do(lambda db: add_resource(db, origin.hub, a_record("One"), origin.act()))
    said = (await origin.get("/outbox?page=true"))[1]["orderedItems"][0]
    ulid = "01M86E86A8X5K7VSJXRTFVGFK6"
    later = {
        **said,
        "id": f"{origin.origin}/activities/{ulid}",
        "object": {
            **said["object"],
            "id": f"{origin.origin}/resources/{ulid}",
            "hub:resource": {**said["object"]["hub:resource"], "kind": "a-kind-of-2030"},
        },
    }
    key = origin.hub.keys.signing
    later = add_proof(later, key, origin.clock.now())
    await origin.do(
        lambda db: Log(db).append(origin.hub, "public", "Create", ulid, later, origin.clock.now())
    )
    await origin.do(lambda db: add_resource(db, origin.hub, a_record("Two"), origin.act()))
    await network.peers(reader, origin)

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.problem) == (4, "")
    assert sorted((await held_titles(reader, origin)).values()) == ["One", "Two"]
    (notice,) = await reader.read(lambda db: list(NoticeStore(db).all()))
    assert "Entry 3" in notice.text


async def test_a_hub_that_does_not_answer_is_reported_and_nothing_breaks(
    network: Network,
) -> None:
    reader, origin = await two_with_log(network)
    origin.is_up = False

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.seq) == (0, 0)
    assert caught.problem == f"{origin.host} answered 503 when asked for its log."


async def test_a_hub_that_refuses_only_its_network_log_is_not_said_to_be_read_from_others(
    network: Network,
) -> None:
    reader, origin = await two_with_log(network)
    other = await network.hub("Helsinki")
    await network.peers(reader, other)
    await network.peers(other, origin)
    await other.catches_up(origin)
    await origin.do(lambda db: suspend_peer(db, origin.hub, reader.host, origin.act()))

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.replicas, caught.code) == (6, (), "log-not-shown")
    assert caught.problem.startswith("Its public log is read to the end, its network log is not.")
    assert "may not count us as an active peer" in caught.problem
