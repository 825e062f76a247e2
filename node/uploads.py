"""
Files that come with a request: multipart/form-data, read part by part within limits (S47).

A form of the API has at most one part with JSON, named `request`, one of a page a part for each
field; both have files in parts named `attachment`. What is too large is refused as soon as that is
known, before the rest is read.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import BodyPartReader, web

from content.cases.attachment import (
    LARGEST,
    LARGEST_OF_CASE,
    MOST_OF_CASE,
    AttachmentTooLarge,
    NewAttachment,
    TooManyAttachments,
    read_attachment,
)
from content.errors import ContentError
from federation.serving.resource_files import file_headers
from node.refusals import BadBody, TooSlow
from node.shell import LARGEST_BODY
from protocol.errors import TooLarge, UnsupportedEncoding

FORM: Final = "multipart/form-data"
REQUEST_PART: Final = "request"
FILE_PART: Final = "attachment"
UPLOAD_SECONDS: Final = 180.0
MOST_TEXTS: Final = 500
"""Fields of a form of a page; the longest of ours has about two hundred boxes to tick."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a form held. body: the JSON part as bytes, None without one. files: checked."""

    body: bytes | None = field(repr=False)
    files: tuple[NewAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """
    What a form of a page held. texts: name and text of each field, in their order.

    refused: why a file is not taken; then files is empty, and texts are those that were read by
    then, at least all that stood before that file.
    """

    texts: tuple[tuple[str, str], ...] = field(repr=False)
    files: tuple[NewAttachment, ...] = ()
    refused: ContentError | None = None


async def read_form(request: web.Request) -> Upload:
    """
    Return the parts of a form.

    Raises BadBody, TooLarge, TooSlow, UnsupportedEncoding, and what `read_attachment` raises.
    """
    texts: list[tuple[str, bytes]] = []
    files = await _read(request, texts, only=REQUEST_PART)
    return Upload(texts[0][1] if texts else None, files)


async def read_parts(request: web.Request) -> Parts:
    """Return the fields and files of a form of a page. Raises as `read_form` does."""
    parts = await read_parts_so_far(request)
    if parts.refused is not None:
        raise parts.refused
    return parts


async def read_parts_so_far(request: web.Request) -> Parts:
    """As `read_parts`, but a file that is not taken leaves what was read before it."""
    texts: list[tuple[str, bytes]] = []
    refused: ContentError | None = None
    files: tuple[NewAttachment, ...] = ()
    try:
        files = await _read(request, texts, only=None)
    except ContentError as error:
        refused = error
    try:
        said = tuple((name, text.decode()) for name, text in texts)
    except UnicodeError:
        raise BadBody((("body", "must be text in UTF-8."),)) from None
    return Parts(said, files, refused)


async def _read(
    request: web.Request, texts: list[tuple[str, bytes]], *, only: str | None
) -> tuple[NewAttachment, ...]:
    """
    Read a form: its fields into texts, its files as what is returned.

    only: the one text part that there may be; None: any, up to MOST_TEXTS.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedEncoding("The body must be sent without Content-Encoding.")
    if (request.content_length or 0) > LARGEST_OF_CASE + 2 * LARGEST_BODY:
        raise TooManyAttachments
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            sent = await _parts(request, texts, only)
    except TimeoutError:
        raise TooSlow from None
    except (ValueError, AssertionError, LookupError, UnicodeError):
        raise BadBody((("body", "must be a form of the type multipart/form-data."),)) from None
    # Looking at content takes a while for large files; the loop goes on meanwhile.
    return await asyncio.to_thread(lambda: tuple(read_attachment(*each) for each in sent))


async def _parts(
    request: web.Request, texts: list[tuple[str, bytes]], only: str | None
) -> list[tuple[str, bytes]]:
    sent: list[tuple[str, bytes]] = []
    most = MOST_TEXTS if only is None else 1
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise ValueError("a part has parts")
        name = part.name or ""
        if name == FILE_PART:
            if len(sent) == MOST_OF_CASE:
                raise TooManyAttachments
            room = LARGEST_OF_CASE - sum(len(data) for _, data in sent)
            over: Exception = AttachmentTooLarge() if room >= LARGEST else TooManyAttachments()
            data = await _bytes(part, min(room, LARGEST), over)
            if part.filename or data:  # a form sends an empty part where no file was chosen
                sent.append((part.filename or "", data))
        elif name and only in (name, None) and not part.filename and len(texts) < most:
            left = LARGEST_BODY - sum(len(text) for _, text in texts)
            what = "The part request is" if only else "The fields of the form are"
            texts.append((name, await _bytes(part, left, TooLarge(f"{what} too large."))))
        else:
            names = f"one part {REQUEST_PART} with JSON, and parts {FILE_PART} with files"
            raise BadBody((("body", f"takes {names}."),))
    return sent


async def _bytes(part: BodyPartReader, most: int, over: Exception) -> bytes:
    read = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        read += chunk
        if len(read) > most:
            raise over
    return bytes(read)


def file_answer(name: str, media_type: str, data: bytes) -> web.Response:
    """Return a stored file as an attachment that no browser runs or shows (S47)."""
    return web.Response(body=data, headers=file_headers(name, media_type))


def as_json_part(upload: Upload) -> bytes:
    """Return the JSON part. Raises BadBody without one."""
    if upload.body is None:
        raise BadBody(((REQUEST_PART, "is missing: a part with the request as JSON."),))
    return upload.body


def part_names() -> dict[str, Any]:
    """Return the schema of a form with files alone, for the description of the API."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {
        "type": "object",
        "properties": {FILE_PART: {"type": "array", "items": file, "maxItems": MOST_OF_CASE}},
    }
