"""
The feeds: what was published last, here and elsewhere (docs/adr/0024-feeds.md).

Atom (RFC 4287) and JSON Feed 1.1. Each item names the hub it comes from. Texts are plain text, and
signs that XML 1.0 does not have are left out.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from xml.etree import ElementTree as ET

import orjson
import sqlite_utils
from aiohttp import web

from content.language import best_text
from content.search import FoundResource, ResourceQuery, search_resources
from content.times import to_text
from content.web_address import as_iri
from federation.hub import Hub, Identity
from federation.policy import Audience, Door, visible_labels
from federation.shared_frameworks import newest_items as newest_held
from federation.shared_frameworks import own_items
from node.api.models.catalogue import HubRef
from node.api.records import HubNames
from node.app_keys import NODE
from protocol.ids import framework_item_id

ITEMS: Final = 50
ATOM: Final = "http://www.w3.org/2005/Atom"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f]")
_FOREVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. page: the local page of it, at this hub."""

    id: str
    page: str
    link: str | None
    title: str
    summary: str
    language: str
    hub: HubRef
    hub_origin: str
    topics: tuple[str, ...]
    published: datetime
    updated: datetime


def feed_routes() -> list[web.RouteDef]:
    """Return the routes of this module."""
    return [web.get("/feed.atom", atom_feed), web.get("/feed.json", json_feed)]


async def atom_feed(request: web.Request) -> web.Response:
    """GET /feed.atom."""
    return await _feed(request, as_atom, "application/atom+xml; charset=utf-8")


async def json_feed(request: web.Request) -> web.Response:
    """GET /feed.json."""
    return await _feed(request, as_json_feed, "application/feed+json")


async def newest_items(request: web.Request) -> list[Item]:
    """Return the newest public resources and items of frameworks, own ones and others'."""
    node = request.app[NODE]
    query = ResourceQuery(
        sort="newest", limit=ITEMS, labels=visible_labels(Door.FEED, Audience.EVERYONE)
    )

    def work(db: sqlite_utils.Database) -> list[Item]:
        names = HubNames(db)
        found = [
            _item(each, node.hub.identity, names) for each in search_resources(db, query).items
        ]
        found += _framework_items(db, node.hub, names)
        return sorted(found, key=lambda item: item.published, reverse=True)[:ITEMS]

    return await node.database.read_public(work)


def as_atom(identity: Identity, items: list[Item]) -> bytes:
    """Return an Atom feed (RFC 4287)."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {_LANGUAGE: identity.language})
    _text(feed, "id", f"{identity.origin}/feed.atom")
    _text(feed, "title", identity.name)
    _text(feed, "updated", to_text(max((item.updated for item in items), default=_FOREVER)))
    _link(feed, "self", f"{identity.origin}/feed.atom", "application/atom+xml")
    _link(feed, "alternate", f"{identity.origin}/feed", "text/html")
    _text(feed, "generator", "Rights Hub")
    _author(feed, identity.name, identity.origin)
    for item in items:
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry", {_LANGUAGE: item.language})
        _text(entry, "id", item.id)
        _text(entry, "title", item.title)
        _text(entry, "updated", to_text(item.updated))
        _text(entry, "published", to_text(item.published))
        _link(entry, "alternate", item.page, "text/html")
        if item.link is not None:
            _link(entry, "related", as_iri(item.link))
        _author(entry, item.hub.name, item.hub_origin)
        for topic in item.topics:
            ET.SubElement(entry, f"{{{ATOM}}}category", {"term": topic})
        if item.summary:
            _text(entry, "summary", item.summary)
        if item.hub_origin != identity.origin:
            source = ET.SubElement(entry, f"{{{ATOM}}}source")
            _text(source, "id", f"{item.hub_origin}/feed.atom")
            _text(source, "title", item.hub.name)
            newest = max(each.updated for each in items if each.hub_origin == item.hub_origin)
            _text(source, "updated", to_text(newest))
    body: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def as_json_feed(identity: Identity, items: list[Item]) -> bytes:
    """Return a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": plain(identity.name),
            "home_page_url": f"{identity.origin}/",
            "feed_url": f"{identity.origin}/feed.json",
            "language": identity.language,
            "authors": [{"name": plain(identity.name), "url": identity.origin}],
            "items": [_as_json_item(item) for item in items],
        }
    )


