"""The address /oai: a request of OAI-PMH in, XML out. Errors of the protocol are answers, too."""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import sqlite_utils
from aiohttp import web

from content.resources.formats import hub_xml
from federation.hub import Node
from federation.public_changes import Change, Changes, Place, PublicChanges
from node.app_keys import NODE, SETTINGS
from node.oai import answers
from node.oai.arguments import Asked, OaiError, read_arguments, token_of
from node.shell import read_body
from node.web.contact import contact_of
from protocol.ids import resource_id

PATH: Final = "/oai"
RECORDS: Final = 100
"""Records in one answer; headers alone are five times as many."""
_HEADERS_A_RECORD: Final = 5
_MOST_ARGUMENTS: Final = 20
_LARGEST_FORM: Final = 16 * 1024
_FORM: Final = "application/x-www-form-urlencoded"
SETTLING: Final = timedelta(minutes=1)
"""
How far the date of an answer is behind the clock. Harvesters come again from that date on, and what
is being stored at this moment bears a moment a little before it.
"""
_FOREVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def oai_routes() -> list[web.RouteDef]:
    """Return the routes of this package."""
    return [
        web.get(PATH, oai),
        web.post(PATH, oai),
        web.get(f"{PATH}/resource.xsd", oai_schema),
    ]


async def oai(request: web.Request) -> web.Response:
    """GET and POST /oai."""
    node = request.app[NODE]
    base, now = node.hub.identity.origin + PATH, node.clock.now() - SETTLING
    pairs: list[tuple[str, str]] = []
    try:
        pairs = await _pairs(request)
        asked = read_arguments(pairs)
        part = await _answered(request, asked)
        body = answers.answer(base, now, asked.arguments, part)
    except OaiError as error:
        body = answers.refusal(base, now, dict(pairs), error)
    return web.Response(
        body=body, headers={"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-cache"}
    )


async def oai_schema(_request: web.Request) -> web.Response:
    """GET /oai/resource.xsd: the schema of our own format."""
    return web.Response(
        body=hub_xml.schema(),
        headers={
            "Content-Type": "application/xml; charset=utf-8",
            "Cache-Control": "public, max-age=3600",
        },
    )


async def _pairs(request: web.Request) -> list[tuple[str, str]]:
    """Return the arguments, of the query of a GET and of the form of a POST."""
    if request.method == "POST":
        if request.content_type != _FORM:
            raise OaiError("badArgument", f"A POST must be {_FORM}.")
        text = (await read_body(request, _LARGEST_FORM)).decode("ascii", "replace")
    else:
        text = request.query_string
        return list(request.query.items()) if text else []
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_ARGUMENTS)
    except ValueError:
        raise OaiError("badArgument", "There are too many arguments.") from None


async def _answered(request: web.Request, asked: Asked) -> ET.Element:
    node, identity = request.app[NODE], request.app[NODE].hub.identity
    if asked.verb == "ListSets":
        if "resumptionToken" in asked.arguments:
            raise OaiError("badResumptionToken", "The list of sets comes in one piece.")
        return answers.sets(identity.language)
    if asked.verb == "Identify":
        earliest = await node.database.read_public(lambda db: PublicChanges(db).earliest())
        mail = mail_of(request.app[SETTINGS].contact, identity.origin)
        return answers.identify(identity, identity.origin + PATH, mail, earliest or _FOREVER)
    if asked.verb in ("ListRecords", "ListIdentifiers"):
        return await _listed(node, asked)
    if asked.identifier is not None:
        found = await _one(node, asked.identifier)
        if asked.verb == "GetRecord":
            return answers.listing(asked.verb, [found], asked.prefix or "", None)
    return answers.formats(identity.origin)


async def _one(node: Node, identifier: str) -> Change:
    origin = node.hub.identity.origin
    ref = identifier.removeprefix(resource_id(origin, ""))
    known = resource_id(origin, ref) == identifier
    found = None
    if known:
        found = await node.database.read_public(lambda db: PublicChanges(db).one(origin, ref))
    if found is None:
        raise OaiError("idDoesNotExist", "This hub has no public record with that identifier.")
    return found


async def _listed(node: Node, asked: Asked) -> ET.Element:
    few = asked.verb == "ListRecords"
    limit = RECORDS if few else RECORDS * _HEADERS_A_RECORD
    origin, place = node.hub.identity.origin, asked.place
    while True:

        def work(db: sqlite_utils.Database, place: Place | None = place) -> Changes:
            return PublicChanges(db).after(origin, asked.span, place, limit)

        found = await node.database.read_public(work)
        if found.items or found.further is None:
            break
        place = found.further
    if not found.items:
        raise OaiError("noRecordsMatch", "Nothing here is new in that time and set.")
    token = None
    if found.further is not None or asked.place is not None:
        size = None
        if asked.span.topics is None:
            size = await node.database.read_public(lambda db: PublicChanges(db).count(asked.span))
        seen = asked.seen + len(found.items)
        value = None if found.further is None else token_of(asked, found.further, seen)
        token = answers.Token(value, asked.seen, size)
    return answers.listing(asked.verb, found.items, asked.prefix or "", token)


def mail_of(contact: str, origin: str) -> str:
    """Return the mail address that the protocol asks for: the contact, where it is one."""
    known = contact_of(contact)
    if known is not None and (known.link or "").startswith("mailto:"):
        return known.text
    return f"postmaster@{urlsplit(origin).hostname}"
