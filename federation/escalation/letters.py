"""
What hubs say to each other about a case, written as inner messages (protocol/documents/inner.py).

A letter is a function that gets its head (id, reader, number, acknowledgement …) from the channel
and returns the message. letter_reading.py is the way back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal, TypeAlias

from federation.errors import FederationError
from federation.escalation.offer_text import OfferText
from federation.escalation.states import Verb
from protocol.documents.inner import (
    AcceptOffer,
    Acknowledgement,
    AssignCase,
    CaseCopy,
    CaseRead,
    CorrectCase,
    Emptied,
    EraseCase,
    Identity,
    InnerMessage,
    NoteText,
    OfferCase,
    ProposeHub,
    Receipt,
    ReceiptWanted,
    Refusal,
    RejectOffer,
    ReopenCase,
    ResolveCase,
    RevealIdentity,
    Say,
    WithdrawOffer,
)
from protocol.documents.inner_parts import SentBlob, SentFile
from protocol.json import JsonObject
from protocol.keys import SealingPublicKey
from protocol.manifest import manifest_sealing_key
from protocol.moments import stamp

NoteKind = Literal["ask", "info", "answer"]
LetterKind = (
    Verb | Literal["offer", "read", "receipt", "receipt-wanted", "emptied", "refusal", "ack"]
)
Head: TypeAlias = dict[str, Any]
"""The fields that every inner message has: id, actor, to, published, n, ack, offer."""
Write: TypeAlias = Callable[[Head], InnerMessage]

LONGEST_TEXT = 60_000
"""Signs of one text in a letter; in UTF-8 at most 64 KiB, as of one message in a case."""
LONGEST_TEXT_BYTES = 64 * 1024
MOST_LINKS = 20


class LetterInvalid(FederationError):
    """A text or message cannot be sent, or does not say what we could use. Never quotes it."""

    code: ClassVar[str] = "letter-invalid"

    def __init__(self, what: str) -> None:
        super().__init__(f"The message cannot be used: {what}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """
    One inner message, read.

    at: when it was written, by the clock of its author.
    about: what it refers to: the id of the Offer; of a refusal, the id of what is refused; of a
    receipt and of what asks for one, the id of the Delete or Undo, and then offer_id is the Offer.
    text: the question, information, answer or reason; confidential. links: hosts suggested
    instead (decline, propose, withdraw) or sources (answer). result: the receiver's case (accept).
    answer_by: the day by which it promises an answer (accept, assign). reason_code: why, and keys
    to seal to instead (refusal). receipt: the signed document (receipt). files, blobs: what goes
    with an offer or an answer, and where it is. offer, due_by: what is offered or now reads so, and
    until when; fields: its names on the wire; corrected: those that read otherwise than before
    (correct). identity: who asks (reveal, correct).
    """

    kind: LetterKind
    id: str
    about: str
    at: datetime | None = None
    text: str = field(default="", repr=False)
    links: tuple[str, ...] = ()
    result: str | None = None
    answer_by: date | None = None
    reason_code: str = ""
    keys: tuple[SealingPublicKey, ...] = ()
    receipt: JsonObject | None = None
    offer_id: str = ""
    offer: OfferText | None = None
    fields: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    files: tuple[SentFile, ...] = field(default=(), repr=False)
    blobs: tuple[SentBlob, ...] = field(default=(), repr=False)
    identity: Mapping[str, str] = field(default_factory=dict, repr=False)
    due_by: datetime | None = None


def case_copy(offer: OfferText, due_by: datetime) -> CaseCopy:
    """Return what leaves of a case, and all that leaves: the `object` of the Offer."""
    terms = offer.terms
    return CaseCopy(
        title=offer.title,
        question=offer.question,
        context=offer.context or None,
        language=offer.language,
        topics=offer.topics,
        principles=offer.principles,
        framework=offer.framework,
        label=offer.label,
        sensitivity=offer.sensitivity,
        country=offer.country,
        jurisdiction=offer.jurisdiction or None,
        stage=offer.stage,
        organisation_type=offer.organisation_type,
        request=offer.request_type,
        role=offer.requester_role,
        urgency=offer.urgency,
        due=offer.due.isoformat(),
        due_by=stamp(due_by),
        deadline=None if offer.deadline is None else offer.deadline.isoformat(),
        wanted=offer.wanted,
        consent=terms.consent,
        ground=terms.ground,
        transfer=terms.transfer,
        onward=terms.onward.value,
        delete_by=None if terms.delete_by is None else terms.delete_by.isoformat(),
    )


def offer_letter(copy: CaseCopy, blobs: tuple[SentBlob, ...] = ()) -> Write:
    """Return the Offer of a case. blobs: where its files are, in the order of the copy."""
    return lambda head: OfferCase(**head, case=copy, blobs=blobs or None)


def correct_letter(copy: CaseCopy, corrected: tuple[str, ...], told: Mapping[str, Any]) -> Write:
    """Return how a copy reads now. told: of who asks, what its reader is to know of them."""
    identity = Identity(**told) if told else None
    return lambda head: CorrectCase(**head, case=copy, corrected=corrected, identity=identity)


def read_receipt(offer_id: str) -> Write:
    """Return what says that an offer has arrived and was opened; it decides nothing."""
    return lambda head: CaseRead(**head, object=offer_id)


def accept_letter(offer_id: str, case_url: str, answer_by: date | None = None) -> Write:
    """
    Return the acceptance.

    case_url: the id of the receiver's own case. answer_by: the day that it promises.
    """
    day = None if answer_by is None else answer_by.isoformat()
    return lambda head: AcceptOffer(**head, object=offer_id, result=case_url, answer_by=day)


def decline_letter(offer_id: str, reason: str, refer: tuple[str, ...]) -> Write:
    """Return the refusal of an offer by people; refer: actors of hubs to ask instead."""
    return lambda head: RejectOffer(**head, object=offer_id, reason=reason, refer=refer)


def assign_letter(answer_by: date | None = None) -> Write:
    """Return that somebody now works on it: a role, never a name; answer_by: as now promised."""
    day = None if answer_by is None else answer_by.isoformat()
    return lambda head: AssignCase(**head, assignee="staff", answer_by=day)


def note_letter(kind: NoteKind, note_id: str, text: str, cites: tuple[str, ...] = ()) -> Write:
    """Return a question back, information, or the answer with the URLs of its sources."""
    note = NoteText(id=note_id, text=text, citations=cites)
    return lambda head: Say(**head, verb=kind, note=note)


def answer_letter(
    note_id: str,
    text: str,
    cites: tuple[str, ...],
    files: tuple[SentFile, ...],
    blobs: tuple[SentBlob, ...],
) -> Write:
    """Return the answer with the files that go with it, and where they are."""
    note = NoteText(id=note_id, text=text, citations=cites)
    return lambda head: Say(
        **head, verb="answer", note=note, attachments=files or None, blobs=blobs or None
    )


def confirm_letter(offer_id: str) -> Write:
    """Return the origin's confirmation that the answer was of use."""
    return lambda head: ResolveCase(**head, object=offer_id)


