"""The self-assessment by the framework, snapshots, and which items are published."""

import sqlite_utils

from content.framework.next_steps import next_steps
from content.framework.scores import Score, ScoreStore, assess, coverage, take_score_back
from content.framework.sharing import Out
from content.framework.snapshots import Snapshot, SnapshotStore, take_snapshot
from content.framework.store import FrameworkStore
from content.labels import Label
from content.people.permissions import Right
from federation.policy import Audience, Door, visible_labels
from federation.publishing_framework import (
    publish_items,
    standings,
    withdraw_items,
    withdraw_what_went,
)
from node.api.framework import coverage_of
from node.api.models.framework import (
    AssessmentAnswer,
    CoverageAnswer,
    HelpAnswer,
    NextStepAnswer,
    NoteBody,
    PublicationAnswer,
    PublicationBody,
    PublicationsAnswer,
    ScoreBody,
    SnapshotAnswer,
    SnapshotsAnswer,
    StepsQuery,
    WholeSnapshotAnswer,
)
from node.api.routes import ApiRoute, Call, shaped
from node.refusals import BadParameter
from protocol.ids import framework_item_id

SUBJECT = "Framework"
_STAFF = visible_labels(Door.API, Audience.STAFF)


async def show_assessment(call: Call) -> AssessmentAnswer:
    """Return coverage and next steps: what to do first, and who and what can help."""
    query: StepsQuery = call.query

    def look(db: sqlite_utils.Database) -> AssessmentAnswer:
        framework, scores = FrameworkStore(db).get().framework, ScoreStore(db).all()
        steps = next_steps(
            db,
            framework,
            scores,
            origin=call.hub.identity.origin,
            labels=_STAFF,
            language=query.language,
            limit=query.limit,
        )
        unscored = [each.id for each in framework.items if not each.is_pillar]
        return AssessmentAnswer(
            coverage=coverage_of(framework, db),
            unscored=tuple(name for name in unscored if name not in scores),
            next_steps=tuple(
                shaped(
                    NextStepAnswer,
                    step,
                    resources=tuple(shaped(HelpAnswer, each) for each in step.resources),
                    experts=tuple(shaped(HelpAnswer, each) for each in step.experts),
                )
                for step in steps
            ),
        )

    return await call.read(look)


async def score_item(call: Call) -> Score:
    """Score an item. It stays in this hub unless it is published."""
    body: ScoreBody = call.body
    act = call.act()
    return await call.write(lambda db: assess(db, call.path["item"], body.model_dump(), act))


async def unscore_item(call: Call) -> None:
    """Leave an item without a score, also where it is published."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> None:
        take_score_back(db, call.path["item"], act)
        withdraw_what_went(db, call.hub, act)

    await call.write(work)


async def list_snapshots(call: Call) -> SnapshotsAnswer:
    """Return all snapshots, the newest first."""
    found = await call.read(lambda db: SnapshotStore(db).all())
    return SnapshotsAnswer(items=tuple(_snapshot(each) for each in found))


async def show_snapshot(call: Call) -> WholeSnapshotAnswer:
    """Return a snapshot with the framework and the scores of that day."""
    number = call.path["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadParameter("number", "is no number of a snapshot.")
    found = await call.read(lambda db: SnapshotStore(db).get(int(number)))
    sums = coverage(found.framework, found.scores)
    return shaped(
        WholeSnapshotAnswer,
        found,
        items=len(found.framework.items),
        coverage=tuple(shaped(CoverageAnswer, each) for each in sums),
    )


async def new_snapshot(call: Call) -> SnapshotAnswer:
    """Keep the framework and the scores as they are now."""
    body: NoteBody = call.body
    act = call.act()
    return _snapshot(await call.write(lambda db: take_snapshot(db, body.note, act)))


async def list_publications(call: Call) -> PublicationsAnswer:
    """Return which items are published, and which changed here since."""
    found = await call.read(lambda db: list(standings(db)))
    return PublicationsAnswer(
        items=tuple(_publication(call, each.out, changed=each.changed_since) for each in found)
    )


async def publish_item(call: Call) -> PublicationAnswer:
    """Publish an item as it is now; without scored, a score that was out is deleted everywhere."""
    body: PublicationBody = call.body
    act, name = call.act(), call.path["item"]

    def work(db: sqlite_utils.Database) -> Out:
        (out,) = publish_items(
            db,
            call.hub,
            [name],
            act,
            label=Label(body.label),
            scored=body.scored,
            confirmed=body.confirmed,
        )
        return out

    return _publication(call, await call.write(work), changed=False)


async def withdraw_item(call: Call) -> None:
    """Take an item back: it is deleted at everybody who got it."""
    act = call.act()
    await call.write(lambda db: withdraw_items(db, call.hub, [call.path["item"]], act))


def _snapshot(snapshot: Snapshot) -> SnapshotAnswer:
    sums = coverage(snapshot.framework, snapshot.scores)
    return shaped(
        SnapshotAnswer,
        snapshot,
        items=len(snapshot.framework.items),
        coverage=tuple(shaped(CoverageAnswer, each) for each in sums),
    )


def _publication(call: Call, out: Out, *, changed: bool) -> PublicationAnswer:
    return PublicationAnswer(
        item=out.item,
        id=framework_item_id(call.hub.identity.origin, out.ref),
        label=out.label,
        scored=out.shared.score is not None,
        published_at=out.published_at,
        updated_at=out.changed_at,
        changed_since=changed,
    )


_EDIT = Right.FRAMEWORK_EDIT
ROUTES = (
    ApiRoute(
        "GET",
        "/framework/assessment",
        show_assessment,
        "Coverage and next steps",
        SUBJECT,
        AssessmentAnswer,
        right=_EDIT,
        query=StepsQuery,
    ),
    ApiRoute(
        "PUT",
        "/framework/items/{item}/score",
        score_item,
        "Score an item",
        SUBJECT,
        Score,
        right=_EDIT,
        body=ScoreBody,
    ),
    ApiRoute(
        "DELETE",
        "/framework/items/{item}/score",
        unscore_item,
        "Take a score back",
        SUBJECT,
        None,
        right=_EDIT,
        status=204,
    ),
    ApiRoute(
        "GET",
        "/framework/snapshots",
        list_snapshots,
        "Snapshots",
        SUBJECT,
        SnapshotsAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "GET",
        "/framework/snapshots/{number}",
        show_snapshot,
        "One snapshot",
        SUBJECT,
        WholeSnapshotAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "POST",
        "/framework/snapshots",
        new_snapshot,
        "Take a snapshot",
        SUBJECT,
        SnapshotAnswer,
        right=_EDIT,
        body=NoteBody,
        status=201,
    ),
    ApiRoute(
        "GET",
        "/framework/publications",
        list_publications,
        "Which items are published",
        SUBJECT,
        PublicationsAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "PUT",
        "/framework/items/{item}/publication",
        publish_item,
        "Publish an item",
        SUBJECT,
        PublicationAnswer,
        right=_EDIT,
        body=PublicationBody,
    ),
    ApiRoute(
        "DELETE",
        "/framework/items/{item}/publication",
        withdraw_item,
        "Take an item back",
        SUBJECT,
        None,
        right=_EDIT,
        status=204,
    ),
)
