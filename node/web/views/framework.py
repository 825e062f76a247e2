"""The policy framework: what this hub published of its own, and what other hubs did."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils
from aiohttp import web

from content.framework.item import PARTS, PILLARS, FrameworkItem, FrameworkItemNotFound
from content.framework.sharing import HeldFrameworkStore, SharedItem
from content.framework.upstream import upstream
from content.held import HeldRecordNotFound
from federation.hub import Hub
from federation.peers import PeerStore
from federation.published import PublishedStore
from federation.shared_frameworks import ShowingHub, hubs_that_show, items_of, own_item, own_items
from node.api.records import HubNames
from node.api.routes import PREFIX
from node.app_keys import NODE
from node.web import words
from node.web.addresses import framework_path, record_path, web_link
from node.web.evidence import Evidence, evidence_of, our_entry, their_log
from node.web.pages import VISIBLE, moved, render
from node.web.said import Said, said_best
from node.web.shapes import Named, Whose, topics_of, whose
from protocol.ids import framework_item_id

FOLDER = "framework"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in a list. path: its page here. level: in words, None without a published score."""

    title: Said
    path: str
    level: str | None


@dataclass(frozen=True, slots=True)
class PillarList:
    """
    The items of one pillar, without the pillar itself.

    path: of the page of the pillar, None where it was not published. what: what it is.
    """

    id: str
    title: Said
    path: str | None
    what: Said | None
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """What the page of one item shows. parts: name of the part and what it says."""

    id: str
    title: Said
    pillar: Said
    parts: tuple[tuple[str, Said], ...]
    responsible: str | None
    topics: tuple[Named, ...]
    sources: tuple[tuple[str, str], ...]
    resources: tuple[str, ...]
    level: str | None
    note: str
    evidence_links: tuple[str, ...]
    scored_at: datetime | None
    changed_at: datetime | None
    whose: Whose
    evidence: Evidence


async def framework_page(request: web.Request) -> web.Response:
    """GET /framework: what this hub published of its framework, and which other hubs did."""
    hub = request.app[NODE].hub

    def work(db: sqlite_utils.Database) -> tuple[tuple[PillarList, ...], list[ShowingHub]]:
        found = own_items(db, hub, VISIBLE)
        lines = [(each.shared, record_path(FOLDER, True, "", each.ref)) for each in found]
        return _lists(lines), hubs_that_show(db, VISIBLE)

    pillars, showing = await request.app[NODE].database.read_public(work)
    hubs = tuple((each.name, framework_path(each.host), each.items) for each in showing)
    context = {"section": FOLDER, "pillars": pillars, "hubs": hubs, "owner": None}
    return render(request, "framework.html", context)


async def held_framework_page(request: web.Request) -> web.Response:
    """GET /hubs/{host}/framework: what another hub published of its framework."""
    node, host = request.app[NODE], request.match_info["host"]
    if host == node.hub.identity.host:
        return moved("/framework")

    def work(db: sqlite_utils.Database) -> tuple[tuple[PillarList, ...], Whose]:
        peer = PeerStore(db).get(host)
        lines = [
            (held.record, record_path(FOLDER, False, peer.host, held.ref))
            for held in items_of(db, peer.host, VISIBLE)
        ]
        return _lists(lines), whose(peer.host, HubNames(db), own=False, is_source=False)

    pillars, owner = await node.database.read_public(work)
    context = {"section": FOLDER, "pillars": pillars, "hubs": (), "owner": owner}
    return render(request, "framework.html", context)


async def framework_item_page(request: web.Request) -> web.Response:
    """GET /framework/{ulid}: a published item of ours; 410 when it was taken back."""
    node, ulid = request.app[NODE], request.match_info["ulid"]

    def work(db: sqlite_utils.Database) -> ItemView | None:
        gone = PublishedStore(db).was_public(ulid, "framework-item")
        return None if gone else _own(db, node.hub, ulid)

    return _page(request, await node.database.read_public(work))


