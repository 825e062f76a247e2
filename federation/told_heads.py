"""
Hub-Head: with each delivery a hub says how far its log has come, so that a gap is noticed.

What was told is a hint and no more: it makes us ask the log, which proves itself. It is kept in
memory only; what a restart forgets, the next poll of the heads finds (polling.py).
"""

from typing import TYPE_CHECKING, Final

import sqlite_utils

from federation.catching_up import CatchUp, catch_up
from federation.log import Log
from federation.peers import Peer, PeerStore
from protocol.http import HttpRequest
from protocol.log_entries import name_in_log, read_head_field

if TYPE_CHECKING:
    from federation.hub import Node

HUB_HEAD: Final = "Hub-Head"


def hear_head(node: "Node", request: HttpRequest, actor: str) -> None:
    """Remember what the Hub-Head field of a proven request of a hub says; nothing without one."""
    field = request.header(HUB_HEAD)
    told = None if field is None else read_head_field(field)
    if told is not None:
        log, seq = told
        node.memory.told.put((actor, log), max(seq, node.memory.told.get((actor, log)) or 0))


async def pull_told(node: "Node") -> list[CatchUp]:
    """Catch up with the hubs whose logs have come further than what is held of them."""
    told = node.memory.told.take()
    if not told:
        return []
    behind = await node.database.read(lambda db: _behind(db, told))
    return [await catch_up(node, peer) for peer in behind]


def _behind(db: sqlite_utils.Database, told: dict[tuple[str, str], int]) -> list[Peer]:
    found: dict[str, Peer] = {}
    for (actor, log), seq in told.items():
        peer = PeerStore(db).by_actor(actor)
        if peer is None or not peer.active or peer.g != name_in_log(log)[0]:
            continue
        head = Log(db).head(log)
        if head is None or head.seq < seq:
            found[actor] = peer
    return list(found.values())
