"""What people do about harvest sources: add one, let it rest, or remove it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import sqlite_utils

from content.changes import Act
from content.harvest.items import ItemStore
from content.harvest.source import HarvestSource, HarvestSourceInvalid, SourceState
from content.harvest.source_store import SourceStore
from content.ids import new_id
from content.resources.store import ResourceStore
from federation.hub import Hub, Node
from federation.notices import NoticeStore
from federation.publishing import Publisher
from federation.transport import ForbiddenAddress, spelled

BATCH: Final = 100


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
