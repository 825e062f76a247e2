"""Frameworks that come in and go out: adopting, comparing, merging with decisions, documents."""

import json
from typing import Any

import sqlite_utils
from aiohttp import web

from content.framework.differences import Difference, differences
from content.framework.files import FrameworkFile, read_file, shipped, write_file
from content.framework.merge_work import (
    MergeView,
    begin_merge,
    cancel_merge,
    decide,
    finish_merge,
    waiting_merge,
)
from content.framework.scores import ScoreStore
from content.framework.store import UPSTREAM, FrameworkNotAdopted, FrameworkStore
from content.framework.titles import attached, titles_of
from content.framework.work import adopt_framework, replace_framework
from content.people.permissions import Right
from federation.frameworks_by_name import file_named, framework_named
from federation.policy import AMBER, NONE, Audience, Door, may_leave
from federation.publishing_framework import withdraw_what_went
from node.api.framework import own_framework
from node.api.models.framework import (
    ConflictAnswer,
    DecisionBody,
    DifferenceAnswer,
    DifferencesAnswer,
    DiffQuery,
    FileAnswer,
    FileBody,
    MergeAnswer,
    MergeBody,
    OwnFrameworkAnswer,
    PaperQuery,
    PlaceDifferenceAnswer,
    SettledAnswer,
)
from node.api.routes import ApiRoute, Call, shaped
from node.framework_paper import Paper, as_html, as_markdown
from node.refusals import BadBody
from node.uploads import file_answer

SUBJECT = "Framework"


async def adopt(call: Call) -> OwnFrameworkAnswer:
    """Begin with the shipped framework, or with that of another hub in a file."""
    body: FileBody = call.body
    begin, act = shipped() if body.file is None else _file(body.file), call.act()

    def work(db: sqlite_utils.Database) -> OwnFrameworkAnswer:
        adopt_framework(db, begin, act)
        return own_framework(db)

    return await call.write(work)


async def import_framework(call: Call) -> OwnFrameworkAnswer:
    """Put the framework in a file in place of ours, which is kept as a snapshot."""
    body: FileBody = call.body
    given, act = shipped() if body.file is None else _file(body.file), call.act()

    def work(db: sqlite_utils.Database) -> OwnFrameworkAnswer:
        replace_framework(db, given, act)
        withdraw_what_went(db, call.hub, act)
        return own_framework(db)

    return await call.write(work)


async def compare_frameworks(call: Call) -> DifferencesAnswer:
    """Return what differs between two frameworks; at first, what we made of the upstream."""
    query: DiffQuery = call.query

    def look(db: sqlite_utils.Database) -> list[Difference]:
        ours = FrameworkStore(db).get().framework
        before = framework_named(db, query.before, ours)
        return differences(before, framework_named(db, query.after, before))

    return DifferencesAnswer(items=_differences(await call.read(look)))


async def begin(call: Call) -> MergeAnswer:
    """Merge at once if there is no conflict; else it waits until people have decided."""
    body: MergeBody = call.body
    if (body.other is None) == (body.file is None):
        raise BadBody((("other", "give one of other and file"),))
    given, act = None if body.file is None else _file(body.file), call.act()

    def work(db: sqlite_utils.Database) -> MergeView:
        file = file_named(db, body.other or "") if given is None else given
        return _withdrawn(db, call, begin_merge(db, file, act, preview=body.preview))

    # Looking writes nothing, but it is one and the same work.
    return _merge(await call.write(work))


async def show_merge(call: Call) -> MergeAnswer:
    """Return the merge that waits, as it stands now."""
    return _merge(await call.read(waiting_merge))


async def decide_conflict(call: Call) -> MergeAnswer:
    """Settle one conflict: ours, theirs, or a text of one's own."""
    body: DecisionBody = call.body
    if (body.side is None) == (body.text is None):
        raise BadBody((("side", "give one of side and text"),))
    act = call.act()
    return _merge(
        await call.write(
            lambda db: decide(db, body.item, body.place, act, side=body.side, text=body.text)
        )
    )


async def finish(call: Call) -> MergeAnswer:
    """Apply the merge once all its conflicts are decided."""
    act = call.act()
    return _merge(await call.write(lambda db: _withdrawn(db, call, finish_merge(db, act))))


