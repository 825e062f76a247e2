"""Whether the documents that our records point to are there, and when to look again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import orjson
import sqlite_utils

from content.resources.resource import LinkStatus
from content.times import from_text, to_text

LinkState = Literal["ok", "moved", "gone", "unreachable", "refused", "disallowed"]
"""ok: there. moved: the server says for ever, and where to. gone: the server says that it is not
there. unreachable: no server, no valid certificate, or an error of it. refused: the server does not
let programs look, so nobody knows. disallowed: it was not asked, as the site wants programs to stay
away (robots.txt)."""
BROKEN: Final[tuple[LinkState, ...]] = ("gone", "unreachable")
_SUMMARY: Final[dict[str, LinkStatus]] = {
    "ok": LinkStatus.OK,
    "moved": LinkStatus.OK,
    "gone": LinkStatus.BROKEN,
    "unreachable": LinkStatus.BROKEN,
    "refused": LinkStatus.UNCHECKED,
    "disallowed": LinkStatus.UNCHECKED,
}
AGAIN: Final = {
    "ok": timedelta(days=30),
    "moved": timedelta(days=30),
    "gone": timedelta(days=14),
    "refused": timedelta(days=60),
    "disallowed": timedelta(days=30),
}
SOONEST: Final = timedelta(days=1)
_OPEN: Final = (
    "(select id, json_extract(record, '$.url') as link from resources where state = 'published'"
    " and coalesce(json_extract(record, '$.label'), 'tlp-clear') = 'tlp-clear'"
    " and coalesce(json_extract(record, '$.sensitivity'), 'data-none')"
    " in ('data-none', 'data-pseudonymous') and json_extract(record, '$.url') is not null)"
)
"""Records of ours that everybody may see. Links of others are not asked for: that would tell their
server, and whoever sees the question pass, what this hub has."""
_COLUMNS = "link, status, reason, moved_to, since, checked_at, due_at, failures"


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What one look at a link showed. reason: in words, for staff; "" where it is ok.

    busy: the server had no time to say, so what was seen before still counts.
    """

    status: LinkState
    reason: str = ""
    moved_to: str | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """
    The last look at a link. since: when it began to be as it is now.

    failures: looks in a row at which the server could not be reached.
    """

    link: str
    status: LinkState
    reason: str
    moved_to: str | None
    since: datetime
    checked_at: datetime
    due_at: datetime
    failures: int

    def after(self, seen: Seen, at: datetime, jitter: float) -> "LinkCheck":
        """Return the check with what was seen now."""
        if seen.busy:
            return replace(self, due_at=at + SOONEST)
        check = first_check(self.link, seen, at, jitter, self.failures)
        same = (self.status, self.moved_to) == (seen.status, seen.moved_to)
        return LinkCheck(
            self.link,
            seen.status,
            seen.reason,
            seen.moved_to,
            self.since if same else at,
            at,
            check.due_at,
            check.failures,
        )


def first_check(link: str, seen: Seen, at: datetime, jitter: float, failures: int = 0) -> LinkCheck:
    """
    Return the first check of a link.

    jitter: 0.0 to 1.0, so that links that came together are not looked at together for ever.
    failures: before this one. A server that cannot be reached is asked after a day, two, and so on.
    """
    failures = failures + 1 if seen.status == "unreachable" else 0
    wait = AGAIN.get(seen.status) or min(SOONEST * 2 ** min(failures - 1, 10), AGAIN["ok"])
    wait = SOONEST if seen.busy else wait
    due = at + wait * (0.9 + 0.2 * jitter)
    return LinkCheck(link, seen.status, seen.reason, seen.moved_to, at, at, due, failures)


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A link that records of ours have. ids: their ULIDs."""

    link: str
    ids: tuple[str, ...]


class LinkStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def find(self, link: str | None) -> LinkCheck | None:
        """Return the last look at a link, None if nobody looked."""
        row = self._db.execute(
            f"select {_COLUMNS} from link_checks where link = ?",  # noqa: S608 - our own words
            (link,),
        ).fetchone()
        return None if row is None else _check(row)

    def to_check(self, now: datetime, limit: int, *, due_only: bool = True) -> list[OwnLink]:
        """
        Return links of our public records whose turn it is, those never looked at first.

        due_only: False takes all of them, also those that were looked at not long ago.
        """
        rows = self._db.execute(
            f"select r.link, json_group_array(r.id) from {_OPEN} r"  # noqa: S608 - our own words
            " left join link_checks c on c.link = r.link"
            " where (:all or c.link is null or c.due_at <= :now)"
            " group by r.link order by c.due_at, min(r.id) limit :limit",
            {"now": to_text(now), "limit": limit, "all": not due_only},
        )
        return [OwnLink(link, tuple(_ids(ids))) for link, ids in rows.fetchall()]

    def put(self, check: LinkCheck, ids: Iterable[str]) -> None:
        """Note a look at a link, also at the records that have it. ids: of these records."""
        self._db.execute(
            f"insert or replace into link_checks ({_COLUMNS})"  # noqa: S608 - our own words
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                check.link,
                check.status,
                check.reason,
                check.moved_to,
                to_text(check.since),
                to_text(check.checked_at),
                to_text(check.due_at),
                check.failures,
            ),
        )
        for resource_id in ids:
            self._db.execute(
                "update resources set link_status = ? where id = ? and state = 'published'"
                " and json_extract(record, '$.url') = ?",
                (_SUMMARY[check.status].value, resource_id, check.link),
            )

    def report(self, states: Iterable[LinkState]) -> list[tuple[LinkCheck, tuple[str, ...]]]:
        """Return the links of our public records that are in these states, longest first."""
        wanted = tuple(states)
        columns = ", ".join(f"c.{each.strip()}" for each in _COLUMNS.split(","))
        rows = self._db.execute(
            f"select {columns}, json_group_array(r.id) from link_checks c"  # noqa: S608
            f" join {_OPEN} r on r.link = c.link"
            f" where c.status in ({', '.join('?' * len(wanted))})"
            " group by c.link order by c.since, c.link",
            wanted,
        )
        return [(_check(row[:-1]), tuple(_ids(row[-1]))) for row in rows.fetchall()]

    def counts(self) -> dict[str, int]:
        """Return how many links of public records are in which state, or "unchecked"."""
        rows = self._db.execute(
            "select coalesce(c.status, 'unchecked'), count(distinct r.link)"  # noqa: S608
            f" from {_OPEN} r left join link_checks c on c.link = r.link group by 1 order by 1"
        )
        return dict(rows.fetchall())

    def prune(self) -> int:
        """Forget looks at links that no public record of ours has any more; return how many."""
        gone = self._db.execute(
            f"delete from link_checks where link not in (select link from {_OPEN})"  # noqa: S608
        )
        return int(gone.rowcount)


def _ids(text: str) -> list[str]:
    found: list[str] = orjson.loads(text)
    return sorted(found)


def _check(row: tuple[Any, ...]) -> LinkCheck:
    link, status, reason, moved_to, since, checked_at, due_at, failures = row
    return LinkCheck(
        link,
        status,
        reason,
        moved_to,
        from_text(since),
        from_text(checked_at),
        from_text(due_at),
        failures,
    )
