"""The SQL of this hub's own resources."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import sqlite_utils
from pydantic import BaseModel

from content.changes import Act, ChangeStore
from content.database import sqlite3
from content.errors import ContentError
from content.ids import is_id
from content.paging import check_limit
from content.resources.record import ResourceRecord
from content.resources.resource import LinkStatus, Resource, ResourceState
from content.times import from_text, from_text_or_none, to_text, to_text_or_none

_COLUMNS = "id, revision, state, record, link_status, created_at, updated_at, published_at"
Verb = Literal["change", "publish", "retract", "check", "attach", "detach"]


class ResourceNotFound(ContentError):
    """This hub has no such resource."""

    code: ClassVar[str] = "resource-not-found"

    def __init__(self, resource_id: str) -> None:
        super().__init__(f"There is no resource {resource_id[:64]!r}.")


class ResourceGone(ContentError):
    """The resource was taken back; its content is erased."""

    code: ClassVar[str] = "resource-gone"

    def __init__(self, resource_id: str) -> None:
        super().__init__(f"Resource {resource_id} was taken back; its content is erased.")


class ResourceMerged(ResourceGone):
    """The resource was merged into another one. target: its ULID."""

    code: ClassVar[str] = "resource-merged"

    def __init__(self, resource_id: str, target: str) -> None:
        super().__init__(resource_id)
        self.args = (f"Resource {resource_id} was merged into {target}.",)
        self.target = target


class ResourceExists(ContentError):
    """Another resource has the same import key. resource_id: its id."""

    code: ClassVar[str] = "resource-exists"

    def __init__(self, resource_id: str) -> None:
        super().__init__(
            f"Resource {resource_id} has the same link, or the same source and id there."
            " Change that one, or give another source_id."
        )
        self.resource_id = resource_id


class ResourceChangedMeanwhile(ContentError):
    """Somebody was faster; read it again and decide again."""

    code: ClassVar[str] = "resource-changed-meanwhile"

    def __init__(self, resource_id: str) -> None:
        super().__init__(f"Resource {resource_id} was changed meanwhile. Look at it again.")


class BadResourceCursor(ContentError):
    """The place to go on in a list of resources was not made by us."""

    code: ClassVar[str] = "bad-resource-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that a list of resources gave out.")


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Resources, the newest first. next_cursor: what `list` takes to go on; None at the end."""

    items: tuple[Resource, ...]
    next_cursor: str | None


class ResourceStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, resource: Resource, act: Act) -> None:
        """Store a new resource. Raises ResourceExists if its import key is taken."""
        row = _row(resource)
        try:
            self._db.execute(
                f"insert into resources ({_COLUMNS}, source, source_id)"  # noqa: S608
                " values (:id, :revision, :state, :record, :link_status, :created_at,"
                " :updated_at, :published_at, :source, :source_id)",
                row,
            )
        except sqlite3.IntegrityError:
            self._refuse_same_key(resource)
            raise
        ChangeStore(self._db).record(act, "resource.add", resource.id)

    def find(self, resource_id: str) -> Resource | None:
        """Return the resource of that id, draft or published, or None."""
        return self._one("id = ? and state <> 'retracted'", (resource_id,))

    def get(self, resource_id: str) -> Resource:
        """
        Return the resource of that id.

        Raises ResourceNotFound, ResourceGone when it was taken back, ResourceMerged for a merge.
        """
        resource = self.find(resource_id)
        if resource is not None:
            return resource
        row = self._db.execute(
            "select m.target from resources r left join merged_into m on m.ref = r.id"
            " where r.id = ?",
            (resource_id,),
        ).fetchone()
        if row is None:
            raise ResourceNotFound(resource_id)
        raise ResourceGone(resource_id) if row[0] is None else ResourceMerged(resource_id, row[0])

    def by_source(self, source: str, source_id: str) -> Resource | None:
        """Return the resource with that import key that is not retracted, or None."""
        return self._one(
            "source = ? and source_id = ? and state <> 'retracted'", (source, source_id)
        )

    def replace(self, resource: Resource, act: Act, verb: Verb = "change") -> Resource:
        """
        Save over the revision that was read; return the resource with its new revision.

        verb: what was done, for the list of changes. Of one that was taken back only id and dates
        are kept. Raises ResourceChangedMeanwhile if that
        revision is no longer there, and ResourceExists if the import key is taken.
        """
        try:
            changed = self._db.execute(
                "update resources set revision = revision + 1, state = :state, record = :record,"
                " link_status = :link_status, updated_at = :updated_at,"
                " published_at = :published_at, source = :source, source_id = :source_id"
                " where id = :id and revision = :revision",
                _row(resource),
            )
        except sqlite3.IntegrityError:
            self._refuse_same_key(resource)
            raise
        if changed.rowcount != 1:
            raise ResourceChangedMeanwhile(resource.id)
        ChangeStore(self._db).record(act, f"resource.{verb}", resource.id)
        return resource.model_copy(update={"revision": resource.revision + 1})

    def list(
        self, *, state: ResourceState | None = None, limit: int = 50, cursor: str | None = None
    ) -> ResourcePage:
        """
        Return one page, newest first, without what was taken back.

        Raises BadLimit, BadResourceCursor.
        """
        check_limit(limit)
        if cursor is not None and not is_id(cursor):
            raise BadResourceCursor
        rows = self._db.execute(
            f"select {_COLUMNS} from resources where state <> 'retracted'"  # noqa: S608
            " and (:state is null or state = :state) and (:cursor is null or id < :cursor)"
            " order by id desc limit :limit",
            {
                "state": None if state is None else state.value,
                "cursor": cursor,
                "limit": limit + 1,
            },
        ).fetchall()
        items = tuple(_resource(row) for row in rows[:limit])
        return ResourcePage(items, items[-1].id if len(rows) > limit else None)

    def all(self, state: ResourceState) -> Iterator[Resource]:
        """Return all resources in that state, by id."""
        rows = self._db.execute(
            f"select {_COLUMNS} from resources where state = ? order by id",  # noqa: S608
            (state.value,),
        )
        return (_resource(row) for row in rows)

    def of_source(self, source: str, state: ResourceState) -> Iterator[Resource]:
        """Return the resources in that state that came from a source, by id."""
        rows = self._db.execute(
            f"select {_COLUMNS} from resources where source = ? and state = ?"  # noqa: S608
            " and state <> 'retracted' order by id",
            (source, state.value),
        ).fetchall()
        return (_resource(row) for row in rows)

    def published_after(self, resource_id: str, limit: int) -> tuple[Resource, ...]:
        """Return the next published resources by id, for going through all of them in pieces."""
        rows = self._db.execute(
            f"select {_COLUMNS} from resources where state = 'published' and id > ?"  # noqa: S608
            " order by id limit ?",
            (resource_id, limit),
        )
        return tuple(_resource(row) for row in rows.fetchall())

    def count(self, state: ResourceState) -> int:
        """Return how many resources are in that state."""
        (count,) = self._db.execute(
            "select count(*) from resources where state = ?", (state.value,)
        ).fetchone()
        return int(count)

    def _one(self, condition: str, values: tuple[str, ...]) -> Resource | None:
        row = self._db.execute(
            f"select {_COLUMNS} from resources where {condition}",  # noqa: S608 - our own words
            values,
        ).fetchone()
        return None if row is None else _resource(row)

    def _refuse_same_key(self, resource: Resource) -> None:
        same = self.by_source(*resource.record.import_key)
        if same is not None and same.id != resource.id:
            raise ResourceExists(same.id) from None


def record_json(record: BaseModel) -> str:
    """Return a record as it is stored: JSON without what has its default."""
    return record.model_dump_json(exclude_defaults=True)


def _row(resource: Resource) -> dict[str, Any]:
    gone = resource.state is ResourceState.RETRACTED
    source, source_id = ("", "") if gone else resource.record.import_key
    return {
        "id": resource.id,
        "revision": resource.revision,
        "state": resource.state.value,
        "record": "" if gone else record_json(resource.record),
        "link_status": resource.link_status.value,
        "created_at": to_text(resource.created_at),
        "updated_at": to_text(resource.updated_at),
        "published_at": to_text_or_none(resource.published_at),
        "source": source,
        "source_id": source_id,
    }


def _resource(row: tuple[Any, ...]) -> Resource:
    resource_id, revision, state, record, link_status, created_at, updated_at, published_at = row
    return Resource(
        id=resource_id,
        revision=revision,
        state=ResourceState(state),
        record=ResourceRecord.model_validate_json(record),
        link_status=LinkStatus(link_status),
        created_at=from_text(created_at),
        updated_at=from_text(updated_at),
        published_at=from_text_or_none(published_at),
    )