async def cancel(call: Call) -> None:
    """Give the merge up; our framework was not touched by it."""
    act = call.act()
    await call.write(lambda db: cancel_merge(db, act))


async def framework_file(call: Call) -> FileAnswer:
    """Return the framework as a file that another hub can adopt or merge; never with scores."""
    may_leave(AMBER, NONE, Door.EXPORT, Audience.STAFF)
    host = call.hub.identity.host
    return FileAnswer(**write_file(await call.read(lambda db: _ours(db, host))))


async def framework_paper(call: Call) -> web.Response:
    """Return the framework as a document for people."""
    query: PaperQuery = call.query
    may_leave(AMBER, NONE, Door.EXPORT, Audience.STAFF)
    identity, now = call.hub.identity, call.node.clock.now()

    def look(db: sqlite_utils.Database) -> Paper:
        ours = _ours(db, identity.host)
        scores = ScoreStore(db).all() if query.scores else {}
        version = ours.base.version
        titles = titles_of(db, identity.origin, attached(ours.framework), query.language)
        language = query.language
        return Paper(identity.name, ours.framework, version, now, language, scores, titles)

    paper = await call.read(look)
    if query.format == "html":
        return file_answer("framework.html", "text/html", as_html(paper).encode())
    return file_answer("framework.md", "text/markdown", as_markdown(paper).encode())


def _ours(db: sqlite_utils.Database, host: str) -> FrameworkFile:
    store = FrameworkStore(db)
    framework, base = store.get().framework, store.base(UPSTREAM)
    if base is None:
        raise FrameworkNotAdopted
    return FrameworkFile(host, framework, base)


def _file(values: dict[str, Any]) -> FrameworkFile:
    return read_file(json.dumps(values))


def _withdrawn(db: sqlite_utils.Database, call: Call, view: MergeView) -> MergeView:
    """Take back what is published of items that the merge dropped."""
    if view.applied:
        withdraw_what_went(db, call.hub, call.act())
    return view


def _merge(view: MergeView) -> MergeAnswer:
    return shaped(
        MergeAnswer,
        view,
        conflicts=tuple(shaped(ConflictAnswer, each) for each in view.open),
        settled=tuple(shaped(SettledAnswer, each) for each in view.settled),
        brings=_differences(view.brings),
    )


def _differences(found: tuple[Difference, ...] | list[Difference]) -> tuple[DifferenceAnswer, ...]:
    return tuple(
        shaped(
            DifferenceAnswer,
            each,
            places=tuple(shaped(PlaceDifferenceAnswer, place) for place in each.places),
        )
        for each in found
    )


def _route(
    method: Any, path: str, handler: Any, summary: str, answer: Any, **more: Any
) -> ApiRoute:
    right = Right.FRAMEWORK_EDIT
    return ApiRoute(method, path, handler, summary, SUBJECT, answer, right=right, **more)


ROUTES = (
    _route(
        "POST",
        "/framework/adopt",
        adopt,
        "Adopt a framework",
        OwnFrameworkAnswer,
        body=FileBody,
        status=201,
    ),
    _route(
        "PUT",
        "/framework/file",
        import_framework,
        "Import a framework in place of ours",
        OwnFrameworkAnswer,
        body=FileBody,
    ),
    _route("GET", "/framework/file", framework_file, "Our framework for another hub", FileAnswer),
    _route(
        "GET",
        "/framework/document",
        framework_paper,
        "Our framework as a document",
        "file",
        query=PaperQuery,
    ),
    _route(
        "GET",
        "/framework/diff",
        compare_frameworks,
        "What differs",
        DifferencesAnswer,
        query=DiffQuery,
    ),
    _route("GET", "/framework/merge", show_merge, "The merge that waits", MergeAnswer),
    _route("POST", "/framework/merge", begin, "Begin a merge", MergeAnswer, body=MergeBody),
    _route(
        "POST",
        "/framework/merge/decide",
        decide_conflict,
        "Decide a conflict",
        MergeAnswer,
        body=DecisionBody,
    ),
    _route("POST", "/framework/merge/finish", finish, "Apply the merge", MergeAnswer),
    _route("DELETE", "/framework/merge", cancel, "Give the merge up", None, status=204),
)
