"""
Style sheet and pictures, read once and named by their content, so that caches keep them.

They are packed once too; pages are packed by the reverse proxy (docs/adr/0020-pages.md).
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

from federation.serving.answers import NotServed, accepts

_FOLDER: Final = Path(__file__).parent / "static"
_SHEETS: Final = (
    "tokens.css",
    "base.css",
    "layout.css",
    "parts.css",
    "records.css",
    "forms.css",
    "ask.css",
    "staff.css",
    "desk.css",
    "catalogue.css",
    "network.css",
    "languages.css",
    "print.css",
)
"""One file a job; browsers get them as one."""
_COMMENT: Final = re.compile(rb"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. packed: the same in gzip. version: changes with the content."""

    body: bytes
    packed: bytes
    content_type: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """Return all files by the name in their address."""
    sheets = b"\n".join(_lean((_FOLDER / name).read_bytes()) for name in _SHEETS)
    return {
        "site.css": _asset(sheets, "text/css"),
        "passkeys.js": _asset((_FOLDER / "passkeys.js").read_bytes(), "text/javascript"),
        "suggest.js": _asset((_FOLDER / "suggest.js").read_bytes(), "text/javascript"),
        "print.js": _asset((_FOLDER / "print.js").read_bytes(), "text/javascript"),
        "mark.svg": _asset((_FOLDER / "mark.svg").read_bytes(), "image/svg+xml"),
        "world.svg": _asset((_FOLDER / "world.svg").read_bytes(), "image/svg+xml"),
    }


def asset_path(name: str) -> str:
    """Return the address of a file, with its version."""
    return f"/static/{name}?v={assets()[name].version}"


async def static_file(request: web.Request) -> web.Response:
    """GET /static/{name}. Raises NotServed."""
    asset = assets().get(request.match_info["name"])
    if asset is None:
        raise NotServed
    current = request.query.get("v") == asset.version
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
        "Vary": "Accept-Encoding",
    }
    packed = accepts(request.headers.get("Accept-Encoding", ""), "gzip")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=asset.packed if packed else asset.body,
        content_type=asset.content_type,
        charset="utf-8",
        headers=headers,
    )


def _lean(sheet: bytes) -> bytes:
    """Return a sheet without its comments, indents and empty lines: browsers need none of them."""
    lines = _COMMENT.sub(b"", sheet).splitlines()
    return b"\n".join(line.strip() for line in lines if line.strip())


def _asset(body: bytes, content_type: str) -> Asset:
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(body, packed, content_type, hashlib.sha256(body).hexdigest()[:12])
