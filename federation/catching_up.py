"""
Catching up with a peer: its logs are read from where we are to their ends.

The origin is asked first. When it does not answer, its public log is taken from whoever has it:
a page proves itself, so a replica is as good (docs/adr/0010-log-and-manifest.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from federation.errors import FederationError
from federation.forks import LogFrozen
from federation.hub import Node
from federation.log import Log
from federation.log_pages import PAGE_LIMITS, Giver, LogNotShown
from federation.memory import Poll
from federation.notices import NoticeStore
from federation.peer_keys import heal_broken_log
from federation.peers import Peer, PeerStore
from federation.reading import read_log
from federation.withheld import WithheldStore
from protocol.errors import ProtocolError
from protocol.ids import origin_of
from protocol.log_entries import LogKind, log_name

__all__ = [
    "PAGE_LIMITS",
    "CatchUp",
    "Progress",
    "catch_up",
    "catch_up_all",
    "catch_up_new",
    "giver_of",
    "replicas_for",
    "tell_of_pages",
]

MOST_REPLICAS: Final = 8
"""How many others are asked for the log of a hub that does not answer."""
SOONEST_AGAIN: Final = timedelta(seconds=10)
"""How long after the first failure a new peer is read again; twice as long after each one more."""
LATEST_AGAIN: Final = timedelta(minutes=15)
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What one round brought. problem: why it stopped early, in words; "" when it did not."""

    host: str
    entries: int
    seq: int
    """Number of the newest entry of the public log that is held now."""
    problem: str = ""
    code: str = ""
    """The code of the error behind problem; "" when there was none."""
    replicas: tuple[str, ...] = ()
    """Hosts of those who had the log when the hub itself did not answer."""
    withheld: int = 0
    """Entries whose content nobody who was asked has shown, although nothing deletes it."""


class _Round:
    """One catching up with one peer. entries: how many came so far."""

    def __init__(self, node: Node, peer: Peer, progress: Progress | None) -> None:
        self._node = node
        self._peer = peer
        self._progress = progress
        self.entries = 0

    async def read(self, giver: Giver, kind: LogKind) -> None:
        """Read one log to the end of what the giver has. Raises what `read_log` raises."""
        counted = partial(self._count, self.entries)
        log = log_name(str(self._peer.g), kind)
        await read_log(self._node, giver, log, self._peer, counted)

    def _count(self, before: int, entries: int) -> None:
        self.entries = before + entries
        if self._progress is not None:
            self._progress(self._peer.host, self.entries)


async def catch_up(node: Node, peer: Peer, *, progress: Progress | None = None) -> CatchUp:
    """
    Read the logs of an active hub up to their heads; what fails ends the round and is reported.

    progress: called after each page with the host and the number of entries so far.
    """
    async with node.memory.reading(peer.actor):
        return await _catch_up(node, peer, progress)


async def _catch_up(
    node: Node, peer: Peer, progress: Progress | None, *, healed: bool = False
) -> CatchUp:
    round_ = _Round(node, peer, progress)
    problem = code = ""
    replicas: tuple[str, ...] = ()
    public_read = False
    try:
        for kind in _kinds(node, peer):
            await round_.read(giver_of(peer), kind)
            public_read = True
    except LogFrozen as error:
        if not healed and await _heals(node, peer):
            return await _catch_up(node, peer, progress, healed=True)
        problem, code = str(error), error.code
    except FederationError as error:
        problem, code = str(error), error.code
        if public_read:
            # Others have its public log only, and that was read from itself.
            problem = f"Its public log is read to the end, its network log is not. {error}"
            if isinstance(error, LogNotShown) and error.status in (401, 403, 404):
                problem += " It may not count us as an active peer: ask its people."
            return await _done(node, peer, round_, problem, code)
        replicas = await _from_replicas(node, peer, round_)
        if replicas:
            problem = code = ""
    except ProtocolError as error:
        if not healed and await _heals(node, peer):
            return await _catch_up(node, peer, progress, healed=True)
        problem, code = str(error), error.code
        await tell_of_pages(node, peer.host, problem)
    if not problem and not replicas and await _withheld(node, peer):
        await _from_replicas(node, peer, round_, until_healed=True)
    if peer.active and not problem:
        at, itself = node.clock.now(), not replicas
        await node.database.write(lambda db: PeerStore(db).caught_up(peer.actor, at, itself=itself))
    return await _done(node, peer, round_, problem, code, replicas)


