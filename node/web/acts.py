"""What somebody did, as histories and the audit tell it to people."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from content.cases.status import CaseStatus
from node.web.act_words import ACTS
from node.web.speaking import gettext as _
from node.web.words import concept

_MOVED: Final = re.compile(r"(?P<before>case-[a-z]+) to (?P<after>case-[a-z]+)(?:; (?P<rest>.+))?")
_STATUSES: Final = frozenset(CaseStatus)


class Recorded(Protocol):
    """A row of the record of changes."""

    @property
    def what(self) -> str: ...
    @property
    def note(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Deed:
    """
    An act in the language of the page.

    words: "" for one that this version has no words for. note: details, as they were recorded,
    or the statuses of a case in words.
    """

    words: str
    note: str


def deed(row: Recorded) -> Deed:
    """Return what a row of the record of changes says."""
    note = row.note or ""
    with_note = ACTS.get(f"{row.what} {note}")
    if with_note is not None:
        return Deed(_(with_note), "")
    words = ACTS.get(row.what)
    return Deed("" if words is None else _(words), _in_words(note))


def _in_words(note: str) -> str:
    """Return the statuses that a move noted by their labels, and any other note as it is."""
    moved = _MOVED.fullmatch(note)
    if moved is None or not {moved["before"], moved["after"]} <= _STATUSES:
        return note
    parts = [moved["rest"]] if moved["rest"] else []
    if moved["before"] != moved["after"]:
        before, after = concept(moved["before"]), concept(moved["after"])
        parts.insert(0, _("%(before)s, then %(after)s", before=before, after=after))
    return "; ".join(parts)
