"""
What the hub says to operators in sentences of its own, in the language of the page.

The sentences are made below node/, in English, for commands, API and pages alike; they are known
here by their shape (as in node/web/told.py). What is not known is shown in English and says so.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from node.findings.hub import Finding, State
from node.web import words
from node.web.finding_words import ADVICE, FOUND, NOTICES, PLACES, SUBJECTS
from node.web.register_words import REGISTER
from node.web.said import Said, said, said_here
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _
from node.web.told import reading_of

KEPT: Final = {
    "case": N_("The case with everything in it"),
    "attachments": N_("The files of the case"),
    "copy": N_("Our copy of another hub's case"),
}
"""What goes on a day of the calendar of retention, by `Kept`."""
_REASONS: Final = (
    # content/cases/retention.py
    N_("closed %(day)s, kept %(count)s month"),
    N_("closed %(day)s, kept %(count)s months"),
    N_("closed %(day)s, files kept %(count)s month"),
    N_("closed %(day)s, files kept %(count)s months"),
    N_("confirmed %(day)s, kept %(count)s day"),
    N_("confirmed %(day)s, kept %(count)s days"),
    N_("its hub wants it gone by %(day)s"),
    N_("declined %(day)s, kept no longer"),
    N_("withdrawn %(day)s, kept no longer"),
    N_("expired %(day)s, kept no longer"),
    N_("erased %(day)s, kept no longer"),
)
_ERASING: Final = (
    # federation/law/subject_erase.py and content/cases/holds.py
    N_(
        "The account stays: it says who did what at this hub. Disable it with hub user disable; its"
        " display name can be changed. Only its mail address and what it knows are erased."
    ),
    N_("That something happened, when, and its id stay in the record of changes, without texts."),
    N_("Somebody else's request names this person. Read it, and decide."),
    N_(
        "Of a published listing the empty entry stays in the log: number, time and a salted digest."
    ),
    N_("Backups from before still hold it until they are destroyed."),
    N_(
        "The law asks the hub to keep this case until %(day)s, so it is not erased before. It is"
        " kept for that reason only. Ask again after that day."
    ),
    N_("is told to destroy its copy of case %(case)s"),
    N_("keeps its copy of case %(case)s until you tell its people"),
)
_PEERS: Final = (
    # federation/peers.py
    N_("Asked to let us follow; its answer is awaited."),
    N_("We follow this source; what it publishes appears here, marked as not from a hub."),
    N_("Suspended here: nothing new is taken from it."),
    N_("Blocked here: nothing is taken from it."),
    N_("We no longer follow this source, or it refused."),
    N_("Approved here; the other hub has not approved yet."),
    N_("Peers: both hubs approved."),
    N_("Suspended here: nothing new is taken from it or sent to it."),
    N_("Blocked here: nothing is taken from it, and nothing is sent to it."),
    N_("No longer peers. What it published before is still held, but not renewed."),
    N_("Asks to be a peer. Compare the fingerprint with its people, then approve."),
    N_("Added, nothing sent yet. Compare the fingerprint with its people, then approve."),
    N_("Approved by both; the last answer of the other hub is on its way."),
)
ERASED: Final = {
    "resource": N_("Resource"),
    "expert": N_("Listing as an expert"),
    "framework-item": N_("Item of the framework"),
    "case": N_("Case"),
}
"""What an erasure was about."""
_MESSAGES: Final = (*_REASONS, *_ERASING, *_PEERS, *NOTICES, *ADVICE, *FOUND, *REGISTER)
"""What is more exact comes first: what is found is short, and fits much."""
_READINGS: Final = tuple((reading_of(each), each) for each in _MESSAGES)
_DATA: Final = frozenset(("operators", "SQLite"))
"""Findings that are names or numbers, in no language."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as a page shows it. path: where one can do something about it, or ""."""

    state: State
    what: str
    found: Said
    advice: Said | None
    path: str


def kept(what: str) -> str:
    """Return what goes, for people."""
    return _(KEPT[what])


def erased(what: str) -> str:
    """Return what an erasure was about, for people."""
    return _(ERASED[what])


def month(day: date) -> str:
    """Return a month as "November 2026"."""
    written: str = format_skeleton("yMMMM", day, locale=spoken().locale)
    return written


def duty_told(text: str) -> Said:
    """Return a sentence for operators in the language of the page; in English if it is new."""
    for pattern, message in _READINGS:
        if (match := pattern.fullmatch(text)) is not None:
            values = {name: _value(name, text) for name, text in match.groupdict().items()}
            return said_here(_(message, **values))
    return said(text, "en")


def shown(finding: Finding) -> ShownFinding:
    """Return a finding in the language of the page."""
    data = finding.what in _DATA and finding.state == "ok"
    return ShownFinding(
        state=finding.state,
        what=_(SUBJECTS.get(finding.what, finding.what)),
        found=said_here(finding.found) if data else duty_told(finding.found),
        advice=duty_told(finding.advice) if finding.advice else None,
        path=PLACES.get(finding.what, ""),
    )


def _value(name: str, text: str) -> str:
    """Return what stands in a sentence: a reason is a sentence too."""
    return duty_told(text).text if name in ("why", "note") else _day(text)


def _day(value: str) -> str:
    """Return a day as people write it; any other value as it is."""
    try:
        return words.day(date.fromisoformat(value), ZoneInfo("UTC"))
    except ValueError:
        return value
