"""
A fork of our own logs, learned from what others hold of them.

Whoever forked its log does not see it at home: only who holds the other branch knows. So when
peers tell their heads, those of our own logs are compared with what is here.
"""

from collections.abc import Iterable

import sqlite_utils

from content.changes import Act
from federation.errors import FederationError
from federation.forks import settle_said_by, weigh
from federation.hub import Node
from federation.log import Log
from federation.log_pages import Giver, fetch_lines
from federation.pause import Pause
from protocol.digests import same_link
from protocol.errors import ProtocolError
from protocol.log_entries import LogHeader, header_hash, name_in_log, read_page


async def compare_own(node: Node, giver: Giver, headers: Iterable[LogHeader]) -> None:
    """
    Compare the heads of our own logs that a peer tells with ours; keep what differs as evidence.

    A head beyond our own says nothing alone: then the peer is asked for what it holds in the place
    of our newest entry. Where a peer holds the same again, what it once showed is settled.
    """
    for header in headers:
        if name_in_log(header.log)[0] == node.hub.identity.g:
            await _compare(node, giver, header)


async def _compare(node: Node, giver: Giver, told: LogHeader) -> None:
    log = told.log
    ours = await node.database.read(lambda db: None if Pause(db).why else Log(db).head(log))
    if ours is None:
        return  # while entries may be missing here, a difference is no fork
    if told.seq > ours.seq:
        found = await _held_there(node, giver, log, ours.seq)
        if found is None:
            return
        told = found
    act = Act(f"hub:{giver.host}", node.clock.now())

    def compare(db: sqlite_utils.Database) -> None:
        held = Log(db).header(log, told.seq)
        if held is None:
            return
        if same_link(header_hash(held), header_hash(told)):
            settle_said_by(db, log, giver.host, act)
        else:
            weigh(db, told, giver.host, act.at)

    await node.database.write(compare)


async def _held_there(node: Node, giver: Giver, log: str, seq: int) -> LogHeader | None:
    try:
        _, body = await fetch_lines(node, giver, log, after=seq - 1, limit=1)
        entries = read_page(body)
    except (FederationError, ProtocolError):
        return None
    fits = len(entries) == 1 and (entries[0].h.log, entries[0].h.seq) == (log, seq)
    return entries[0].h if fits else None
