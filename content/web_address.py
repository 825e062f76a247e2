"""Links of records: addresses on the web, and nothing that a browser would run (SECURITY S45)."""

import re
from typing import Final
from urllib.parse import urlsplit

from content.validation import shown

LONGEST_ADDRESS = 2048
_USUAL = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*+)(?::[1-9][0-9]{1,3})?(?:/[A-Za-z0-9/._~%&=?+,;:!()#-]*+)?",
    re.ASCII,
)
"""What most addresses look like: a plain host, perhaps a port, and nothing that needs a look."""

_NOT_IRI: Final = re.compile(r"[<>\"{}|^`]|%(?![0-9A-Fa-f]{2})")


def web_address(text: str) -> str:
    """
    Return an http or https address as it was given, without blanks around it.

    Raises ValueError for other schemes, an address without a host or with a password in it,
    one with blanks or control signs, or one of more than 2,048 signs.
    """
    text = text.strip()
    if len(text) <= LONGEST_ADDRESS and _USUAL.fullmatch(text) is not None:
        return text
    if len(text) > LONGEST_ADDRESS:
        raise ValueError(f"must have at most {LONGEST_ADDRESS} signs; it has {len(text)}.")
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("must be one address without blanks, backslashes and control signs.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise ValueError(f"{shown(text)} is not an address.") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError(
            f"{shown(text)} is not an address on the web; it must begin with https:// or http://"
            " and name a host."
        )
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or a password.")
    return text


def as_iri(address: str) -> str:
    """
    Return a link of a record with the signs that no IRI has encoded (RFC 3987), as browsers do.

    Programs that are strict refuse a whole document because of one such sign, such as `|`.
    """
    whole, mark, fragment = address.partition("#")
    encoded = _NOT_IRI.sub(lambda sign: f"%{ord(sign[0]):02X}", whole + mark)
    return encoded + _NOT_IRI.sub(lambda sign: f"%{ord(sign[0]):02X}", fragment).replace("#", "%23")
