"""
What the origin of a case does: preview, offer, inform, confirm, reopen, withdraw.

The case stays the origin's. What leaves is one object (protocol/documents/inner_parts.CaseCopy),
made by copying.py out of the case as it was edited for outsiders; exits.py asks whether it may go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import sqlite_utils

from content.cases.attachment import Attachment
from content.cases.case import Case
from content.cases.message import MessageKind
from content.cases.status import CaseVerb
from content.cases.store import CaseStore
from content.changes import Act, ChangeStore
from content.ids import new_id
from federation.errors import FederationError
from federation.escalation import letters
from federation.escalation.channel import (
    check_active_hub,
    new_letter_id,
    new_note_id,
    sealing_key_of,
    send_inner,
)
from federation.escalation.copying import AS_IT_STANDS, Edits, minimised
from federation.escalation.escalation import Escalation
from federation.escalation.exits import check_exit, terms_for
from federation.escalation.files import chosen_files, offer_files
from federation.escalation.kept_places import leave_note, note_kept
from federation.escalation.moves import act_on, say_in_case
from federation.escalation.offer_text import OfferText
from federation.escalation.preview import Preview, check_expected, preview_of
from federation.escalation.reading import get_escalation
from federation.escalation.scanning import Kept, check_kept, scan_copy, scan_text
from federation.escalation.sealed_store import SealedStore
from federation.escalation.sent_copies import SentCopyStore, sent_copy
from federation.escalation.states import OFFERED, OPEN, next_state
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from federation.policy import StaysHere
from protocol.documents.inner import CaseCopy
from protocol.documents.inner_parts import SentFile


class AlreadyOffered(FederationError):
    """That hub has an open escalation of this case already."""

    code: ClassVar[str] = "already-offered"

    def __init__(self, case_id: str, host: str) -> None:
        super().__init__(f"Case {case_id} has an open escalation to {host} already.")


def preview_offer(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    host: str,
    act: Act,
    edits: Edits = AS_IT_STANDS,
) -> Preview:
    """
    Return the exact bytes that `offer_case` would send of this case; nothing else leaves.

    Stores nothing. Raises whatever `offer_case` would raise, except for what is found in it.
    """
    prepared = _prepared(db, hub, case_id, host, act, edits)
    return preview_of(db, hub, prepared.case, prepared.peer.host, prepared.copy)


def offer_case(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    host: str,
    act: Act,
    edits: Edits = AS_IT_STANDS,
    *,
    expect: str | None = None,
    kept: Iterable[Kept] = (),
) -> Escalation:
    """
    Offer one of our cases to one peer hub, sealed; the case becomes case-escalated.

    host: host or permanent name of an active peer of kind hub. edits: for outsiders. expect: the
    SHA-256 of the preview that somebody looked at. kept: why what was found in it may stay.
    Raises CaseNotFound, CaseErased, CaseMoveNotAllowed, CaseInvalid, PeerNotFound, PeerNotActive,
    NoSealingKey, StaysHere, ConsentMissing, GroundUnfit, AlreadyOffered, CopyChanged, NotLookedAt,
    TracesInCopy, NothingFoundThere, and as `copying.minimised`.
    """
    prepared = _prepared(db, hub, case_id, host, act, edits)
    kept = tuple(kept)
    check_expected(prepared.copy, expect, needed=bool(kept))
    stay = check_kept(scan_copy(db, prepared.copy, prepared.case), kept)
    case, peer, offer = prepared.case, prepared.peer, prepared.offer
    offer_id = new_letter_id(hub, act)
    escalation = Escalation(
        id=new_id(act.at, hub.chance),
        direction="out",
        peer=peer.host,
        offer_id=offer_id,
        case_id=case.id,
        remote_case=None,
        state=OFFERED,
        title=offer.title,
        topics=offer.topics,
        language=offer.language,
        country=offer.country,
        requester_role=offer.requester_role,
        label=offer.label,
        sensitivity=offer.sensitivity,
        due=offer.due,
        due_by=prepared.due_by,
        terms=offer.terms,
        fields=tuple(sorted(prepared.copy.wire())),
        created_at=act.at,
        updated_at=act.at,
    )
    EscalationStore(db, hub.vault).add(escalation)
    SentCopyStore(db, hub.vault).keep(escalation.id, sent_copy(case, prepared.copy))
    blobs = offer_files(db, hub, case.id, escalation.id, peer, prepared.files, act)
    letter = letters.offer_letter(prepared.copy, blobs)
    send_inner(db, hub, peer, letter, act, escalation=escalation, verb="offer", letter_id=offer_id)
    ChangeStore(db).record(act, "escalation.offer", escalation.id, f"to {peer.host}"[:500])
    CaseStore(db, hub.vault).move(case.id, CaseVerb.ESCALATE, act)
    if edits.ground is not None:
        why = f"{edits.ground.value}: {edits.ground_reason.strip()}"
        leave_note(db, hub, case.id, f"Why a copy may go to {peer.host}. {why}", act)
    note_kept(db, hub, escalation, stay, act)
    return get_escalation(db, hub, escalation.id)


def check_offer(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    host: str,
    act: Act,
    edits: Edits = AS_IT_STANDS,
    *,
    expect: str | None = None,
    kept: Iterable[Kept] = (),
) -> None:
    """Raise what `offer_case` would raise; store and send nothing."""
    prepared, kept = _prepared(db, hub, case_id, host, act, edits), tuple(kept)
    check_expected(prepared.copy, expect, needed=bool(kept))
    check_kept(scan_copy(db, prepared.copy, prepared.case), kept)


def give_info(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    text: str,
    act: Act,
    *,
    kept: Iterable[Kept] = (),
) -> Escalation:
    """
    Answer what the receiver asked, or tell it more.

    The case may be stricter by now, or the ground for the transfer gone: the exit rule is asked
    again. kept: why what looks like personal data in the text may stay. Raises MoveRefused,
    LetterInvalid, StaysHere, CaseErased, TracesInCopy, NothingFoundThere.
    """
    escalation = _outgoing(db, hub, escalation_id)
    text = letters.checked_text(text)
    next_state(escalation.state, "origin", "info")
    case = None
    if escalation.case_id is not None:
        case = CaseStore(db, hub.vault).get(escalation.case_id)
        check_exit(db, hub, case, PeerStore(db).get(escalation.peer))
    stay = check_kept(scan_text(db, "info", text, case), kept)
    letter = letters.note_letter("info", new_note_id(hub, act), text)
    act_on(db, hub, escalation, "info", letter, act)
    say_in_case(db, hub, escalation, MessageKind.INFO, text, act)
    note_kept(db, hub, escalation, stay, act)
    return get_escalation(db, hub, escalation_id)


def confirm(db: sqlite_utils.Database, hub: Hub, escalation_id: str, act: Act) -> Escalation:
    """Confirm that the requester got a usable answer: the loop is closed. Raises MoveRefused."""
    escalation = _outgoing(db, hub, escalation_id)
    act_on(db, hub, escalation, "confirm", letters.confirm_letter(escalation.offer_id), act)
    return get_escalation(db, hub, escalation_id)


def reopen(db: sqlite_utils.Database, hub: Hub, escalation_id: str, act: Act) -> Escalation:
    """Take a confirmation back; the receiver works on it again. Raises MoveRefused."""
    escalation = _outgoing(db, hub, escalation_id)
    next_state(escalation.state, "origin", "reopen")
    confirmation = SealedStore(db, hub.vault).last_move(escalation.id, "confirm")
    act_on(db, hub, escalation, "reopen", letters.reopen_letter(confirmation), act)
    return get_escalation(db, hub, escalation_id)


def withdraw(db: sqlite_utils.Database, hub: Hub, escalation_id: str, act: Act) -> Escalation:
    """Take the offer back; the receiver destroys its copy. Raises MoveRefused once confirmed."""
    escalation = _outgoing(db, hub, escalation_id)
    act_on(db, hub, escalation, "withdraw", letters.withdraw_letter(escalation.offer_id), act)
    return get_escalation(db, hub, escalation_id)


def last_moment(due: date, timezone: str) -> datetime:
    """Return the last millisecond of a date in a time zone, in UTC."""
    midnight = datetime.combine(due + timedelta(days=1), time.min, ZoneInfo(timezone))
    return midnight.astimezone(UTC) - timedelta(milliseconds=1)


def _outgoing(db: sqlite_utils.Database, hub: Hub, escalation_id: str) -> Escalation:
    return EscalationStore(db, hub.vault).get(escalation_id, "out")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Everything that an offer is made of, checked. copy: what leaves, and all that leaves."""

    case: Case
    peer: Peer
    offer: OfferText
    due_by: datetime
    copy: CaseCopy
    files: tuple[tuple[Attachment, SentFile], ...]


