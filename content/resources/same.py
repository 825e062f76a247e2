"""
Which records people of this hub joined because they describe the same document.

A local view: nothing is changed at any origin, and taking it back leaves everything as it was. One
record, the leader, stands for the others in lists, as long as everybody who may see one of them may
see the leader too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from content.labels import Label
from content.times import from_text, to_text

OPENNESS = {label.value: place for place, label in enumerate(Label)}
"""Handling labels by how open they are, the most open first."""


class NotJoined(ContentError):
    """The record was not joined with another one."""

    code: ClassVar[str] = "not-joined"

    def __init__(self) -> None:
        super().__init__("This record is not merged with another one.")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record is that describes the same document. url: its id; label: who may see it."""

    url: str
    hub: str
    ref: str
    own: bool
    label: str


class SameStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def join(self, leader: str, member: Origin, act: Act) -> None:
        """Put a record behind a leader, with all that stands behind it. Groups become one."""
        top = self.leader_of(leader) or leader
        former = self.leader_of(member.url)
        if member.url == top or former == top:
            return
        if former is None:
            self._db.execute(
                "update catalogue_same set leader = ? where leader = ?", (top, member.url)
            )
        self._db.execute(
            "insert or replace into catalogue_same (url, leader, hub, ref, own, hidden, by, at)"
            " values (?, ?, ?, ?, ?, 0, ?, ?)",
            (member.url, top, member.hub, member.ref, int(member.own), act.by, to_text(act.at)),
        )

    def leave(self, url: str) -> str:
        """Take a record out of its group; return who was the leader. Raises NotJoined."""
        leader = self.leader_of(url)
        if leader is None:
            raise NotJoined
        self._db.execute("delete from catalogue_same where url = ?", (url,))
        return leader

    def is_used(self) -> bool:
        """Return whether any records are joined."""
        return self._db.execute("select 1 from catalogue_same limit 1").fetchone() is not None

    def leader_of(self, url: str) -> str | None:
        """Return who stands for a record, None if nobody does."""
        row = self._db.execute("select leader from catalogue_same where url = ?", (url,)).fetchone()
        return None if row is None else str(row[0])

    def members_of(self, leader: str) -> list[str]:
        """Return the records behind a leader."""
        rows = self._db.execute(
            "select url from catalogue_same where leader = ? order by url", (leader,)
        )
        return [url for (url,) in rows.fetchall()]

    def newest(self, limit: int) -> list[tuple[str, str, str, datetime]]:
        """Return leader and member of joins, who joined them and when, the newest first."""
        rows = self._db.execute(
            "select leader, url, by, at from catalogue_same where not hidden"
            " order by at desc, url limit ?",
            (limit,),
        )
        return [(leader, url, by, from_text(at)) for leader, url, by, at in rows.fetchall()]

    def all_members(self) -> list[str]:
        """Return every record behind a leader, of hubs that are not blocked."""
        rows = self._db.execute("select url from catalogue_same where not hidden order by url")
        return [url for (url,) in rows.fetchall()]

    def behind(self, leaders: Iterable[str]) -> dict[str, list[Origin]]:
        """Return the records behind each of some leaders, as far as they still are there."""
        wanted = tuple(leaders)
        rows = self._db.execute(
            "select s.leader, s.url, s.hub, s.ref, s.own,"  # noqa: S608 - only question marks
            " coalesce(h.label, json_extract(o.record, '$.label'), 'tlp-clear')"
            " from catalogue_same s"
            " left join held_resources h on h.url = s.url and h.gone_at is null"
            " left join resources o on s.own and o.id = s.ref and o.state = 'published'"
            f" where s.leader in ({', '.join('?' * len(wanted))})"
            " and not s.hidden and (h.url is not null or o.id is not null)"
            " order by s.leader, s.hub, s.url",
            wanted,
        )
        found: dict[str, list[Origin]] = {}
        for leader, url, hub, ref, own, label in rows.fetchall():
            found.setdefault(leader, []).append(Origin(url, hub, ref, bool(own), label))
        return found

    def hide(self, hub: str) -> list[str]:
        """Let no record of a hub stand behind a leader; return the leaders that it concerns."""
        rows = self._db.execute(
            "select distinct leader from catalogue_same where hub = ?", (hub,)
        ).fetchall()
        self._db.execute("update catalogue_same set hidden = 1 where hub = ?", (hub,))
        return [leader for (leader,) in rows]

    def show(self, url: str) -> None:
        """
        Let a record stand behind its leader again.

        Asked first: an update, even of nothing, makes FTS5 write out all the words that it has
        collected in the transaction, which costs more than indexing a record.
        """
        if self.is_hidden(url):
            self._db.execute("update catalogue_same set hidden = 0 where url = ?", (url,))

    def is_hidden(self, url: str) -> bool:
        """Return whether the hub of a record in a group is blocked."""
        row = self._db.execute("select hidden from catalogue_same where url = ?", (url,)).fetchone()
        return row is not None and bool(row[0])

    def led_by(self, hub: str) -> list[str]:
        """Return the leaders that are records of another hub."""
        rows = self._db.execute(
            "select distinct s.leader from catalogue_same s"
            " join held_resources h on h.url = s.leader where h.hub = ?",
            (hub,),
        )
        return [leader for (leader,) in rows.fetchall()]

    def others(self, url: str) -> list[Origin]:
        """Return all other records of the same document, the leader first."""
        leader = self.leader_of(url)
        found = self.behind([leader or url]).get(leader or url, [])
        row = self._db.execute(
            "select url, hub, ref, own, label from catalogue where url = ?", (leader,)
        ).fetchone()
        if row is not None:
            found.insert(0, Origin(row[0], row[1], row[2], bool(row[3]), row[4]))
        return [each for each in found if each.url != url]

    def dissolve(self, leader: str) -> list[str]:
        """Let the next record stand for a group whose leader is gone; return all of the group."""
        members = self.members_of(leader)
        if members:
            self._db.execute("delete from catalogue_same where url = ?", (members[0],))
            self._db.execute(
                "update catalogue_same set leader = ? where leader = ?", (members[0], leader)
            )
        return members

    def keep_apart(self, one: str, other: str, act: Act) -> None:
        """Note that two records are not the same document, so that nobody is asked again."""
        first, second = sorted((one, other))
        self._db.execute(
            "insert or ignore into catalogue_apart (one, other, by, at) values (?, ?, ?, ?)",
            (first, second, act.by, to_text(act.at)),
        )

    def apart(self) -> set[tuple[str, str]]:
        """Return all pairs that are not the same, each in the order of the alphabet."""
        rows = self._db.execute("select one, other from catalogue_apart")
        return {(one, other) for one, other in rows.fetchall()}
