"""What belongs to a resource besides its record, and goes out with it: files, and thanks."""

from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.proposals.store import ProposalStore
from content.resources.file_store import ResourceFileStore
from content.resources.files import ResourceFile
from federation.hub import Identity
from federation.proposal_traces import forget_proposals
from protocol.ids import resource_id


@dataclass(frozen=True, slots=True)
class Belongings:
    """files: what is told of them. thanks: actors of hubs whose corrections went into it."""

    files: tuple[ResourceFile, ...] = ()
    thanks: tuple[str, ...] = ()


class BelongingsStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, identity: Identity) -> None:
        self._db = db
        self._origin = identity.origin

    def of(self, ulid: str) -> Belongings:
        """Return what belongs to a resource of ours."""
        return Belongings(
            ResourceFileStore(self._db).of(ulid), ProposalStore(self._db).thanked(self._url(ulid))
        )

    def drop(self, ulid: str, at: datetime) -> None:
        """Erase what belongs to a resource that was taken back, and what was proposed about it."""
        ResourceFileStore(self._db).drop(ulid)
        forget_proposals(self._db, self._url(ulid), at)

    def move(self, old: str, new: str) -> None:
        """Give it to the resource that takes the place of another."""
        ResourceFileStore(self._db).move(old, new)
        ProposalStore(self._db).move(self._url(old), self._url(new))

    def _url(self, ulid: str) -> str:
        return resource_id(self._origin, ulid)
