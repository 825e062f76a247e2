"""What a harvest source gave, item by item: known for ever, so that nothing comes twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import sqlite_utils

ItemState = Literal["held", "gone", "left-out"]
"""held: in the catalogue or among the drafts. gone: the source has it no longer. left-out: a person
here took it back, so it does not come again."""
Offer = Literal["change", "gone"]


@dataclass(frozen=True, slots=True)
class Item:
    """
    One item of a source. digests: of each field of the record as the source gave it last.

    offer: a change or removal that waits for a person; offered: the JSON of the changed record.
    """

    source_id: str
    state: ItemState
    digests: Mapping[str, str]
    offer: Offer | None = None
    offered: str | None = None


class ItemStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def find(self, source: str, source_id: str) -> Item | None:
        """Return what is known of an item, or None. source: the id of the harvest source."""
        row = self._db.execute(
            "select source_id, state, digests, offer, offered from harvest_items"
            " where source = ? and source_id = ?",
            (source, source_id),
        ).fetchone()
        return None if row is None else _item(row)

    def put(self, source: str, item: Item) -> None:
        """Note what is known of an item now."""
        self._db.execute(
            "insert or replace into harvest_items"
            " (source, source_id, state, digests, offer, offered) values (?, ?, ?, ?, ?, ?)",
            (
                source,
                item.source_id,
                item.state,
                orjson.dumps(dict(item.digests)).decode(),
                item.offer,
                item.offered,
            ),
        )

    def held(self, source: str) -> set[str]:
        """Return the ids of all items of a source that are in the catalogue or among the drafts."""
        rows = self._db.execute(
            "select source_id from harvest_items where source = ? and state = 'held'", (source,)
        )
        return {source_id for (source_id,) in rows.fetchall()}

    def count(self, source: str) -> int:
        """Return how many items of a source are held."""
        row = self._db.execute(
            "select count(*) from harvest_items where source = ? and state = 'held'", (source,)
        ).fetchone()
        return int(row[0])

    def offers(self, source: str) -> list[Item]:
        """Return the items of a source with a change or removal that waits for a person, by id."""
        rows = self._db.execute(
            "select source_id, state, digests, offer, offered from harvest_items"
            " where source = ? and offer is not null order by source_id",
            (source,),
        )
        return [_item(row) for row in rows.fetchall()]

    def leave_out(self, source_url: str, source_id: str) -> None:
        """Note that a person here took a record back: it does not come again from its source."""
        self._db.execute(
            "update harvest_items set state = 'left-out', digests = '{}', offer = null,"
            " offered = null where state = 'held' and source_id = ?"
            " and source = (select id from harvest_sources where url = ?)",
            (source_id, source_url),
        )


def _item(row: Iterable[Any]) -> Item:
    source_id, state, digests, offer, offered = row
    return Item(source_id, state, orjson.loads(digests), offer, offered)
