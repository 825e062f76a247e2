"""
What would leave of a case, byte for byte, beside what the case says, and what stays here.

The bytes are the canonical JSON (RFC 8785) of the object that is sealed. They stand so, unchanged,
in the signed message that the other hub opens.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlite_utils

from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case
from content.cases.draft_store import DraftStore
from content.cases.store import CaseStore
from federation.errors import FederationError
from federation.escalation.copy_fields import IN_WORDS
from federation.escalation.copying import as_copied
from federation.escalation.scanning import Found, scan_copy
from federation.hub import Hub
from protocol.canonical import canonicalize
from protocol.documents.inner import CaseCopy
from protocol.json import JsonObject


class CopyChanged(FederationError):
    """What would leave now is not the copy that somebody looked at."""

    code: ClassVar[str] = "copy-changed"

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"What would leave now has the SHA-256 {sha256}, so it is not what you looked at; the"
            " case, an option or the day has changed. Look again: --preview."
        )


class NotLookedAt(FederationError):
    """Places that may stay were named without saying in which copy."""

    code: ClassVar[str] = "not-looked-at"

    def __init__(self) -> None:
        super().__init__(
            "Say in which copy the found places may stay: --expect with the SHA-256 of its preview."
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One field: its name on the wire, in words, what the case says, and what would leave."""

    name: str
    words: str
    here: str = field(repr=False)
    leaves: str = field(repr=False)

    @property
    def edited(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.here and self.leaves) and self.here != self.leaves


@dataclass(frozen=True, slots=True)
class Preview:
    """
    What would leave to one hub, and nothing else. canonical: the very bytes, in UTF-8.

    stays: what is in the case and does not leave, in words. found: what looks like personal data.
    """

    to: str
    document: JsonObject = field(repr=False)
    canonical: bytes = field(repr=False)
    sha256: str
    sides: tuple[Side, ...] = field(repr=False)
    stays: tuple[str, ...]
    found: tuple[Found, ...]


def digest_of(copy: CaseCopy) -> str:
    """Return the SHA-256 of the bytes that leave, in hexadecimal."""
    return hashlib.sha256(canonicalize(copy.wire())).hexdigest()


def check_expected(copy: CaseCopy, expected: str | None, *, needed: bool) -> None:
    """
    Raise CopyChanged unless the copy is the one expected; expected: the SHA-256 of a preview.

    needed: one must be named, as found places may stay in a certain copy only. NotLookedAt.
    """
    if expected is None:
        if needed:
            raise NotLookedAt
        return
    found = digest_of(copy)
    if expected.strip().lower() != found:
        raise CopyChanged(found)


def check_one_expected(copy: CaseCopy, expected: Sequence[str], *, needed: bool) -> None:
    """Raise as `check_expected` unless the copy is one of those expected; for several hubs."""
    digests = [each.strip().lower() for each in expected]
    mine = digest_of(copy) in digests
    check_expected(copy, digest_of(copy) if mine else next(iter(digests), None), needed=needed)


def preview_of(
    db: sqlite_utils.Database, hub: Hub, case: Case, host: str, copy: CaseCopy
) -> Preview:
    """Return what people look at before a copy of the case goes to that hub."""
    document = copy.wire()
    here = as_copied(case)
    sides = tuple(
        Side(name, words, _text(here.get(name)), _text(document.get(name)))
        for name, words in IN_WORDS.items()
    )
    return Preview(
        to=host,
        document=document,
        canonical=canonicalize(document),
        sha256=digest_of(copy),
        sides=tuple(side for side in sides if side.here or side.leaves),
        stays=tuple(_stays(db, hub, case, document)),
        found=scan_copy(db, copy, case),
    )


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _stays(db: sqlite_utils.Database, hub: Hub, case: Case, document: JsonObject) -> Iterator[str]:
    who = case.requester
    for words, value in (
        ("name of who asks", who.name),
        ("how to reach them", who.contact),
        ("their organisation", who.organisation),
        ("why the deadline is then", case.deadline_reason),
        ("who works on it", case.assigned_to),
    ):
        if value:
            yield words
    yield from (
        IN_WORDS[name] for name, value in as_copied(case).items() if value and name not in document
    )
    for words, parts in (
        ("messages and notes", CaseStore(db, hub.vault).messages(case.id)),
        ("drafts", DraftStore(db, hub.vault).of(case.id)),
        ("files", AttachmentStore(db, hub.vault).list(case.id)),
    ):
        if parts:
            yield f"{words} ({len(parts)})"