def _prepared(
    db: sqlite_utils.Database, hub: Hub, case_id: str, host: str, act: Act, edits: Edits
) -> _Prepared:
    """Check everything that an offer needs; return what it is made of."""
    if hub.identity.kind == "coalition":
        # Others take sealed messages from hubs only, so it would never be read.
        raise StaysHere("A coalition offers no cases to hubs, since they take cases of hubs only.")
    case = CaseStore(db, hub.vault).get(case_id)
    peer = PeerStore(db).get(host)
    check_active_hub(peer)
    sealing_key_of(hub, peer, act.at)
    check_exit(db, hub, case, peer)
    case.move(CaseVerb.ESCALATE, act)
    if any(
        other.peer == peer.host and other.direction == "out" and other.state in OPEN
        for other in EscalationStore(db, hub.vault).of_case(case_id)
    ):
        raise AlreadyOffered(case_id, peer.host)
    today = act.at.astimezone(ZoneInfo(hub.identity.timezone)).date()
    offer = minimised(case, edits, terms_for(db, hub, case, peer, edits), today)
    due_by = last_moment(offer.due, hub.identity.timezone)
    files = chosen_files(db, hub, case_id, edits.attach, edits.attach_named)
    copy = letters.case_copy(offer, due_by)
    if files:
        copy = copy.model_copy(update={"attachments": tuple(sent for _, sent in files)})
    return _Prepared(case, peer, offer, due_by, copy, files)
