"""
What a robots.txt says to us (RFC 9309): of the rules of our group the longest that fits decides.

Pure. The file is a stranger's, so nothing in it costs more than its length: patterns are looked for
part by part, never by a regular expression made of them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LARGEST: Final = 512 * 1024
"""Bytes that are read; RFC 9309, 2.5 asks for 500 KiB at least."""
PATH: Final = "/robots.txt"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_NAME: Final = re.compile(r"[A-Za-z_-]+", re.ASCII)
_ESCAPES: Final = re.compile(r"%([0-9A-Fa-f]{2})|[^\x21-\x7e]")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_EVERYBODY: Final = "*"
_RULES: Final = ("allow", "disallow")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """
    The rules for one program: patterns of paths and whether they allow.

    delay: seconds that the site wants between two questions (Crawl-delay, which is no part of the
    standard and often asked for), 0.0 if it says nothing.
    """

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allow(self, url: str) -> bool:
        """Return whether the program may ask for an address of the site."""
        parts = urlsplit(url)
        path = _same_spelling(parts.path or "/", "*$")
        if path == PATH:
            return True
        if "?" in url.partition("#")[0]:
            path += f"?{_same_spelling(parts.query, '*$')}"
        longest = {True: -1, False: -1}
        for pattern, allows in self.rules:
            if len(pattern) > longest[allows] and _fits(pattern, path):
                longest[allows] = len(pattern)
        return longest[True] >= longest[False]

    def as_text(self) -> str:
        """Return them as a file for everybody, to be kept and read again."""
        lines = [f"{'allow' if allows else 'disallow'}: {each}" for each, allows in self.rules]
        if self.delay:
            lines.append(f"crawl-delay: {self.delay}")
        return "\n".join(["user-agent: *", *lines]) if lines else ""


def read_robots(body: bytes | str, name: str) -> RobotsRules:
    """
    Return the rules of a robots.txt for the program of that name; without a group of that name,
    those for everybody. Whatever the file holds is read: what is no line of the standard is not
    there.
    """
    if isinstance(body, bytes):
        whole = len(body) < LARGEST
        body = body[:LARGEST].decode("utf-8", "replace")
        if not whole:
            body = body[: max(body.rfind("\n"), body.rfind("\r"), 0)]  # half a rule is none
    groups = list(_groups(_lines(body.removeprefix("\ufeff"))))
    for wanted in (name.casefold(), _EVERYBODY):
        ours = [group for group in groups if wanted in group.names]
        if ours:
            rules = tuple(rule for group in ours for rule in group.rules)
            return RobotsRules(rules, max(group.delay for group in ours))
    return RobotsRules()


@dataclass(slots=True)
class _Group:
    names: set[str]
    rules: list[tuple[str, bool]]
    delay: float = 0.0


def _groups(lines: Iterable[tuple[str, str]]) -> Iterator[_Group]:
    """Yield what is said to whom. Names follow one another until there is a rule for them."""
    group: _Group | None = None
    for key, value in lines:
        if key == "user-agent":
            if group is None or group.rules:
                if group is not None:
                    yield group
                group = _Group(set(), [])
            group.names.add(_named(value))
        elif group is None:
            continue
        elif key in _RULES:
            group.rules.append((_pattern(value), key == "allow"))
        elif key == "crawl-delay":
            group.delay = max(group.delay, _seconds(value))
    if group is not None:
        yield group


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in _LINE_END.split(text):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _named(value: str) -> str:
    """Return the name in a line: its letters alone, since some write a version behind them."""
    if value.startswith(_EVERYBODY) and not value[1:2].strip():
        return _EVERYBODY
    found = _NAME.match(value)
    return found[0].casefold() if found is not None else ""


def _seconds(value: str) -> float:
    try:
        seconds = float(value) if len(value) < 10 else 0.0
    except ValueError:
        return 0.0
    return seconds if 0.0 < seconds < 86_400.0 else 0.0


def _pattern(value: str) -> str:
    """Return a pattern in the spelling in which paths are compared; "" forbids nothing."""
    end = "$" if value.endswith("$") else ""
    return _same_spelling(value.removesuffix("$"), "$") + end


def _same_spelling(text: str, signs: str) -> str:
    """
    Return a path in one spelling (RFC 9309, 2.2.2): what is unreserved bare, all else as it is or
    in capitals behind its percent sign. signs: those that mean something in patterns, encoded.
    """

    def one(found: re.Match[str]) -> str:
        if found[1] is None:
            return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))
        sign = chr(int(found[1], 16))
        return sign if sign in _UNRESERVED else found[0].upper()

    spelled = _ESCAPES.sub(one, text)
    for sign in signs:
        spelled = spelled.replace(sign, f"%{ord(sign):02X}")
    return spelled


def _fits(pattern: str, path: str) -> bool:
    """Return whether a pattern fits the beginning of a path, or all of it where it ends in `$`."""
    if not pattern:
        return False
    whole = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not parts:
        return not whole or at == len(path)
    *middle, last = parts
    for part in middle:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if whole:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
