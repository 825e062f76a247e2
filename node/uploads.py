"""
Files that come with a request: multipart/form-data, read part by part within limits (S47).

A form has at most one part with JSON, named `request`, and files in parts named `attachment`. What
is too large is refused as soon as that is known, before the rest is read.
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
from federation.serving.resource_files import file_headers
from node.refusals import BadBody, TooSlow
from node.shell import LARGEST_BODY
from protocol.errors import TooLarge, UnsupportedEncoding

FORM: Final = "multipart/form-data"
REQUEST_PART: Final = "request"
FILE_PART: Final = "attachment"
UPLOAD_SECONDS: Final = 180.0


@dataclass(frozen=True, slots=True)
class Upload:
    """What a form held. body: the JSON part as bytes, None without one. files: checked."""

    body: bytes | None = field(repr=False)
    files: tuple[NewAttachment, ...] = ()


async def read_form(request: web.Request) -> Upload:
    """
    Return the parts of a form.

    Raises BadBody, TooLarge, TooSlow, UnsupportedEncoding, and what `read_attachment` raises.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedEncoding("The body must be sent without Content-Encoding.")
    if (request.content_length or 0) > LARGEST_OF_CASE + 2 * LARGEST_BODY:
        raise TooManyAttachments
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            body, sent = await _parts(request)
    except TimeoutError:
        raise TooSlow from None
    except (ValueError, AssertionError, LookupError, UnicodeError):
        raise BadBody((("body", "must be a form of the type multipart/form-data."),)) from None
    # Looking at content takes a while for large files; the loop goes on meanwhile.
    files = await asyncio.to_thread(lambda: tuple(read_attachment(*each) for each in sent))
    return Upload(body, files)


async def _parts(request: web.Request) -> tuple[bytes | None, list[tuple[str, bytes]]]:
    body: bytes | None = None
    sent: list[tuple[str, bytes]] = []
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise ValueError("a part has parts")
        if part.name == REQUEST_PART and body is None and not part.filename:
            body = await _bytes(part, LARGEST_BODY, TooLarge("The part request is too large."))
        elif part.name == FILE_PART:
            if len(sent) == MOST_OF_CASE:
                raise TooManyAttachments
            room = LARGEST_OF_CASE - sum(len(data) for _, data in sent)
            over: Exception = AttachmentTooLarge() if room >= LARGEST else TooManyAttachments()
            data = await _bytes(part, min(room, LARGEST), over)
            if part.filename or data:  # a form sends an empty part where no file was chosen
                sent.append((part.filename or "", data))
        else:
            names = f"one part {REQUEST_PART} with JSON, and parts {FILE_PART} with files"
            raise BadBody((("body", f"takes {names}."),))
    return body, sent


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
