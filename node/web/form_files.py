"""Forms as browsers send them, perhaps with files: those of the portal, and of the staff."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from content.cases.attachment import (
    LARGEST,
    LARGEST_OF_CASE,
    MOST_OF_CASE,
    AttachmentEmpty,
    AttachmentTooLarge,
    NewAttachment,
    TooManyAttachments,
)
from content.cases.file_types import FileNotTaken
from content.cases.pictures import PictureDamaged
from content.errors import ContentError
from node.app_keys import LIMITER, UPLOADS
from node.refusals import BadBody
from node.shell import read_body
from node.uploads import FILE_PART, FORM, MOST_TEXTS, Parts, read_parts, read_parts_so_far
from node.web.forms import Fields, Filled, fields_of, read_fields
from node.web.speaking import gettext as _
from node.web.words import number

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


@dataclass(frozen=True, slots=True)
class StaffFiles:
    """The files of a form of the staff, or why they are not taken."""

    _parts: Parts = field(default_factory=lambda: Parts(()), repr=False)

    def taken(self, form: Filled[Any]) -> tuple[NewAttachment, ...]:
        """Return the files; where one is not taken none, and the form says why."""
        if self._parts.refused is not None:
            form.refuse(_words_for(self._parts.refused), FILE_PART)
        return self._parts.files


async def read_sent_form(request: web.Request) -> SentForm:
    """
    Return what a form holds, in either way that browsers send one.

    Raises BadBody, and what `read_body` and `read_parts` raise.
    """
    kind = request.content_type.lower()
    if kind == FORM:
        async with request.app[UPLOADS].place(request.app[LIMITER].address_of(request)):
            parts = await read_parts(request)
        return SentForm(_several(parts.texts), parts.files)
    body = await read_body(request) if request.body_exists else b""
    if body and kind != PLAIN:
        raise BadBody((("body", "must be a form of a page of this hub."),))
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_TEXTS
        )
    except ValueError:
        raise BadBody((("body", "must be a form in UTF-8."),)) from None
    return SentForm(_several(pairs))


async def read_staff_form(request: web.Request, *, files: bool) -> tuple[Fields, StaffFiles]:
    """
    Return what a form of the staff holds. files: whether it may have some.

    A file that is not taken does not lose what was typed: `StaffFiles` says so when it is asked.
    Raises BadBody, TooLarge, TooSlow, TooBusyForUploads, and what ended the reading before any
    field of the form.
    """
    if not files or request.content_type.lower() != FORM:
        return await read_fields(request), StaffFiles()
    async with request.app[UPLOADS].place(request.app[LIMITER].address_of(request)):
        parts = await read_parts_so_far(request)
    if parts.refused is not None and not parts.texts:
        raise parts.refused
    return fields_of(parts.texts), StaffFiles(parts)


def _several(pairs: Iterable[tuple[str, str]]) -> MultiDict[str]:
    return MultiDict(fields_of(pairs))


def _words_for(error: ContentError) -> str:
    megabytes = 1024 * 1024
    if isinstance(error, AttachmentTooLarge):
        size = number(LARGEST // megabytes)
        return _("A file is too large: one may have at most %(size)s MB.", size=size)
    if isinstance(error, TooManyAttachments):
        most, size = number(MOST_OF_CASE), number(LARGEST_OF_CASE // megabytes)
        return _(
            "A case holds at most %(count)s files, and %(size)s MB of them together.",
            count=most,
            size=size,
        )
    if isinstance(error, AttachmentEmpty):
        return _("A file is empty. Choose it again.")
    if isinstance(error, FileNotTaken):
        return _("Take PDF, office documents, text, CSV, or pictures as PNG, JPEG or WebP.")
    if isinstance(error, PictureDamaged):
        return _("A picture is damaged or moves. Save it anew as PNG or JPEG.")
    return str(error)
