"""
Putting right what other hubs have of a case of ours (GDPR Art. 16 and 19).

Each hub that has a copy gets the whole copy as it reads now, sealed, past the exit rule and the
scan as the first one was. What went as it stood in the case follows the case by itself; what was
edited for outsiders is edited anew by a person (docs/adr/0049-corrections.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

import sqlite_utils

from content.cases.case import Case
from content.cases.message import MessageKind
from content.cases.store import CaseStore
from content.changes import Act
from federation.errors import FederationError
from federation.escalation import letters
from federation.escalation.channel import check_active_hub, sealing_key_of
from federation.escalation.copy_fields import IDENTITY, PUT_RIGHT, in_words
from federation.escalation.copying import as_copied, narrower
from federation.escalation.escalation import Escalation
from federation.escalation.exits import check_exit, check_identity_exit
from federation.escalation.kept_places import note_kept
from federation.escalation.letter_reading import offer_text
from federation.escalation.moves import act_on, say_in_case
from federation.escalation.offer_text import OfferText
from federation.escalation.preview import Preview, check_one_expected, preview_of
from federation.escalation.reading import get_escalation
from federation.escalation.revealing import Part as IdentityPart
from federation.escalation.revealing import check_consent
from federation.escalation.scanning import Found, Kept, check_kept, scan_copy
from federation.escalation.sent_copies import SentCopy, SentCopyStore, sent_copy
from federation.escalation.states import next_state
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from federation.policy import OnwardUse, widest_onward_use
from protocol.documents.inner import CaseCopy
from protocol.documents.model import validated
from protocol.errors import InvalidDocument
from protocol.json import JsonObject

_WRITTEN: Final = {
    "name": "title",
    "content": "question",
    "hub:context": "context",
    "hub:jurisdiction": "jurisdiction",
}
"""What people write, by its names on the wire and in `Words`."""


class EditedForOutsiders(FederationError):
    """What was corrected went out in other words, and nobody said how these read now."""

    code: ClassVar[str] = "edited-for-outsiders"

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(
            f"It went there in words for outsiders: {in_words(names)}. Say how it reads now:"
            " --outside-file; or that those words are right as they are: --outside-stays."
        )


class NothingToCorrect(FederationError):
    """What that hub has is right as it is."""

    code: ClassVar[str] = "nothing-to-correct"

    def __init__(self) -> None:
        super().__init__("What that hub has of the case reads already as it should.")


class CopyNotKnown(FederationError):
    """What the copy said is not known here, so it cannot be put right by the program."""

    code: ClassVar[str] = "copy-not-known"

    def __init__(self) -> None:
        super().__init__(
            "What went there is not known any more: the offer was made by an earlier version of"
            " this program, or is over. Tell its people: hub offer info"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    How the copy reads for outsiders from now on; None: as before, or as the case says.

    stays: what was edited for outsiders is right there, though the case has been corrected.
    """

    title: str | None = field(default=None, repr=False)
    question: str | None = field(default=None, repr=False)
    context: str | None = field(default=None, repr=False)
    jurisdiction: str | None = field(default=None, repr=False)
    stays: bool = False

    def given(self) -> dict[str, str]:
        """Return what was given anew, by its names on the wire."""
        found = {name: getattr(self, attribute) for name, attribute in _WRITTEN.items()}
        return {name: text.strip() for name, text in found.items() if text is not None}


AS_THE_CASE_SAYS: Final = Words()


@dataclass(frozen=True, slots=True)
class Correction:
    """What would leave to put one copy right. corrected: names of what reads otherwise now."""

    escalation: Escalation
    corrected: tuple[str, ...]
    preview: Preview


@dataclass(frozen=True, slots=True)
class _Prepared:
    escalation: Escalation
    case: Case
    peer: Peer
    copy: CaseCopy
    offer: OfferText
    corrected: tuple[str, ...]
    told: Mapping[str, Any] = field(repr=False)
    found: tuple[Found, ...] = field(repr=False)


def correct_copy(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    words: Words = AS_THE_CASE_SAYS,
    *,
    expect: Iterable[str] = (),
    kept: Iterable[Kept] = (),
) -> Escalation:
    """
    Do as `send_correction`; where what that hub has turns out to be right, only note that.

    Raises as that; NothingToCorrect only where no correction waits.
    """
    try:
        return send_correction(db, hub, escalation_id, act, words, expect=expect, kept=kept)
    except NothingToCorrect:
        copies = SentCopyStore(db, hub.vault)
        if copies.behind_since(escalation_id) is None:
            raise
        copies.up_to_date(escalation_id)
        return get_escalation(db, hub, escalation_id)


