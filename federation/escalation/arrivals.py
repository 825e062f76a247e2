"""What a letter of a peer does here, once it is proven and its turn has come."""

from dataclasses import replace
from typing import ClassVar

import sqlite_utils

from content.cases.answer_store import AnswerRecord, AnswerStore
from content.cases.message import CaseMessage, MessageKind
from content.cases.store import CaseStore
from content.changes import Act, ChangeStore
from content.ids import new_id
from content.mail.kinds import MailKind
from content.mail.occasions import tell_caseworkers
from federation.citing import known
from federation.errors import FederationError
from federation.escalation import letters
from federation.escalation.channel import (
    seal_again,
    sealing_key_of,
    send_inner,
    signed_before,
)
from federation.escalation.copy_file import Direction
from federation.escalation.destroying import (
    DESTROY,
    never_had,
    owe_for_copy,
    pass_emptied,
    take_receipt,
)
from federation.escalation.escalation import Escalation
from federation.escalation.expiry import expire
from federation.escalation.files import note_files
from federation.escalation.letters import Letter, LetterInvalid, proposal_in_words
from federation.escalation.moves import follow, say_in_case
from federation.escalation.revealing import take_identity
from federation.escalation.sealed_store import SealedStore, Sent
from federation.escalation.states import ENDED, OFFERED, Move, Role, next_state, state_seen_by
from federation.escalation.store import EscalationStore
from federation.escalation.taking_corrections import take_correction
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from federation.policy import Audience, Door, may_leave

_ORIGIN_SAYS = frozenset({"info", "confirm", "reopen", "withdraw", "reveal", "correct", "erase"})
_MESSAGES = {
    "ask": MessageKind.ASK,
    "propose": MessageKind.ASK,
    "info": MessageKind.INFO,
    "answer": MessageKind.ANSWER,
    "decline": MessageKind.EVENT,
}


class UnknownOffer(FederationError):
    """A message is about an offer that was never made, or not by or to this peer."""

    code: ClassVar[str] = "unknown-offer"

    def __init__(self) -> None:
        super().__init__("There is no such offer between these two hubs.")


class OfferTwice(FederationError):
    """An offer came again under another number."""

    code: ClassVar[str] = "offer-twice"

    def __init__(self) -> None:
        super().__init__("This offer was made before.")


def apply_letter(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, n: int, seen: int, act: Act
) -> None:
    """
    Apply a numbered letter. n, seen: its number and the `hub:ack` it carries.

    Raises FederationError or ContentError for what is refused; the caller undoes what was begun.
    """
    if letter.kind == "offer":
        _take_offer(db, hub, peer, letter, n, seen, act)
    elif letter.kind == "read":
        escalation = _found(db, hub, peer, letter, "out")
        SealedStore(db, hub.vault).heard(
            peer.host,
            n,
            letter.id,
            seen=seen,
            at=act.at,
            state="applied",
            escalation_id=escalation.id,
        )
    elif letter.kind == "receipt":
        take_receipt(db, hub, peer, letter, n, seen, act)
    elif letter.kind == "emptied":
        pass_emptied(db, hub, peer, letter, n, seen, act)
    elif letter.kind in DESTROY and not _knows(db, hub, peer, letter):
        never_had(db, hub, peer, letter, n, seen, act)
    elif letter.kind in ("refusal", "ack"):
        raise LetterInvalid("an acknowledgement or refusal has no number")
    else:
        _take_move(db, hub, peer, letter, n, seen, act)


def take_refusal(db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, act: Act) -> None:
    """
    Learn that a message of ours was not taken.

    If the peer could not open it, everything that was sealed to the same key is sealed anew, to the
    keys that the peer names, and signed by our key of now: a recovery of ours may lie between. If
    the peer refused what it says, it was no move: the state is computed without it, as on the other
    side.
    """
    sealed = SealedStore(db, hub.vault)
    sent = sealed.sent_as(peer.host, letter.about)
    if letter.keys and _tells_newer_keys(hub, peer, letter, sent, act):
        peer = replace(PeerStore(db).get(peer.actor), sealing_keys=letter.keys)
        PeerStore(db).replace(peer)
    if sent is None:
        return
    if letter.about == sent.object_id:
        if sealing_key_of(hub, peer, act.at).id != sent.kid or signed_before(hub, sent):
            for waiting in sealed.sealed_to(peer.host, sent.kid):
                seal_again(db, hub, peer, waiting, act)
        return
    if sent.refused is not None:
        return
    sealed.refused(sent, letter.reason_code)
    if sent.escalation_id is not None:
        escalation = EscalationStore(db, hub.vault).get(sent.escalation_id)
        ChangeStore(db).record(act, "escalation.refused", escalation.id)
        follow(db, hub, escalation, act)


def _tells_newer_keys(hub: Hub, peer: Peer, letter: Letter, sent: Sent | None, act: Act) -> bool:
    """
    Return whether the keys in a refusal are newer than what we know, say by the peer's manifest.

    A refusal may have been under way for weeks. What it says of the key that we would still take is
    news; where we take another by now, or know one that ends later, it is not.
    """
    if not peer.sealing_keys:
        return True
    if sent is not None and letter.about == sent.object_id:
        return sealing_key_of(hub, peer, act.at).id == sent.kid
    return max(key.expires for key in letter.keys) >= max(key.expires for key in peer.sealing_keys)