def reopen_letter(confirmation_id: str) -> Write:
    """Return that a confirmation is taken back."""
    return lambda head: ReopenCase(**head, object=confirmation_id)


def propose_letter(offer_id: str, hub: str, reason: str) -> Write:
    """Return the proposal that another hub takes the case on. hub: its actor."""
    return lambda head: ProposeHub(**head, object=offer_id, target=hub, reason=reason)


def withdraw_letter(offer_id: str, handed_to: str | None = None) -> Write:
    """Return that the offer is taken back. handed_to: actor of the hub that is asked instead."""
    return lambda head: WithdrawOffer(**head, object=offer_id, handed_to=handed_to)


def erase_letter(offer_id: str) -> Write:
    """Return that the reader is to destroy its copy."""
    return lambda head: EraseCase(**head, object=offer_id)


def receipt_letter(request: str, receipt: JsonObject) -> Write:
    """Return that a copy is destroyed. request: inner id of what asked for it."""
    return lambda head: Receipt(**head, object=request, receipt=receipt)


def receipt_wanted_letter(request: str) -> Write:
    """Return that a receipt is missing. request: inner id of what asked for it."""
    return lambda head: ReceiptWanted(**head, object=request)


def emptied_letter() -> Write:
    """Return what stands for a message whose content was erased while it was under way."""
    return lambda head: Emptied(**head, object=head["id"])


def reveal_letter(told: Mapping[str, Any]) -> Write:
    """Return who asks: values by name, contact, organisation."""
    identity = Identity(**told)
    return lambda head: RevealIdentity(**head, identity=identity)


def refusal_letter(
    refused: str, code: str, reason: str, keys: tuple[SealingPublicKey, ...] = ()
) -> Write:
    """
    Return that a message could not be taken.

    refused: its inner id, or if it could not be opened, the id of the sealed object. keys: to seal
    to from now on, if that was the reason.
    """
    published = tuple(manifest_sealing_key(key) for key in keys)
    return lambda head: Refusal(
        **head, object=refused, code=code, reason=reason, sealing_keys=published
    )


def ack_letter(received: str) -> Write:
    """Return a message that says nothing but its acknowledgement. received: what caused it."""
    return lambda head: Acknowledgement(**head, object=received)


def with_sources(text: str, cites: tuple[str, ...]) -> str:
    """Return an answer as it is kept in a case: the text, then the addresses it rests on."""
    return text if not cites else "\n".join([text, "", *cites])


def proposal_in_words(host: str, reason: str) -> str:
    """Return a proposal as it is kept in the cases of both hubs."""
    return f"Better that {host} answers this. {reason}"


def checked_text(text: str) -> str:
    """Return the text of a letter without blanks around it. Raises LetterInvalid."""
    text = text.strip()
    if not text:
        raise LetterInvalid("there is no text")
    if len(text) > LONGEST_TEXT or len(text.encode(errors="replace")) > LONGEST_TEXT_BYTES:
        raise LetterInvalid(f"the text is longer than {LONGEST_TEXT} signs or 64 KiB")
    return text
