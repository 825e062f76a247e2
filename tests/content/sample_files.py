"""Files that people attach, made small: real office archives, real pictures, plain text."""

import io
import zipfile
from pathlib import Path

PICTURES = Path(__file__).with_name("pictures")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    """Return a zip archive with these names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        if first is not None:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<x/>", zipfile.ZIP_DEFLATED)
    return held.getvalue()


def office(part: str = "word/document.xml", *more: str) -> bytes:
    """Return an office document of Microsoft's open format."""
    return zipped("[Content_Types].xml", part, *more)


def open_document(kind: str = "text", *more: str) -> bytes:
    """Return an OpenDocument file."""
    mark = f"application/vnd.oasis.opendocument.{kind}"
    return zipped("META-INF/manifest.xml", "content.xml", *more, first=("mimetype", mark))


def picture(name: str) -> bytes:
    """Return a picture full of notes; see tests/content/pictures."""
    return (PICTURES / name).read_bytes()
