"""Forms of the portal as browsers send them, whose fields have no model, and perhaps files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from content.cases.attachment import NewAttachment
from node.app_keys import LIMITER, UPLOADS
from node.refusals import BadBody
from node.shell import read_body
from node.uploads import FORM, MOST_TEXTS, read_parts

PLAIN: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SentForm:
    """What was typed and ticked. fields: texts with line feeds alone. files: checked."""

    fields: MultiDict[str] = field(repr=False)
    files: tuple[NewAttachment, ...] = ()

    def one(self, name: str) -> str:
        """Return what stands in a field, without blanks around it; "" where it was not sent."""
        return self.fields.get(name, "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, each once, in the order of the form."""
        return tuple(dict.fromkeys(self.fields.getall(name, ())))


async def read_sent_form(request: web.Request) -> SentForm:
    """
    Return what a form holds, in either way that browsers send one.

    Raises BadBody, and what `read_body` and `read_parts` raise.
    """
    kind = request.content_type.lower()
    if kind == FORM:
        async with request.app[UPLOADS].place(request.app[LIMITER].address_of(request)):
            parts = await read_parts(request)
        return SentForm(_plain(parts.texts), parts.files)
    body = await read_body(request) if request.body_exists else b""
    if body and kind != PLAIN:
        raise BadBody((("body", "must be a form of a page of this hub."),))
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_TEXTS
        )
    except ValueError:
        raise BadBody((("body", "must be a form in UTF-8."),)) from None
    return SentForm(_plain(pairs))


def _plain(pairs: Iterable[tuple[str, str]]) -> MultiDict[str]:
    """Return fields with line feeds alone; browsers send carriage returns before them."""
    found: MultiDict[str] = MultiDict()
    for name, text in pairs:
        found.add(name, text.replace("\r\n", "\n"))
    return found
