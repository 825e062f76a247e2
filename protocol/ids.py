"""
Ids and addresses: ULIDs, origins, and where a hub keeps what (docs/adr/0012-ids.md).

An origin is scheme, host and, where it is not the scheme's own, port: `https://hub.example`,
without a slash at the end. A host is the same without the scheme: `hub.example`, `127.0.0.2:9802`.
"""

import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from ulid import ULID

from protocol.errors import InvalidUrl

ULID_ENTROPY = 10
"""Random bytes that go into a ULID."""
ID_LIMIT = 2048
"""The longest id we take, in bytes (S21)."""

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])", re.ASCII)
_USUAL = re.compile(
    r"(https?://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*+"
    r"(?::(?:[1-9][0-9]{3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?)(?:/[A-Za-z0-9/._~#-]*+)?",
    re.ASCII,
)
"""Most URLs that hubs send: host, perhaps a port of four or five digits, and a plain path."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def ulid_from(now: datetime, entropy: bytes) -> str:
    """
    Return the ULID of this moment: 26 characters that sort by time, 80 bits of them random.

    now: timezone-aware. entropy: exactly 10 random bytes, drawn by the caller.
    Raises ValueError if either is not so.
    """
    if len(entropy) != ULID_ENTROPY:
        raise ValueError(f"A ULID takes {ULID_ENTROPY} bytes of entropy.")
    if now.tzinfo is None:
        raise ValueError("A ULID needs a time with a time zone.")
    milliseconds = int(now.timestamp() * 1000)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + entropy))


def is_ulid(text: str) -> bool:
    """Tell whether the text is a ULID as we write it: 26 upper-case characters."""
    return _ULID.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def origin_of(url: str) -> str:
    """
    Return the origin of an absolute http or https URL; a fragment, path and query may follow.

    Raises InvalidUrl for other schemes, user info, hosts that are not plain lower-or-upper-case
    ASCII, hosts ending in a dot, white space, control characters, or more than 2,048 bytes.
    """
    if len(url) <= ID_LIMIT and (usual := _USUAL.fullmatch(url)) is not None:
        return usual[1]
    if not url.isascii() or len(url) > ID_LIMIT:
        raise InvalidUrl("A URL must be ASCII text of at most 2,048 characters.")
    if not url.isprintable() or " " in url or "\\" in url:
        raise InvalidUrl("A URL must not hold spaces, backslashes or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidUrl("The URL cannot be read.") from error
    scheme, host = parts.scheme, parts.netloc.lower()
    if scheme not in _DEFAULT_PORTS or "@" in host:
        raise InvalidUrl("A URL must begin with http:// or https:// and hold no user name.")
    if port is not None or host.endswith(":"):
        host = host[: host.rindex(":")]
    if _HOST.fullmatch(host) is None or ".." in host:
        raise InvalidUrl("The URL has no plain host name.")
    if port is None or port == _DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def host_of(url: str) -> str:
    """Return host and, where it is not the scheme's own, port of a URL: `127.0.0.2:9802`."""
    return origin_of(url).partition("://")[2]


def same_origin(*urls: str) -> bool:
    """Tell whether all URLs have one origin; False if any of them is no URL or there is none."""
    try:
        return len({origin_of(url) for url in urls}) == 1
    except InvalidUrl:
        return False


def is_url(text: object) -> bool:
    """Tell whether this is an absolute http or https URL as `origin_of` takes it."""
    if not isinstance(text, str):
        return False
    try:
        origin_of(text)
    except InvalidUrl:
        return False
    return True


def ref_of(url: str) -> str | None:
    """Return the ULID at the end of a URL of ours, such as /resources/{ulid}; None without one."""
    last = url.rpartition("/")[2]
    return last if is_ulid(last) else None


def actor_id(origin: str) -> str:
    """Return the id of the actor that publishes."""
    return f"{origin}/actor"


def application_id(origin: str) -> str:
    """Return the id of the server actor that signs our GET requests (FEP-d556)."""
    return f"{origin}/application"


def rsa_key_id(origin: str) -> str:
    """Return the id of the actor's RSA key, for the rest of the fediverse."""
    return f"{origin}/actor#main-key"


def signing_key_id(origin: str, number: int = 1) -> str:
    """Return the id of the actor's n-th Ed25519 key."""
    return f"{origin}/actor#ed25519-{number}"


def application_key_id(origin: str) -> str:
    """Return the id of the server actor's RSA key."""
    return f"{origin}/application#main-key"


def sealing_key_id(origin: str, month: datetime, *, hybrid: bool = False) -> str:
    """Return the id of the sealing key of a month: `#x25519-202611`, hybrid `#mlkem768x25519-…`."""
    kind = "mlkem768x25519" if hybrid else "x25519"
    return f"{origin}/actor#{kind}-{month:%Y%m}"


def activity_id(origin: str, ulid: str) -> str:
    """Return the id of an activity of ours."""
    return f"{origin}/activities/{ulid}"


def resource_id(origin: str, ulid: str) -> str:
    """Return the id of a resource of ours."""
    return f"{origin}/resources/{ulid}"


def resource_file_id(resource: str, sha256: str) -> str:
    """Return the address of a file of a resource. resource: the id of that; sha256: in hex."""
    return f"{resource}/files/{sha256}"


def expert_id(origin: str, ulid: str) -> str:
    """Return the id of an expert of ours."""
    return f"{origin}/experts/{ulid}"


def framework_item_id(origin: str, ulid: str) -> str:
    """Return the id of a published item of our framework."""
    return f"{origin}/framework/{ulid}"


def manifest_id(origin: str, version: int = 1) -> str:
    """Return the id of a manifest of ours."""
    return f"{origin}/hub/manifest/{version}"
