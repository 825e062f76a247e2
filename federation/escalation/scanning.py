"""
Looking through what leaves for personal data: addresses, numbers, and the names that we know.

Found places are shown to a person, who takes them out or says of each why it may stay. What is
said is kept in the case; the record of changes has the places alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

import sqlite_utils

from content.cases.case import Case, Requester
from content.people.store import UserStore
from content.personal_data import Finding, Trace, find_traces
from federation.errors import FederationError
from protocol.documents.inner import CaseCopy

FREE_TEXTS: Final = ("title", "question", "context", "jurisdiction")
"""The fields of a copy that people write; all others are words of a list, or days."""
LONGEST_REASON: Final = 1000
STAFF: Final = "name-of-staff"


@dataclass(frozen=True, slots=True)
class Found:
    """
    One place. place: by which it is named, such as "question.phone-number.1"; it tells nothing.

    part: the field of the copy, or info. what: a word of `Trace`, or name-of-staff. line: from 1
    on, None where it runs over several. text: what stands there; confidential.
    """

    place: str
    part: str
    what: str
    line: int | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A found place that may stay, and why: a person looked at it. The reason is confidential."""

    place: str
    reason: str = field(repr=False)


class TracesInCopy(FederationError):
    """
    What would leave looks as if it told of a person. The message names places, not texts.

    places: those that nobody has looked at yet; confidential.
    """

    code: ClassVar[str] = "traces-in-copy"

    def __init__(self, open_places: Sequence[Found]) -> None:
        places = ", ".join(
            found.place if found.line is None else f"{found.place} (line {found.line})"
            for found in open_places
        )
        super().__init__(
            f"What would leave may tell of a person: {places}. Take it out, or say of each place"
            " why it may stay."
        )
        self.places = tuple(open_places)


class TracesFound(FederationError):
    """A text looks as if it told of a person. found: where, for the person who decides."""

    code: ClassVar[str] = "traces-found"

    def __init__(self, found: tuple[Found, ...]) -> None:
        kinds = ", ".join(sorted({each.what for each in found}))
        super().__init__(
            f"The text may tell who asked: {kinds}. Take it out, or confirm that it may stay."
        )
        self.found = found


class NothingFoundThere(FederationError):
    """A place was said to may stay at which nothing was found, or without a usable reason."""

    code: ClassVar[str] = "nothing-found-there"

    def __init__(self, why: str) -> None:
        super().__init__(why)


def scan_copy(db: sqlite_utils.Database, copy: CaseCopy, case: Case) -> tuple[Found, ...]:
    """Return what looks like personal data in a copy, in the order of its fields and lines."""
    texts = {name: getattr(copy, name) or "" for name in FREE_TEXTS}
    return _scan(db, texts, _Known.of(case))


def scan_text(
    db: sqlite_utils.Database, name: str, text: str, case: Case | None
) -> tuple[Found, ...]:
    """Return what looks like personal data in one text. name: what the places begin with."""
    return _scan(db, {name: text}, _Known.of(case))


def scan_lesson(
    db: sqlite_utils.Database, text: str, case: Case, said: Iterable[str]
) -> tuple[Found, ...]:
    """Return the same of what is to be published of a case. said: whose sentences may not recur."""
    known = replace(_Known.of(case), sources=tuple(said))
    return _scan(db, {"lesson": text}, known)


def check_kept(found: Sequence[Found], kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """
    Return why the found places may stay, once it is said of each.

    Raises TracesInCopy for those nobody spoke of, NothingFoundThere for reasons that fit none.
    """
    reasons = {each.place: each for each in kept}
    places = {each.place for each in found}
    for place, each in reasons.items():
        if place not in places:
            raise NothingFoundThere("A place that may stay is not among those that were found.")
        if not 1 <= len(each.reason.strip()) <= LONGEST_REASON:
            raise NothingFoundThere(
                f"Why {place} may stay must be said in 1 to {LONGEST_REASON} signs."
            )
    left = [each for each in found if each.place not in reasons]
    if left:
        raise TracesInCopy(left)
    return tuple(reasons[each.place] for each in found)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is looked for besides forms. requester: of the case; sources: copied sentences."""

    requester: Requester | None = None
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, case: Case | None) -> "_Known":
        return cls(None if case is None else case.requester)


def _scan(db: sqlite_utils.Database, texts: Mapping[str, str], known: _Known) -> tuple[Found, ...]:
    staff = _names_of_staff(db)
    found: list[Found] = []
    for name, text in texts.items():
        count: Counter[str] = Counter()
        for line, what, told in _placed(text, known, staff):
            count[what] += 1
            found.append(Found(f"{name}.{what}.{count[what]}", name, what, line, told))
    return tuple(found)


def _placed(text: str, known: _Known, staff: Sequence[str]) -> list[tuple[int | None, str, str]]:
    """Return line, kind and text of what is found: line by line, then what runs over lines."""
    by_line = [
        (number, what, told)
        for number, line in enumerate(text.split("\n"), start=1)
        for what, told in _traces(line, known, staff)
    ]
    seen = {(what, told) for _, what, told in by_line}
    over = [
        (None, what, told)
        for what, told in _traces(text, known, staff)
        if (what, told) not in seen and not any(told in each for _, each in seen)
    ]
    return [*by_line, *over]


def _traces(text: str, known: _Known, staff: Sequence[str]) -> list[tuple[str, str]]:
    who = known.requester
    found: tuple[Finding, ...] = find_traces(
        text,
        names=[] if who is None else [who.name],
        bodies=[] if who is None else [who.organisation],
        phrases=[] if who is None else [who.contact],
        sources=known.sources,
    )
    of_staff = find_traces(text, phrases=staff)
    return [
        *((each.trace.value, each.text) for each in found),
        *((STAFF, each.text) for each in of_staff if each.trace is Trace.NAME),
    ]


def _names_of_staff(db: sqlite_utils.Database) -> list[str]:
    """Return the full names of the people here; a single word may be any word."""
    names = (user.display_name for user in UserStore(db).list())
    return [name for name in names if len(name.split()) > 1]