def _take_offer(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, n: int, seen: int, act: Act
) -> None:
    offer, due_by = letter.offer, letter.due_by
    if offer is None or due_by is None:
        raise LetterInvalid("it offers no case")
    # What may not leave a hub is not taken from another either. Its ground is the sender's.
    may_leave(offer.label, offer.sensitivity, Door.ESCALATION, Audience.ADDRESSEE, grounded=True)
    store = EscalationStore(db, hub.vault)
    if store.by_offer(peer.host, "in", letter.id) is not None:
        raise OfferTwice
    escalation = Escalation(
        id=new_id(act.at, hub.chance),
        direction="in",
        peer=peer.host,
        offer_id=letter.id,
        case_id=None,
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
        due_by=due_by,
        terms=offer.terms,
        fields=letter.fields,
        created_at=act.at,
        updated_at=act.at,
    )
    store.add(escalation)
    store.keep_offer(escalation.id, offer)
    note_files(db, hub, escalation.id, peer, letter, act)
    SealedStore(db, hub.vault).heard(
        peer.host, n, letter.id, seen=seen, at=act.at, state="applied", escalation_id=escalation.id
    )
    ChangeStore(db).record(act, "escalation.receive", escalation.id, f"from {peer.host}"[:500])
    read = letters.read_receipt(letter.id)
    send_inner(db, hub, peer, read, act, escalation=escalation)
    tell_caseworkers(db, escalation.id, MailKind.OFFER_ARRIVED, act)
    if due_by < act.at:
        expire(db, hub, escalation, act)


def _take_move(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, n: int, seen: int, act: Act
) -> None:
    verb = letter.kind
    theirs: Role = "origin" if verb in _ORIGIN_SAYS else "receiver"
    escalation = _found(db, hub, peer, letter, "in" if theirs == "origin" else "out")
    sealed = SealedStore(db, hub.vault)
    move = Move(theirs, verb, n, seen)  # type: ignore[arg-type]
    # Judged by what the peer had seen when it acted: what merely crossed is no fault of its.
    seen_state = state_seen_by(move, sealed.moves(escalation.id, escalation.role))
    as_seen = replace(escalation, state=seen_state)
    next_state(seen_state if letter.at is None else as_seen.state_at(letter.at), theirs, verb)
    sealed.heard(
        peer.host,
        n,
        letter.id,
        seen=seen,
        at=act.at,
        state="applied",
        escalation_id=escalation.id,
        verb=move.verb,
    )
    if verb == "accept":
        escalation = replace(escalation, remote_case=letter.result)
    if letter.answer_by is not None:
        escalation = replace(escalation, answer_by=letter.answer_by)
    if verb == "decline":
        escalation = replace(escalation, reason=letter.text, refer=letter.links)
    elif verb in ("ask", "propose"):
        escalation = replace(escalation, refer=letter.links)
    elif verb == "withdraw" and letter.links:
        escalation = replace(escalation, handed_to=letter.links[0])
    ChangeStore(db).record(act, f"escalation.{verb}", escalation.id)
    held = escalation.title is not None
    escalation = follow(db, hub, escalation, act)
    if verb in DESTROY and escalation.title is None:
        offer_id = escalation.offer_id
        owe_for_copy(db, hub, peer, escalation.id, offer_id, act, held=held)
    if verb == "reveal":
        take_identity(db, hub, escalation, dict(letter.identity), act)
    if verb == "correct":
        take_correction(db, hub, escalation, letter, act)
    if verb in _MESSAGES and (escalation.direction == "out" or escalation.state not in ENDED):
        text = letters.with_sources(letter.text, letter.links if verb == "answer" else ())
        if verb == "propose":
            text = proposal_in_words(letter.links[0], letter.text)
        author = f"hub:{peer.host}"
        said = say_in_case(db, hub, escalation, _MESSAGES[verb], text, act, author=author)
        if verb == "answer" and said is not None:
            _keep_sources(db, hub, said, letter.links)
            _note_files_of_answer(db, hub, escalation, peer, letter, act)


def _note_files_of_answer(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    peer: Peer,
    letter: Letter,
    act: Act,
) -> None:
    """Have the files of an answer fetched, and tell our people; they show them to who asked."""
    if not letter.files or escalation.state in ENDED:
        return
    note_files(db, hub, escalation.id, peer, letter, act)
    files = "A file goes" if len(letter.files) == 1 else f"{len(letter.files)} files go"
    text = (
        f"{files} with the answer of {peer.host}, and will be among the files of this case. Look"
        " into them before you let the requester see them."
    )
    say_in_case(db, hub, escalation, MessageKind.EVENT, text, act, author="system")


def _keep_sources(
    db: sqlite_utils.Database, hub: Hub, answer: CaseMessage, urls: tuple[str, ...]
) -> None:
    """Keep what the answer cites of our catalogue, for the requester and for a case study."""
    cases = CaseStore(db, hub.vault)
    language = cases.get(answer.case_id).language
    record = AnswerRecord(citations=known(db, hub.identity, urls, language))
    AnswerStore(db).add(answer.case_id, answer.id, record, cases.open_key(answer.case_id))


def _knows(db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter) -> bool:
    return EscalationStore(db, hub.vault).by_offer(peer.host, "in", letter.about) is not None


def _found(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, direction: Direction
) -> Escalation:
    found = EscalationStore(db, hub.vault).by_offer(peer.host, direction, letter.about)
    if found is None:
        raise UnknownOffer
    return found
