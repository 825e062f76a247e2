"""
What kind of file somebody attached, seen from its content; what is not on the list is refused.

The name and the media type that a sender tells prove nothing and are not asked (SECURITY.md S47).
Office documents are zip archives inside: their list of names is read, nothing is ever unpacked.
"""

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import ClassVar, Final

from content.errors import ContentError

_ZIP: Final = b"PK\x03\x04"
_MOST_ENTRIES: Final = 10_000
_ODF_MARK: Final = slice(30, 38)
"""In an OpenDocument file the first entry is `mimetype`, stored as it is (ODF 1.3, part 2, 3.3)."""


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file that is taken. endings: of its names; the first is the usual one."""

    media_type: str
    endings: tuple[str, ...]


PDF = FileType("application/pdf", (".pdf",))
PNG = FileType("image/png", (".png",))
JPEG = FileType("image/jpeg", (".jpg", ".jpeg"))
WEBP = FileType("image/webp", (".webp",))
CSV = FileType("text/csv", (".csv",))
TEXT = FileType("text/plain", (".txt", ".md"))
_OPEN = "application/vnd.openxmlformats-officedocument"
DOCX = FileType(f"{_OPEN}.wordprocessingml.document", (".docx",))
XLSX = FileType(f"{_OPEN}.spreadsheetml.sheet", (".xlsx",))
PPTX = FileType(f"{_OPEN}.presentationml.presentation", (".pptx",))
_ODF = "application/vnd.oasis.opendocument"
ODT = FileType(f"{_ODF}.text", (".odt",))
ODS = FileType(f"{_ODF}.spreadsheet", (".ods",))
ODP = FileType(f"{_ODF}.presentation", (".odp",))
TAKEN: Final = (PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, TEXT, CSV, PNG, JPEG, WEBP)
"""All kinds that are taken."""
_BY_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_ARCHIVES = (b"PK", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class FileNotTaken(ContentError):
    """A file of a kind that is not taken."""

    code: ClassVar[str] = "file-not-taken"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} Taken are PDF, office documents (docx, xlsx, pptx, odt, ods, odp), text and"
            " CSV in UTF-8, and pictures (PNG, JPEG, WebP)."
        )


def type_of(name: str, data: bytes) -> FileType:
    """
    Return the kind of a file. Raises FileNotTaken, which says why.

    name: only tells CSV from other text.
    """
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(_ZIP):
        return _office_type(data)
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        raise FileNotTaken("Archives are not opened here; attach the files themselves.")
    if data.startswith(_OLD_OFFICE):
        raise FileNotTaken(
            "Old or password-protected office files cannot be checked; save it anew."
        )
    if _is_text(data):
        return CSV if name.lower().endswith(CSV.endings) else TEXT
    raise FileNotTaken("This kind of file is not known here.")


def _office_type(data: bytes) -> FileType:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError):
        raise FileNotTaken("The file is damaged.") from None
    if len(names) > _MOST_ENTRIES:
        raise FileNotTaken("The file has too many parts.")
    found = _open_document(data) or next(
        (_BY_PART[each] for each in names if each in _BY_PART), None
    )
    if found is None or not ({"[Content_Types].xml", "META-INF/manifest.xml"} & set(names)):
        raise FileNotTaken("Archives are not opened here; attach the files themselves.")
    if any(
        each.lower().endswith("vbaproject.bin") or each.startswith(("Basic/", "Scripts/"))
        for each in names
    ):
        raise FileNotTaken("The document holds macros; save it without them.")
    return found


def _open_document(data: bytes) -> FileType | None:
    if data[_ODF_MARK] != b"mimetype":
        return None
    said = data[38:120]
    for each in (ODT, ODS, ODP):
        mark = each.media_type.encode()
        # The next entry begins right after it; "-template" and the like are other kinds.
        if said.startswith(mark) and said[len(mark) :][:2] == b"PK":
            return each
    return None


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if text.isprintable():
        return True
    return all(sign in "\n\r\t\f" or unicodedata.category(sign) != "Cc" for sign in set(text))
