"""
Carrying out retention: notices, ends of holds, then one thing after the other in its transaction.

It may be cut off at any moment and is simply run again: what is erased is erased whole, the rest is
found again. At the end the write-ahead log is emptied, so that nothing lingers there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import sqlite_utils

from content.audit import forget_accesses
from content.cases.attachment_store import AttachmentStore
from content.cases.retention import Kept, Periods, plus_months
from content.changes import Act, ChangeStore
from content.proposals.store import ProposalStore
from federation.hub import Hub, Node
from federation.inbox_worker import prune_wire
from federation.law.erasing import erase_case
from federation.law.retention import Item, Reminder, end_holds, give_notices, local_day, plan
from federation.notices import NoticeKind, NoticeStore

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """
    What a run did. failed: what could not be erased, with the code of the reason; it stays due.

    holds_ended: how many. forgotten: rows about deliveries, readings and proposals. reminders: what
    staff were told.
    """

    erased: tuple[Item, ...]
    failed: tuple[tuple[Item, str], ...] = field(default=())
    reminders: tuple[Reminder, ...]
    holds_ended: int
    forgotten: int

    @property
    def did_something(self) -> bool:
        """Whether anything is different now."""
        return bool(self.erased or self.reminders or self.holds_ended or self.forgotten)


async def run_retention(
    node: Node, periods: Periods, act: Act, *, progress: Progress | None = None
) -> Done:
    """Do everything that is due at act.at. Safe beside everything else, and to run again."""
    hub = node.hub
    ended = await node.database.write(lambda db: end_holds(db, hub, act))
    reminders = await node.database.write(lambda db: give_notices(db, hub, periods, act))
    items = await node.database.read(lambda db: plan(db, hub, periods, act.at))
    due = [item for item in items if item.is_due(local_day(hub, act.at))]
    erased: list[Item] = []
    failed: list[tuple[Item, str]] = []
    for count, item in enumerate(due, start=1):
        try:
            if await node.database.write(_carrying_out(hub, periods, item, act)):
                erased.append(item)
        except Exception as error:
            # One thing that cannot be erased must not keep all others; it is told, and tried again.
            failed.append((item, getattr(error, "code", type(error).__name__)))
        if progress is not None:
            progress(count, len(due))
    forgotten = await _forget(node, periods, act)
    if erased:
        await node.database.rewrite()
        node.bell.ring()
    return Done(
        erased=tuple(erased),
        failed=tuple(failed),
        reminders=reminders,
        holds_ended=ended,
        forgotten=forgotten,
    )


_ABOUT_A_CASE: Final[tuple[NoticeKind, ...]] = ("retention", "hold")


async def _forget(node: Node, periods: Periods, act: Act) -> int:
    """Forget old deliveries, who read what, and texts of proposals; return how many rows."""
    total = 0
    while count := await prune_wire(node, kept_days=periods.delivery_days):
        total += count
    zone = ZoneInfo(node.hub.identity.timezone)
    first_kept = plus_months(local_day(node.hub, act.at), -periods.access_months)
    # Whole days, so that what is forgotten is noted in the chain once a day at most.
    before = datetime.combine(first_kept, time(), zone)
    while count := await node.database.write(lambda db: forget_accesses(db, before, act)):
        total += count
    first_kept = plus_months(local_day(node.hub, act.at), -periods.case_months)
    decided = datetime.combine(first_kept, time(), zone)
    total += await node.database.write(lambda db: ProposalStore(db).forget_decided(decided))
    return total


def _carrying_out(
    hub: Hub, periods: Periods, item: Item, act: Act
) -> Callable[[sqlite_utils.Database], bool]:
    """Return the work that does one thing if it is still due; the plan was made before."""

    def work(db: sqlite_utils.Database) -> bool:
        today = local_day(hub, act.at)
        now = plan(db, hub, periods, act.at, case_id=item.case_id)
        if not any(each.what is item.what and each.is_due(today) for each in now):
            return False
        if item.what is Kept.ATTACHMENTS:
            AttachmentStore(db, hub.vault).erase(item.case_id, act)
        else:
            erase_case(db, hub, item.case_id, act, asked=False)
        ChangeStore(db).record(act, "retention.erase", item.case_id, item.why)
        for kind in _ABOUT_A_CASE:
            NoticeStore(db).dismiss(kind, item.case_id)
        return True

    return work
