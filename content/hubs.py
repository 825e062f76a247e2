"""Who is who in the network, as pages, facets and the API show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

import sqlite_utils

from content.errors import ContentError
from content.times import from_text_or_none, to_text, to_text_or_none

HubKind = Literal["self", "hub", "coalition", "source"]
_COLUMNS = "host, name, city, country, language, kind, g, actor, last_heard_at"


class HubUnknown(ContentError):
    """Nobody in the directory has that host or name."""

    code: ClassVar[str] = "hub-unknown"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"This hub knows no hub {wanted[:100]!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubEntry:
    """
    One hub or source. host: with port where there is one. kind: "self" is this hub.

    g: the permanent name, None for a source. last_heard_at: when it last sent or answered
    anything; None for this hub and for one that never did. records: how many of its records are
    in the catalogue, whatever their label; not stored, the directory counts it.
    """

    host: str
    name: str
    city: str
    country: str
    language: str
    kind: HubKind
    g: str | None
    actor: str
    last_heard_at: datetime | None = None
    records: int = 0


class HubDirectory:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, entry: HubEntry) -> None:
        """
        Store who somebody is, over what was known of that host.

        When it was last heard stays, unless the entry says later. A g that another host had
        moves here: a hub keeps its name when it moves (DESIGN: permanent name).
        """
        if entry.g is not None:
            self._db.execute(
                "update hubs set g = null where g = ? and host <> ?", (entry.g, entry.host)
            )
        self._db.execute(
            f"insert into hubs ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            " on conflict (host) do update set name = excluded.name, city = excluded.city,"
            " country = excluded.country, language = excluded.language, kind = excluded.kind,"
            " g = excluded.g, actor = excluded.actor,"
            " last_heard_at = nullif(max(coalesce(last_heard_at, ''),"
            " coalesce(excluded.last_heard_at, '')), '')",
            (
                entry.host,
                entry.name,
                entry.city,
                entry.country,
                entry.language,
                entry.kind,
                entry.g,
                entry.actor,
                to_text_or_none(entry.last_heard_at),
            ),
        )

    def heard(self, host: str, at: datetime) -> None:
        """Note that a hub sent or answered something; unknown hosts are ignored."""
        self._db.execute(
            "update hubs set last_heard_at = ?1 where host = ?2"
            " and (last_heard_at is null or last_heard_at < ?1)",
            (to_text(at), host),
        )

    def remove(self, host: str) -> None:
        """Forget a host."""
        self._db.execute("delete from hubs where host = ?", (host,))

    def find(self, host_or_g: str) -> HubEntry | None:
        """Return the entry of a host, or of a permanent name, or None."""
        found = self._entries("host = ?1 or g = ?1", host_or_g)
        return found[0] if found else None

    def get(self, host_or_g: str) -> HubEntry:
        """Return the entry of a host or permanent name. Raises HubUnknown."""
        entry = self.find(host_or_g)
        if entry is None:
            raise HubUnknown(host_or_g)
        return entry

    def own(self) -> HubEntry | None:
        """Return the entry of this hub, None before it was founded."""
        found = self._entries("kind = ?1", "self")
        return found[0] if found else None

    def list(self, kind: HubKind | None = None) -> tuple[HubEntry, ...]:
        """Return everybody, or those of one kind: this hub first, then by name."""
        return self._entries("?1 is null or kind = ?1", kind)

    def _entries(self, condition: str, value: str | None) -> tuple[HubEntry, ...]:
        rows = self._db.execute(
            f"select {_COLUMNS}, (select count(*) from catalogue where hub = host)"  # noqa: S608
            f" from hubs where {condition} order by kind <> 'self', name, host",
            (value,),
        )
        return tuple(_entry(row) for row in rows.fetchall())


def _entry(row: tuple[Any, ...]) -> HubEntry:
    host, name, city, country, language, kind, g, actor, last_heard_at, records = row
    return HubEntry(
        host=host,
        name=name,
        city=city,
        country=country,
        language=language,
        kind=kind,
        g=g,
        actor=actor,
        last_heard_at=from_text_or_none(last_heard_at),
        records=records,
    )
