"""
The catalogue as whole documents for everybody: /catalogue.jsonl, .csv and .jsonld.

They are streamed, a few hundred records at a time, so that a large catalogue costs little memory
and a slow reader holds up nobody. `?hub=all` takes what other hubs published along.
"""

import hashlib
from collections.abc import AsyncIterator
from typing import Final

import sqlite_utils
from aiohttp import web

from content.resources.formats.csv_writing import languages_of
from content.resources.formats.shapes import Entry, Writing
from federation.exporting import Piece, Place, Wanted, first_place, next_piece
from federation.hub import Node
from federation.policy import Audience, Door
from federation.public_changes import PublicChanges
from node.app_keys import LIMITER, NODE
from node.catalogue_files import FORMATS, Format, Languages
from node.limits import CATALOGUES_PER_ADDRESS
from node.refusals import BadParameter

PATHS: Final = {
    "/catalogue.jsonl": "jsonl",
    "/catalogue.csv": "csv",
    "/catalogue.jsonld": "dcat",
}
_LONGEST_HOST: Final = 260


def catalogue_routes() -> list[web.RouteDef]:
    """Return the routes of this module."""
    return [web.get(path, catalogue) for path in PATHS]


async def catalogue(request: web.Request) -> web.StreamResponse:
    """GET /catalogue.jsonl and so on: all public resources in this format."""
    node, shape = request.app[NODE], FORMATS[PATHS[request.path]]
    wanted = Wanted(Door.FEED, Audience.EVERYONE, _hub(request))
    headers = {"Cache-Control": "public, max-age=60"}
    if wanted.hub is None:
        headers["ETag"] = await _version(node, shape)
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
    request.app[LIMITER].check(CATALOGUES_PER_ADDRESS, "catalogue", request)
    languages = await _languages(node, wanted) if shape.needs_languages else ((), ())
    writing = shape.writing(node.hub.identity, languages)
    body = None if request.method == "HEAD" else _document(node, wanted, writing)
    return web.Response(body=body, headers={**headers, "Content-Type": shape.media_type})


def _hub(request: web.Request) -> str | None:
    """Return which hub is asked for; None for this one."""
    named = request.query.get("hub")
    if named is None or named == request.app[NODE].hub.identity.host:
        return None
    if not 0 < len(named) <= _LONGEST_HOST:
        raise BadParameter("hub", "must be the host of a hub, or all.")
    return named


async def _version(node: Node, shape: Format) -> str:
    """Return a tag that changes whenever our own catalogue does."""
    state = await node.database.read_public(lambda db: PublicChanges(db).state())
    text = f"{shape.media_type} {node.hub.identity} {state}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


async def _document(node: Node, wanted: Wanted, writing: Writing) -> AsyncIterator[bytes]:
    yield writing.head
    between = b""
    async for entries in _pieces(node, wanted):
        ones = [one for entry in entries if (one := writing.one(entry))]
        if ones:
            yield between + writing.between.join(ones)
            between = writing.between
    yield writing.tail


async def _languages(node: Node, wanted: Wanted) -> Languages:
    titles: set[str] = set()
    summaries: set[str] = set()
    async for entries in _pieces(node, wanted):
        for found, known in zip(
            languages_of(entry.record for entry in entries), (titles, summaries), strict=True
        ):
            known.update(found)
    return tuple(sorted(titles)), tuple(sorted(summaries))


async def _pieces(node: Node, wanted: Wanted) -> AsyncIterator[list[Entry]]:
    place: Place | None = first_place(wanted, node.hub.identity)
    while place is not None:
        here = place

        def work(db: sqlite_utils.Database, here: Place = here) -> Piece:
            return next_piece(db, node.hub, wanted, here)

        entries, place = await node.database.read_public(work)
        yield entries
