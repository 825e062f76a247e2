"""Attaching files to resources, and taking them off: everybody who has the record is told."""

from collections.abc import Sequence

import sqlite_utils

from content.cases.attachment import NewAttachment
from content.changes import Act
from content.resources.file_store import ResourceFileStore
from content.resources.files import named
from content.resources.resource import Resource
from content.resources.store import ResourceStore
from federation.erasures import ErasureStore
from federation.hub import Hub
from federation.publishing import tell_anew


def attach_files(
    db: sqlite_utils.Database,
    hub: Hub,
    resource_id: str,
    files: Sequence[NewAttachment],
    act: Act,
) -> Resource:
    """
    Attach files to a resource. What is told of them goes with the record; the bytes stay here.

    Whoever may have the record may fetch them. Files that it has already change nothing.
    Raises ResourceNotFound, ResourceGone, TooManyFiles, FileNameTaken.
    """
    resource = ResourceStore(db).get(resource_id)
    if not ResourceFileStore(db).add(resource_id, files, act):
        return resource
    return tell_anew(db, hub, resource, act, "attach")


def detach_file(
    db: sqlite_utils.Database, hub: Hub, resource_id: str, which: str, act: Act
) -> Resource:
    """
    Take a file off a resource; its bytes are erased here unless another resource has them.

    which: its name or digest. What was told of it stays in older log entries: to take that back
    too, retract the resource. Raises ResourceNotFound, ResourceGone, ResourceFileNotFound.
    """
    resource = ResourceStore(db).get(resource_id)
    store = ResourceFileStore(db)
    store.remove(resource_id, named(store.of(resource_id), which).sha256)
    ErasureStore(db).dropped(act.at)
    return tell_anew(db, hub, resource, act, "detach")
