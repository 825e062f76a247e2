"""Harvest sources: what is asked, when, what it gave, and what waits for approval."""

import sqlite_utils

from content.harvest.items import ItemStore
from content.harvest.report import HarvestRun, RunStore
from content.harvest.source import HarvestSource, SourceState
from content.harvest.source_store import SourceStore
from content.people.permissions import Right
from federation.harvesting.approving import decide, list_waiting
from federation.harvesting.sources import (
    add_source,
    change_source,
    remove_source,
    set_source_state,
)
from node.api.models.common import Listing
from node.api.models.harvest import (
    DecidedAnswer,
    Decision,
    HarvestRemovalQuery,
    HarvestRunAnswer,
    HarvestSettings,
    HarvestSourceAnswer,
    NewHarvestSource,
    RemovedAnswer,
    WaitingAnswer,
)
from node.api.routes import ApiRoute, Call, Handler, shaped

SUBJECT = "Harvesting"


async def list_sources(call: Call) -> Listing[HarvestSourceAnswer]:
    """Return all sources, by name, each with its last run."""

    def work(db: sqlite_utils.Database) -> list[HarvestSourceAnswer]:
        return [_shown(db, source) for source in SourceStore(db).all()]

    items = await call.read(work)
    return Listing(items=items, total=len(items))


async def show_source(call: Call) -> HarvestSourceAnswer:
    """Return one source, by id."""
    return await call.read(lambda db: _shown(db, _source(db, call)))


async def add_harvest_source(call: Call) -> HarvestSourceAnswer:
    """Add a source; the server asks it within a minute."""
    body: NewHarvestSource = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> HarvestSourceAnswer:
        return _shown(db, add_source(db, call.hub, body.model_dump(), act))

    return await call.write(work)


async def change_harvest_source(call: Call) -> HarvestSourceAnswer:
    """Decide anew what becomes of the records of a source; its address and kind stay."""
    body: HarvestSettings = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> HarvestSourceAnswer:
        return _shown(db, change_source(db, call.path["id"], body.model_dump(), act))

    return await call.write(work)


async def list_runs(call: Call) -> Listing[HarvestRunAnswer]:
    """Return the reports of the last runs of a source, newest first."""
    runs = await call.read(lambda db: RunStore(db).of(_source(db, call).id))
    return Listing(items=[_run(each) for each in runs], total=len(runs))


async def run_soon(call: Call) -> HarvestSourceAnswer:
    """Let the server ask a source within a minute; its report then is the newest of its runs."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> HarvestSourceAnswer:
        source = _source(db, call)
        SourceStore(db).make_due(source, act)
        return _shown(db, source)

    return await call.write(work)


async def pause_source(call: Call) -> HarvestSourceAnswer:
    """Leave a source alone; its records stay."""
    return await _set(call, "paused")


async def resume_source(call: Call) -> HarvestSourceAnswer:
    """Ask a source again that was paused."""
    return await _set(call, "active")


async def remove_harvest_source(call: Call) -> RemovedAnswer:
    """Remove a source, and with take_back what came from it."""
    query: HarvestRemovalQuery = call.query
    done = await remove_source(call.node, call.path["id"], call.act(), take_back=query.take_back)
    return RemovedAnswer(taken_back=done)


async def waiting_of_source(call: Call) -> Listing[WaitingAnswer]:
    """Return what a source with review gave that nobody has decided about."""

    def work(db: sqlite_utils.Database) -> list[WaitingAnswer]:
        return [
            WaitingAnswer(
                ulid=each.resource.id,
                change=each.change,
                source_id=each.source_id,
                record=each.resource.record,
                wanted=each.wanted,
                fields=each.fields,
            )
            for each in list_waiting(db, _source(db, call))
        ]

    items = await call.read(work)
    return Listing(items=items, total=len(items))


async def approve_harvested(call: Call) -> DecidedAnswer:
    """Publish, change or take back what waits, as the source has it."""
    return await _decide(call, approve=True)


async def dismiss_harvested(call: Call) -> DecidedAnswer:
    """Leave out what waits; it is not offered again unless the source changes it once more."""
    return await _decide(call, approve=False)


async def _decide(call: Call, *, approve: bool) -> DecidedAnswer:
    body: Decision = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> int:
        return decide(db, call.hub, _source(db, call), body.ulids, act, approve=approve)

    return DecidedAnswer(count=await call.write(work))


async def _set(call: Call, state: SourceState) -> HarvestSourceAnswer:
    act = call.act()

    def work(db: sqlite_utils.Database) -> HarvestSourceAnswer:
        return _shown(db, set_source_state(db, call.path["id"], state, act))

    return await call.write(work)


def _source(db: sqlite_utils.Database, call: Call) -> HarvestSource:
    return SourceStore(db).get(call.path["id"])


def _shown(db: sqlite_utils.Database, source: HarvestSource) -> HarvestSourceAnswer:
    progress, last = SourceStore(db).progress(source.id), RunStore(db).last(source.id)
    return shaped(
        HarvestSourceAnswer,
        source,
        next_at=progress.due_at,
        failures=progress.failures,
        records=ItemStore(db).count(source.id),
        last_run=None if last is None else _run(last),
    )


def _run(run: HarvestRun) -> HarvestRunAnswer:
    return shaped(HarvestRunAnswer, run)


def _move(verb: str, handler: Handler, summary: str, right: Right) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/harvest/{{id}}/{verb}",
        handler,
        summary,
        SUBJECT,
        HarvestSourceAnswer,
        right=right,
    )


def _decision(verb: str, handler: Handler, summary: str) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/harvest/{{id}}/{verb}",
        handler,
        summary,
        SUBJECT,
        DecidedAnswer,
        right=Right.CATALOGUE_EDIT,
        body=Decision,
    )


def _look(path: str, handler: Handler, summary: str, answer: type) -> ApiRoute:
    return ApiRoute("GET", path, handler, summary, SUBJECT, answer, right=Right.CATALOGUE_EDIT)


ROUTES = (
    _look("/harvest", list_sources, "All sources", Listing[HarvestSourceAnswer]),
    ApiRoute(
        "POST",
        "/harvest",
        add_harvest_source,
        "Add a source",
        SUBJECT,
        HarvestSourceAnswer,
        right=Right.OPERATE,
        body=NewHarvestSource,
        status=201,
    ),
    _look("/harvest/{id}", show_source, "One source", HarvestSourceAnswer),
    ApiRoute(
        "PUT",
        "/harvest/{id}",
        change_harvest_source,
        "Change a source",
        SUBJECT,
        HarvestSourceAnswer,
        right=Right.OPERATE,
        body=HarvestSettings,
    ),
    ApiRoute(
        "DELETE",
        "/harvest/{id}",
        remove_harvest_source,
        "Remove a source",
        SUBJECT,
        RemovedAnswer,
        right=Right.OPERATE,
        query=HarvestRemovalQuery,
    ),
    _look("/harvest/{id}/runs", list_runs, "Its last runs", Listing[HarvestRunAnswer]),
    _move("run", run_soon, "Ask it now", Right.CATALOGUE_EDIT),
    _move("pause", pause_source, "Leave it alone", Right.OPERATE),
    _move("resume", resume_source, "Ask it again", Right.OPERATE),
    _look(
        "/harvest/{id}/waiting",
        waiting_of_source,
        "What waits for approval",
        Listing[WaitingAnswer],
    ),
    _decision("approve", approve_harvested, "Approve what waits"),
    _decision("dismiss", dismiss_harvested, "Dismiss what waits"),
)