def plain(text: str) -> str:
    """Return text without the signs that XML 1.0 does not have or that steer a terminal."""
    return _NOT_XML.sub("", text)


def _as_json_item(item: Item) -> dict[str, object]:
    found: dict[str, object] = {
        "id": item.id,
        "url": item.page,
        "title": plain(item.title),
        "content_text": plain(item.summary) or plain(item.title),
        "language": item.language,
        "date_published": to_text(item.published),
        "date_modified": to_text(item.updated),
        "tags": list(item.topics),
        "authors": [{"name": plain(item.hub.name), "url": item.hub_origin}],
        "_hub": {"host": item.hub.host, "name": plain(item.hub.name)},
    }
    if item.link is not None:
        found["external_url"] = as_iri(item.link)
    return found


async def _feed(
    request: web.Request, write: Callable[[Identity, list[Item]], bytes], kind: str
) -> web.Response:
    identity = request.app[NODE].hub.identity
    items = await newest_items(request)
    body = write(identity, items)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed = max((item.updated for item in items), default=_FOREVER).replace(microsecond=0)
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Cache-Control": "public, max-age=60",
    }
    if _is_known(request, tag, changed):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers={**headers, "Content-Type": kind})


def _is_known(request: web.Request, tag: str, changed: datetime) -> bool:
    """Return whether the caller has this version; a tag counts before a date (RFC 9110, 13.2.2)."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        known = {each.strip().removeprefix("W/") for each in tags.split(",")}
        return "*" in known or tag in known
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except (ValueError, TypeError, IndexError):
        return False
    return since.tzinfo is not None and changed <= since


def _framework_items(db: sqlite_utils.Database, hub: Hub, names: HubNames) -> list[Item]:
    """Return the public items of frameworks, of this hub and of others."""
    labels, identity = visible_labels(Door.FEED, Audience.EVERYONE), hub.identity
    found = [
        (
            framework_item_id(identity.origin, own.ref),
            f"framework/{own.ref}",
            identity.host,
            own.shared.item,
            (own.published_at, own.changed_at),
        )
        for own in own_items(db, hub, labels)
    ]
    found += [
        (
            held.url,
            f"hubs/{held.hub}/framework/{held.ref}",
            held.hub,
            held.record.item,
            (held.published_at or held.received_at, held.updated_at or held.received_at),
        )
        for held in newest_held(db, labels, ITEMS)
    ]
    items = []
    for url, where, host, item, (published, updated) in found:
        tag, title = best_text(item.title, identity.language, "en")
        summary = best_text(item.what, tag, "en")[1] if item.what else ""
        items.append(
            Item(
                id=url,
                page=f"{identity.origin}/{where}",
                link=None,
                title=title,
                summary=summary,
                language=tag,
                hub=names.of(host),
                hub_origin="/".join(url.split("/", 3)[:3]),
                topics=item.topics,
                published=published,
                updated=updated,
            )
        )
    return items


def _item(found: FoundResource, identity: Identity, names: HubNames) -> Item:
    place = found.place
    tag, title = best_text(found.title, identity.language, found.language)
    summary = ""
    if found.summary:
        _, summary = best_text(found.summary, tag, found.language)
    where = f"resources/{place.ref}" if place.own else f"hubs/{place.hub}/resources/{place.ref}"
    return Item(
        id=place.url,
        page=f"{identity.origin}/{where}",
        link=found.link,
        title=title,
        summary=summary,
        language=tag,
        hub=names.of(place.hub),
        hub_origin="/".join(place.url.split("/", 3)[:3]),
        topics=found.topics,
        published=place.published_at,
        updated=place.updated_at,
    )


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = plain(text)


def _link(parent: ET.Element, relation: str, target: str, kind: str | None = None) -> None:
    attributes = {"rel": relation, "href": plain(target)}
    if kind is not None:
        attributes["type"] = kind
    ET.SubElement(parent, f"{{{ATOM}}}link", attributes)


def _author(parent: ET.Element, name: str, address: str) -> None:
    author = ET.SubElement(parent, f"{{{ATOM}}}author")
    _text(author, "name", name)
    _text(author, "uri", address)
