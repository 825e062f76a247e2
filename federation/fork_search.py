"""Looking closer when a page does not go on from what is held: a fork, or a log that shrank?"""

from collections.abc import Iterable

import sqlite_utils

from content.changes import Act
from federation.errors import FederationError
from federation.forks import Fork, weigh
from federation.hub import Node
from federation.log import Log
from federation.log_pages import Giver, Place, fetch_lines, place_in
from federation.shorter import ShorterStore, note_shorter, settle_shorter
from protocol.errors import ProtocolError
from protocol.fork_evidence import differ
from protocol.log_entries import LogHeader, name_in_log, read_head_field, read_page
from protocol.shorter_evidence import ShorterEvidence


async def look_for_fork(node: Node, giver: Giver, log: str) -> Fork | None:
    """
    Return the fork, if the giver has another entry than we under the newest number of both.

    What it shows is weighed in forks.py; evidence is kept and a person told. None if it shows
    nothing of the kind: then its page was changed on the way, or by the giver.
    """
    place = await node.database.read(lambda db: place_in(db, log))
    if place.last is None:
        return None
    try:
        header = await _newest_of_both(node, giver, place)
    except (FederationError, ProtocolError):
        return None
    if header is None:
        return None
    at = node.clock.now()
    return await node.database.write(lambda db: weigh(db, header, giver.host, at))


async def weigh_heads(node: Node, said_by: str, headers: Iterable[LogHeader]) -> list[Fork]:
    """
    Return the forks that heads reveal which somebody told, by what is held under their numbers.

    One question to the database where nothing is wrong. said_by: host of who told them.
    """

    def doubtful(db: sqlite_utils.Database) -> list[LogHeader]:
        log = Log(db)
        pairs = ((header, log.header(header.log, header.seq)) for header in headers)
        return [header for header, held in pairs if held is not None and differ(held, header)]

    found = await node.database.read(doubtful)
    if not found:
        return []
    at = node.clock.now()
    forks = await node.database.write(lambda db: [weigh(db, each, said_by, at) for each in found])
    return [fork for fork in forks if fork is not None]


async def keep_shorter(node: Node, giver: Giver, log: str) -> bool:
    """
    Keep evidence that a hub shows less of its own log than is held; return whether it is frozen.

    giver: the hub itself. The head that it shows must be an entry that is held: else it is a fork,
    or nothing that it signed.
    """
    place = await node.database.read(lambda db: place_in(db, log))
    if place.last is None:
        return False
    try:
        shown = await _newest_of_both(node, giver, place)
    except (FederationError, ProtocolError):
        return False
    if shown is None or shown.seq >= place.last.seq:
        return False
    lower, higher, at = shown, place.last, node.clock.now()

    def keep(db: sqlite_utils.Database) -> bool:
        g, kind = name_in_log(log)
        upto = None if kind == "network" else higher.seq
        if Log(db).header(log, lower.seq) != lower:
            return False
        evidence = ShorterEvidence(higher, lower, tuple(Log(db).manifests(g, upto=upto)))
        return note_shorter(db, evidence, giver.host, at)

    return await node.database.write(keep)


async def see_whole_again(node: Node, giver: Giver, log: str) -> None:
    """
    End the freeze of a log that had become shorter, if its hub shows our newest entry of it again.

    giver: the hub itself. Costs nothing while the log is not frozen for that.
    """
    if await node.database.read(lambda db: ShorterStore(db).open_of(log)) is None:
        return
    place = await node.database.read(lambda db: place_in(db, log))
    if place.last is None:
        return
    try:
        _, body = await fetch_lines(node, giver, log, after=place.seq - 1, limit=1)
        entries = read_page(body)
    except (FederationError, ProtocolError):
        return
    if len(entries) == 1 and entries[0].h == place.last:
        act = Act(f"hub:{giver.host}", node.clock.now())
        await node.database.write(lambda db: settle_shorter(db, log, act))


async def _newest_of_both(node: Node, giver: Giver, place: Place) -> LogHeader | None:
    answer, body = await fetch_lines(node, giver, place.log, after=place.seq - 1, limit=1)
    if not body:
        told = read_head_field(answer.header("hub-head") or "")
        if told is None or told[0] != place.log or told[1] >= place.seq:
            return None
        _, body = await fetch_lines(node, giver, place.log, after=told[1] - 1, limit=1)
    entries = read_page(body)
    return entries[0].h if len(entries) == 1 and entries[0].h.log == place.log else None
