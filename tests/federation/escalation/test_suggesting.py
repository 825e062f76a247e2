"""Whom to ask instead: what the other hub suggests, and the best matches, told apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.escalation.answering import decline_offer
from federation.escalation.offering import offer_case, withdraw
from federation.escalation.suggesting import NextHub, next_hubs
from tests.federation.escalation.pair import Pair, Side, carry_among


@pytest.fixture
def third(pair: Pair, tmp_path: Path) -> Iterator[Side]:
    """Give a third hub, which the origin does not know yet."""
    found = Side("third.example", tmp_path)
    yield found
    found.database.close_now()


def declined(pair: Pair, *refer: str) -> str:
    """Let b decline and suggest hubs; return the escalation at the origin."""
    out = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    pair.b.do(decline_offer, pair.b.only_offer().id, reason="Full.", refer=refer)
    pair.carry()
    return out.id


def instead(side: Side, escalation_id: str) -> tuple[NextHub, ...]:
    escalation = side.escalation(escalation_id)
    return side.read(lambda db: next_hubs(db, side.hub, escalation, side.now))


def test_a_suggested_hub_that_is_a_peer_can_be_asked_at_once(pair: Pair, third: Side) -> None:
    pair.a.knows(third)
    escalation = declined(pair, third.host)

    (found,) = instead(pair.a, escalation)

    assert (found.host, found.standing) == (third.host, "can-be-asked")
    assert found.suggested_by == pair.b.host


def test_hubs_that_are_no_peers_or_not_yet_are_shown_with_what_is_missing(
    pair: Pair, third: Side
) -> None:
    pair.a.knows(third, state="offered")
    escalation = declined(pair, third.host, "nobody.example")

    waiting, unknown = instead(pair.a, escalation)

    assert (waiting.host, waiting.standing) == (third.host, "not-approved")
    assert "has not approved yet" in waiting.says
    assert (unknown.host, unknown.standing) == ("nobody.example", "unknown")
    assert "not known here" in unknown.says


def test_a_hub_that_has_the_case_already_is_said_to_have_it(pair: Pair, third: Side) -> None:
    pair.a.knows(third)
    third.knows(pair.a)
    escalation = declined(pair, third.host)
    case_id = pair.a.escalation(escalation).case_id
    assert case_id is not None
    other = pair.a.do(offer_case, case_id, third.host)

    (has_it,) = instead(pair.a, escalation)
    pair.a.do(withdraw, other.id)
    carry_among(pair.a, pair.b, third)
    (had_it,) = instead(pair.a, escalation)

    assert (has_it.standing, had_it.standing) == ("asked", "asked")
    assert "Has this case already" in has_it.says
    assert "esc-withdrawn" in had_it.says


def test_after_silence_the_best_other_match_is_named_with_reasons(pair: Pair, third: Side) -> None:
    pair.a.knows(third)
    pair.a.sets_peer(third, language="es", country="US")
    out = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.later(days=16)
    pair.a.expires()

    (found,) = instead(pair.a, out.id)

    assert (found.host, found.suggested_by) == (third.host, None)
    assert found.reasons


def test_nobody_is_named_while_it_is_under_way_or_when_it_suggests_ourselves(pair: Pair) -> None:
    out = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    assert instead(pair.a, out.id) == ()
    pair.carry()

    pair.b.do(decline_offer, pair.b.only_offer().id, reason="Full.", refer=(pair.a.host,))
    pair.carry()

    assert instead(pair.a, out.id) == ()
    assert instead(pair.b, pair.b.only_offer().id) == ()
