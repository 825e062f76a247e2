"""One case from offer to confirmation: both hubs show the same state at each step."""

from typing import Any

from content.cases.message import MessageKind
from content.cases.status import CaseStatus
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.offering import (
    confirm,
    give_info,
    offer_case,
    reopen,
    withdraw,
)
from federation.escalation.reading import list_escalations, read_thread
from tests.federation.escalation.pair import QUESTION, TITLE, Pair


def test_a_case_is_offered_accepted_questioned_answered_and_confirmed(pair: Pair) -> None:
    case = pair.a.has_case()

    offered = pair.a.do(offer_case, case.id, pair.b.host)
    assert offered.delivery is not None
    assert offered.delivery.word == "sent"
    pair.carry()
    incoming = pair.b.only_offer()
    assert pair.states(offered) == ("esc-offered", "esc-offered")
    assert _word(pair, offered) == "read"
    assert pair.a.case(case.id).status is CaseStatus.ESCALATED

    accepted = pair.b.do(accept_offer, incoming.id)
    pair.carry()
    assert pair.states(offered) == ("esc-accepted", "esc-accepted")
    assert accepted.case_id is not None
    theirs = pair.b.case(accepted.case_id)
    assert (theirs.title, theirs.question) == (TITLE, QUESTION)
    assert theirs.escalated_from == incoming.id
    assert theirs.requester.name == theirs.requester.contact == ""
    assert pair.a.escalation(offered.id).remote_case == f"https://{pair.b.host}/cases/{theirs.id}"

    pair.b.do(assign_offer, incoming.id, to=("omar",))
    pair.carry()
    assert pair.states(offered) == ("esc-in-progress", "esc-in-progress")

    pair.b.do(ask_origin, incoming.id, "CANARY-ASK Who hosts it?")
    pair.carry()
    assert pair.states(offered) == ("esc-info-needed", "esc-info-needed")

    pair.a.do(give_info, offered.id, "CANARY-INFO We do.")
    pair.carry()
    assert pair.states(offered) == ("esc-in-progress", "esc-in-progress")

    source = "https://amsterdam.example/resources/01ARZ3NDEKTSV4RRFFQ69G5FAV"
    pair.b.do(answer_origin, incoming.id, "CANARY-ANSWER These.", citations=(source,))
    pair.carry()
    assert pair.states(offered) == ("esc-answered", "esc-answered")
    assert pair.a.case(case.id).status is CaseStatus.ANSWERED
    assert pair.b.case(theirs.id).status is CaseStatus.ANSWERED

    pair.a.do(confirm, offered.id)
    pair.carry()
    assert pair.states(offered) == ("esc-confirmed", "esc-confirmed")
    assert pair.b.case(theirs.id).status is CaseStatus.CLOSED

    thread = pair.a.read(lambda db: read_thread(db, pair.a.hub, offered.id))
    assert [(m.kind, m.author, m.text) for m in thread.messages] == [
        (MessageKind.ASK, f"hub:{pair.b.host}", "CANARY-ASK Who hosts it?"),
        (MessageKind.INFO, "ana", "CANARY-INFO We do."),
        (MessageKind.ANSWER, f"hub:{pair.b.host}", f"CANARY-ANSWER These.\n\n{source}"),
    ]
    mirrored = pair.b.read(lambda db: read_thread(db, pair.b.hub, incoming.id))
    assert [(m.kind, m.text) for m in mirrored.messages] == [
        (m.kind, m.text) for m in thread.messages
    ]


def test_a_confirmation_can_be_taken_back_and_work_goes_on(pair: Pair) -> None:
    offered, incoming, _ = _answered(pair)
    pair.a.do(confirm, offered.id)
    pair.carry()

    pair.a.do(reopen, offered.id)
    pair.carry()

    assert pair.states(offered) == ("esc-in-progress", "esc-in-progress")
    assert offered.case_id is not None
    assert pair.a.case(offered.case_id).status is CaseStatus.ESCALATED
    assert incoming.case_id is not None
    assert pair.b.case(incoming.case_id).status is CaseStatus.OPEN


def test_declining_destroys_the_text_and_brings_the_case_back(pair: Pair) -> None:
    case = pair.a.has_case()
    offered = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    incoming = pair.b.only_offer()

    pair.b.do(decline_offer, incoming.id, reason="CANARY-REASON Not ours.", refer=("c.example",))
    pair.carry()

    assert pair.states(offered) == ("esc-declined", "esc-declined")
    assert pair.a.case(case.id).status is CaseStatus.OPEN
    told = pair.a.escalation(offered.id)
    assert (told.reason, told.refer) == ("CANARY-REASON Not ours.", ("c.example",))
    kept = pair.b.only_offer()
    assert (kept.title, kept.topics, kept.country) == (None, (), None)
    assert pair.b.read(lambda db: read_thread(db, pair.b.hub, incoming.id)).offer is None
    assert pair.b.read(lambda db: db["offers"].count) == 0


def test_withdrawing_after_acceptance_erases_the_receivers_case(pair: Pair) -> None:
    offered, incoming, their_case = _answered(pair)

    pair.a.do(withdraw, offered.id)
    pair.carry()

    assert pair.states(offered) == ("esc-withdrawn", "esc-withdrawn")
    row: Any = pair.b.read(
        lambda db: db.execute(
            "select status, title, wrapped_key from cases where id = ?", (their_case,)
        ).fetchone()
    )
    assert row == ("case-erased", None, None)
    assert pair.b.escalation(incoming.id).title is None


def test_the_case_stays_escalated_while_another_hub_still_works_on_it(
    pair: Pair,
) -> None:
    case = pair.a.has_case()
    first = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    pair.b.do(decline_offer, pair.b.only_offer().id, reason="Full.")
    pair.carry()
    second = pair.a.do(offer_case, case.id, pair.b.host)

    assert pair.a.escalation(first.id).state == "esc-declined"
    assert pair.a.escalation(second.id).state == "esc-offered"
    assert pair.a.case(case.id).status is CaseStatus.ESCALATED


def _second_confirmed(pair: Pair) -> Any:
    """Bring another escalation to its good end."""
    offered = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    page = pair.b.read(lambda db: list_escalations(db, pair.b.hub, state="esc-offered"))
    incoming = pair.b.do(accept_offer, page.items[0].id)
    pair.b.do(answer_origin, incoming.id, "CANARY-ANSWER These too.")
    pair.carry()
    pair.a.do(confirm, offered.id)
    return offered


def _word(pair: Pair, offered: Any) -> str:
    delivery = pair.a.escalation(offered.id).delivery
    assert delivery is not None
    return delivery.word


def _answered(pair: Pair) -> tuple[Any, Any, str]:
    """Bring one escalation to esc-answered; return it as both hubs see it, and b's case."""
    case = pair.a.has_case()
    offered = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(answer_origin, incoming.id, "CANARY-ANSWER These.")
    pair.carry()
    assert pair.states(offered) == ("esc-answered", "esc-answered")
    return offered, incoming, incoming.case_id
