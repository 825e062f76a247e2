"""
Pictures without what their camera noted: place, time, device, previews, comments.

The parts of a file that hold such notes are left out, and what follows its end; the picture itself
is not touched, so it loses nothing and no decoder ever runs on what a stranger sent. Of a JPEG the
orientation is kept, or documents would lie on their side. Formats: ITU T.81 and Exif 2.32 (JPEG),
the PNG specification, and RFC 9649 (WebP).
"""

import re
from typing import ClassVar, Final

from content.cases.file_types import JPEG, PNG, WEBP, FileType
from content.errors import ContentError

_AFTER_DATA = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker in coded data: 00 is a stuffed byte, D0 to D7 restart it, FF fills."""
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP14, _APP15 = 0xE0, 0xE1, 0xEE, 0xEF
_ORIENTATION: Final = 0x0112
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"}
)
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
_WEBP_NOTES: Final = 0x20 | 0x08 | 0x04
"""Flags of VP8X: a colour profile, Exif and XMP follow."""


class PictureDamaged(ContentError):
    """The picture cannot be read, so its notes cannot be left out."""

    code: ClassVar[str] = "picture-damaged"

    def __init__(self) -> None:
        super().__init__("The picture is damaged or moves. Save it anew as PNG or JPEG.")


def without_notes(kind: FileType, data: bytes) -> bytes:
    """Return a file without such notes; other files than pictures as they are."""
    try:
        if kind is JPEG:
            return _jpeg(data)
        if kind is PNG:
            return _png(data)
        if kind is WEBP:
            return _webp(data)
    except (IndexError, ValueError):
        raise PictureDamaged from None
    return data


def _jpeg(data: bytes) -> bytes:
    parts = [data[:2]]
    place, turned = 2, 0
    while True:
        if data[place] != 0xFF:
            raise ValueError("no marker")
        while data[place + 1] == 0xFF:
            place += 1
        marker = data[place + 1]
        place += 2
        if marker == _EOI:
            return b"".join((*parts[:1], _only_orientation(turned), *parts[1:], b"\xff\xd9"))
        if marker == 0 or 0xD0 <= marker <= _SOI:
            raise ValueError("no segment")
        size = int.from_bytes(data[place : place + 2], "big")
        if size < 2 or place + size > len(data):
            raise ValueError("a segment is cut off")
        body = data[place + 2 : place + size]
        place += size
        if marker == _APP1 and body.startswith(b"Exif\x00\x00"):
            turned = turned or _orientation(body[6:])
        kept = _segment(marker, body)
        if kept is not None:
            parts.append(bytes((0xFF, marker)) + (len(kept) + 2).to_bytes(2, "big") + kept)
        if marker == _SOS:
            found = _AFTER_DATA.search(data, place)
            if found is None:
                raise ValueError("no end")
            parts.append(data[place : found.start()])
            place = found.start()


def _segment(marker: int, body: bytes) -> bytes | None:
    if marker == _APP0 and body.startswith(b"JFIF\x00") and len(body) >= 14:
        return body[:12] + b"\x00\x00"  # without the small preview
    if marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
        return body[:12]  # how the colours are coded
    return None if marker == _COM or _APP0 <= marker <= _APP15 else body


def _orientation(tiff: bytes) -> int:
    """Return 1 to 8, or 0 where nothing usable is said."""
    order = {b"II*\x00": "little", b"MM\x00*": "big"}.get(tiff[:4])
    if order is None:
        return 0

    def number(place: int, size: int) -> int:
        return int.from_bytes(tiff[place : place + size], "big" if order == "big" else "little")

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * min(number(first, 2), 200), 12):
        if number(entry, 2) == _ORIENTATION:
            turned = number(entry + 8, 2)
            return turned if 1 <= turned <= 8 else 0
    return 0


def _only_orientation(turned: int) -> bytes:
    if turned <= 1:
        return b""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + turned.to_bytes(2, "big") + b"\x00\x00"
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00"
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _png(data: bytes) -> bytes:
    parts, place = [data[:8]], 8
    while True:
        size = int.from_bytes(data[place : place + 4], "big")
        kind, end = data[place + 4 : place + 8], place + 12 + size
        if len(kind) < 4 or end > len(data):
            raise ValueError("a chunk is cut off")
        if kind in _PNG_KEPT:
            parts.append(data[place:end])
        if kind == b"IEND":
            return b"".join(parts)
        place = end


def _webp(data: bytes) -> bytes:
    parts, place = [], 12
    end = min(8 + int.from_bytes(data[4:8], "little"), len(data))
    while place + 8 <= end:
        kind, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        body = data[place + 8 : place + 8 + size]
        if len(body) < size or kind in (b"ANIM", b"ANMF"):
            raise ValueError("cut off, or moving")
        if kind == b"VP8X":
            body = bytes((body[0] & ~_WEBP_NOTES,)) + body[1:]
        if kind in _WEBP_KEPT:
            parts.append(kind + size.to_bytes(4, "little") + body + b"\x00" * (size % 2))
        place += 8 + size + size % 2
    if not any(each[:4] in (b"VP8 ", b"VP8L") for each in parts):
        raise ValueError("no picture")
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(whole).to_bytes(4, "little") + whole
