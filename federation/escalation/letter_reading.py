"""
Reading the letters of a peer (protocol/documents/inner.py) into what the escalation needs.

A letter was signed by the peer and is believed no further than that. An error here names a field,
never a value, and no cause hangs on it: a cause could quote the text of a case.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from content.cases.request import OrganisationType, ProjectStage, Urgency, Wanted
from content.vocabulary import Vocabulary
from federation.escalation.letters import (
    LONGEST_TEXT_BYTES,
    MOST_LINKS,
    Letter,
    LetterInvalid,
    with_sources,
)
from federation.escalation.offer_text import OfferTerms, OfferText
from federation.policy import OnwardUse, widest_onward_use
from protocol.documents.inner import (
    AcceptOffer,
    Acknowledgement,
    AssignCase,
    CaseCopy,
    CaseRead,
    CorrectCase,
    Emptied,
    EraseCase,
    InnerMessage,
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
    read_inner,
)
from protocol.errors import ProtocolError
from protocol.ids import host_of
from protocol.json import JsonObject
from protocol.keys import controller_of
from protocol.moments import read_stamp

_FRAMEWORK: Final = ("framework-foundations", "framework-structures", "framework-tools")


def read_letter(inner: JsonObject) -> Letter:
    """Return what a letter says. Raises LetterInvalid, and CaseInvalid for an offered case."""
    try:
        message = read_inner(inner)
    except ProtocolError as error:
        raise LetterInvalid(str(error).rstrip(".")) from None
    return replace(_letter(message), at=read_stamp(message.published))


def _letter(message: InnerMessage) -> Letter:
    match message:
        case OfferCase():
            offer = offer_text(message.case)
            due_by = read_stamp(message.case.due_by)
            fields = tuple(sorted(message.case.wire()))
            return Letter(
                kind="offer",
                id=message.id,
                about=message.id,
                offer=offer,
                fields=fields,
                due_by=due_by,
                files=message.case.attachments or (),
                blobs=message.blobs or (),
            )
        case CorrectCase():
            return Letter(
                kind="correct",
                id=message.id,
                about=message.offer,
                offer=offer_text(message.case),
                fields=tuple(sorted(message.case.wire())),
                corrected=message.corrected,
                due_by=_moment(message.case.due_by),
                identity={} if message.identity is None else message.identity.told(),
            )
        case CaseRead():
            return Letter(kind="read", id=message.id, about=message.offer)
        case AcceptOffer():
            return Letter(
                kind="accept",
                id=message.id,
                about=message.offer,
                result=message.result,
                answer_by=_day(message.answer_by),
            )
        case RejectOffer():
            return Letter(
                kind="decline",
                id=message.id,
                about=message.offer,
                text=message.reason or "",
                links=tuple(host_of(actor) for actor in message.refer[:MOST_LINKS]),
            )
        case AssignCase():
            day = _day(message.answer_by)
            return Letter(kind="assign", id=message.id, about=message.offer, answer_by=day)
        case Say():
            return _said(message)
        case RevealIdentity():
            told = message.identity.told()
            return Letter(kind="reveal", id=message.id, about=message.offer, identity=told)
        case ResolveCase():
            return Letter(kind="confirm", id=message.id, about=message.offer)
        case ReopenCase():
            return Letter(kind="reopen", id=message.id, about=message.offer)
        case WithdrawOffer():
            to = () if message.handed_to is None else (host_of(message.handed_to),)
            return Letter(kind="withdraw", id=message.id, about=message.offer, links=to)
        case ProposeHub():
            return Letter(
                kind="propose",
                id=message.id,
                about=message.offer,
                text=message.reason,
                links=(host_of(message.target),),
            )
        case EraseCase():
            return Letter(kind="erase", id=message.id, about=message.offer)
        case Receipt():
            receipt = message.receipt
            return Letter(kind="receipt", id=message.id, about=message.object, receipt=receipt)
        case ReceiptWanted():
            return Letter(
                kind="receipt-wanted",
                id=message.id,
                about=message.object,
                offer_id=message.offer,
            )
        case Emptied():
            return Letter(kind="emptied", id=message.id, about=message.object)
        case Refusal():
            return _refusal(message)
        case Acknowledgement():
            return Letter(kind="ack", id=message.id, about=message.object)
    raise LetterInvalid("this version does not take messages of its kind")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else read_stamp(text)


def _day(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)


def offer_text(copy: CaseCopy) -> OfferText:
    """Return what a copy says, as its reader takes it. Raises LetterInvalid, CaseInvalid."""
    if copy.country is None or copy.role is None or copy.due is None or copy.due_by is None:
        raise LetterInvalid("the offer names no country, role of who asks, or date to decide by")
    # A peer of a newer version may know more words; those we do not know are left out.
    offer = OfferText(
        title=copy.title,
        question=copy.question,
        context=copy.context or "",
        topics=_known(copy.topics, "topics"),
        principles=_known(copy.principles, "principles"),
        framework=_known(copy.framework, *_FRAMEWORK),
        request_type=_one_known(copy.request, Vocabulary.load().ids("request-types")),
        wanted=tuple(word for word in copy.wanted if word in set(Wanted)),
        stage=_one_known(copy.stage, ProjectStage),
        urgency=_one_known(copy.urgency, Urgency),
        language=copy.language,
        country=copy.country,
        jurisdiction=copy.jurisdiction or "",
        requester_role=copy.role,
        organisation_type=_one_known(copy.organisation_type, OrganisationType),
        deadline=_day(copy.deadline),
        label=copy.label,
        sensitivity=copy.sensitivity,
        due=date.fromisoformat(copy.due),
        terms=_terms(copy),
    )
    content = offer.content()
    return replace(
        offer,
        title=content.title,
        question=content.question,
        context=content.context,
        language=content.language,
        jurisdiction=content.jurisdiction,
    )


def _terms(copy: CaseCopy) -> OfferTerms:
    widest = widest_onward_use(copy.label)
    # A word that we do not know may be stricter than all that we know.
    onward = OnwardUse.NONE if copy.onward is not None else widest
    return OfferTerms(
        consent=copy.consent,
        ground=copy.ground,
        transfer=copy.transfer,
        onward=OnwardUse(copy.onward) if copy.onward in set(OnwardUse) else onward,
        delete_by=_day(copy.delete_by),
    )


def _known(words: tuple[str, ...], *schemes: str) -> tuple[str, ...]:
    known = {each for scheme in schemes for each in Vocabulary.load().ids(scheme)}
    return tuple(word for word in words if word in known)


def _one_known(word: str | None, known: Iterable[str]) -> str | None:
    return word if word in set(known) else None


def _said(message: Say) -> Letter:
    text, cites = message.note.text, message.note.citations
    if not text.strip():
        raise LetterInvalid("its text is empty")
    if len(cites) > MOST_LINKS or len(with_sources(text, cites).encode()) > LONGEST_TEXT_BYTES:
        raise LetterInvalid("its text and sources are too long together")
    return Letter(
        kind=message.verb,
        id=message.id,
        about=message.offer,
        text=text,
        links=cites,
        files=message.attachments or (),
        blobs=message.blobs or (),
    )


def _refusal(message: Refusal) -> Letter:
    try:
        keys = tuple(key.sealing_key() for key in message.sealing_keys)
    except ProtocolError:
        raise LetterInvalid("a sealing key cannot be read") from None
    if any(controller_of(key.id) != message.actor for key in keys):
        raise LetterInvalid("a sealing key belongs to somebody else")
    return Letter(
        kind="refusal",
        id=message.id,
        about=message.object,
        text=message.reason,
        reason_code=message.code,
        keys=keys,
    )
