"""The SQL of harvest sources, and who is harvesting one right now."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import orjson
import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.harvest.source import HarvestSource, Progress, SourceState
from content.times import from_text, from_text_or_none, to_text, to_text_or_none

LEASE: Final = timedelta(minutes=5)
"""How long a run may say nothing before another may begin: it was killed then."""
_SOURCE = "id, name, url, kind, settings, state, added_by, added_at"
_PROGRESS = "due_at, since, etag, last_modified, full_at, failures"
_SET = {"id", "name", "url", "kind", "state", "added_by", "added_at"}


class HarvestSourceNotFound(ContentError):
    """This hub harvests no such source."""

    code: ClassVar[str] = "harvest-source-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no source {name[:100]!r}. All of them: hub harvest list")


class HarvestSourceExists(ContentError):
    """A source with that address or name is there already. name: of that one."""

    code: ClassVar[str] = "harvest-source-exists"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a source {name!r} with this address or name. Give another name, or remove"
            " that one first."
        )
        self.name = name


class HarvestRunning(ContentError):
    """Somebody is harvesting that source now."""

    code: ClassVar[str] = "harvest-running"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is being harvested at this moment. Look again in a few minutes."
        )


class SourceStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, source: HarvestSource, act: Act) -> None:
        """Keep a new source; it is due at once. Raises HarvestSourceExists."""
        taken = self._db.execute(
            "select name from harvest_sources where url = ? or name = ?", (source.url, source.name)
        ).fetchone()
        if taken is not None:
            raise HarvestSourceExists(taken[0])
        self._db.execute(
            f"insert into harvest_sources ({_SOURCE}, due_at, failures)"  # noqa: S608 - our words
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                source.id,
                source.name,
                source.url,
                source.kind,
                source.model_dump_json(exclude=_SET),
                source.state,
                source.added_by,
                to_text(source.added_at),
                to_text(act.at),
            ),
        )
        ChangeStore(self._db).record(act, "harvest.add", source.id, source.url)

    def find(self, name: str) -> HarvestSource | None:
        """Return the source with that name, id or address, or None."""
        row = self._db.execute(
            f"select {_SOURCE} from harvest_sources"  # noqa: S608 - our own words
            " where name = :name or id = :name or url = :name order by id = :name desc",
            {"name": name},
        ).fetchone()
        return None if row is None else _source(row)

    def get(self, name: str) -> HarvestSource:
        """Return the source with that name, id or address. Raises HarvestSourceNotFound."""
        source = self.find(name)
        if source is None:
            raise HarvestSourceNotFound(name)
        return source

    def all(self) -> list[HarvestSource]:
        """Return all sources, by name."""
        rows = self._db.execute(
            f"select {_SOURCE} from harvest_sources order by name"  # noqa: S608
        )
        return [_source(row) for row in rows.fetchall()]

    def set_state(self, source: HarvestSource, state: SourceState, act: Act) -> HarvestSource:
        """Pause a source or let it go on; it is due at once then. Return it as it is now."""
        if state != source.state:
            self._db.execute(
                "update harvest_sources set state = ?, due_at = ? where id = ?",
                (state, to_text(act.at), source.id),
            )
            verb = "harvest.pause" if state == "paused" else "harvest.resume"
            ChangeStore(self._db).record(act, verb, source.id)
        return source.model_copy(update={"state": state})

    def change(self, source: HarvestSource, act: Act) -> None:
        """
        Keep what people decided about a source anew; all of it is asked again, and at once.

        Address and kind stay what they were. Raises HarvestSourceExists for a name of another one.
        """
        taken = self._db.execute(
            "select name from harvest_sources where name = ? and id <> ?", (source.name, source.id)
        ).fetchone()
        if taken is not None:
            raise HarvestSourceExists(taken[0])
        self._db.execute(
            "update harvest_sources set name = ?, settings = ?, due_at = ?, since = null,"
            " etag = null, last_modified = null where id = ?",
            (source.name, source.model_dump_json(exclude=_SET), to_text(act.at), source.id),
        )
        ChangeStore(self._db).record(act, "harvest.change", source.id)

    def remove(self, source: HarvestSource, act: Act) -> None:
        """Forget a source, what it gave, and its runs. The records are not touched."""
        for table, column in (
            ("harvest_items", "source"),
            ("harvest_runs", "source"),
            ("harvest_sources", "id"),
        ):
            self._db.execute(f"delete from {table} where {column} = ?", (source.id,))  # noqa: S608
        ChangeStore(self._db).record(act, "harvest.remove", source.id, source.url)

    def progress(self, source_id: str) -> Progress:
        """Return how far harvesting a source came."""
        due, since, etag, modified, full, failures = self._db.execute(
            f"select {_PROGRESS} from harvest_sources where id = ?",  # noqa: S608 - our words
            (source_id,),
        ).fetchone()
        return Progress(
            due_at=from_text(due),
            since=since,
            etag=etag,
            last_modified=modified,
            full_at=from_text_or_none(full),
            failures=failures,
        )

    def set_progress(self, source_id: str, progress: Progress) -> None:
        """Note how far harvesting a source came."""
        self._db.execute(
            "update harvest_sources set due_at = ?, since = ?, etag = ?, last_modified = ?,"
            " full_at = ?, failures = ? where id = ?",
            (
                to_text(progress.due_at),
                progress.since,
                progress.etag,
                progress.last_modified,
                to_text_or_none(progress.full_at),
                progress.failures,
                source_id,
            ),
        )

    def due(self, now: datetime) -> list[HarvestSource]:
        """Return the active sources whose turn it is and that nobody harvests."""
        rows = self._db.execute(
            f"select {_SOURCE} from harvest_sources where state = 'active'"  # noqa: S608
            " and due_at <= :now and (busy_until is null or busy_until <= :now)"
            " order by due_at, id",
            {"now": to_text(now)},
        )
        return [_source(row) for row in rows.fetchall()]

    def make_due(self, source: HarvestSource, act: Act) -> None:
        """Let the server ask a source as soon as it can."""
        self._db.execute(
            "update harvest_sources set due_at = ? where id = ?", (to_text(act.at), source.id)
        )

    def occupy(self, source: HarvestSource, now: datetime) -> None:
        """Note that a run of a source begins, or goes on. Raises HarvestRunning at another's."""
        taken = self._db.execute(
            "update harvest_sources set busy_until = :until where id = :id"
            " and (busy_until is null or busy_until <= :now)",
            {"id": source.id, "now": to_text(now), "until": to_text(now + LEASE)},
        )
        if taken.rowcount != 1:
            raise HarvestRunning(source.name)

    def keep_occupied(self, source_id: str, now: datetime) -> None:
        """Note that the run goes on."""
        self._db.execute(
            "update harvest_sources set busy_until = ? where id = ?",
            (to_text(now + LEASE), source_id),
        )

    def release(self, source_id: str) -> None:
        """Note that the run has ended."""
        self._db.execute("update harvest_sources set busy_until = null where id = ?", (source_id,))


def _source(row: tuple[Any, ...]) -> HarvestSource:
    source_id, name, url, kind, settings, state, added_by, added_at = row
    return HarvestSource.model_validate(
        {
            **orjson.loads(settings),
            "id": source_id,
            "name": name,
            "url": url,
            "kind": kind,
            "state": state,
            "added_by": added_by,
            "added_at": from_text(added_at),
        }
    )
