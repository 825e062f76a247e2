"""
Logs of hubs that are no peers of ours: kept, checked and served on, for whoever needs them.

A hub that was lost before we met it can be no peer any more; its log still tells what it published,
and proves it. Such a log is kept as it is: nothing of it enters our catalogue. So it is with a hub
that we know and that is no active peer, until it is one (kept.py).
"""

from collections.abc import Iterable
from typing import ClassVar

import sqlite_utils

from federation.catching_up import CatchUp, Progress, giver_of, tell_of_pages
from federation.errors import FederationError
from federation.hub import Node
from federation.kept import KeptStore
from federation.log import Log
from federation.peers import Peer, PeerStore
from federation.reading import read_log
from protocol.errors import ProtocolError
from protocol.manifest import is_name, read_manifest


class NoReplica(FederationError):
    """A log cannot be kept as a replica: no log, our own, of an active peer, or of one blocked."""

    code: ClassVar[str] = "no-replica"


async def keep_replica(
    node: Node, g: str, givers: Iterable[Peer], *, progress: Progress | None = None
) -> CatchUp:
    """
    Read the public log of a hub that is no peer from all who have it, and keep it.

    g: its permanent name. The host of the result is that in its manifest, g while nothing is held.
    Raises NoReplica. What a giver cannot or does not give is its problem in the result.
    """
    await node.database.read(lambda db: _check(db, node, g))
    entries, had = 0, list[str]()
    problem, code = "There is no active hub to ask.", "log-not-shown"

    def counted(count: int) -> None:
        if progress is not None:
            progress(g, entries + count)

    async with node.memory.reading(g):
        for giver in givers:
            try:
                entries += await read_log(node, giver_of(giver), g, None, counted)
                had.append(giver.host)
            except FederationError as error:
                problem, code = str(error), error.code
            except ProtocolError as error:
                problem, code = str(error), error.code
                await tell_of_pages(node, giver.host, f"It is the log {g}. {error}")
    host, seq = await node.database.read(lambda db: _held(db, g))
    if had:
        problem = code = ""
    return CatchUp(host, entries, seq, problem, code, tuple(had))


def is_replica(db: sqlite_utils.Database, g: str) -> bool:
    """Return whether a log is held that is neither ours nor that of an active peer."""
    head = Log(db).head(g)
    if head is None or head.own:
        return False
    peer = PeerStore(db).find(g)
    return peer is None or (keepable(peer) and KeptStore(db).taken(g) is not None)


def keepable(peer: Peer) -> bool:
    """Return whether the log of a hub that we know is kept as a copy while it is no active peer."""
    return not peer.active and peer.state != "blocked"


def _check(db: sqlite_utils.Database, node: Node, g: str) -> None:
    if not is_name(g):
        raise NoReplica("That is no name of a log. It begins with u and has 44 signs.")
    if g == node.hub.identity.g:
        raise NoReplica("That is our own log. After a loss: hub recover --from PEER")
    peer = PeerStore(db).find(g)
    if peer is not None and peer.active:
        raise NoReplica(f"That is the log of {peer.host}, a peer. Use: hub sync {peer.host}")
    if peer is not None and not keepable(peer):
        raise NoReplica(
            f"That is the log of {peer.host}. {peer.words} To keep it again: "
            f"hub peer resume {peer.host}"
        )


def _held(db: sqlite_utils.Database, g: str) -> tuple[str, int]:
    head, manifests = Log(db).head(g), Log(db).manifests(g)
    host = read_manifest(manifests[-1]).origin.rpartition("//")[2] if manifests else g
    return host, 0 if head is None else head.seq
