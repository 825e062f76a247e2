"""
Logs as they are kept: our own, which we append to, and the copies we hold of others.

A store: it works inside the caller's transaction, so an entry commits with what it tells of
(docs/adr/0010-log-and-manifest.md). An entry's header and content are kept as canonical JSON.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlite_utils

from content.ids import new_id
from content.times import from_text, to_text
from federation.errors import FederationError
from federation.hub import Hub
from federation.pause import LogPaused, Pause
from protocol.json import JsonObject
from protocol.log_entries import (
    LogEntry,
    LogHeader,
    LogKind,
    Operation,
    header_hash,
    log_name,
    make_entry,
    read_header,
)


class LogNotFounded(FederationError):
    """Our own log has no first entry: `hub init` did not come to its end."""

    code: ClassVar[str] = "log-not-founded"

    def __init__(self) -> None:
        super().__init__("This hub has no log yet. Run `hub init` in an empty folder.")


class KeysReplaced(FederationError):
    """The keys were replaced after this process had loaded them."""

    code: ClassVar[str] = "keys-replaced"

    def __init__(self) -> None:
        super().__init__("The keys of this hub were replaced in the meantime. Do it once more.")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest header that is held of one log. hash: what the next entry must name as prev."""

    log: str
    seq: int
    hash: str
    header: LogHeader
    own: bool
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Appended:
    """A new entry of our own, and its content as canonical JSON: what is delivered."""

    entry: LogEntry
    body: bytes


