"""What people do about harvest sources: add one, change it, let it rest, or remove it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import sqlite_utils

from content.changes import Act
from content.harvest.items import ItemStore
from content.harvest.source import HarvestSource, HarvestSourceInvalid, SourceState
from content.harvest.source_store import SourceStore
from content.ids import new_id
from content.language import UNDETERMINED
from content.resources.store import ResourceStore
from federation.hub import Hub, Node
from federation.notices import NoticeStore
from federation.publishing import Publisher
from federation.transport import ForbiddenAddress, spelled

BATCH: Final = 100
CHANGEABLE: Final = frozenset(HarvestSource.model_fields) - {
    "id",
    "url",
    "kind",
    "state",
    "added_by",
    "added_at",
}
"""What people may decide anew about a source that is there."""


def add_source(
    db: sqlite_utils.Database, hub: Hub, values: Mapping[str, Any], act: Act
) -> HarvestSource:
    """
    Keep a new source; it is asked as soon as the server runs.

    values: fields of `HarvestSource` that people set; its name is the host if none is given.
    Raises HarvestSourceInvalid, HarvestSourceExists.
    """
    given = {name: value for name, value in values.items() if value is not None}
    try:
        given["url"] = spelled(str(given.get("url", "")))
    except ForbiddenAddress:
        raise HarvestSourceInvalid("url: is no address on the web.") from None
    given.setdefault("name", urlsplit(given["url"]).netloc)
    source = HarvestSource.checked(
        id=new_id(act.at, hub.chance), added_by=act.by, added_at=act.at, **given
    )
    SourceStore(db).add(source, act)
    return source


def change_source(
    db: sqlite_utils.Database, name: str, values: Mapping[str, Any], act: Act
) -> HarvestSource:
    """
    Decide anew what becomes of the records of a source; return it as it is now.

    values: fields of `HarvestSource` that people set, but not its address and kind, by which its
    records are known. They hold for all of its records once it is asked, which is soon.
    Raises HarvestSourceNotFound, HarvestSourceInvalid, HarvestSourceExists.
    """
    store = SourceStore(db)
    source = store.get(name)
    given = {field: value for field, value in values.items() if field in CHANGEABLE}
    if "language" in given and given["language"] is None:
        given["language"] = UNDETERMINED
    if given.get("name") is None:
        given["name"] = source.name
    changed = HarvestSource.checked(**{**source.model_dump(), **given})
    if changed == source:
        return source
    if changed.name != source.name:
        NoticeStore(db).dismiss("harvest", source.name)
    store.change(changed, act)
    return changed


def set_source_state(
    db: sqlite_utils.Database, name: str, state: SourceState, act: Act
) -> HarvestSource:
    """Pause a source or let it go on; a pause ends its notice. Raises HarvestSourceNotFound."""
    store = SourceStore(db)
    source = store.get(name)
    if state == "paused":
        NoticeStore(db).dismiss("harvest", source.name)
    return store.set_state(source, state, act)


async def remove_source(node: Node, name: str, act: Act, *, take_back: bool) -> int:
    """
    Forget a source; return how many of its records were taken back.

    take_back: also retract what came from it; else the records stay as this hub's own, and are
    known again if the source is added anew. Raises HarvestSourceNotFound, HarvestRunning.
    """
    source = await node.database.read(lambda db: SourceStore(db).get(name))
    await node.database.write(lambda db: SourceStore(db).occupy(source, node.clock.now()))
    count = 0
    if take_back:
        held = sorted(await node.database.read(lambda db: ItemStore(db).held(source.id)))
        for start in range(0, len(held), BATCH):
            batch = held[start : start + BATCH]
            count += await node.database.write(_retracting(node.hub, source, batch, act))

    def end(db: sqlite_utils.Database) -> None:
        NoticeStore(db).dismiss("harvest", source.name)
        SourceStore(db).remove(source, act)

    await node.database.write(end)
    node.bell.ring()
    return count


def _retracting(hub: Hub, source: HarvestSource, ids: list[str], act: Act) -> Any:
    def work(db: sqlite_utils.Database) -> int:
        store, publisher, count = ResourceStore(db), Publisher(db, hub, act), 0
        SourceStore(db).keep_occupied(source.id, act.at)
        for source_id in ids:
            known = store.by_source(source.url, source_id)
            if known is not None:
                publisher.retract(known)
                count += 1
        return count

    return work
