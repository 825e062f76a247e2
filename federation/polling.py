"""
Asking the peers for their heads, often while they publish and seldom while they rest.

Every hub also tells the heads of the logs of others that it holds, so a hub that cannot be reached
is heard of from its neighbours. Asking costs one conditional request, and an answer without news
not one look into the database. What a delivery said of a head is looked at by told_heads.py.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import sqlite_utils

from federation.acknowledgements import hear_heads
from federation.catching_up import CatchUp, catch_up, giver_of, tell_of_pages
from federation.errors import FederationError
from federation.fork_search import weigh_heads
from federation.heads import MOST_HEADS
from federation.hub import Node
from federation.log import Log
from federation.log_pages import Giver, place_in
from federation.memory import Poll
from federation.own_fork import compare_own
from federation.peers import Peer, PeerStore
from federation.reading import read_log
from federation.replicas import is_replica
from federation.shorter import ShorterStore
from federation.transport import Limits
from federation.withheld import WithheldStore
from protocol import message_signatures
from protocol.errors import LogInvalid, ProtocolError
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import host_of, origin_of
from protocol.intake import parse_json
from protocol.log_entries import LogHeader, name_in_log, read_header, verify_header
from protocol.manifest import read_manifest

SOONEST: Final = timedelta(seconds=60)
"""How long after news a hub is asked again; twice as long each time there is none."""
LATEST: Final = timedelta(minutes=15)
FIRST: Final = timedelta(seconds=30)
"""Within that time after the start every hub is asked once."""
TOGETHER: Final = 8
"""Hubs that are asked at the same time."""
HEADS_LIMITS: Final = Limits(seconds=10.0, bytes=2 * 1024 * 1024)


class HeadsNotShown(FederationError):
    """A hub did not answer with its heads."""

    code: ClassVar[str] = "heads-not-shown"

    def __init__(self, host: str, status: int | None = None) -> None:
        how = "something else" if status is None else str(status)
        super().__init__(f"{host} answered {how} when asked for its heads.")


@dataclass(frozen=True, slots=True)
class Told:
    """What one hub answered. next: the mark from which to ask on."""

    actor: str
    heads: tuple[LogHeader, ...]
    next: str


@dataclass(frozen=True, slots=True)
class PollRound:
    """asked: how many hubs; told: of how many there was news; what was read because of it."""

    asked: int
    told: int
    read: tuple[CatchUp, ...]
    next_due: datetime | None


async def poll_heads(node: Node) -> PollRound:
    """
    Ask every active hub and coalition whose turn it is, and read the logs that have come further.

    A hub that does not answer is asked again as seldom as one that rests. Raises nothing that
    another hub could cause.
    """
    now = node.clock.now()
    names = await node.database.read(lambda db: PeerStore(db).active_names())
    polls = _plan(node, [actor for actor, _ in names], now)
    due = [(actor, kind) for actor, kind in names if polls[actor].due <= now]
    slots = asyncio.Semaphore(TOGETHER)
    answers = await asyncio.gather(*(_asked(node, slots, actor, kind) for actor, kind in due))
    read: list[CatchUp] = []
    news = [told for told in answers if told is not None and told.heads]
    for told in news:
        done = await _follow_up(node, told)
        read += done
        if not any(each.problem for each in done) and not await _still_lacks(node, told):
            polls[told.actor].mark = told.next
        if len(told.heads) >= MOST_HEADS:
            polls[told.actor].due = now
    fresh = {told.actor for told in news}
    if due:
        asked = {actor for actor, _ in due}
        read += await _ask_again(node, asked, {each.host for each in read})
    for actor, _ in due:
        _put_off(node, polls[actor], now, news=actor in fresh)
    next_due = min((poll.due for poll in polls.values()), default=None)
    return PollRound(len(due), len(news), tuple(read), next_due)


async def _ask_again(node: Node, asked: set[str], read: set[str]) -> list[CatchUp]:
    """Read the logs again in which content is missing, as often as their hubs are asked."""

    def lacking(db: sqlite_utils.Database) -> list[Peer]:
        found = map(PeerStore(db).find, WithheldStore(db).hubs())
        return [peer for peer in found if peer is not None and peer.active]

    peers = await node.database.read(lacking)
    return [
        await catch_up(node, peer)
        for peer in peers
        if peer.actor in asked and peer.host not in read
    ]


def _plan(node: Node, actors: Sequence[str], now: datetime) -> dict[str, Poll]:
    """Return when each is asked; new ones within the first half minute, those that ended never."""
    polls = node.memory.polls
    for actor in polls.keys() - set(actors):
        del polls[actor]
    for actor in actors:
        if actor not in polls:
            polls[actor] = Poll(now + FIRST * node.hub.chance.uniform(), SOONEST)
    return polls


def _put_off(node: Node, poll: Poll, now: datetime, *, news: bool) -> None:
    """Ask later: hubs that were started together do not ask all at the same moment."""
    poll.interval = SOONEST if news else min(poll.interval * 2, LATEST)
    poll.due = now + poll.interval * (0.8 + 0.4 * node.hub.chance.uniform())


async def _asked(node: Node, slots: asyncio.Semaphore, actor: str, kind: str) -> Told | None:
    async with slots:
        try:
            return await ask_heads(
                node,
                actor,
                mark=node.memory.polls[actor].mark,
                signed=kind == "hub" and node.hub.identity.kind == "hub",
            )
        except (FederationError, ProtocolError):
            return None


async def ask_heads(node: Node, actor: str, *, mark: str = "", signed: bool = False) -> Told:
    """
    Return what a hub says of the logs it holds, nothing of it proven; no heads if none changed.

    mark: `next` of the answer before. signed: to be told of its network log as well.
    Raises TransportFailed, HeadsNotShown or LogInvalid.
    """
    fields = [("Accept", "application/json")]
    query = f"?since={mark}" if mark else ""
    if mark:
        fields.append(("If-None-Match", f'"{mark}"'))
    request = HttpRequest("GET", f"{origin_of(actor)}/hub/heads{query}", tuple(fields))
    if signed:
        request = message_signatures.sign_for_hub(request, node.hub.keys.signing, node.clock.now())
    answer = await node.transport.send(request, limits=HEADS_LIMITS)
    if answer.status == 304 and mark:
        return Told(actor, (), mark)
    if answer.status != 200:
        raise HeadsNotShown(host_of(actor), answer.status)
    return await node.database.read(lambda _db: _read(actor, answer))


async def weigh_told(node: Node, peer: Peer) -> None:
    """
    Ask a hub for its heads and see whether they reveal a fork of a log that is held here.

    A page shows what comes after the entries that are held, so a fork of the same length is seen in
    the heads only. A hub that does not answer is passed over.
    """
    signed = peer.kind == "hub" and node.hub.identity.kind == "hub"
    try:
        told = await ask_heads(node, peer.actor, signed=signed)
    except (FederationError, ProtocolError):
        return
    await weigh_heads(node, peer.host, told.heads)
    await compare_own(node, giver_of(peer), told.heads)


def _read(actor: str, answer: HttpResponse) -> Told:
    document: Any = parse_json(answer.body)
    heads = document.get("heads") if isinstance(document, dict) else None
    if not isinstance(heads, list) or len(heads) > MOST_HEADS:
        raise HeadsNotShown(host_of(actor))
    mark = document.get("next")
    safe = isinstance(mark, str) and len(mark) < 100 and mark.replace(".", "").isalnum()
    return Told(actor, tuple(map(read_header, heads)), str(mark) if safe and mark.isascii() else "")


async def _follow_up(node: Node, told: Told) -> list[CatchUp]:
    """Read each log of which a hub told a head that is newer than ours."""
    done: dict[str, CatchUp] = {}
    await weigh_heads(node, host_of(told.actor), told.heads)
    await hear_heads(node, told.actor, told.heads)
    teller, further = await node.database.read(lambda db: _further(db, node, told))
    if teller is None:
        return []
    await compare_own(node, giver_of(teller), told.heads)
    if await node.database.read(lambda db: _is_to_be_looked_at(db, teller, told.heads)):
        done[teller.host] = await catch_up(node, teller)
    for header, owner in further:
        if owner is None or owner.actor != told.actor:
            done[header.log] = await _from_others(node, giver_of(teller), header, owner)
        elif owner.host not in done:
            done[owner.host] = await catch_up(node, owner)
    return list(done.values())


async def _still_lacks(node: Node, told: Told) -> bool:
    """
    Return whether a hub told of more of its own logs than is held now, so that it has to be asked.

    Replicas help while it does not answer, but they have no network log, and may be behind.
    """
    _, further = await node.database.read(lambda db: _further(db, node, told))
    return any(owner is not None and owner.actor == told.actor for _, owner in further)


def _further(
    db: sqlite_utils.Database, node: Node, told: Told
) -> tuple[Peer | None, list[tuple[LogHeader, Peer | None]]]:
    """Return who told, and the heads of logs that we read and lack, with their owners."""
    peers = PeerStore(db)
    further: list[tuple[LogHeader, Peer | None]] = []
    for header in told.heads:
        g, kind = name_in_log(header.log)
        held = Log(db).head(header.log)
        if g == node.hub.identity.g or (held is not None and held.seq >= header.seq):
            continue
        owner = peers.find(g)
        if owner is None or not owner.active:
            owner, wanted = None, kind == "public" and is_replica(db, g)
        else:
            itself = owner.actor == told.actor
            wanted = (itself or kind == "public") and _may_be(db, header)
        if wanted:
            further.append((header, owner))
    return peers.by_actor(told.actor), further


def _is_to_be_looked_at(
    db: sqlite_utils.Database, teller: Peer, heads: Iterable[LogHeader]
) -> bool:
    """
    Return whether a hub tells of less of its own logs than is held, or shows all of it again.

    Only a reading says: what is held may have grown since the hub was asked.
    """
    for header in heads:
        if name_in_log(header.log)[0] != teller.g or not teller.active:
            continue
        held = Log(db).head(header.log)
        if held is None:
            continue
        if (ShorterStore(db).open_of(header.log) is None) == (header.seq < held.seq):
            return True
    return False


def _may_be(db: sqlite_utils.Database, header: LogHeader) -> bool:
    """Return False for a head that the hub it names never signed; a key we do not know may be."""
    manifest = place_in(db, header.log).manifest
    key = None if manifest is None else read_manifest(manifest).verify_keys().get(header.key)
    if key is None:
        return True
    try:
        verify_header(header, key)
    except LogInvalid:
        return False
    return True


async def _from_others(node: Node, teller: Giver, header: LogHeader, owner: Peer | None) -> CatchUp:
    """Read a log from its own hub, and what that does not give from the one who told of it."""
    log, entries, problem = header.log, 0, ""
    host, actor = (log, log) if owner is None else (owner.host, owner.actor)
    givers = [teller] if owner is None else [giver_of(owner), teller]
    async with node.memory.reading(actor):
        for giver in givers:
            problem = ""
            try:
                entries += await read_log(node, giver, log, owner)
            except FederationError as error:
                problem = str(error)
            except ProtocolError as error:
                problem = str(error)
                await tell_of_pages(node, giver.host, f"It is the log of {host}. {error}")
            head = await node.database.read(lambda db: Log(db).head(log))
            if head is not None and head.seq >= header.seq:
                return CatchUp(host, entries, head.seq, replicas=(giver.host,))
    return CatchUp(host, entries, 0 if head is None else head.seq, problem)
