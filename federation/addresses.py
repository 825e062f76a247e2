"""
Which addresses the outside world may make us connect to (docs/adr/0013-transport.md).

An allow-list: whatever is not plainly public unicast is refused. Pure: text and numbers in, an
answer out; the transport asks about the URL first and about the socket it opens then.
Sources: IANA special-purpose address registries; SECURITY.md 0.6, S27, S28.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import ClassVar
from urllib.parse import urlsplit

from federation.errors import FederationError

IPAddress = IPv4Address | IPv6Address

_V4_NOT_PUBLIC = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_V6_PUBLIC = IPv6Network("2000::/3")
_V6_NOT_PUBLIC = tuple(
    IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_TOP_LEVEL = re.compile(r"(?!0x)[a-z][a-z0-9-]*")
_SPELLING = re.compile(r"[A-Za-z0-9._~/?\[\]@!$&'()*+,;=:%-]+")
_DEFAULT_PORTS = {"https": 443, "http": 80}
LONGEST_URL = 2048


class BadAuthority(FederationError):
    """A trusted authority of the settings is not of the form host:port."""

    code: ClassVar[str] = "bad-authority"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is not a trusted authority. Write host:port, such as 127.0.0.2:9802."
        )


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked URL leads. literal: the address, when the host is one."""

    scheme: str
    host: str
    port: int
    literal: IPAddress | None
    trusted: bool

    def may_connect(self, address: str, port: int) -> bool:
        """
        Return whether the socket for this target may connect to this numeric address and port.

        A trusted literal must be that very address; a trusted name may lead anywhere, since the
        operator named it; everything else must be public.
        """
        if port != self.port:
            return False
        found = _numeric(address)
        if found is None:
            return False
        if self.trusted:
            return self.literal is None or found == self.literal
        return is_public(found)


def is_public(address: IPAddress) -> bool:
    """Return whether this is a public unicast address. Transitional and mapped forms are not."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _V4_NOT_PUBLIC)
    if address.scope_id is not None or address not in _V6_PUBLIC:
        return False
    return not any(address in block for block in _V6_NOT_PUBLIC)


def parse_authorities(entries: Iterable[str]) -> frozenset[str]:
    """
    Return the trusted authorities in the one spelling in which `check_url` looks for them.

    entries: each "host:port", with IPv6 in brackets. Raises BadAuthority.
    """
    found = set()
    for entry in entries:
        text = entry.strip().lower()
        if not text:
            continue
        host, _, port = text.rpartition(":")
        if not port.isdecimal() or not 0 < int(port) < 65536 or _host_of(host) is None:
            raise BadAuthority(entry.strip())
        found.add(_authority(host.strip("[]"), int(port)))
    return frozenset(found)


def check_url(url: str, trusted: frozenset[str]) -> Target | None:
    """
    Return where url leads, or None when we do not go there at all.

    Refused: anything but https on port 443 to a name, except for the trusted authorities, which
    may use plain http, other ports and literal addresses; user names, fragments, signs that are
    not ASCII, upper case or a trailing dot in the host, and numbers that pose as names.
    """
    if len(url) > LONGEST_URL or not _SPELLING.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        return None
    host = parts.netloc.removesuffix(f":{port}") if port is not None else parts.netloc
    literal = _host_of(host)
    if literal is None:
        return None
    name = host.strip("[]")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    address = literal if not isinstance(literal, str) else None
    if _authority(name, port) in trusted:
        return Target(parts.scheme, name, port, address, trusted=True)
    if parts.scheme != "https" or port != 443 or address is not None:
        return None
    if "." not in name or not _TOP_LEVEL.fullmatch(name.rpartition(".")[2]):
        return None
    return Target(parts.scheme, name, port, None, trusted=False)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _host_of(host: str) -> IPAddress | str | None:
    """Return the address when host is a canonical literal, the name when it is one, else None."""
    if host.startswith("[") and host.endswith("]"):
        found = _numeric(host[1:-1])
        return found if isinstance(found, IPv6Address) and str(found) == host[1:-1] else None
    found = _numeric(host)
    if isinstance(found, IPv4Address):
        return found
    return host if len(host) <= 253 and _NAME.fullmatch(host) else None


def _numeric(text: str) -> IPAddress | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
