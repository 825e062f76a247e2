"""
What must be true of erasures in the end: no trace left with anybody, and every receipt has come.

Texts of the stories hold numbers of nine digits behind a word that is nowhere else
(stories/publishing.py), so the files of a hub tell by themselves what it still holds: also where no
query would find it, in pages that nothing uses any more.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from federation.log import Log
from protocol.log_entries import log_name
from tests.simulation.machine import Machine
from tests.simulation.oracle import logs_for, rows
from tests.simulation.world import World

_MARKS: Final = (
    re.compile(rb"uide ([0-9]{9})"),
    re.compile(rb"uides/([0-9]{9})"),
    re.compile(rb"erson ([0-9]{9})"),
)
"""Begin with what is the same in every case of letters; so they take milliseconds for a file."""


def erasures_undone(world: World) -> list[str]:
    """Return in words what should be gone and is not, and which receipts are missing."""
    found: list[str] = []
    for machine in world.machines:
        found += _unfinished(machine)
        lawful = _own_marks(machine)
        for origin in world.machines:
            if origin is not machine:
                lawful |= _shared_marks(origin, machine)
        found += [
            f"{machine.host} has {mark} in {file}, and may not any more"
            for file, mark in _traces(machine)
            if mark not in lawful
        ]
    return found


def _unfinished(machine: Machine) -> Iterator[str]:
    question = (
        "select host, subject from erasures_asked join erasures using (request)"
        " where got is not null and receipt is null and settled_at is null"
    )
    for host, subject in rows(machine, question):
        yield f"{machine.host} has no receipt of {host} for {subject}"
    for table in ("erasures", "erasures_owed"):
        question = f"select subject from {table} where swept_at is null"  # noqa: S608 - our words
        for (subject,) in rows(machine, question):
            yield f"{machine.host} has not swept its files of {subject}, listed in its {table}"
    question = "select subject from erasures_owed where receipt is null"
    for (subject,) in rows(machine, question):
        yield f"{machine.host} has given no receipt for {subject}"


def _own_marks(machine: Machine) -> set[str]:
    """Return the marks of what a hub keeps as its own, published or not."""
    live = rows(machine, "select record from resources where state <> 'retracted'")
    live += rows(machine, "select record from experts where state <> 'left'")
    return _marks(json.dumps(live).encode())


def _shared_marks(origin: Machine, reader: Machine) -> set[str]:
    """Return the marks of what one hub has published and not taken back, as another may read it."""
    found: set[str] = set()
    for kind in logs_for(origin, reader):
        question = "select seq from published where log = ? and state <> 'gone'"
        name = log_name(origin.hub.identity.g, kind)
        for (seq,) in rows(origin, question, kind):
            document = origin.look(lambda db, seq=seq, name=name: Log(db).document(name, seq))
            found |= _marks(json.dumps(document).encode())
    return found


def _traces(machine: Machine) -> list[tuple[str, str]]:
    """Return the files of a hub with the marks in their bytes."""
    files = sorted(machine.path.parent.glob(f"{machine.path.name}*"))
    return [(file.name, mark) for file in files for mark in sorted(_marks(file.read_bytes()))]


def _marks(data: bytes) -> set[str]:
    return {found.decode() for mark in _MARKS for found in mark.findall(data)}
