"""Mail addresses, as strictly as a mail server is handed them."""

import re

LONGEST_ADDRESS = 254
_LONGEST_LOCAL = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")


def mail_address(text: str) -> str:
    """
    Return a mail address without blanks around it, its domain in small letters; else ValueError.

    The form is Dot-string "@" Domain of RFC 5321, section 4.1.2: no quotes, no comments, no names
    beside it, nothing that could begin another header. A domain in another script is written in
    its ASCII form.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        plain = f"{local}{at}{domain.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        plain = ""
    if len(plain) > LONGEST_ADDRESS or len(local) > _LONGEST_LOCAL or not _ADDRESS.fullmatch(plain):
        raise ValueError("must be a mail address such as ana@city.example.")
    return plain


def is_mail_address(text: str) -> bool:
    """Return whether `mail_address` takes the text."""
    try:
        mail_address(text)
    except ValueError:
        return False
    return True


def same_address(one: str, other: str) -> bool:
    """Return whether two texts are the same mail address, as people write it in any case."""
    try:
        return mail_address(one).casefold() == mail_address(other).casefold()
    except ValueError:
        return False
