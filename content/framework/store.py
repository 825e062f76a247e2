"""The SQL of this hub's framework, of what it came from, and of a merge that waits for people."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from content.framework.item import Framework
from content.framework.merging import Resolution
from content.times import from_text, to_text

UPSTREAM = "upstream"
"""The origin of what ships with the program; every other origin is the host of a hub."""


class FrameworkNotAdopted(ContentError):
    """This hub has no framework of its own yet."""

    code: ClassVar[str] = "framework-not-adopted"

    def __init__(self) -> None:
        super().__init__(
            "This hub has not adopted the framework yet. Begin with: hub framework adopt"
        )


class FrameworkChangedMeanwhile(ContentError):
    """Somebody was faster; read it again and decide again."""

    code: ClassVar[str] = "framework-changed-meanwhile"

    def __init__(self) -> None:
        super().__init__("The framework was changed meanwhile. Look at it again.")


@dataclass(frozen=True, slots=True)
class Adopted:
    """The framework of this hub as it stands. revision: counts the stored states."""

    revision: int
    framework: Framework
    adopted_at: datetime
    adopted_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Base:
    """What was last taken from an origin. version: as the origin names it."""

    version: str
    framework: Framework


@dataclass(frozen=True, slots=True)
class Pending:
    """A merge that waits until people have decided about its conflicts."""

    origin: str
    version: str
    base: Framework
    theirs: Framework
    decisions: tuple[Resolution, ...]
    begun_at: datetime
    begun_by: str


class FrameworkStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def find(self) -> Adopted | None:
        """Return the framework of this hub, or None before it adopted one."""
        row = self._db.execute(
            "select revision, items, adopted_at, adopted_by, changed_at, changed_by"
            " from framework_work"
        ).fetchone()
        if row is None:
            return None
        revision, items, adopted_at, adopted_by, changed_at, changed_by = row
        adopted, changed = from_text(adopted_at), from_text(changed_at)
        framework = Framework.model_validate_json(items)
        return Adopted(revision, framework, adopted, adopted_by, changed, changed_by)

    def get(self) -> Adopted:
        """Return the framework of this hub. Raises FrameworkNotAdopted."""
        adopted = self.find()
        if adopted is None:
            raise FrameworkNotAdopted
        return adopted

    def adopt(self, framework: Framework, act: Act) -> None:
        """Store the framework for the first time."""
        moment = to_text(act.at)
        self._db.execute(
            "insert into framework_work (id, revision, items, adopted_at, adopted_by, changed_at,"
            " changed_by) values (1, 1, ?, ?, ?, ?, ?)",
            (as_json(framework), moment, act.by, moment, act.by),
        )

    def replace(self, adopted: Adopted, framework: Framework, act: Act) -> None:
        """Save over the revision that was read. Raises FrameworkChangedMeanwhile."""
        changed = self._db.execute(
            "update framework_work set revision = revision + 1, items = ?, changed_at = ?,"
            " changed_by = ? where revision = ?",
            (as_json(framework), to_text(act.at), act.by, adopted.revision),
        )
        if changed.rowcount != 1:
            raise FrameworkChangedMeanwhile

    def base(self, origin: str) -> Base | None:
        """Return what was last taken from an origin, or None."""
        row = self._db.execute(
            "select version, items from framework_bases where origin = ?", (origin,)
        ).fetchone()
        return None if row is None else Base(row[0], Framework.model_validate_json(row[1]))

    def put_base(self, origin: str, base: Base, act: Act) -> None:
        """Remember what was taken from an origin."""
        self._db.execute(
            "insert into framework_bases (origin, version, items, at, by) values (?, ?, ?, ?, ?)"
            " on conflict (origin) do update set version = excluded.version,"
            " items = excluded.items, at = excluded.at, by = excluded.by",
            (origin, base.version, as_json(base.framework), to_text(act.at), act.by),
        )

    def pending(self) -> Pending | None:
        """Return the merge that waits, or None."""
        row = self._db.execute(
            "select origin, version, base, theirs, decisions, begun_at, begun_by"
            " from framework_merge"
        ).fetchone()
        if row is None:
            return None
        origin, version, base, theirs, decisions, begun_at, begun_by = row
        return Pending(
            origin,
            version,
            Framework.model_validate_json(base),
            Framework.model_validate_json(theirs),
            tuple(Resolution(**each) for each in json.loads(decisions)),
            from_text(begun_at),
            begun_by,
        )

    def begin_merge(self, pending: Pending) -> None:
        """Keep a merge until its conflicts are decided. There must be none yet."""
        self._db.execute(
            "insert into framework_merge (id, origin, version, base, theirs, decisions, begun_at,"
            " begun_by) values (1, ?, ?, ?, ?, ?, ?, ?)",
            (
                pending.origin,
                pending.version,
                as_json(pending.base),
                as_json(pending.theirs),
                _decisions_json(pending.decisions),
                to_text(pending.begun_at),
                pending.begun_by,
            ),
        )

    def decide(self, decisions: tuple[Resolution, ...]) -> None:
        """Keep what people decided so far about the merge that waits."""
        self._db.execute("update framework_merge set decisions = ?", (_decisions_json(decisions),))

    def end_merge(self) -> None:
        """Forget the merge that waits: it was applied, or given up."""
        self._db.execute("delete from framework_merge")


def as_json(framework: Framework) -> str:
    """Return a framework as it is stored: JSON without what has its default."""
    return framework.model_dump_json(exclude_defaults=True)


def _decisions_json(decisions: tuple[Resolution, ...]) -> str:
    return json.dumps([asdict(each) for each in decisions], ensure_ascii=False)
