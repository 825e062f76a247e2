"""
Looking for personal data in a text before it leaves: addresses, numbers, names that are known.

It finds what has a form; it understands nothing. A person decides (DOMAIN.md 4, minimisation).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from content.folding import words_of

LONGEST_COPIED = 8
"""So many words in a row that stand in the question too count as copied."""
_SHORTEST_NAME = 4
_SHORTEST_OF_BODY = 6
_FEWEST_DIGITS = 6
_MAIL = re.compile(r"[^\s<>()\[\],;:@]+@[^\s<>()\[\],;:@]+\.[^\W\d_]{2,}")
_HANDLE = re.compile(r"(?<![\w/])@[\w.-]{2,}")
_PHONE = re.compile(r"(?<![\w.-])(?:\+|00)?\(?\d[\d ()./-]{6,18}\d(?![\w-])")
_ID = re.compile(r"(?<!\w)[A-Za-z]{0,4}\d[\d.-]{4,}[A-Za-z]{0,2}(?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_DATE = re.compile(
    r"(?:19|20)\d{2} ?[-/.] ?(?:(?:19|20)\d{2}|\d{1,4}(?:[-/.]\d{1,2})?)"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}"
)
"""Years, spans of years, dates and numbers of laws such as 2024/1689 are none of a person."""


class Trace(StrEnum):
    """What a place in a text looks like."""

    MAIL = "mail-address"
    HANDLE = "account-name"
    PHONE = "phone-number"
    ID = "number-of-a-person"
    NAME = "name-of-the-requester"
    COPIED = "words-of-the-case"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place. text: what stands there; confidential, for the person who decides."""

    trace: Trace
    text: str = field(repr=False)


def find_traces(
    text: str,
    *,
    names: Iterable[str] = (),
    bodies: Iterable[str] = (),
    phrases: Iterable[str] = (),
    sources: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """
    Return what looks like personal data, each once, in the order of `Trace`.

    names: of people, found whole and in parts. bodies: names of organisations, whole and in their
    longer words. phrases: found whole. All of them are the requester's and must not be told.
    sources: texts whose sentences must not be copied, such as the question.
    """
    words = words_of(text)
    told = [
        *_names(words, names, _SHORTEST_NAME),
        *_names(words, bodies, _SHORTEST_OF_BODY),
        *_names(words, phrases, None),
    ]
    found = [*_by_form(text), *told, *_copied(words, sources)]
    return tuple(dict.fromkeys(found))


def _by_form(text: str) -> Iterator[Finding]:
    rest = text
    for trace, pattern in ((Trace.MAIL, _MAIL), (Trace.HANDLE, _HANDLE), (Trace.ID, _IBAN)):
        for match in pattern.finditer(rest):
            yield Finding(trace, match[0])
        rest = pattern.sub(" ", rest)
    for trace, pattern in ((Trace.PHONE, _PHONE), (Trace.ID, _ID)):
        for match in pattern.finditer(rest):
            digits = sum(sign.isdigit() for sign in match[0])
            if digits >= _FEWEST_DIGITS and not _DATE.fullmatch(match[0].strip(" .-")):
                yield Finding(trace, match[0].strip())
        rest = pattern.sub(" ", rest)


def _names(words: list[str], names: Iterable[str], shortest: int | None) -> Iterator[Finding]:
    for name in names:
        whole = words_of(name)
        parts = [] if shortest is None else [[part] for part in whole if len(part) >= shortest]
        if any(_holds(words, part) for part in [whole, *parts] if part):
            yield Finding(Trace.NAME, name)


def _copied(words: list[str], sources: Iterable[str]) -> Iterator[Finding]:
    runs = {
        tuple(words[place : place + LONGEST_COPIED])
        for place in range(len(words) - LONGEST_COPIED + 1)
    }
    for source in sources:
        said = words_of(source)
        for place in range(len(said) - LONGEST_COPIED + 1):
            run = tuple(said[place : place + LONGEST_COPIED])
            if run in runs:
                yield Finding(Trace.COPIED, " ".join(run))
                break


def _holds(words: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return any(words[place : place + size] == wanted for place in range(len(words) - size + 1))
