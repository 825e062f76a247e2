"""How people reach the staff of the hub, as a link where it is one."""

import re
from dataclasses import dataclass
from typing import Final

from protocol.ids import is_url

_MAIL: Final = re.compile(r"[^\s@<>\"?&]+@[^\s@<>\"?&]+\.[^\s@<>\"?&]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{4,}")


@dataclass(frozen=True, slots=True)
class Contact:
    """What the operator wrote, and where a click on it leads; link is None for plain words."""

    text: str
    link: str | None


def contact_of(text: str) -> Contact | None:
    """Return the contact of the settings: a mail address, phone number, web address, or words."""
    text = text.strip()
    if not text:
        return None
    if is_url(text):
        return Contact(text, text)
    if _MAIL.fullmatch(text):
        return Contact(text, f"mailto:{text}")
    if _PHONE.fullmatch(text):
        return Contact(text, "tel:" + re.sub(r"[^0-9+]", "", text))
    return Contact(text, None)
