"""
Records of others as this hub received them, and the tombstones of those that are gone.

Derived from logs and deliveries. Whoever applies what arrives gives the order (by the sender's own
sequence, never by a clock); here the last call wins, and a tombstone wins for ever.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar

import sqlite_utils

from content.errors import ContentError
from content.labels import Label
from content.times import from_text, from_text_or_none, to_text, to_text_or_none

R = TypeVar("R")
OriginKind = Literal["hub", "source"]
_COLUMNS = (
    "hub, ref, url, origin_kind, record, document, label, published_at, updated_at, received_at"
)


class HeldRecordGone(ContentError):
    """Its origin took the record back; that is final."""

    code: ClassVar[str] = "held-record-gone"

    def __init__(self, hub: str, ref: str) -> None:
        super().__init__(f"{hub[:100]} took {ref[:64]} back. It cannot be stored again.")


class HeldRecordNotFound(ContentError):
    """This hub holds no such record of that hub."""

    code: ClassVar[str] = "held-record-not-found"

    def __init__(self, hub: str, ref: str) -> None:
        super().__init__(f"This hub holds nothing with the id {ref[:64]!r} from {hub[:100]!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Generic[R]):
    """
    A record of another hub or of a source.

    hub: its host, with port where there is one. ref: the ULID there; for a source, one of ours.
    url: its id in the world, at its origin. document: the JSON text as received, with its proof.
    """

    hub: str
    ref: str
    url: str
    record: R
    document: str
    label: Label
    received_at: datetime
    published_at: datetime | None = None
    updated_at: datetime | None = None
    origin_kind: OriginKind = "hub"


@dataclass(frozen=True, slots=True)
class Known:
    """What a newer version is measured by. gone: taken back for ever; then the rest is None."""

    gone: bool
    label: str | None
    updated_at: datetime | None


class HeldStore(ABC, Generic[R]):
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    _table: ClassVar[str]

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    @abstractmethod
    def _write(self, record: R) -> str:
        """Return the record as stored."""

    @abstractmethod
    def _read(self, stored: str, origin_kind: str) -> R:
        """Return the record that was stored."""

    def put(self, held: Held[R]) -> None:
        """Store a new record, or over the one with the same hub and ref. Raises HeldRecordGone."""
        stored = self._db.execute(
            f"insert into {self._table} ({_COLUMNS})"  # noqa: S608 - our own words
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (hub, ref) do update set"
            " url = excluded.url, record = excluded.record, document = excluded.document,"
            " label = excluded.label, published_at = excluded.published_at,"
            " updated_at = excluded.updated_at, received_at = excluded.received_at"
            " where gone_at is null",
            (
                held.hub,
                held.ref,
                held.url,
                held.origin_kind,
                self._write(held.record),
                held.document,
                held.label.value,
                to_text_or_none(held.published_at),
                to_text_or_none(held.updated_at),
                to_text(held.received_at),
            ),
        )
        if stored.rowcount != 1:
            raise HeldRecordGone(held.hub, held.ref)

    def remove(
        self, hub: str, ref: str, at: datetime, *, url: str, origin_kind: OriginKind = "hub"
    ) -> bool:
        """
        Drop the content for ever and keep a tombstone, also of what never arrived here.

        Return whether there was something to drop.
        """
        dropped = self._db.execute(
            f"update {self._table} set record = null, document = null, label = null,"  # noqa: S608
            " published_at = null, updated_at = null, gone_at = ?"
            " where hub = ? and ref = ? and gone_at is null",
            (to_text(at), hub, ref),
        ).rowcount
        if dropped:
            return True
        self._db.execute(
            f"insert into {self._table} (hub, ref, url, origin_kind, received_at, gone_at)"  # noqa: S608
            " values (?, ?, ?, ?, ?, ?) on conflict do nothing",
            (hub, ref, url, origin_kind, to_text(at), to_text(at)),
        )
        return False

    def forget(self, hub: str) -> int:
        """Drop all that is held of a hub, tombstones too, as when a peer is removed."""
        return int(
            self._db.execute(f"delete from {self._table} where hub = ?", (hub,)).rowcount  # noqa: S608
        )

    def is_gone(self, hub: str, ref: str) -> bool:
        """Return whether a tombstone says that the record was taken back."""
        row = self._db.execute(
            f"select 1 from {self._table}"  # noqa: S608 - our own words
            " where hub = ? and ref = ? and gone_at is not null",
            (hub, ref),
        ).fetchone()
        return row is not None

    def known(self, hub: str, ref: str) -> Known | None:
        """Return which version is held, without reading it; None of what never arrived."""
        row = self._db.execute(
            f"select gone_at is not null, label, updated_at from {self._table}"  # noqa: S608
            " where hub = ? and ref = ?",
            (hub, ref),
        ).fetchone()
        return None if row is None else Known(bool(row[0]), row[1], from_text_or_none(row[2]))

    def find(self, hub: str, ref: str) -> Held[R] | None:
        """Return the record, or None if it never arrived or is gone."""
        return self._one("hub = ? and ref = ?", (hub, ref))

    def get(self, hub: str, ref: str) -> Held[R]:
        """Return the record. Raises HeldRecordGone or HeldRecordNotFound."""
        held = self.find(hub, ref)
        if held is None:
            gone = self.is_gone(hub, ref)
            raise HeldRecordGone(hub, ref) if gone else HeldRecordNotFound(hub, ref)
        return held

    def by_url(self, url: str) -> Held[R] | None:
        """Return the record with that id in the world, or None if it never arrived or is gone."""
        return self._one("url = ?", (url,))

    def gone_by_url(self, url: str) -> bool | None:
        """Return whether the record with that id was taken back; None if nothing is known of it."""
        row = self._db.execute(
            f"select gone_at is not null from {self._table} where url = ?",  # noqa: S608
            (url,),
        ).fetchone()
        return None if row is None else bool(row[0])

    def of(self, hub: str) -> Iterator[Held[R]]:
        """Return all records of a hub, by ref."""
        return self._many("hub = ?", (hub,))

    def all(self) -> Iterator[Held[R]]:
        """Return all records, by hub and ref."""
        return self._many("1", ())

    def of_hubs_after(self, hub: str, ref: str, limit: int, *, only: bool) -> list[Held[R]]:
        """
        Return the next records of hubs, not of sources, after that hub and ref, by hub and ref.

        only: of this one hub.
        """
        rows = self._db.execute(
            f"select {_COLUMNS} from {self._table}"  # noqa: S608 - our own words
            " where (hub, ref) > (:hub, :ref) and (not :only or hub = :hub)"
            " and origin_kind = 'hub' and gone_at is null order by hub, ref limit :limit",
            {"hub": hub, "ref": ref, "only": only, "limit": limit},
        )
        return [self._held(row) for row in rows.fetchall()]

    def count(self, hub: str) -> int:
        """Return how many records of that hub are held."""
        (count,) = self._db.execute(
            f"select count(*) from {self._table} where hub = ? and gone_at is null",  # noqa: S608
            (hub,),
        ).fetchone()
        return int(count)

    def _one(self, condition: str, values: tuple[str, ...]) -> Held[R] | None:
        return next(self._many(condition, values), None)

    def _many(self, condition: str, values: tuple[str, ...]) -> Iterator[Held[R]]:
        rows = self._db.execute(
            f"select {_COLUMNS} from {self._table}"  # noqa: S608 - our own words
            f" where {condition} and gone_at is null order by hub, ref",
            values,
        )
        return (self._held(row) for row in rows)

    def _held(self, row: tuple[Any, ...]) -> Held[R]:
        hub, ref, url, kind, record, document, label, published_at, updated_at, received_at = row
        return Held(
            hub=hub,
            ref=ref,
            url=url,
            origin_kind=kind,
            record=self._read(record, kind),
            document=document,
            label=Label(label),
            published_at=from_text_or_none(published_at),
            updated_at=from_text_or_none(updated_at),
            received_at=from_text(received_at),
        )
