"""The shapes of our answers: media types, caching, and what to say when there is nothing."""

import hashlib
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import orjson

from federation.errors import FederationError
from protocol.context import ACTIVITY_JSON
from protocol.http import HttpRequest, HttpResponse
from protocol.json import JsonObject

VARY = ("Vary", "Accept, Signature")
"""The same address may show a page, and signed requests may see more: caches must not mix them."""
ANYWHERE = ("Access-Control-Allow-Origin", "*")


class NotServed(FederationError):
    """There is nothing here for who asks: it does not exist, or is not public."""

    code: ClassVar[str] = "not-found"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")


class BadParameter(FederationError):
    """A part of the query is not what it must be (S48)."""

    code: ClassVar[str] = "bad-parameter"

    def __init__(self, name: str, must: str) -> None:
        super().__init__(f"{name} must be {must}.")


def as_document(
    request: HttpRequest,
    document: JsonObject,
    *,
    status: int = 200,
    kind: str = ACTIVITY_JSON,
    headers: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """Return a JSON document with an ETag; 304 without it when the asker has it already."""
    body = orjson.dumps(document)
    return as_bytes(request, body, status=status, kind=kind, headers=headers)


def as_bytes(
    request: HttpRequest,
    body: bytes,
    *,
    status: int = 200,
    kind: str = ACTIVITY_JSON,
    headers: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """Return bytes as `as_document` does."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    common = (("ETag", etag), VARY, *headers)
    if status == 200 and has_etag(request, etag):
        return HttpResponse(304, common)
    return HttpResponse(status, (("Content-Type", kind), *common), body)


def has_etag(request: HttpRequest, etag: str) -> bool:
    """Return whether the asker has what this ETag stands for (RFC 9110, If-None-Match)."""
    known = request.header("if-none-match") or ""
    return etag in (item.strip().removeprefix("W/") for item in known.split(","))


def query_of(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of the query; of one that stands twice, the last."""
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True, max_num_fields=20))


def number_of(query: dict[str, str], name: str, *, default: int, most: int) -> int:
    """Return a parameter as a number from 0 to most. Raises BadParameter."""
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 16 or int(text) > most:
        raise BadParameter(name, f"a number from 0 to {most}")
    return int(text)


def asks_for(request: HttpRequest, coding: str) -> bool:
    """Return whether a request names a coding without ruling it out by q=0."""
    return accepts(request.header("accept-encoding") or "", coding)


def accepts(accept_encoding: str, coding: str) -> bool:
    """Return whether a field Accept-Encoding names a coding without ruling it out by q=0."""
    for item in accept_encoding.split(","):
        name, _, weight = item.partition(";")
        if name.strip().lower() == coding:
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def loaded(text: str) -> Any:
    """Return stored JSON, which is our own or was checked when it came in."""
    return orjson.loads(text)
