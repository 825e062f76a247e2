"""What texts of people may hold: any script and any space, but nothing that steers a terminal."""

import unicodedata

_STEERING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control signs, lone surrogates, line and paragraph separators."""


def one_line(text: str) -> str:
    """Return text without blanks around it; ValueError unless it is one line of plain signs."""
    text = text.strip()
    # Printable text holds none of them; that is quick to see, and nearly always so.
    if not text.isprintable() and any(unicodedata.category(sign) in _STEERING for sign in text):
        raise ValueError("must be one line, without control signs.")
    return text


def long_text(text: str, most_bytes: int) -> str:
    """
    Return text without blanks around it; it may have many lines.

    Raises ValueError if it has more than most_bytes in UTF-8, or control signs other than the
    line feed, the carriage return and the tab.
    """
    text = text.strip()
    for sign in "" if text.isprintable() else text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise ValueError("must not hold control signs.")
    size = len(text.encode())
    if size > most_bytes:
        raise ValueError(f"must have at most {most_bytes // 1024} KiB; it has {size} bytes.")
    return text


def is_label(text: str, most: int) -> bool:
    """Return whether text is one line of 1 to most signs, blanks around it not counted."""
    try:
        return 1 <= len(one_line(text)) <= most
    except ValueError:
        return False
