"""What a requester sees by code while their case is at another hub, and what they can stop."""

from datetime import timedelta
from typing import Any

import pytest

from content.cases.case import read_case_content
from content.cases.request import Consents, MayEscalate
from content.cases.status import CaseStatus
from content.cases.store import CaseChangedMeanwhile, CaseErased, CaseNotFound
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    decline_offer,
)
from federation.escalation.asking_back import forward_question
from federation.escalation.offering import give_info, offer_case
from federation.escalation.recipients import Recipient, recipients_of
from federation.requester_erasing import ErasurePlan, erase_own, plan_erasure
from federation.requesters import RequestView, agree, see_request, withdraw_request
from federation.taking_in import Taken, take_in
from tests.federation.escalation.pair import FILED, Pair
from tests.federation.escalation.test_erasing_copies import sweeps

YES = {"escalate": "yes"}


def filed(pair: Pair, **changes: Any) -> Taken:
    content = read_case_content({**FILED, "consents": YES, **changes})
    return pair.a.write(lambda db: take_in(db, pair.a.hub, content, pair.a.act("requester")))


def seen(pair: Pair, taken: Taken) -> RequestView:
    return pair.a.read(lambda db: see_request(db, pair.a.hub, taken.code, pair.a.now))


def test_a_requester_sees_who_has_the_case_and_the_answer_and_not_what_hubs_ask(
    pair: Pair,
) -> None:
    taken = filed(pair)
    offered = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    waiting = seen(pair, taken)
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    accepted = seen(pair, taken)
    pair.b.do(ask_origin, pair.b.only_offer().id, "BETWEEN HUBS: can we trust this city?")
    pair.carry()
    asked = seen(pair, taken)
    pair.a.do(give_info, offered.id, "Yes.")
    pair.carry()
    pair.b.do(answer_origin, pair.b.only_offer().id, "Three clauses.")
    pair.carry()
    answered = seen(pair, taken)

    own, other = waiting.held_by
    assert own.host == pair.a.host
    assert (other.host, other.due) == (pair.b.host, offered.due)
    assert "decides by" in other.says
    assert accepted.held_by[1].says == "accepted your request"
    assert asked.status is CaseStatus.ESCALATED
    assert asked.held_by[1].says == "works on your request and asked this hub something"
    assert asked.messages == ()
    assert answered.status is CaseStatus.ANSWERED
    assert [(each.kind, each.by, each.text) for each in answered.messages] == [
        ("answer", "hub", "Three clauses.")
    ]


def test_who_takes_consent_back_gets_copies_back(pair: Pair) -> None:
    taken = filed(pair)
    offered = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    no = Consents(escalate=MayEscalate.NO)

    pair.a.write(lambda db: agree(db, pair.a.hub, taken.code, no, pair.a.now))
    pair.carry()

    assert pair.a.escalation(offered.id).state == "esc-withdrawn"
    assert pair.b.only_offer().state == "esc-withdrawn"
    assert seen(pair, taken).status is CaseStatus.OPEN


def test_who_withdraws_gets_copies_back(pair: Pair) -> None:
    taken = filed(pair)
    pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()

    pair.a.write(lambda db: withdraw_request(db, pair.a.hub, taken.code, pair.a.now))
    pair.carry()

    assert pair.b.only_offer().state == "esc-withdrawn"
    assert seen(pair, taken).status is CaseStatus.WITHDRAWN


def test_a_requester_who_agreed_to_mail_is_told_of_questions_and_of_the_other_hubs_answer(
    pair: Pair,
) -> None:
    taken = filed(pair, consents={"escalate": "yes", "mail_notices": True})
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(ask_origin, pair.b.only_offer().id, "Who hosts it?")
    pair.carry()
    before = told_by_mail(pair, taken)
    pair.a.do(forward_question, out.id)
    asked = told_by_mail(pair, taken)
    pair.b.do(answer_origin, pair.b.only_offer().id, "Three clauses.")
    pair.a.write(lambda db: db.execute("delete from mail_occasions"))
    pair.carry()

    assert (before, asked, told_by_mail(pair, taken)) == (0, 1, 1)


def told_by_mail(pair: Pair, taken: Taken) -> int:
    rows = pair.a.read(
        lambda db: db.execute(
            "select count(*) from mail_occasions where kind = 'news' and subject = ?",
            (taken.case_id,),
        )
    )
    return int(rows.fetchone()[0])


def planned(pair: Pair, taken: Taken) -> ErasurePlan:
    return pair.a.read(lambda db: plan_erasure(db, pair.a.hub, taken.code, pair.a.now))


def erases(pair: Pair, taken: Taken, revision: int) -> None:
    pair.a.write(lambda db: erase_own(db, pair.a.hub, taken.code, revision, pair.a.now))


def recipients(pair: Pair, case_id: str) -> tuple[Recipient, ...]:
    week = timedelta(days=7)
    return pair.a.read(lambda db: recipients_of(db, pair.a.hub, case_id, pair.a.now, week))


def test_a_requester_reads_who_got_what_and_that_it_is_gone(pair: Pair) -> None:
    taken = filed(pair)
    pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    [has_it] = seen(pair, taken).recipients
    erases(pair, taken, planned(pair, taken).revision)
    [asked] = seen(pair, taken).recipients
    pair.later(days=7)
    [overdue] = seen(pair, taken).recipients
    pair.carry()
    sweeps(pair.b)
    pair.carry()

    [gone] = seen(pair, taken).recipients

    assert (has_it.host, has_it.says, has_it.since) == (pair.b.host, "has a copy", gone.since)
    assert "question" in has_it.what
    assert "hub:role" in has_it.fields
    assert asked.says == "was told to destroy its copy, has not confirmed it yet"
    assert overdue.says.endswith("and is overdue")
    assert gone.says == "confirmed with its signature that its copy is destroyed"
    assert gone.confirmed_at == pair.a.now
    assert seen(pair, taken).status is CaseStatus.ERASED
    assert recipients(pair, taken.case_id) == (gone,)


def test_a_requester_erases_in_two_steps_what_they_saw(pair: Pair) -> None:
    taken = filed(pair)
    plan = planned(pair, taken)
    pair.a.do(offer_case, taken.case_id, pair.b.host)

    with pytest.raises(CaseChangedMeanwhile):
        erases(pair, taken, plan.revision)
    again = planned(pair, taken)
    erases(pair, taken, again.revision)

    assert plan.hubs == ()
    assert again.hubs == (pair.b.host,)
    assert any(pair.b.host in line for line in again.says)
    with pytest.raises(CaseErased):
        pair.a.case(taken.case_id)
    with pytest.raises(CaseErased):
        planned(pair, taken)


def test_what_was_told_later_is_among_the_fields(pair: Pair) -> None:
    taken = filed(pair)
    offered = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    assert "info" not in recipients(pair, taken.case_id)[0].fields

    pair.a.do(give_info, offered.id, "CANARY-INFO")

    [told] = recipients(pair, taken.case_id)
    assert told.fields[-1] == "info"
    assert "CANARY" not in repr(told)


def test_who_declined_is_named_with_what_it_had(pair: Pair) -> None:
    taken = filed(pair)
    pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(decline_offer, pair.b.only_offer().id, reason="No time.")
    pair.carry()

    [declined] = recipients(pair, taken.case_id)

    assert declined.says == "declined; its program has destroyed the copy"
    assert declined.confirmed is None
    with pytest.raises(CaseNotFound):
        recipients(pair, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH")
