"""Several hubs are asked about one case: all or none, each on its own, and what is open is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from content.cases.case import Case
from content.cases.store import CaseNotFound, CaseStore
from content.mail.people import MailPersonStore
from federation.escalation.answering import accept_offer, answer_origin, ask_origin, decline_offer
from federation.escalation.escalation import Escalation
from federation.escalation.offering import confirm, offer_case, preview_offer, reopen, withdraw
from federation.escalation.several import (
    MOST_AT_ONCE,
    Asking,
    NotAllCanBeAsked,
    offer_to_several,
    open_beside,
    withdraw_others,
)
from tests.federation.escalation.pair import CANARIES, Pair, Side


class Three:
    """New York, which asks, and two hubs that it can ask."""

    def __init__(self, pair: Pair, third: Side) -> None:
        self.pair, self.a, self.b, self.c = pair, pair.a, pair.b, third
        pair.a.knows(third)
        third.knows(pair.a)

    def asks_both(self) -> tuple[Case, Escalation, Escalation]:
        """File a case and offer it to both."""
        case = self.a.has_case()
        asked = [Asking(self.b.host), Asking(self.c.host)]
        to_b, to_c = self.a.do(offer_to_several, case.id, asked)
        self.carry()
        return case, to_b, to_c

    def carry(self) -> None:
        self.pair.carry(self.c)

    def status(self, case: Case) -> str:
        return self.a.case(case.id).status.value

    def accepts(self, side: Side) -> None:
        side.do(accept_offer, side.only_offer().id)
        self.carry()

    def states(self, *escalations: Escalation) -> list[str]:
        return [self.a.escalation(each.id).state for each in escalations]

    def notes(self, case: Case) -> list[str]:
        """Return what the program itself noted in the case."""
        messages = self.a.read(lambda db: CaseStore(db, self.a.hub.vault).messages(case.id))
        return [each.text for each in messages if each.author == "system"]


@pytest.fixture
def three(pair: Pair, tmp_path: Path) -> Iterator[Three]:
    third = Side("helsinki.example", tmp_path)
    yield Three(pair, third)
    third.database.close_now()


def test_each_hub_gets_its_own_sealed_offer_and_knows_of_no_other(three: Three) -> None:
    case, to_b, to_c = three.asks_both()

    assert three.status(case) == "case-escalated"
    assert [side.only_offer().state for side in (three.b, three.c)] == ["esc-offered"] * 2
    assert to_b.offer_id != to_c.offer_id
    assert three.c.host.encode() not in three.b.file_bytes()
    assert three.b.host.encode() not in three.c.file_bytes()
    for body in three.pair.tapped:
        assert not any(word in body for word in CANARIES)


def test_if_one_cannot_be_asked_nobody_is_and_all_reasons_are_told(three: Three) -> None:
    three.a.sets_peer(three.c, state="suspended")
    case = three.a.has_case()
    asked = [Asking(host) for host in (three.b.host, three.c.host, "nobody.example", three.b.host)]

    with pytest.raises(NotAllCanBeAsked) as refused:
        three.a.do(offer_to_several, case.id, asked)

    problems = dict(refused.value.problems)
    assert list(problems) == [three.c.host, "nobody.example", three.b.host]
    assert "no peer" in problems["nobody.example"]
    assert "twice" in problems[three.b.host]
    assert three.a.letters_out() == []
    assert three.a.read(lambda db: db["escalations"].count) == 0
    assert three.status(case) == "case-received"


def test_what_was_looked_at_is_expected_of_each_hub(three: Three) -> None:
    case = three.a.has_case()
    shas = [three.a.do(preview_offer, case.id, side.host).sha256 for side in (three.b, three.c)]
    wrong = [Asking(three.b.host, shas[0]), Asking(three.c.host, "0" * 64)]

    with pytest.raises(NotAllCanBeAsked, match=three.c.host):
        three.a.do(offer_to_several, case.id, wrong)
    right = [Asking(side.host, sha) for side, sha in zip((three.b, three.c), shas, strict=True)]

    assert len(three.a.do(offer_to_several, case.id, right)) == 2


def test_more_than_ten_are_too_many_and_a_case_that_is_not_there_is_not_there(
    three: Three,
) -> None:
    case = three.a.has_case()
    many = [Asking(f"hub{number}.example") for number in range(MOST_AT_ONCE + 1)]

    with pytest.raises(NotAllCanBeAsked, match="At most 10"):
        three.a.do(offer_to_several, case.id, many)
    with pytest.raises(CaseNotFound):
        three.a.do(offer_to_several, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", many[:2])


def test_when_one_accepts_staff_is_told_which_others_are_asked_and_takes_them_back(
    three: Three,
) -> None:
    """Given two open offers, when one is accepted, then a note and a notice name the other, and
    one command takes it back; its hub destroys its copy and says so."""
    three.a.write(
        lambda db: MailPersonStore(db, three.a.hub.vault).put(
            "omar", three.a.act(), address="omar@city.example"
        )
    )
    case, to_b, to_c = three.asks_both()
    three.accepts(three.b)

    assert three.notes(case) == [
        f"{three.b.host} accepted. Still asked: {three.c.host}. If they are not needed any more,"
        " take their offers back."
    ]
    assert ("others-open", case.id, to_b.id) in three.a.notices("omar")
    told = three.a.read(
        lambda db: db.execute("select kind, subject from mail_occasions").fetchall()
    )
    assert ("escalation-news", case.id) in [tuple(row) for row in told], told
    accepted = three.a.escalation(to_b.id)
    beside = three.a.read(lambda db: open_beside(db, three.a.hub, accepted))
    assert [each.id for each in beside] == [to_c.id]

    done = three.a.do(withdraw_others, to_b.id)
    three.carry()

    assert [each.id for each in done] == [to_c.id]
    assert three.states(to_b, to_c) == ["esc-accepted", three.c.only_offer().state]
    assert three.states(to_c) != ["esc-offered"]
    assert three.status(case) == "case-escalated"
    assert three.c.read(lambda db: db["offers"].count) == 0
    assert three.a.do(withdraw_others, to_b.id) == ()


def test_the_last_one_that_accepts_is_no_news_about_others(three: Three) -> None:
    case, _, to_c = three.asks_both()
    three.a.do(withdraw, to_c.id)
    three.carry()

    three.accepts(three.b)

    assert three.notes(case) == []
    assert [kind for kind, *_ in three.a.notices("omar")].count("others-open") == 0


def test_the_case_is_back_only_when_the_last_hub_is_out(three: Three) -> None:
    case, to_b, _ = three.asks_both()
    three.b.do(decline_offer, three.b.only_offer().id, reason="No time.")
    three.carry()
    first = three.status(case)

    three.c.do(decline_offer, three.c.only_offer().id, reason="No time.")
    three.carry()

    assert (first, three.status(case)) == ("case-escalated", "case-open")
    assert three.states(to_b) == ["esc-declined"]


def test_a_question_of_one_hub_and_the_answer_of_another_leave_the_case_right(
    three: Three,
) -> None:
    """Given two hubs at work, then the first answer counts, and what the other does later, asks,
    answers or is taken back, does not open the case again."""
    case, to_b, to_c = three.asks_both()
    three.accepts(three.b)
    three.accepts(three.c)
    three.c.do(ask_origin, three.c.only_offer().id, "Which year?")
    three.carry()
    asked = three.status(case)
    three.b.do(answer_origin, three.b.only_offer().id, "Use the EU clauses.")
    three.carry()
    answered = three.status(case)

    three.a.do(withdraw_others, to_b.id)
    three.carry()
    three.a.do(confirm, to_b.id)
    three.carry()

    assert (asked, answered) == ("case-escalated", "case-answered")
    assert three.status(case) == "case-answered"
    assert three.states(to_b) == ["esc-confirmed"]
    assert three.states(to_c) != ["esc-info-needed"]

    three.a.do(reopen, to_b.id)
    three.carry()
    assert three.status(case) == "case-escalated"


def test_one_hub_alone_is_asked_as_ever(three: Three) -> None:
    case = three.a.has_case()

    (alone,) = three.a.do(offer_to_several, case.id, [Asking(three.b.host)])

    assert alone.peer == three.b.host
    again = three.a.has_case()
    assert three.a.do(offer_case, again.id, three.b.host).state == alone.state
