"""
WebFinger (RFC 7033) as the fediverse uses it: `acct:hub@host` to an actor's address and back.

The subject is always the canonical account, also for a query by URL; on loopback it keeps the port.
"""

import re
from dataclasses import dataclass
from typing import Final

from protocol.context import ACTIVITY_JSON, LD_JSON
from protocol.documents.actor import APPLICATION_USERNAME, USERNAME
from protocol.errors import InvalidDocument, InvalidUrl
from protocol.ids import actor_id, application_id, host_of, is_url
from protocol.json import JsonObject

JRD_JSON: Final = "application/jrd+json"
PROFILE_PAGE: Final = "http://webfinger.net/rel/profile-page"

_ACCOUNT = re.compile(
    r"(?:acct:)?@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?)"
    r"@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?)",
    re.ASCII,
)
_LINKS_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Account:
    """A fediverse account: user name and host (with a port only where it is not the default)."""

    name: str
    host: str

    def __str__(self) -> str:
        """Return `name@host`."""
        return f"{self.name}@{self.host}"


def read_account(text: str) -> Account:
    """
    Return the account in `hub@host`, `@hub@host` or `acct:hub@host`; the host in lower case.

    Raises InvalidUrl for anything else: no paths, no second @, no percent signs.
    """
    match = _ACCOUNT.fullmatch(text.strip())
    if match is None:
        raise InvalidUrl("An account is written name@host.")
    return Account(match[1], host_of(f"https://{match[2]}"))


def webfinger_url(account: Account, *, scheme: str = "https") -> str:
    """Return where to ask for an account. scheme http only for trusted addresses."""
    return f"{scheme}://{account.host}/.well-known/webfinger?resource=acct:{account}"


def answer(resource: str, origin: str) -> JsonObject | None:
    """
    Return the answer to a query for one of our two actors, None if it is about somebody else.

    resource: an acct: URI, an actor's id, or the origin itself (the server actor, FEP-d556).
    """
    host = host_of(origin)
    known = {
        f"acct:{USERNAME}@{host}": (USERNAME, actor_id(origin)),
        actor_id(origin): (USERNAME, actor_id(origin)),
        f"acct:{APPLICATION_USERNAME}@{host}": (APPLICATION_USERNAME, application_id(origin)),
        application_id(origin): (APPLICATION_USERNAME, application_id(origin)),
        origin: (APPLICATION_USERNAME, application_id(origin)),
        f"{origin}/": (APPLICATION_USERNAME, application_id(origin)),
    }
    asked = f"acct:{resource[5:].lower()}" if resource.startswith("acct:") else resource
    if asked not in known:
        return None
    name, identity = known[asked]
    return {
        "subject": f"acct:{name}@{host}",
        "aliases": [identity],
        "links": [
            {"rel": "self", "type": ACTIVITY_JSON, "href": identity},
            {"rel": PROFILE_PAGE, "type": "text/html", "href": f"{origin}/"},
        ],
    }


@dataclass(frozen=True, slots=True)
class Finding:
    """What a WebFinger answer says."""

    account: Account | None
    """The canonical account; its host may differ from the one that was asked: ask there again."""
    actor: str
    """Address of the actor document. It must name this account, or be on the asked host."""


def read_answer(document: JsonObject) -> Finding:
    """Return account and actor address. Raises InvalidDocument if there is no usable self link."""
    links = document.get("links")
    for link in links[:_LINKS_LIMIT] if isinstance(links, list) else []:
        if not isinstance(link, dict) or link.get("rel") != "self":
            continue
        kind, href = link.get("type"), link.get("href")
        if kind in (ACTIVITY_JSON, LD_JSON) and isinstance(href, str) and is_url(href):
            return Finding(_subject(document.get("subject")), href)
    raise InvalidDocument("The WebFinger answer has no link to an actor.")


def _subject(value: object) -> Account | None:
    try:
        return read_account(value) if isinstance(value, str) else None
    except InvalidUrl:
        return None