def send_correction(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    words: Words = AS_THE_CASE_SAYS,
    *,
    expect: Iterable[str] = (),
    kept: Iterable[Kept] = (),
) -> Escalation:
    """
    Tell one hub how its copy of our case reads now; it keeps that in place of what it has.

    expect: SHA-256 of the previews that were looked at. kept: why what was found in the new words
    may stay. Raises NoSuchEscalation, MoveRefused, CaseErased, PeerNotActive, NoSealingKey,
    StaysHere, IdentityConsentMissing, CopyNotKnown, EditedForOutsiders, NothingToCorrect,
    CopyChanged, NotLookedAt, TracesInCopy, NothingFoundThere, CaseInvalid, LetterInvalid.
    """
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "out")
    case = CaseStore(db, hub.vault).get(str(escalation.case_id))
    ready = _prepared(db, hub, escalation, case, act, words, ())
    kept = tuple(kept)
    check_one_expected(ready.copy, tuple(expect), needed=bool(kept))
    stay = check_kept(ready.found, kept)
    offer, terms = ready.offer, escalation.terms
    changed = replace(
        escalation,
        title=offer.title,
        topics=offer.topics,
        language=offer.language,
        country=offer.country,
        requester_role=offer.requester_role,
        label=offer.label,
        sensitivity=offer.sensitivity,
        terms=None if terms is None else replace(terms, onward=offer.terms.onward),
        fields=tuple(sorted(ready.copy.wire())),
    )
    letter = letters.correct_letter(ready.copy, ready.corrected, ready.told)
    act_on(db, hub, changed, "correct", letter, act)
    SentCopyStore(db, hub.vault).keep(escalation.id, sent_copy(case, ready.copy))
    text = f"What {escalation.peer} has was put right: {in_words(ready.corrected)}."
    say_in_case(db, hub, escalation, MessageKind.EVENT, text, act)
    note_kept(db, hub, escalation, stay, act)
    return get_escalation(db, hub, escalation_id)


def preview_correction(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    act: Act,
    words: Words = AS_THE_CASE_SAYS,
    *,
    case: Case | None = None,
    names: Iterable[str] = (),
) -> Correction:
    """
    Return what would leave to put one copy right, byte for byte; store nothing.

    case: as it would read, if not as it stands. names: what of it would be corrected, beside what
    waits already. Raises as `correct_copy`, except for what is found in it.
    """
    if case is None:
        case = CaseStore(db, hub.vault).get(str(escalation.case_id))
    ready = _prepared(db, hub, escalation, case, act, words, names)
    preview = preview_of(db, hub, case, escalation.peer, ready.copy)
    return Correction(escalation, ready.corrected, replace(preview, found=ready.found))


def concerns(sent: SentCopy | None, escalation: Escalation, names: Iterable[str]) -> bool:
    """Return whether a hub was told any of these: fields of the copy, or identity.contact etc."""
    told = {f"{IDENTITY}{part}" for part in escalation.revealed}
    fields = escalation.fields if sent is None else sent.wire
    return any(name in fields or name in told for name in names)


def _prepared(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    case: Case,
    act: Act,
    words: Words,
    names: Iterable[str],
) -> _Prepared:
    next_state(escalation.state_at(act.at), "origin", "correct")
    peer = PeerStore(db).get(escalation.peer)
    check_active_hub(peer)
    sealing_key_of(hub, peer, act.at)
    check_exit(db, hub, case, peer)
    sent = SentCopyStore(db, hub.vault).get(escalation.id)
    if sent is None:
        raise CopyNotKnown
    names = {*sent.waiting, *names}
    wire = _wire_now(sent, case, words, names)
    try:
        copy = validated(CaseCopy, wire, "copy")
    except InvalidDocument as error:
        raise letters.LetterInvalid(str(error).rstrip(".")) from None
    offer = offer_text(copy)
    told = _identity_now(hub, escalation, case, peer, names)
    differ = tuple(name for name in PUT_RIGHT if wire.get(name) != sent.wire.get(name))
    corrected = (*differ, *(f"{IDENTITY}{part}" for part in told))
    if not corrected:
        raise NothingToCorrect
    parts = {PUT_RIGHT[name] for name in differ}
    found = tuple(each for each in scan_copy(db, copy, case) if each.part in parts)
    known = {part: text for part, text in told.items() if text}
    return _Prepared(escalation, case, peer, copy, offer, corrected, known, found)


def _wire_now(sent: SentCopy, case: Case, words: Words, names: set[str]) -> JsonObject:
    given, now = words.given(), as_copied(case)
    wire = dict(sent.wire)
    edited = [
        name
        for name in names
        if name in wire and name not in (*sent.as_it_stood, *given) and name in PUT_RIGHT
    ]
    if edited and not words.stays:
        raise EditedForOutsiders(edited)
    follows = {name: now[name] for name in sent.as_it_stood if name in PUT_RIGHT}
    for name, value in {**follows, **given}.items():
        # A list that is empty stays a list where the field must be there.
        if value or name == "hub:topics":
            wire[name] = value
        else:
            wire.pop(name, None)
    widest = widest_onward_use(wire["hub:label"])
    wire["hub:onward"] = narrower(OnwardUse(wire.get("hub:onward", widest)), widest).value
    return wire


def _identity_now(
    hub: Hub, escalation: Escalation, case: Case, peer: Peer, names: set[str]
) -> dict[str, str]:
    """Return what was told of the requester and has been corrected; empty where it is gone."""
    parts = [
        part
        for part in IdentityPart
        if f"{IDENTITY}{part.value}" in names and part.value in escalation.revealed
    ]
    told = {part.value: str(getattr(case.requester, part.value)) for part in parts}
    if any(told.values()):
        check_identity_exit(hub, case, peer)
        check_consent(case, peer.host, tuple(part for part in parts if told[part.value]))
    return told
