"""
From bytes to a JSON object, strictly (S20, S21, S25). Every document from outside comes this way.

Depth is known before anything recursive sees the text, and the walk over the result is iterative.
What plain JSON readers and JSON-LD readers could understand differently is refused.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import orjson

from protocol.canonical import SAFE_INTEGER
from protocol.context import AS2
from protocol.errors import (
    LimitsExceeded,
    MalformedJson,
    UnsupportedEncoding,
    UnsupportedMediaType,
)
from protocol.glance import Glance, glance_at
from protocol.http import HttpRequest, HttpResponse
from protocol.json import JsonObject
from protocol.json_ld import refuse_json_ld

SEALED_MEDIA_TYPE: Final = "application/vnd.hub.sealed"
"""Media type of sealed content (docs/adr/0009-sealing.md)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be (S21). Bytes of UTF-8 for texts, counts for the rest."""

    depth: int = 32
    nodes: int = 5_000
    members: int = 256
    """Members of one list."""
    string: int = 64 * 1024
    identity: int = 2 * 1024
    """Length of an `id`."""
    sealed: int = 720 * 1024
    """Length of `content` where mediaType is SEALED_MEDIA_TYPE: 512 KiB in base64, and a little."""


INBOX_LIMITS: Final = Limits()
"""For activities, for documents that are fetched, and for what was sealed."""
LOG_LIMITS: Final = Limits(depth=36, nodes=10_000, string=256 * 1024)
"""For one line of a log: an activity with its header around it."""
HEADS_LIMITS: Final = Limits(nodes=50_000, members=2_000)
"""For the answer of /hub/heads."""

_TOO_LARGE = "Numbers beyond 2^53 - 1 are not taken."
_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|"|[\[\]{}]', re.DOTALL)


def check_content_headers(request: HttpRequest) -> None:
    """
    Refuse a body with a Content-Encoding (S23) or not labelled as ActivityStreams 2.0 (S24).

    Raises UnsupportedEncoding or UnsupportedMediaType.
    """
    if any(value.strip().lower() != "identity" for value in request.all("content-encoding")):
        raise UnsupportedEncoding("Send the body without Content-Encoding.")
    if not is_activity_media_type(request.header("content-type")):
        raise UnsupportedMediaType(
            f'Send application/activity+json, or application/ld+json with profile="{AS2}".'
        )


def is_activity_media_type(field: str | None) -> bool:
    """Tell whether a Content-Type is application/activity+json, or ld+json with the AS profile."""
    kind, _, rest = (field or "").partition(";")
    kind = kind.strip().lower()
    if kind == "application/activity+json":
        return True
    if kind != "application/ld+json":
        return False
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "profile" and AS2 in value.strip().strip('"').split(" "):
            return True
    return False


def is_activity_response(response: HttpResponse) -> bool:
    """Tell whether a fetched document is labelled as ActivityStreams, once, and not encoded."""
    kinds = response.all("content-type")
    encodings = response.all("content-encoding")
    plain = all(value.strip().lower() in ("", "identity") for value in encodings)
    return plain and len(kinds) == 1 and is_activity_media_type(kinds[0])


def parse_document(body: bytes, limits: Limits = INBOX_LIMITS) -> JsonObject:
    """
    Return the JSON object in the body.

    Raises MalformedJson for what is not one JSON object in UTF-8 without BOM, has a key twice,
    NaN or infinite numbers, numbers beyond 2^53 - 1, lone surrogates or NUL (S20);
    LimitsExceeded beyond the limits (S21); UnsupportedJsonLd for @graph, @included, @reverse and
    contexts that redefine id, type or a term of ActivityStreams (S25). Nothing else.
    """
    document, glance = _parsed(body, limits)
    if glance is None or glance.has_keywords or not glance.is_plain:
        refuse_json_ld(document)
    return document


def parse_json(body: bytes, limits: Limits = INBOX_LIMITS) -> JsonObject:
    """Return the JSON object in the body: `parse_document` without its JSON-LD rules."""
    return _parsed(body, limits)[0]


def _parsed(body: bytes, limits: Limits) -> tuple[JsonObject, Glance | None]:
    """Return the object, and what its bytes show if they are written in the usual way."""
    value, glance = _parse_fast(body), None
    if value is None:
        value = _parse_exactly(body, limits)
    else:
        glance = glance_at(body)
    if not isinstance(value, dict):
        raise MalformedJson("The body must be a JSON object.")
    if glance is None or not _surely_within(glance, limits):
        _check_values(value, limits, escapes=b"\\u" in body)
    return value, glance


def _surely_within(glance: Glance, limits: Limits) -> bool:
    return (
        glance.is_plain
        and glance.depth <= limits.depth
        and glance.parts <= limits.nodes
        and glance.members <= limits.members
        and glance.size <= limits.string
    )


def _parse_fast(body: bytes) -> Any:
    """
    Return the value if orjson writes it back byte for byte, else None. White space around it aside.

    Then no key stood twice (it would be gone), and there was no BOM, no NaN and no broken text.
    orjson refuses nesting beyond 1,024 by itself; the walk over the values counts exactly.
    """
    try:
        value = orjson.loads(body)
        return value if orjson.dumps(value) == body.strip(b" \t\r\n") else None
    except (ValueError, TypeError):
        return None


def _parse_exactly(body: bytes, limits: Limits) -> Any:
    """Return the value of any JSON text, or say what is wrong with it."""
    if body.startswith(_BOM):
        raise MalformedJson("The body must not begin with a byte order mark.")
    _check_depth(body, limits.depth)
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedJson("The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise MalformedJson("The body is not JSON.") from error


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJson("A key stands twice in one object.")
    return found


def _refuse_constant(_text: str) -> NoReturn:
    raise MalformedJson("NaN and infinite numbers are not JSON.")


def _safe_float(text: str) -> float:
    number = float(text)
    if not -SAFE_INTEGER <= number <= SAFE_INTEGER:  # so large, it would be written as an integer
        raise MalformedJson(_TOO_LARGE)
    return number


def _safe_integer(text: str) -> int:
    number = int(text) if len(text) <= 17 else SAFE_INTEGER + 1
    if not -SAFE_INTEGER <= number <= SAFE_INTEGER:
        raise MalformedJson(_TOO_LARGE)
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_without_duplicates,
    parse_constant=_refuse_constant,
    parse_float=_safe_float,
    parse_int=_safe_integer,
)


def _check_depth(body: bytes, limit: int) -> None:
    """Refuse deep nesting before a parser sees it. Skips strings; one pass, no backtracking."""
    if body.count(b"[") + body.count(b"{") <= limit:
        return
    depth = 0
    for match in _TOKEN.finditer(body):
        token = match[0]
        if token in (b"[", b"{"):
            depth += 1
            if depth > limit:
                raise LimitsExceeded(f"The document is nested deeper than {limit}.")
        elif token in (b"]", b"}"):
            depth -= 1


def _check_values(document: JsonObject, limits: Limits, *, escapes: bool) -> None:
    """
    Count levels and nodes, measure lists, texts and numbers, level by level.

    escapes: the text had escapes, so look for surrogates and NUL too.
    """
    nodes, depth = 1, 0
    level: list[Any] = [document]
    while level:
        depth += 1
        if depth > limits.depth:
            raise LimitsExceeded(f"The document is nested deeper than {limits.depth}.")
        below: list[Any] = []
        for holder in level:
            nodes += len(holder)
            if nodes > limits.nodes:
                raise LimitsExceeded(f"The document has more than {limits.nodes} parts.")
            if isinstance(holder, dict):
                for key, member in holder.items():
                    _check_text(key, limits.string, escapes)
                    _check_member(member, _string_limit(key, holder, limits), escapes, below)
            else:
                if len(holder) > limits.members:
                    raise LimitsExceeded(f"A list has more than {limits.members} members.")
                for member in holder:
                    _check_member(member, limits.string, escapes, below)
        level = below


def _check_member(member: Any, limit: int, escapes: bool, below: list[Any]) -> None:
    if isinstance(member, str):
        _check_text(member, limit, escapes)
    elif isinstance(member, dict | list):
        below.append(member)
    elif member is not None and not -SAFE_INTEGER <= member <= SAFE_INTEGER:
        raise MalformedJson(_TOO_LARGE)


def _string_limit(key: str, holder: JsonObject, limits: Limits) -> int:
    if key in ("id", "@id"):
        return limits.identity
    if key == "content" and holder.get("mediaType") == SEALED_MEDIA_TYPE:
        return limits.sealed
    return limits.string


def _check_text(text: str, limit: int, escapes: bool) -> None:
    if len(text) * 4 > limit and len(text.encode("utf-8", "surrogatepass")) > limit:
        raise LimitsExceeded("A text is too long.")
    if escapes and not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise MalformedJson("A text holds half a surrogate pair.") from error
    if escapes and "\0" in text:
        raise MalformedJson("A text holds a NUL character.")
