"""A case is handed on only by its origin, with consent; the first hub keeps nothing of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from content.cases.request import Consents, MayEscalate
from content.cases.status import CaseStatus
from federation.escalation.answering import accept_offer
from federation.escalation.asking_back import open_question
from federation.escalation.copying import Edits
from federation.escalation.escalation import Escalation, NoSuchEscalation
from federation.escalation.grounds import ConsentMissing, Ground
from federation.escalation.handing_on import hand_on, propose_hub
from federation.escalation.letters import LetterInvalid
from federation.escalation.offering import give_info, offer_case
from federation.escalation.recipients import recipients_of
from federation.escalation.state_words import state_in_words
from federation.escalation.suggesting import next_hubs
from federation.requesters import agree
from federation.taking_in import Taken
from tests.federation.escalation.pair import CANARIES, Pair, Side, carry_among
from tests.federation.escalation.test_requesters import filed, seen


@pytest.fixture
def third(pair: Pair, tmp_path: Path) -> Iterator[Side]:
    """Give a third hub that is a peer of the origin and unknown to the receiver."""
    found = Side("third.example", tmp_path)
    pair.a.knows(found)
    found.knows(pair.a)
    yield found
    found.database.close_now()


def proposed(pair: Pair, third: Side) -> tuple[Taken, Escalation]:
    """Let b accept a case and propose the third hub."""
    taken = filed(pair)
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(propose_hub, pair.b.only_offer().id, third.host, "They know this law.")
    pair.carry()
    return taken, pair.a.escalation(out.id)


def hands_on(pair: Pair, out: Escalation, third: Side, edits: Edits, case_id: str) -> None:
    a = pair.a
    a.write(lambda db: hand_on(db, a.hub, out.id, third.host, a.act(), edits, case_id=case_id))


def test_the_receiver_proposes_the_origin_hands_on_and_everybody_sees_where_the_case_is(
    pair: Pair, third: Side
) -> None:
    taken, out = proposed(pair, third)
    question = pair.a.read(lambda db: open_question(db, pair.a.hub, out))
    (next_hub,) = pair.a.read(lambda db: next_hubs(db, pair.a.hub, out, pair.a.now))
    before = third.file_bytes()

    new = pair.a.do(hand_on, out.id, third.host, case_id=taken.case_id)
    carry_among(pair.a, pair.b, third)

    assert out.state == "esc-info-needed"
    assert question is not None
    assert question.asked == "Better that third.example answers this. They know this law."
    assert (next_hub.host, next_hub.standing) == (third.host, "can-be-asked")
    assert not any(canary in before for canary in CANARIES)
    assert pair.states(out) == ("esc-withdrawn", "esc-withdrawn")
    assert pair.a.escalation(out.id).handed_to == third.host
    kept = pair.b.only_offer()
    assert (kept.handed_to, kept.title) == (third.host, None)
    assert third.only_offer().state == new.state == "esc-offered"
    assert pair.a.case(taken.case_id).status is CaseStatus.ESCALATED
    hosts = [each.host for each in seen(pair, taken).held_by]
    assert hosts == [pair.a.host, third.host]


def test_without_the_requesters_word_nothing_is_handed_on(pair: Pair, third: Side) -> None:
    taken, out = proposed(pair, third)
    only_b = Consents(escalate=MayEscalate.YES, escalate_to=(pair.b.host,))
    pair.a.write(lambda db: agree(db, pair.a.hub, taken.code, only_b, pair.a.now))

    with pytest.raises(ConsentMissing):
        pair.a.do(hand_on, out.id, third.host, case_id=taken.case_id)
    carry_among(pair.a, pair.b, third)

    assert pair.states(out) == ("esc-info-needed", "esc-info-needed")
    assert third.file_bytes().count(b"CANARY") == 0


def test_who_was_never_asked_has_not_agreed_to_be_handed_on(pair: Pair, third: Side) -> None:
    case = pair.a.has_case(consents={})
    task = Edits(ground=Ground.PUBLIC_TASK, ground_reason="CANARY-GROUND Our by-law, section 3.")
    phone = Edits(ground=Ground.PHONE_CONSENT, ground_reason="CANARY-GROUND Ana called them.")
    out = pair.a.write(
        lambda db: offer_case(db, pair.a.hub, case.id, pair.b.host, pair.a.act(), task)
    )
    pair.carry()

    with pytest.raises(ConsentMissing):
        hands_on(pair, out, third, task, case.id)
    state = pair.a.escalation(out.id).state
    hands_on(pair, out, third, phone, case.id)
    carry_among(pair.a, pair.b, third)

    assert state == "esc-offered"
    assert third.only_offer().state == "esc-offered"


def test_a_hub_that_did_not_propose_learns_only_that_the_case_is_taken_back(
    pair: Pair, third: Side
) -> None:
    taken = filed(pair)
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()

    pair.a.do(hand_on, out.id, third.host, case_id=taken.case_id)
    carry_among(pair.a, pair.b, third)

    assert pair.states(out) == ("esc-withdrawn", "esc-withdrawn")
    assert pair.b.only_offer().handed_to is None
    assert third.only_offer().state == "esc-offered"


def test_the_origin_can_say_no_and_the_receiver_goes_on(pair: Pair, third: Side) -> None:
    _, out = proposed(pair, third)

    pair.a.do(give_info, out.id, "The requester would rather stay with you.")
    pair.carry()

    assert pair.states(out) == ("esc-in-progress", "esc-in-progress")
    out = pair.a.escalation(out.id)
    assert pair.a.read(lambda db: next_hubs(db, pair.a.hub, out, pair.a.now)) == ()


def test_only_a_third_hub_is_proposed_and_only_the_same_case_handed_on(
    pair: Pair, third: Side
) -> None:
    taken, out = proposed(pair, third)
    incoming = pair.b.only_offer().id
    other = pair.a.has_case()

    for host in (pair.a.host, pair.b.host, "no host"):
        with pytest.raises(LetterInvalid):
            pair.b.do(propose_hub, incoming, host, "Why not.")
    with pytest.raises(LetterInvalid):
        pair.a.do(hand_on, out.id, pair.b.host, case_id=taken.case_id)
    with pytest.raises(NoSuchEscalation):
        pair.a.do(hand_on, out.id, third.host, case_id=other.id)

    assert pair.carry() == 0
    assert pair.states(out) == ("esc-info-needed", "esc-info-needed")


def test_that_a_case_was_handed_on_is_said_in_words_to_everybody_who_may_know(
    pair: Pair, third: Side
) -> None:
    taken, out = proposed(pair, third)
    waits = state_in_words(pair.a.escalation(out.id)), state_in_words(pair.b.only_offer())
    pair.a.do(hand_on, out.id, third.host, case_id=taken.case_id)
    carry_among(pair.a, pair.b, third)

    week, case = timedelta(days=7), taken.case_id
    hubs = pair.a.read(lambda db: recipients_of(db, pair.a.hub, case, pair.a.now, week))
    assert "proposes that third.example answers it" in waits[0]
    assert "whether third.example answers it instead" in waits[1]
    assert state_in_words(pair.a.escalation(out.id)) == (
        f"taken back from {pair.b.host}, and the case was handed on to third.example"
    )
    assert "handed on to third.example; its text" in state_in_words(pair.b.only_offer())
    [first] = [each for each in hubs if each.host == pair.b.host]
    assert "third.example was asked instead" in first.says
    assert "handed on" not in state_in_words(third.only_offer())