async def _done(
    node: Node,
    peer: Peer,
    round_: _Round,
    problem: str,
    code: str,
    replicas: tuple[str, ...] = (),
) -> CatchUp:
    head = await node.database.read(lambda db: Log(db).head(str(peer.g)))
    seq = 0 if head is None else head.seq
    missing = await _withheld(node, peer)
    return CatchUp(peer.host, round_.entries, seq, problem, code, replicas, missing)


async def _heals(node: Node, peer: Peer) -> bool:
    """Tell whether a log does not fit ours because its hub recovered its keys from a thief."""
    try:
        return await heal_broken_log(node, peer)
    except (FederationError, ProtocolError):
        return False


async def _withheld(node: Node, peer: Peer) -> int:
    return await node.database.read(lambda db: WithheldStore(db).count(str(peer.g)))


async def _from_replicas(
    node: Node, peer: Peer, round_: _Round, *, until_healed: bool = False
) -> tuple[str, ...]:
    """
    Read the public log from all who have it, since one may have more; return their hosts.

    until_healed: only as long as there is content that nobody has shown.
    """
    had: list[str] = []
    for other in await replicas_for(node, peer.actor):
        try:
            await round_.read(giver_of(other), "public")
        except FederationError:
            continue
        except ProtocolError as error:
            await tell_of_pages(node, other.host, f"It is the log of {peer.host}. {error}")
            continue
        had.append(other.host)
        if until_healed and not await _withheld(node, peer):
            break
    return tuple(had)


async def replicas_for(node: Node, actor: str | None = None) -> list[Peer]:
    """Return whom to ask for the log of somebody else: coalitions first, since they have all."""
    peers = await node.database.read(lambda db: PeerStore(db).active("hub", "coalition"))
    others = [peer for peer in peers if peer.actor != actor]
    others.sort(key=lambda peer: (peer.kind != "coalition", node.hub.chance.uniform()))
    return others[:MOST_REPLICAS]


def giver_of(peer: Peer) -> Giver:
    """Return the peer as one who is asked for logs."""
    return Giver(peer.host, origin_of(peer.actor))


async def catch_up_all(node: Node, *, progress: Progress | None = None) -> list[CatchUp]:
    """Catch up with every active hub and coalition, one after the other."""
    peers = await node.database.read(lambda db: PeerStore(db).active("hub", "coalition"))
    return [await catch_up(node, peer, progress=progress) for peer in peers]


async def catch_up_new(node: Node, *, progress: Progress | None = None) -> list[CatchUp]:
    """
    Catch up with the hubs whose logs were not read to their ends since they became active.

    For after each ring of the bell: a new peer is not empty for long. Costs one small question
    where there is none. One that cannot be read is tried again ever more seldom.
    """
    peers = await node.database.read(lambda db: PeerStore(db).never_read())
    tries = node.memory.first_readings
    for actor in tries.keys() - {peer.actor for peer in peers}:
        del tries[actor]
    done: list[CatchUp] = []
    for peer in peers:
        last = tries.get(peer.actor)
        if last is not None and last.due > node.clock.now():
            continue
        done.append(await catch_up(node, peer, progress=progress))
        if done[-1].problem:
            pause = SOONEST_AGAIN if last is None else min(last.interval * 2, LATEST_AGAIN)
            tries[peer.actor] = Poll(node.clock.now() + pause, pause)
    return done


def _kinds(node: Node, peer: Peer) -> tuple[LogKind, ...]:
    """Return the logs we may read of a peer: the network log is between hubs only."""
    if not peer.active or peer.g is None:
        return ()
    between_hubs = peer.kind == "hub" and node.hub.identity.kind == "hub"
    return ("public", "network") if between_hubs else ("public",)


async def tell_of_pages(node: Node, host: str, problem: str) -> None:
    """Tell a person that a host gave a page that does not verify."""
    at = node.clock.now()
    text = f"A page of its log was refused, and nothing of it was stored. {problem}"[:400]
    await node.database.write(lambda db: NoticeStore(db).note("refused", host, text, at))
