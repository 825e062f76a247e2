"""Addresses of pages: of records, of searches with one choice more or less."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from federation.hub import Identity
from protocol.ids import is_url


def record_path(folder: str, own: bool, hub: str, ref: str) -> str:
    """Return the local page of a record. folder: "resources" or "experts"."""
    if own:
        return f"/{folder}/{quote(ref, safe='')}"
    return f"/hubs/{quote(hub, safe=':@')}/{folder}/{quote(ref, safe='')}"


def framework_path(host: str | None) -> str:
    """Return the page of the framework of another hub, or of ours for None."""
    return "/framework" if host is None else f"/hubs/{quote(host, safe=':@')}/framework"


def api_path(folder: str, own: bool, hub: str, ref: str) -> str:
    """Return where the API has a record, with the signed document."""
    return f"/api/v1{record_path(folder, own, hub, ref)}"


def search_path(path: str, chosen: Mapping[str, str | None], **changes: str | None) -> str:
    """
    Return the address of a search. chosen: parameters so far; changes: those that differ.

    What is None or empty is left out, and so is the place in the list, which another search has
    not.
    """
    wanted = {**{key: value for key, value in chosen.items() if key not in _PLACE}, **changes}
    given = {key: value for key, value in wanted.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def next_path(path: str, chosen: Mapping[str, str | None], cursor: str, first: int) -> str:
    """Return the address of the next page. first: number of its first item."""
    given = {key: value for key, value in chosen.items() if value and key not in _PLACE}
    return f"{path}?{urlencode({**given, 'from': str(first), 'cursor': cursor})}"


def web_link(url: str | None) -> str | None:
    """Return an address that a page may link to, or None: http and https only (S45)."""
    return url if url is not None and is_url(url) else None


def full(identity: Identity, path: str) -> str:
    """Return the whole address of a page of this hub."""
    return identity.origin + path


_PLACE = frozenset(("cursor", "from"))
