"""
Sweeping: after something was erased, no trace of it is left in the files of this hub.

Dropped rows leave words in the text index, copies in pages that rows once moved out of, and old
pages in the write-ahead log. So the index is merged, the file written anew and the log emptied;
then, and not before, receipts are given (docs/adr/0033).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlite_utils

from content.catalogue import Catalogue
from content.changes import Act
from content.directory import Directory
from federation.erasures import ErasureStore
from federation.inbox_store import InboxStore
from federation.owed import OwedStore
from federation.receipts import send_receipts

if TYPE_CHECKING:
    from federation.hub import Node

MOST_STEPS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Sweep:
    """
    What a sweep did. requests: erasures of which no trace is left now; receipts: given for them.

    done: False if something kept the file open, and it has to be done again.
    """

    requests: int = 0
    receipts: int = 0
    done: bool = True


async def sweep(node: "Node") -> Sweep:
    """
    Make our files clean of what was erased, and give the receipts that are owed for it.

    Costs one small question where there is nothing to do, else as much as copying the file. May be
    cut off anywhere and done again. Raises DatabaseBusy or StorageFull.
    """
    ours, theirs, dropped = await node.database.read(_unswept)
    if ours or theirs or dropped:
        await node.database.write(lambda db: InboxStore(db).forget_erased())
        node.memory.waiting = None
        await _purge(node)
        if not await node.database.rewrite():
            return Sweep(done=False)
        swept = Act("system", node.clock.now())

        def note(db: sqlite_utils.Database) -> None:
            ErasureStore(db).swept(ours, swept.at)
            OwedStore(db).swept(theirs, swept.at)
            ErasureStore(db).forget_dropped(dropped)

        await node.database.write(note)
    if not await node.database.read(lambda db: bool(OwedStore(db).ready(1))):
        return Sweep(len(ours) + len(theirs))
    act = Act("system", node.clock.now())
    receipts = await node.database.write(lambda db: send_receipts(db, node.hub, act))
    node.bell.ring()
    return Sweep(len(ours) + len(theirs), receipts)


def _unswept(db: sqlite_utils.Database) -> tuple[list[str], list[str], int]:
    store = ErasureStore(db)
    return store.unswept(), OwedStore(db).unswept(), store.last_dropped()


async def _purge(node: "Node") -> None:
    """Merge both indexes step by step, so that others write in between."""
    for index in (Catalogue, Directory):
        for number in range(MOST_STEPS):
            first = number == 0

            def step(
                db: sqlite_utils.Database,
                index: type[Catalogue] | type[Directory] = index,
                first: bool = first,
            ) -> bool:
                return index(db).purge_a_step(first=first)

            if not await node.database.write(step):
                break