async def held_framework_item_page(request: web.Request) -> web.Response:
    """GET /hubs/{host}/framework/{ulid}: a published item of another hub."""
    node, host, ulid = request.app[NODE], request.match_info["host"], request.match_info["ulid"]
    if host == node.hub.identity.host:
        return moved(record_path(FOLDER, True, host, ulid))

    def work(db: sqlite_utils.Database) -> ItemView | None:
        store = HeldFrameworkStore(db)
        if store.is_gone(host, ulid):
            return None
        held = store.get(host, ulid)
        if held.label not in VISIBLE or not PeerStore(db).get(host).active:
            raise HeldRecordNotFound(host, ulid)
        document = json.loads(held.document)
        return _view(
            held.record,
            held.url,
            held.updated_at,
            whose(host, HubNames(db), own=False, is_source=False),
            evidence_of(document, _api(host), their_log(db, host)),
        )

    return _page(request, await node.database.read_public(work))


def _page(request: web.Request, view: ItemView | None) -> web.Response:
    if view is None:
        return render(request, "gone.html", {"section": FOLDER}, status=410)
    back = framework_path(None if view.whose.own else view.whose.host)
    context = {"section": FOLDER, "item": view, "back": back}
    return render(request, "framework_item.html", context)


def _own(db: sqlite_utils.Database, hub: Hub, ulid: str) -> ItemView:
    found = own_item(db, hub, ulid, VISIBLE)
    if found is None:
        raise FrameworkItemNotFound(ulid)
    identity = hub.identity
    address = framework_item_id(identity.origin, ulid)
    return _view(
        found.shared,
        address,
        found.changed_at,
        whose(identity.host, HubNames(db), own=True, is_source=False),
        evidence_of(found.document, _api(None), our_entry(db, hub, ulid)),
    )


def _view(
    shared: SharedItem,
    address: str,
    changed_at: datetime | None,
    owner: Whose,
    evidence: Evidence,
) -> ItemView:
    item, score = shared.item, shared.score
    parts = ((part, said_best(getattr(item, part), "en")) for part in PARTS)
    return ItemView(
        id=address,
        title=_title(item),
        pillar=_pillar_title(item.pillar),
        parts=tuple((part, text) for part, text in parts if text is not None),
        responsible=item.responsible,
        topics=topics_of("/resources", item.topics),
        sources=tuple((each.title, url) for each in item.sources if (url := web_link(each.url))),
        resources=tuple(url for each in item.resources if (url := web_link(each))),
        level=_level(shared),
        note="" if score is None else score.note,
        evidence_links=()
        if score is None
        else tuple(url for each in score.evidence if (url := web_link(each))),
        scored_at=None if score is None else score.at,
        changed_at=changed_at,
        whose=owner,
        evidence=evidence,
    )


def _lists(lines: Iterable[tuple[SharedItem, str]]) -> tuple[PillarList, ...]:
    """Return items under their pillars. A pillar that was published itself is the heading."""
    kept = sorted(lines, key=lambda line: line[0].item.id)
    found = []
    for pillar in PILLARS:
        of_it = [(shared, path) for shared, path in kept if shared.item.pillar == pillar]
        itself = next((each for each in of_it if each[0].item.is_pillar), None)
        items = tuple(
            ItemLine(_title(shared.item), path, _level(shared))
            for shared, path in of_it
            if not shared.item.is_pillar
        )
        if itself is not None:
            item, path = itself[0].item, itself[1]
            what = said_best(item.what, "en")
            found.append(PillarList(pillar, _title(item), path, what, items))
        elif items:
            found.append(PillarList(pillar, _pillar_title(pillar), None, None, items))
    return tuple(found)


def _api(host: str | None) -> str:
    """Return where the API has the signed documents; host: of another hub, None for ours."""
    return f"{PREFIX}{framework_path(host)}"


def _title(item: FrameworkItem) -> Said:
    title = said_best(item.title, "en")
    if title is None:
        raise ValueError("An item has a title.")
    return title


def _pillar_title(pillar: str) -> Said:
    return _title(upstream().framework.get(pillar))


def _level(shared: SharedItem) -> str | None:
    score = shared.score
    return None if score is None else words.level(score.level)
