"""The policy framework: what hubs show of theirs, and how the people of this hub customize ours."""

import json
from collections.abc import Callable

import sqlite_utils

from content.framework.customizing import add_item, drop_item, move_item, replace_item
from content.framework.item import Framework, FrameworkItem, read_item
from content.framework.scores import ScoreStore, coverage
from content.framework.store import UPSTREAM, FrameworkStore
from content.framework.work import Verb, customize
from content.labels import Label
from content.people.permissions import Right
from federation.publishing_framework import withdraw_what_went
from federation.shared_frameworks import hubs_that_show, items_of, own_items
from node.api.models.catalogue import HubRef
from node.api.models.framework import (
    CoverageAnswer,
    OwnFrameworkAnswer,
    PlaceBody,
    SharedFrameworkAnswer,
    SharedItemAnswer,
    ShowingHubAnswer,
    ShowingHubsAnswer,
)
from node.api.records import HubNames, labels_for
from node.api.routes import ApiRoute, Call, shaped
from node.refusals import BadBody
from protocol.ids import framework_item_id

SUBJECT = "Framework"


async def show_framework(call: Call) -> SharedFrameworkAnswer:
    """Return the items of its framework that this hub published."""
    labels, identity = labels_for(call.principal), call.hub.identity
    whose = HubRef(host=identity.host, name=identity.name)
    found = await call.read(lambda db: own_items(db, call.hub, labels))
    return SharedFrameworkAnswer(
        items=tuple(
            SharedItemAnswer(
                id=framework_item_id(identity.origin, each.ref),
                hub=whose,
                label=Label(each.label),
                upstream=each.shared.upstream,
                item=each.shared.item,
                score=each.shared.score,
                published_at=each.published_at,
                updated_at=each.changed_at,
                document=each.document,
            )
            for each in found
        )
    )


async def list_showing_hubs(call: Call) -> ShowingHubsAnswer:
    """Return the hubs that published items of their frameworks."""
    labels = labels_for(call.principal)
    found = await call.read(lambda db: hubs_that_show(db, labels))
    return ShowingHubsAnswer(items=tuple(shaped(ShowingHubAnswer, each) for each in found))


async def show_held_framework(call: Call) -> SharedFrameworkAnswer:
    """Return the items of its framework that another hub published."""
    labels = labels_for(call.principal)

    def look(db: sqlite_utils.Database) -> SharedFrameworkAnswer:
        names = HubNames(db)
        return SharedFrameworkAnswer(
            items=tuple(
                SharedItemAnswer(
                    id=held.url,
                    hub=names.of(held.hub),
                    label=held.label,
                    upstream=held.record.upstream,
                    item=held.record.item,
                    score=held.record.score,
                    published_at=held.published_at,
                    updated_at=held.updated_at,
                    document=json.loads(held.document),
                )
                for held in items_of(db, call.path["host"], labels)
            )
        )

    return await call.read(look)


async def show_own_framework(call: Call) -> OwnFrameworkAnswer:
    """Return the whole framework of this hub, with its scores."""
    return await call.read(own_framework)


async def put_item(call: Call) -> FrameworkItem:
    """Word an item anew; one that is not there is added at the end of its pillar."""
    item: FrameworkItem = call.body
    if item.id != call.path["item"]:
        raise BadBody((("id", "is another one than in the address"),))

    def change(framework: Framework) -> Framework:
        known = framework.find(item.id) is not None
        return replace_item(framework, item) if known else add_item(framework, item)

    return await _customized(call, "reword", change)


async def place_item(call: Call) -> FrameworkItem:
    """Put an item elsewhere."""
    body: PlaceBody = call.body
    name = call.path["item"]
    return await _customized(
        call,
        "move",
        lambda framework: move_item(framework, name, pillar=body.pillar, after=body.after),
    )


async def delete_item(call: Call) -> None:
    """Leave an item out; if it is published, it is deleted there too."""
    name, act = call.path["item"], call.act()

    def work(db: sqlite_utils.Database) -> None:
        customize(db, name, "drop", lambda framework: drop_item(framework, name), act)
        withdraw_what_went(db, call.hub, act)

    await call.write(work)


async def _customized(
    call: Call, verb: Verb, change: Callable[[Framework], Framework]
) -> FrameworkItem:
    name, act = call.path["item"], call.act()
    adopted = await call.write(lambda db: customize(db, name, verb, change, act))
    return adopted.framework.get(name)


def own_framework(db: sqlite_utils.Database) -> OwnFrameworkAnswer:
    """Return the framework of this hub as its people see it. Raises FrameworkNotAdopted."""
    store, scores = FrameworkStore(db), ScoreStore(db).all()
    adopted, base, waits = store.get(), store.base(UPSTREAM), store.pending()
    return shaped(
        OwnFrameworkAnswer,
        adopted,
        upstream="" if base is None else base.version,
        merge_waits=None if waits is None else waits.origin,
        scores=scores,
        coverage=coverage_of(adopted.framework, db),
    )


def coverage_of(framework: Framework, db: sqlite_utils.Database) -> tuple[CoverageAnswer, ...]:
    """Return how much of a framework is scored now."""
    sums = coverage(framework, ScoreStore(db).all())
    return tuple(shaped(CoverageAnswer, each) for each in sums)


_EDIT = Right.FRAMEWORK_EDIT
ROUTES = (
    ApiRoute(
        "GET", "/framework", show_framework, "What this hub shows", SUBJECT, SharedFrameworkAnswer
    ),
    ApiRoute(
        "GET",
        "/framework/hubs",
        list_showing_hubs,
        "Hubs that show items of theirs",
        SUBJECT,
        ShowingHubsAnswer,
    ),
    ApiRoute(
        "GET",
        "/hubs/{host}/framework",
        show_held_framework,
        "What another hub shows",
        SUBJECT,
        SharedFrameworkAnswer,
    ),
    ApiRoute(
        "GET",
        "/framework/own",
        show_own_framework,
        "The whole framework of this hub",
        SUBJECT,
        OwnFrameworkAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "PUT",
        "/framework/items/{item}",
        put_item,
        "Word an item anew, or add one",
        SUBJECT,
        FrameworkItem,
        right=_EDIT,
        body=FrameworkItem,
        reader=read_item,
    ),
    ApiRoute(
        "POST",
        "/framework/items/{item}/place",
        place_item,
        "Put an item elsewhere",
        SUBJECT,
        FrameworkItem,
        right=_EDIT,
        body=PlaceBody,
    ),
    ApiRoute(
        "DELETE",
        "/framework/items/{item}",
        delete_item,
        "Leave an item out",
        SUBJECT,
        None,
        right=_EDIT,
        status=204,
    ),
)
