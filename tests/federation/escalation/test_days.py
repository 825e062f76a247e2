"""The days of an escalation: promised, shown at both hubs, reminded of, and what follows."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.cases.dues import DueKind, DueStore
from content.cases.message import MessageKind
from content.cases.status import CaseStatus
from content.cases.store import CaseStore
from content.mail.people import MailPersonStore
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.copying import Edits
from federation.escalation.escalation import Escalation
from federation.escalation.offering import offer_case, withdraw
from federation.escalation.promises import AnswerDayWrong
from federation.escalation.state_words import state_in_words
from federation.escalation.telling import LATE_DAYS, SILENT_DAYS
from federation.notices import NoticeStore
from tests.federation.escalation.pair import Pair, Side, carry_among
from tests.seams import START

TODAY = START.date()


def offered(pair: Pair, **named: Any) -> tuple[Escalation, Escalation]:
    """Offer a case; return the escalation as both hubs see it."""
    out = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host, edits=Edits(**named))
    pair.carry()
    return out, pair.b.only_offer()


def accepted(pair: Pair, days: int | None = 20) -> tuple[Escalation, Escalation]:
    """Let b accept and promise an answer within so many days."""
    out, incoming = offered(pair)
    day = None if days is None else TODAY + timedelta(days=days)
    incoming = pair.b.do(accept_offer, incoming.id, answer_by=day, assigned_to=("omar",))
    pair.carry()
    return pair.a.escalation(out.id), incoming


def operators_notices(side: Side) -> list[tuple[str, str]]:
    return side.read(lambda db: [(n.kind, n.text) for n in NoticeStore(db).all()])


def kinds(side: Side, user: str = "ana") -> list[str]:
    return [kind for kind, _, _ in side.notices(user)]


def test_a_promised_day_is_shown_at_both_hubs_and_is_the_day_of_the_receivers_case(
    pair: Pair,
) -> None:
    out, incoming = accepted(pair, 20)

    day = TODAY + timedelta(days=20)
    assert (out.answer_by, incoming.answer_by) == (day, day)
    assert incoming.case_id is not None
    case_id = incoming.case_id
    assert pair.b.read(lambda db: DueStore(db).day(case_id, DueKind.ANSWER)) == day


def test_a_promise_can_be_renewed_while_work_goes_on(pair: Pair) -> None:
    out, incoming = accepted(pair, 20)
    later = TODAY + timedelta(days=40)

    pair.b.do(assign_offer, incoming.id, answer_by=later)
    pair.b.do(assign_offer, incoming.id, to=("ana",))
    pair.carry()

    assert pair.a.escalation(out.id).answer_by == pair.b.escalation(incoming.id).answer_by == later


def test_a_day_that_has_passed_or_is_too_far_is_not_promised(pair: Pair) -> None:
    out, incoming = offered(pair)

    for days in (-1, 366):
        with pytest.raises(AnswerDayWrong):
            pair.b.do(accept_offer, incoming.id, answer_by=TODAY + timedelta(days=days))
    pair.carry()

    assert pair.states(out) == ("esc-offered", "esc-offered")


def test_both_hubs_are_reminded_once_before_an_offer_is_decided(pair: Pair) -> None:
    out, incoming = offered(pair, due=TODAY + timedelta(days=10))
    early = pair.a.reminds(), pair.b.reminds()
    pair.later(days=7)

    told = [(pair.a.reminds(), pair.b.reminds()) for _ in range(3)]

    assert early == (0, 0)
    assert told == [(2, 2), (0, 0), (0, 0)]
    assert pair.a.notices() == [("offer-undecided", out.case_id, out.id)]
    assert pair.b.notices() == [("offer-waits", None, incoming.id)]


def test_what_was_decided_wants_nobody_any_more(pair: Pair) -> None:
    _, incoming = offered(pair, due=TODAY + timedelta(days=1))
    pair.b.reminds()

    pair.b.do(accept_offer, incoming.id)

    assert kinds(pair.b) == []


def test_an_undecided_offer_comes_back_to_the_queue_with_a_notice(pair: Pair) -> None:
    out, _ = offered(pair)
    pair.later(days=16)

    pair.a.expires()
    pair.b.expires()

    assert pair.states(out) == ("esc-expired", "esc-expired")
    assert out.case_id is not None
    case_id = out.case_id
    assert pair.a.case(case_id).status is CaseStatus.OPEN
    assert pair.a.notices("omar") == [("escalation-ended", case_id, out.id)]
    messages = pair.a.read(lambda db: CaseStore(db, pair.a.hub.vault).messages(case_id))
    assert [(each.kind, each.text) for each in messages] == [
        (MessageKind.EVENT, f"{pair.b.host} did not decide by {out.due}. The case is back here.")
    ]


def test_an_offer_that_was_declined_comes_back_with_a_notice_too(pair: Pair) -> None:
    out, incoming = offered(pair)

    pair.b.do(decline_offer, incoming.id, reason="Full.")
    pair.carry()

    assert pair.a.notices() == [("escalation-ended", out.case_id, out.id)]
    assert kinds(pair.b) == []


def test_who_takes_an_offer_back_is_not_told_of_it(pair: Pair) -> None:
    out, _ = offered(pair)

    pair.a.do(withdraw, out.id)

    assert kinds(pair.a) == kinds(pair.a, "omar") == []


def test_the_origin_is_told_before_and_after_a_promised_day_and_once_more_when_it_is_long_past(
    pair: Pair,
) -> None:
    out, _ = accepted(pair, 20)
    made = []
    for _day in range(20 + LATE_DAYS + 10):
        made.append(pair.a.reminds())
        pair.later(days=1)

    assert kinds(pair.a) == ["answer-promised", "promise-passed", "long-unanswered"]
    assert [day for day, count in enumerate(made) if count] == [17, 21, 20 + LATE_DAYS + 1]
    notice = operators_notices(pair.a)
    assert [kind for kind, _ in notice] == ["late-answer"]
    assert f"hub offer withdraw {out.id}" in notice[0][1]
    assert "CANARY" not in notice[0][1]


def test_silence_without_a_promised_day_is_noticed_too(pair: Pair) -> None:
    accepted(pair, None)
    pair.later(days=SILENT_DAYS)

    pair.a.reminds()

    assert kinds(pair.a) == ["long-unanswered"]


def test_an_answer_ends_the_reminders(pair: Pair) -> None:
    _, incoming = accepted(pair, 1)
    pair.later(days=1 + LATE_DAYS + 1)
    pair.a.reminds()
    late = operators_notices(pair.a)

    pair.b.do(answer_origin, incoming.id, "These.")
    pair.carry()
    pair.later(days=60)

    assert len(late) == 1
    assert operators_notices(pair.a) == []
    assert pair.a.reminds() == 0


def test_nobody_is_told_of_a_promise_while_the_other_hub_waits_for_us(pair: Pair) -> None:
    _, incoming = accepted(pair, 2)
    pair.b.do(ask_origin, incoming.id, "Who hosts it?")
    pair.carry()
    pair.later(days=60)

    assert pair.a.reminds() == 0


def test_reminders_go_out_by_mail_to_those_who_left_an_address(pair: Pair) -> None:
    for side in (pair.a, pair.b):
        side.write(lambda db, side=side: leave_address(db, side))
    offered(pair, due=TODAY + timedelta(days=2))

    pair.a.reminds()
    pair.b.reminds()

    assert mails(pair.a) == ["due-soon"]
    assert mails(pair.b) == ["offer-arrived"]


def leave_address(db: Any, side: Side) -> None:
    MailPersonStore(db, side.hub.vault).put("ana", side.act(), address="ana@hub.example")


def mails(side: Side) -> list[str]:
    rows = side.read(lambda db: db.execute("select kind from mail_occasions order by id"))
    return [kind for (kind,) in rows.fetchall()]


@pytest.mark.parametrize("end", ["decline", "withdraw", "expire"])
def test_the_case_is_open_again_after_the_last_of_its_escalations_has_ended(
    pair: Pair, tmp_path: Path, end: str
) -> None:
    third = Side("third.example", tmp_path)
    pair.a.knows(third)
    third.knows(pair.a)
    out, incoming = offered(pair, due=TODAY + timedelta(days=5))
    assert out.case_id is not None
    other = pair.a.do(
        offer_case, out.case_id, third.host, edits=Edits(due=TODAY + timedelta(days=9))
    )
    carry_among(pair.a, pair.b, third)
    statuses = []

    for escalation, side, its in ((out, pair.b, incoming), (other, third, third.only_offer())):
        if end == "decline":
            side.do(decline_offer, its.id, reason="Full.")
        elif end == "withdraw":
            pair.a.do(withdraw, escalation.id)
        else:
            pair.at(escalation.due_by + timedelta(seconds=1))
            pair.a.expires()
        carry_among(pair.a, pair.b, third)
        statuses.append(pair.a.case(out.case_id).status)

    assert statuses == [CaseStatus.ESCALATED, CaseStatus.OPEN]
    third.database.close_now()


def test_after_its_last_moment_nothing_is_offered_to_be_done_though_no_clock_has_looked(
    pair: Pair,
) -> None:
    out, incoming = offered(pair)
    before = [side.escalation(it.id).seen_at(side.now) for side, it in both(pair, out, incoming)]
    pair.at(out.due_by + timedelta(milliseconds=1))

    seen = [side.escalation(it.id).seen_at(side.now) for side, it in both(pair, out, incoming)]

    assert [each.possible for each in before] == [("withdraw", "correct"), ("accept", "decline")]
    assert [(each.state, each.possible) for each in seen] == [("esc-expired", ())] * 2
    assert "did not decide" in state_in_words(seen[0])
    assert "nobody decided" in state_in_words(seen[1])


def both(
    pair: Pair, out: Escalation, incoming: Escalation
) -> tuple[tuple[Side, Escalation], tuple[Side, Escalation]]:
    return (pair.a, out), (pair.b, incoming)
