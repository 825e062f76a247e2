"""
What must be true when the faults have ended and everybody had time: all public state is equal.

Reads the tables by itself rather than through the stores, so as not to share their mistakes.
"""

import json
from collections.abc import Iterator
from functools import partial
from itertools import permutations
from typing import Any

import sqlite_utils

from federation.inbox_store import REMEMBERED_FOR
from federation.log import Log
from protocol.log_entries import LogKind, log_name
from tests.simulation.machine import Machine
from tests.simulation.world import World

GONE = "gone"
Records = dict[tuple[str, str], Any]
"""(table, ref) -> the document, or GONE for a tombstone."""


def unfinished(world: World) -> list[str]:
    """Return in words what still waits to be handled or delivered."""
    counts = [
        (machine, table, machine.look(partial(_waiting, table)))
        for machine in world.machines
        for table in ("inbox", "deliveries")
    ]
    return [
        f"{machine.host} has {count} waiting in its {table}"
        for machine, table, count in counts
        if count
    ]


def differences(world: World, *, logs: bool = True) -> list[str]:
    """
    Return in words where hubs do not agree, [] when all is as it should be.

    logs: False leaves out what only reading the logs can bring: the copies of the logs.
    """
    found: list[str] = []
    for origin, reader in permutations(world.machines, 2):
        found += _records(origin, reader)
        if logs:
            found += _logs(origin, reader)
    return found


def broken_promises(world: World) -> list[str]:
    """Return what was answered 202 and is not on disk, or waits for a person for no good reason."""
    found = []
    for machine in world.machines:
        known = {row[0] for row in rows(machine, "select activity_id from inbox")}
        kept_since = machine.clock.now() - REMEMBERED_FOR
        promised = {each for each, at in machine.promised.items() if at > kept_since}
        found += [f"{machine.host} lost {each}" for each in sorted(promised - known)]
        stuck = rows(machine, "select activity_id, reason from inbox where state = 'quarantined'")
        found += [f"{machine.host} cannot handle {each}: {why}" for each, why in stuck]
    return found


def _waiting(table: str, db: sqlite_utils.Database) -> int:
    return int(db[table].count_where("state = 'waiting'"))


def _records(origin: Machine, reader: Machine) -> Iterator[str]:
    published = origin.look(lambda db: _published(db, origin, logs_for(origin, reader)))
    held = reader.look(lambda db: _held(db, origin.host))
    for place in sorted(published.keys() | held.keys()):
        if published.get(place) != held.get(place):
            yield (
                f"{reader.host} holds of {origin.host} {' '.join(place)}"
                f" as {_short(held.get(place))}, and it is {_short(published.get(place))}"
            )
    live = {each["id"] for each in held.values() if each != GONE}
    question = (
        "select url from catalogue where hub = ?1 union select url from directory where hub = ?1"
    )
    findable = {url for (url,) in rows(reader, question, origin.host)}
    for url in sorted(live ^ findable):
        yield f"{reader.host} holds or finds {url}, but not both"


def logs_for(origin: Machine, reader: Machine) -> tuple[LogKind, ...]:
    """Return which logs of one hub another may read: GREEN is never for coalitions."""
    kinds = (origin.hub.identity.kind, reader.hub.identity.kind)
    return ("public", "network") if kinds == ("hub", "hub") else ("public",)


def _published(db: sqlite_utils.Database, origin: Machine, kinds: tuple[LogKind, ...]) -> Records:
    records: Records = {}
    rows = db.execute("select ref, kind, log, seq, state from published").fetchall()
    for ref, kind, log, seq, state in rows:
        if log not in kinds:
            continue
        entry = Log(db).document(log_name(origin.hub.identity.g, log), seq)
        document = GONE if state == "gone" or entry is None else entry["object"]
        records[(f"held_{kind}s", ref)] = document
    return records


def _held(db: sqlite_utils.Database, host: str) -> Records:
    return {
        (table, row["ref"]): GONE if row["gone_at"] else json.loads(row["document"])
        for table in ("held_resources", "held_experts")
        for row in db[table].rows_where("hub = ?", [host])
    }


def _logs(origin: Machine, reader: Machine) -> Iterator[str]:
    for kind in logs_for(origin, reader):
        name = log_name(origin.hub.identity.g, kind)
        question = "select seq, header, document from log_entries where log = ? order by seq"
        ours, copy = rows(origin, question, name), rows(reader, question, name)
        if ours != copy:
            yield (
                f"{reader.host} has {len(copy)} of {len(ours)} entries of {origin.host}'s"
                f" {kind} log, or others"
            )
        question = "select seq, hash, header from log_heads where log = ?"
        if rows(origin, question, name) != rows(reader, question, name):
            yield f"{reader.host} has another head of {origin.host}'s {kind} log"


def rows(machine: Machine, question: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what the database of a machine answers."""
    return machine.look(lambda db: [tuple(row) for row in db.execute(question, values).fetchall()])


def _short(document: Any) -> str:
    if document is None or document == GONE:
        return str(document)
    return f"{document.get('updated') or document.get('published')}"
