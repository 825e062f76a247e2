"""
Handling what the inbox holds: claim, prepare, then the handler and the "done" mark in one
transaction (docs/adr/0014-inbox.md). Each step may run twice; a poison message ends in quarantine.
"""

import asyncio
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import sqlite_utils

from content.changes import Act
from content.database import DatabaseBusy, StorageFull
from content.errors import ContentError
from federation.errors import FederationError
from federation.facts import gather_facts
from federation.handlers import HANDLERS
from federation.inbox import count_waiting
from federation.inbox_store import InboxStore, Waiting
from federation.parcels import KEPT_FOR, Parcels
from federation.peers import PeerStore
from federation.transport import TimedOut, Unreachable
from protocol.activity import Activity, read_activity
from protocol.authority import KeyOwner, Standing, Verified, authorize
from protocol.errors import ActorMismatch, NoSuchRequest, NotAPeer, NotOwner, ProtocolError
from protocol.ids import host_of, origin_of
from protocol.intake import parse_document

if TYPE_CHECKING:
    from federation.hub import Node

BATCH = 64
SOON_SECONDS = 1.0
"""How long a batch waits for what its activities fetch; the rest goes on beside the next batch."""
MOST_BESIDE = 32
_NO_LONGER_ALLOWED = (ActorMismatch, NotAPeer, NotOwner, NoSuchRequest)
_SAFE_TO_SHOW = (ContentError, FederationError, ProtocolError)


async def work_inbox(node: "Node") -> int:
    """
    Handle one batch of accepted activities, in the order of their arrival; return how many.

    0 means that nothing is due. What fails is tried again later, five times in all, and then
    waits in quarantine for a person; it never stops the others. What needs a server that does not
    answer is tried for three days first. What has to fetch from a slow server goes on beside, and
    does not delay the next batch.
    """
    now, beside = node.clock.now(), node.memory.handling
    while len(beside) >= MOST_BESIDE:
        await asyncio.wait(beside, return_when=asyncio.FIRST_COMPLETED)
    claimed = await node.database.write(lambda db: InboxStore(db).claim(now, BATCH))
    if not claimed:
        return 0
    tasks = [asyncio.create_task(_handle(node, item)) for item in claimed]
    done, late = await asyncio.wait(tasks, timeout=SOON_SECONDS)
    for task in late:
        beside.add(task)
        task.add_done_callback(beside.discard)
    for task in done:
        task.result()
    await count_waiting(node)
    node.bell.ring()
    return len(claimed)


async def finish_beside(node: "Node") -> None:
    """Wait for what goes on beside the batches; for the end of a process, and for tests."""
    while node.memory.handling:
        await asyncio.wait(node.memory.handling)


async def next_inbox_due(node: "Node") -> datetime | None:
    """Return when the next activity is due, which may be past; None when none waits."""
    return await node.database.read(lambda db: InboxStore(db).next_due())


async def resume_inbox(node: "Node") -> None:
    """Take up what an earlier process had begun. Once at the start, before the first batch."""
    now = node.clock.now()
    await node.database.write(lambda db: InboxStore(db).resume(now))


async def prune_wire(node: "Node", *, kept_days: int = KEPT_FOR.days) -> int:
    """
    Forget what is older than anybody needs, in bounded batches; return how many rows (R26).

    kept_days: how long deliveries that ended are known.
    """
    now, kept = node.clock.now(), timedelta(days=kept_days)
    return await node.database.write(
        lambda db: InboxStore(db).prune(now) + Parcels(db).prune(now, kept_for=kept)
    )


async def _handle(node: "Node", item: Waiting) -> None:
    """Handle one activity; whatever goes wrong with it is noted there and raises nothing here."""
    try:
        activity = read_activity(parse_document(item.body))
        prepared = await _prepare(node, item, activity)
        await node.database.write(_taking_in(node, item, activity, prepared))
    except (DatabaseBusy, StorageFull):
        return  # nothing can be noted now; the claim runs out, and it is handled again
    except _NO_LONGER_ALLOWED as error:
        reason = str(error)
        await node.database.write(lambda db: InboxStore(db).refuse(item.id, reason))
    except Exception as error:
        await node.database.write(_failed(item, error, node.clock.now()))


def _failed(
    item: Waiting, error: Exception, now: datetime
) -> Callable[[sqlite_utils.Database], None]:
    """Return the job that notes a failure: poison is counted, a server that is away waited for."""
    reason, passing = _reason(error), _will_pass(error)

    def note(db: sqlite_utils.Database) -> None:
        if not (passing and InboxStore(db).put_off(item, reason, now)):
            InboxStore(db).fail(item.id, item.attempts, reason, now)

    return note


def _will_pass(error: BaseException | None) -> bool:
    """Return whether something failed because another server did not answer."""
    while error is not None:
        if isinstance(error, Unreachable | TimedOut):
            return True
        error = error.__cause__
    return False


async def _prepare(node: "Node", item: Waiting, activity: Activity) -> Any:
    prepare = HANDLERS[activity.type].prepare
    if prepare is None:
        return None
    return await prepare(node, await node.database.read(_permitting(node, item, activity)))


def _permitting(
    node: "Node", item: Waiting, activity: Activity
) -> Callable[[sqlite_utils.Database], Verified[Activity]]:
    """
    Return the work that decides anew whether the sender may say this.

    It might not any more: a peer can be blocked between the door and here.
    """
    signer = KeyOwner(item.actor, item.key_id, origin_of(item.actor))
    origin = node.hub.identity.origin

    def permit(db: sqlite_utils.Database) -> Verified[Activity]:
        return authorize(activity, signer, gather_facts(db, origin, activity))

    return permit


def _taking_in(
    node: "Node", item: Waiting, activity: Activity, prepared: Any
) -> Callable[[sqlite_utils.Database], None]:
    """Return the job that takes an activity in and marks it as done, both or neither."""
    permit = _permitting(node, item, activity)
    act = Act(by=f"hub:{host_of(item.actor)}", at=node.clock.now())

    def take_in(db: sqlite_utils.Database) -> None:
        verified = permit(db)
        HANDLERS[activity.type].apply(db, node.hub, verified, act, prepared)
        if verified.standing is not Standing.STRANGER:
            PeerStore(db).heard_from(activity.actor, act.at)
        InboxStore(db).finish(item.id)

    return take_in


def _reason(error: Exception) -> str:
    """Say why in words; of unforeseen errors only kind and place: their texts may hold cases."""
    if isinstance(error, _SAFE_TO_SHOW):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"An error in the program of this hub: {type(error).__name__} at {place}."
