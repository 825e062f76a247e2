"""
One run of a harvest source: ask for everything first, then take it over.

Nothing is kept of a run that breaks off while asking. Taking over is done in batches, each whole in
itself; how far the run came is noted with the last one, so that after a power cut the same is asked
again and what is there already is unchanged.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Final, TypeVar

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from content.harvest.items import ItemStore
from content.harvest.reading import SourceUnreadable
from content.harvest.report import HarvestReport, HarvestRun, Outcome, RunStore
from content.harvest.source import HarvestSource, Progress
from content.harvest.source_store import HarvestRunning, SourceStore
from content.ids import new_id
from content.resources.formats.shapes import FormatUnreadable, Found
from federation.harvesting.applying import Application
from federation.harvesting.asking import Asker, HarvestFailed
from federation.harvesting.ckan import gather_ckan
from federation.harvesting.files import gather_feed, gather_file
from federation.harvesting.gathered import Gathered
from federation.harvesting.oai_pmh import gather_oai
from federation.hub import Node
from federation.notices import NoticeStore

T = TypeVar("T")
BATCH: Final = 100
"""Records a transaction: others get their turn in between."""
LOOK_FOR_GONE: Final = timedelta(days=28)
"""How often all of a source is seen where only that shows what is gone."""
MANY: Final = 10
"""So many may vanish without a question; more than these, and more than half, need a person."""
NOTED_EVERY: Final = timedelta(minutes=1)
TELL_AFTER: Final = 3
"""Failed runs in a row after which a person is told."""
SOONEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=7)
"""A source that fails is asked again after an hour, then two, and so on up to this."""


class TooMuchGone(ContentError):
    """A source lacks so much of what it had that a person has to decide."""

    code: ClassVar[str] = "harvest-too-much-gone"

    def __init__(self, gone: int, held: int, name: str) -> None:
        super().__init__(
            f"The source no longer shows {gone} of {held} records. That may be a mistake there, so"
            f" nothing was changed. If it is right: hub harvest run '{name}' --accept-removals"
        )


@dataclass(frozen=True, slots=True)
class How:
    """
    How a run is done. full: see all of the source again. accept_removals: also when most of it is
    gone. dry: keep nothing, and say what would be done. tell: called with what is being done, how
    far it is and, where that is known, of how many.
    """

    full: bool = False
    accept_removals: bool = False
    dry: bool = False
    tell: Callable[[str, int, int | None], None] = lambda _what, _done, _of: None


class _DryRun(Exception):
    """Ends a transaction so that nothing of it is kept."""


async def run_source(node: Node, source: HarvestSource, act: Act, how: How = How()) -> HarvestRun:
    """
    Harvest a source now and return what was done; a failure is a run, too, with its reason.

    Raises HarvestRunning where somebody else does it at this moment.
    """
    await node.database.write(lambda db: SourceStore(db).occupy(source, act.at))
    try:
        run = await _run(node, source, act, how)
    finally:
        await node.database.write(lambda db: SourceStore(db).release(source.id))
    return run


async def _run(node: Node, source: HarvestSource, act: Act, how: How) -> HarvestRun:
    gathered, report = Gathered(), HarvestReport()
    try:
        gathered = await _gather(node, source, how)
        report = gathered.report
        outcome: Outcome = "not-modified" if gathered.unchanged else "done"
        if not gathered.unchanged:
            await _take_over(node, source, gathered, act, how)
    except (HarvestFailed, SourceUnreadable, FormatUnreadable) as error:
        outcome, report.problem = "failed", str(error)
    except TooMuchGone as error:
        outcome, report.problem = "stopped", str(error)
    ended = node.clock.now()
    run = HarvestRun(
        id=new_id(act.at, node.hub.chance),
        source=source.id,
        by=act.by,
        started_at=act.at,
        ended_at=max(ended, act.at),
        outcome=outcome,
        report=report,
    )
    if not how.dry:
        await node.database.write(lambda db: _end(db, source, run, gathered))
        node.bell.ring()
    return run


async def _gather(node: Node, source: HarvestSource, how: How) -> Gathered:
    def begin(db: sqlite_utils.Database) -> tuple[Progress, set[str]]:
        return SourceStore(db).progress(source.id), ItemStore(db).held(source.id)

    progress, held = await node.database.read(begin)
    if how.full:
        progress = progress.model_copy(update={"since": None, "etag": None, "last_modified": None})
    asker = Asker(node, tell=_telling(node, source, how))
    seen_at, now = progress.full_at, node.clock.now()
    look = seen_at is None or now - seen_at >= LOOK_FOR_GONE
    if source.kind == "ckan":
        whole = look or progress.since is None
        gathered = await gather_ckan(asker, source, progress, full=whole, held=held)
    elif source.kind == "oai-pmh":
        gathered = await gather_oai(asker, source, progress, look_for_gone=look, all_anew=how.full)
    elif source.kind == "feed":
        gathered = await gather_feed(asker, source, progress)
    else:
        gathered = await gather_file(asker, source, progress)
    gathered.report.full = gathered.full
    gathered.report.requests = asker.count
    if gathered.moved:
        gathered.report.notes.append(
            f"The source has moved to {gathered.moved}: add it anew with that address."
        )
    if gathered.full:
        vanished = held - gathered.found.keys() - gathered.spared
        gathered.deleted |= vanished
    if gathered.report.bad and not (gathered.found or gathered.deleted):
        raise HarvestFailed("Nothing of what came could be read. " + _first_reason(gathered.report))
    gone = len(gathered.deleted & held)
    sudden = gone > MANY and gone * 2 > len(held)
    if sudden and not (how.accept_removals or source.review):
        raise TooMuchGone(gone, len(held), source.name)
    return gathered


def _first_reason(report: HarvestReport) -> str:
    first = report.bad_items[0]
    return f"The first: {first.place} {first.reason}"


def _telling(node: Node, source: HarvestSource, how: How) -> Callable[[int], Awaitable[None]]:
    """Return what is done after each answer: tell how far it is, and stay the one who harvests."""
    noted = node.clock.now()

    async def tell(count: int) -> None:
        nonlocal noted
        how.tell("asked", count, None)
        now = node.clock.now()
        if now - noted >= NOTED_EVERY:
            noted = now
            await node.database.write(lambda db: SourceStore(db).keep_occupied(source.id, now))

    return tell


async def _take_over(
    node: Node, source: HarvestSource, gathered: Gathered, act: Act, how: How
) -> None:
    found, gone = list(gathered.found.values()), sorted(gathered.deleted)
    if how.dry:
        await _tried(node, source, gathered, act)
        return
    done, total = 0, len(found) + len(gone)
    for part in _parts(found):
        await node.database.write(partial(_apply, node, source, part, (), act, gathered.report))
        done += len(part)
        how.tell("taken over", done, total)
    for ids in _parts(gone):
        await node.database.write(partial(_apply, node, source, (), ids, act, gathered.report))
        done += len(ids)
        how.tell("taken over", done, total)


async def _tried(node: Node, source: HarvestSource, gathered: Gathered, act: Act) -> None:
    """Do all of it in one transaction that is taken back."""

    def work(db: sqlite_utils.Database) -> None:
        found, gone = list(gathered.found.values()), sorted(gathered.deleted)
        application = Application(db, node.hub, source, act, gathered.report)
        application.take_all(found)
        application.take_back_all(gone)
        raise _DryRun

    try:
        await node.database.write(work)
    except _DryRun:
        return


def _apply(
    node: Node,
    source: HarvestSource,
    found: Sequence[Found],
    gone: Sequence[str],
    act: Act,
    report: HarvestReport,
    db: sqlite_utils.Database,
) -> None:
    now = node.clock.now()
    SourceStore(db).keep_occupied(source.id, now)
    # Each part at its own moment: who asks us what is new since must find what is stored late.
    act = replace(act, at=max(act.at, now))
    application = Application(db, node.hub, source, act, report)
    application.take_all(found)
    application.take_back_all(gone)


def _parts(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


def _end(
    db: sqlite_utils.Database, source: HarvestSource, run: HarvestRun, gathered: Gathered
) -> None:
    """Keep the report, note how far the run came and when the next is due, and tell a person."""
    store, notices = SourceStore(db), NoticeStore(db)
    if store.find(source.id) is None:
        return  # it was removed meanwhile
    before, at = store.progress(source.id), run.ended_at
    if run.outcome in ("done", "not-modified"):
        after = Progress(
            due_at=at + timedelta(days=source.every_days),
            since=gathered.since or before.since,
            etag=gathered.etag or (before.etag if gathered.unchanged else None),
            last_modified=gathered.last_modified
            or (before.last_modified if gathered.unchanged else None),
            full_at=at if gathered.full else before.full_at,
        )
        notices.dismiss("harvest", source.name)
    else:
        failures = before.failures + 1
        wait = min(SOONEST * 2 ** min(failures - 1, 20), LONGEST)
        after = before.model_copy(update={"failures": failures, "due_at": at + wait})
        if failures >= TELL_AFTER or run.outcome == "stopped":
            notices.note("harvest", source.name, run.report.problem[:400], at)
    store.set_progress(source.id, after)
    RunStore(db).add(run)


async def run_due(node: Node, by: str) -> list[HarvestRun]:
    """
    Harvest every source whose turn it is, one after the other. Raises nothing of theirs.

    A mistake of our own with one source puts that one off, so that the others get their turn; it is
    raised when all had it.
    """
    sources = await node.database.read(lambda db: SourceStore(db).due(node.clock.now()))
    runs: list[HarvestRun] = []
    mistakes: list[Exception] = []
    for source in sources:
        try:
            runs.append(await run_source(node, source, Act(by, node.clock.now())))
        except HarvestRunning:
            continue
        except Exception as error:
            mistakes.append(error)
            await node.database.write(partial(_put_off, source, node.clock.now()))
    if mistakes:
        raise mistakes[0]
    return runs


def _put_off(source: HarvestSource, at: datetime, db: sqlite_utils.Database) -> None:
    store = SourceStore(db)
    before = store.progress(source.id)
    after = before.model_copy(update={"failures": before.failures + 1, "due_at": at + SOONEST})
    store.set_progress(source.id, after)
    NoticeStore(db).note("harvest", source.name, "This hub failed; see its log.", at)
