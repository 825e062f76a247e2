"""Our own resources that were merged into others: where they live on, and how to undo it."""

from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.changes import Act
from content.resources.record import MOST_IDS, ResourceRecord
from content.resources.store import record_json
from content.times import from_text, to_text


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge changed. target: ULID of the one that stayed, and its record before."""

    ref: str
    target: str
    record: ResourceRecord
    target_before: ResourceRecord


def combined(kept: ResourceRecord, other: ResourceRecord) -> ResourceRecord:
    """
    Return a record that says what both say; where they differ, what the kept one says.

    Texts of other languages and topics are added, gaps are filled; the other's address stays as a
    related one, so that nothing that was known of the document is lost.
    """
    related = [*kept.related, *other.related]
    if kept.url is not None and other.url not in (None, kept.url):
        related.append(str(other.url))
    filled = {
        name: getattr(other, name)
        for name in ("url", "publisher", "year", "country", "city", "licence")
        if getattr(kept, name) is None
    }
    return kept.model_copy(
        update={
            **filled,
            "title": {**other.title, **kept.title},
            "summary": {**other.summary, **kept.summary},
            "topics": _union(kept.topics, other.topics),
            "principles": _union(kept.principles, other.principles),
            "sdgs": _union(kept.sdgs, other.sdgs),
            "related": tuple(dict.fromkeys(related))[:MOST_IDS],
        }
    )


def _union(one: tuple[object, ...], other: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(dict.fromkeys((*one, *other)))[:MOST_IDS]


class MergedStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, merged: Merged, act: Act) -> None:
        """Note a merge; what was merged into the one that goes now leads to the one that stays."""
        self._point(merged.ref, merged.target)
        self._db.execute(
            "update merged_into set target = ? where target = ?",
            (
                merged.target,
                merged.ref,
            ),
        )
        source, source_id = merged.record.import_key
        self._db.execute(
            "insert or replace into merged_resources"
            " (ref, source, source_id, record, target_before, by, at) values (?, ?, ?, ?, ?, ?, ?)",
            (
                merged.ref,
                source,
                source_id,
                record_json(merged.record),
                record_json(merged.target_before),
                act.by,
                to_text(act.at),
            ),
        )

    def find(self, ref: str) -> Merged | None:
        """Return a merge that can still be undone, or None."""
        row = self._db.execute(
            "select p.target, m.record, m.target_before from merged_resources m"
            " join merged_into p on p.ref = m.ref where m.ref = ? and m.record is not null",
            (ref,),
        ).fetchone()
        if row is None:
            return None
        target, record, before = row
        return Merged(
            ref,
            target,
            ResourceRecord.model_validate_json(record),
            ResourceRecord.model_validate_json(before),
        )

    def newest(self, limit: int) -> list[tuple[Merged, str, datetime]]:
        """Return merges that can still be undone, the newest first: who did each, and when."""
        rows = self._db.execute(
            "select m.ref, p.target, m.record, m.target_before, m.by, m.at from merged_resources m"
            " join merged_into p on p.ref = m.ref where m.record is not null"
            " order by m.at desc, m.ref limit ?",
            (limit,),
        )
        return [
            (
                Merged(
                    ref,
                    target,
                    ResourceRecord.model_validate_json(record),
                    ResourceRecord.model_validate_json(before),
                ),
                by,
                from_text(at),
            )
            for ref, target, record, before, by, at in rows.fetchall()
        ]

    def undone(self, ref: str, lives_on_as: str) -> None:
        """Note that a merge was undone: the old id leads to the new one for ever."""
        self._db.execute("delete from merged_resources where ref = ?", (ref,))
        self._point(ref, lives_on_as)

    def target_of(self, ref: str) -> str | None:
        """Return where a record lives on that was merged into another, or None."""
        row = self._db.execute("select target from merged_into where ref = ?", (ref,)).fetchone()
        return None if row is None else str(row[0])

    def target_of_key(self, source: str, source_id: str) -> str | None:
        """Return into what the record with that import key was merged, or None."""
        row = self._db.execute(
            "select p.target from merged_resources m join merged_into p on p.ref = m.ref"
            " where m.source = ? and m.source_id = ?",
            (source, source_id),
        ).fetchone()
        return None if row is None else str(row[0])

    def moved(self, ref: str, to: str) -> None:
        """Note that the one that stayed has another id now."""
        self._db.execute("update merged_into set target = ? where target = ?", (to, ref))

    def forget(self, target: str) -> None:
        """Erase what is kept of records that were merged into one that is taken back now."""
        self._db.execute(
            "delete from merged_resources where ref in"
            " (select ref from merged_into where target = ?)",
            (target,),
        )
        self._db.execute("delete from merged_into where target = ?", (target,))

    def _point(self, ref: str, target: str) -> None:
        self._db.execute(
            "insert or replace into merged_into (ref, target) values (?, ?)", (ref, target)
        )