class Log:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db
        self._may_sign: frozenset[str] | None = None

    def append(
        self, hub: Hub, kind: LogKind, op: Operation, ref: str, document: JsonObject, at: datetime
    ) -> Appended:
        """
        Sign and store the next entry of one of our own logs.

        kind: "public" or "network". ref: ULID of the record. document: the activity with its
        proof. Raises LogNotFounded while the public log has no manifest, LogPaused while entries
        of our logs may be lost, and KeysReplaced if the hub's key is not in force any more.
        """
        log = log_name(hub.identity.g, kind)
        seq, prev = self._place(log)
        if seq == 0 and op != "Manifest" and self._place(hub.identity.g)[0] == 0:
            raise LogNotFounded
        if Pause(self._db).why:
            raise LogPaused
        if op == "Manifest":
            self._may_sign = None
        elif hub.keys.signing.id not in self._in_force(hub.identity.g):
            raise KeysReplaced
        entry = make_entry(
            log=log,
            seq=seq + 1,
            prev=prev,
            at=at,
            op=op,
            ref=ref,
            document=document,
            key=hub.keys.signing,
        )
        return Appended(entry, self.store([entry], own=True, at=at))

    def store(self, entries: Iterable[LogEntry], *, own: bool, at: datetime) -> bytes:
        """
        Keep entries of one log that are proven or our own, and move its head to the last.

        Return the content of the last one as canonical JSON, b"" where there is none.
        """
        rows, last, content = [], None, b""
        for entry in entries:
            last, content = entry.h, entry.content
            activity = "" if entry.a is None else str(entry.a.get("id", ""))
            rows.append(
                (
                    last.log,
                    last.seq,
                    last.canonical.decode(),
                    last.op,
                    last.ref,
                    activity,
                    content.decode() or None,
                )
            )
        if last is None:
            return content
        self._db.conn.executemany(
            "insert into log_entries (log, seq, header, op, ref, activity, document)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._db.execute(
            "insert into log_heads (log, seq, hash, header, own, heard_at, change)"
            " values (?, ?, ?, ?, ?, ?, (select coalesce(max(change), 0) + 1 from log_heads))"
            " on conflict (log) do update set seq = excluded.seq, hash = excluded.hash,"
            " header = excluded.header, heard_at = excluded.heard_at, change = excluded.change",
            (
                last.log,
                last.seq,
                header_hash(last),
                last.canonical.decode(),
                own,
                to_text(at),
            ),
        )
        return content

    def forget(self, log: str, ref: str, *, before: int) -> int:
        """Drop the content of entries about ref with a lower seq, keep headers; return how many."""
        changed = self._db.execute(
            "update log_entries set document = null"
            " where log = ? and ref = ? and seq < ? and document is not null",
            (log, ref, before),
        )
        return int(changed.rowcount)

    def forget_record(self, log: str, ref: str) -> int:
        """Drop what entries say about a record, whatever comes after them; return how many."""
        changed = self._db.execute(
            "update log_entries set document = null where log = ? and ref = ?"
            " and op in ('Create', 'Update') and document is not null",
            (log, ref),
        )
        return int(changed.rowcount)

    def has(self, log: str, ref: str) -> bool:
        """Return whether a log has an entry about a record, erased or not."""
        row = self._db.execute(
            "select 1 from log_entries where log = ? and ref = ? limit 1", (log, ref)
        ).fetchone()
        return row is not None

    def numbers_about(self, log: str, ref: str) -> list[int]:
        """Return the numbers of the entries that hold or held a record."""
        rows = self._db.execute(
            "select seq from log_entries where log = ? and ref = ?"
            " and op in ('Create', 'Update') order by seq",
            (log, ref),
        )
        return [row[0] for row in rows.fetchall()]

    def activities_about(self, log: str, ref: str, *, before: int) -> list[str]:
        """Return the ids of the activities about a record in entries with a lower number."""
        rows = self._db.execute(
            "select activity from log_entries where log = ? and ref = ? and seq < ? order by seq",
            (log, ref, before),
        )
        return [row[0] for row in rows.fetchall()]

    def fill(self, entry: LogEntry) -> bool:
        """Keep the content of an entry that came without it; return whether there was room."""
        changed = self._db.execute(
            "update log_entries set document = ?, activity = ?"
            " where log = ? and seq = ? and document is null",
            (
                entry.content.decode(),
                str((entry.a or {}).get("id", "")),
                entry.h.log,
                entry.h.seq,
            ),
        )
        return int(changed.rowcount) == 1

    def drop(self, log: str) -> None:
        """Delete a copy of another hub's log. Our own log cannot be dropped."""
        if self._db.execute(
            "delete from log_heads where log = ? and not own returning log", (log,)
        ).fetchone():
            self._db.execute("delete from log_entries where log = ?", (log,))
            self._db.execute("delete from log_withheld where log = ?", (log,))
            self._db.execute("delete from log_kept where log = ?", (log,))

    def head(self, log: str) -> Head | None:
        """Return the newest header held of a log, or None."""
        row = self._db.execute(f"{_HEADS} where log = ?", (log,)).fetchone()
        return None if row is None else head_of(row)

    def lines(
        self, log: str, *, after: int, limit: int, most_bytes: int, op: Operation | None = None
    ) -> list[bytes]:
        """
        Return entries with a seq above after as lines of NDJSON, in order.

        At most limit lines and most_bytes in all, but one line where there is any. op: entries of
        this kind only.
        """
        only = "" if op is None else f" and op = '{op}'"  # a word of ours, so that its index serves
        rows = self._db.execute(
            "select header, document from log_entries"  # noqa: S608 - our own words
            f" where log = ? and seq > ?{only} order by seq limit ?",
            (log, after, limit),
        )
        lines: list[bytes] = []
        size = 0
        for header, document in rows:
            # Both parts are canonical, and "a" sorts before "h": so is the line (to_line).
            line = f'{{"a":{document or "null"},"h":{header}}}\n'.encode()
            size += len(line)
            if lines and size > most_bytes:
                break
            lines.append(line)
        return lines

    def activity(self, activity_id: str, log: str) -> JsonObject | None:
        """Return the activity with that id in a log; None if it is not there or was erased."""
        row = self._db.execute(
            "select document from log_entries where activity = ? and log = ?",
            (activity_id, log),
        ).fetchone()
        return None if row is None or row[0] is None else json.loads(row[0])

    def document(self, log: str, seq: int) -> JsonObject | None:
        """Return the content of one entry; None if it is not held or was erased."""
        row = self._db.execute(
            "select document from log_entries where log = ? and seq = ?", (log, seq)
        ).fetchone()
        return None if row is None or row[0] is None else json.loads(row[0])

    def newest(self, log: str, *, before: int | None, limit: int) -> list[tuple[int, str]]:
        """Return (seq, activity as JSON) of readable entries below a seq, newest first."""
        return self._db.execute(
            "select seq, document from log_entries where log = ? and seq < ?"
            " and op <> 'Manifest' and document is not null order by seq desc limit ?",
            (log, 2**62 if before is None else before, limit),
        ).fetchall()

    def readable(self, log: str) -> int:
        """Return how many activities of a log can still be read."""
        row = self._db.execute(
            "select count(*) from log_entries where log = ? and op <> 'Manifest'"
            " and document is not null",
            (log,),
        ).fetchone()
        return int(row[0])

    def manifests(self, log: str, *, upto: int | None = None) -> list[JsonObject]:
        """Return all versions of the manifest in a public log up to a seq, oldest first."""
        rows = self._db.execute(
            "select document from log_entries where log = ? and op = 'Manifest' and seq <= ?"
            " order by seq",
            (log, 2**62 if upto is None else upto),
        )
        return [json.loads(row[0]) for row in rows.fetchall()]

    def header(self, log: str, seq: int) -> LogHeader | None:
        """Return the header of one entry, None if it is not held."""
        row = self._db.execute(
            "select header from log_entries where log = ? and seq = ?", (log, seq)
        ).fetchone()
        return None if row is None else read_header(json.loads(row[0]))

    def _in_force(self, g: str) -> frozenset[str]:
        """Return the ids of the keys of our newest manifest; asked once in a transaction."""
        if self._may_sign is None:
            rows = self._db.execute(
                "select json_extract(k.value, '$.id') from json_each((select document"
                " from log_entries where log = ? and op = 'Manifest' order by seq desc limit 1),"
                " '$.keys') k",
                (g,),
            )
            self._may_sign = frozenset(row[0] for row in rows)
        return self._may_sign

    def _place(self, log: str) -> tuple[int, str | None]:
        row = self._db.execute("select seq, hash from log_heads where log = ?", (log,)).fetchone()
        return (0, None) if row is None else (row[0], row[1])


def found_log(db: sqlite_utils.Database, hub: Hub, manifest: JsonObject, at: datetime) -> LogEntry:
    """Store the manifest as the first entry of our public log, at `hub init`."""
    return Log(db).append(hub, "public", "Manifest", new_id(at, hub.chance), manifest, at).entry


_HEADS = "select log, seq, hash, header, own, heard_at from log_heads"


def head_of(row: tuple[Any, ...]) -> Head:
    """Return the head in a row of log_heads: log, seq, hash, header, own, heard_at."""
    log, seq, digest, header, own, heard_at = row
    return Head(log, seq, digest, read_header(json.loads(header)), bool(own), from_text(heard_at))
