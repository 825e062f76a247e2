"""
Experts as files: out as far as each agreed (the exit rule), in again without doubling anybody.

A file of JSON lines holds the records as they are, so reading it back gives the same listings.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlite_utils

from content.changes import Act
from content.experts.expert import Expert, ExpertState
from content.experts.hsds import Keeper, Plain, hsds_page, hsds_service
from content.experts.record import ExpertRecord, Scope
from content.experts.store import ExpertStore
from federation.hub import Hub
from federation.policy import PERSONAL, Audience, Door, leaves
from federation.publishing_experts import add_expert, update_expert, with_dates
from protocol.ids import expert_id

READERS: Final[Mapping[Scope, Audience]] = {
    Scope.PUBLIC: Audience.EVERYONE,
    Scope.NETWORK: Audience.PEER,
    Scope.HUB: Audience.STAFF,
}
"""For whom a file is, by the widest scope that its reader may see."""


@dataclass(frozen=True, slots=True)
class ExpertImport:
    """What an import came to. ids: of the experts of the file, in its order."""

    added: int
    updated: int
    unchanged: int
    ids: tuple[str, ...]


def exported_experts(db: sqlite_utils.Database, readers: Audience) -> Iterator[Expert]:
    """Yield the listings that may leave in a file for these readers; paused ones are no listing."""
    for expert in ExpertStore(db).active():
        agreed = expert.record.consent_at is not None
        if leaves(expert.label.value, PERSONAL, Door.EXPORT, readers, consent=agreed):
            yield expert


def experts_as_hsds(db: sqlite_utils.Database, hub: Hub, readers: Audience) -> Plain:
    """Return the listings in the shape of HSDS 3."""
    identity = hub.identity
    keeper = Keeper(
        origin=identity.origin,
        name=identity.name,
        city=identity.city,
        help=f"{identity.origin}/#help",
    )
    return hsds_page(
        hsds_service(
            expert.record, expert_id(identity.origin, expert.id), expert.updated_at, keeper
        )
        for expert in exported_experts(db, readers)
    )


def import_experts(
    db: sqlite_utils.Database,
    hub: Hub,
    records: Iterable[ExpertRecord],
    act: Act,
    *,
    update: bool = False,
) -> ExpertImport:
    """
    Add the experts that are not listed yet, known by name and organisation.

    update: correct those who are, where the record says something else; else they are left alone.
    The same file twice changes nothing. Raises what `add_expert` and `update_expert` raise.
    """
    added = updated = 0
    ids: list[str] = []
    known: dict[tuple[str, str], Expert] = {}
    for record, before, differs in _compared(db, records, act):
        same = known.get(who(record), before)
        if same is None:
            same = add_expert(db, hub, record, act)
            added += 1
        elif update and differs:
            same = update_expert(db, hub, same.id, record, act)
            updated += 1
        known[who(record)] = same
        ids.append(same.id)
    return ExpertImport(added, updated, len(ids) - added - updated, tuple(ids))


def would_import(
    db: sqlite_utils.Database, records: Iterable[ExpertRecord], act: Act, *, update: bool = False
) -> ExpertImport:
    """Return what `import_experts` would come to; the ids are empty. Only reads."""
    compared = list(_compared(db, records, act))
    added = sum(1 for _, before, _ in compared if before is None)
    updated = sum(1 for _, before, differs in compared if before and differs and update)
    return ExpertImport(added, updated, len(compared) - added - updated, ())


def _compared(
    db: sqlite_utils.Database, records: Iterable[ExpertRecord], act: Act
) -> Iterator[tuple[ExpertRecord, Expert | None, bool]]:
    """Yield each record, the same expert as listed here, and whether the record says otherwise."""
    known = {who(expert.record): expert for expert in all_experts(db)}
    for record in records:
        before = known.get(who(record))
        differs = before is not None and with_dates(record, before, act) != before.record
        yield record, before, differs


def who(record: ExpertRecord) -> tuple[str, str]:
    """Return by what two listings are of the same expert."""
    return record.name.casefold(), (record.organisation or "").casefold()


def all_experts(db: sqlite_utils.Database) -> Iterator[Expert]:
    """Go through all experts of this hub, active and paused."""
    cursor: str | None = None
    while True:
        page = ExpertStore(db).list(limit=100, cursor=cursor)
        yield from (each for each in page.items if each.state is not ExpertState.LEFT)
        cursor = page.next_cursor
        if cursor is None:
            return
