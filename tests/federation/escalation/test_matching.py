"""Whom a case is matched with: own experts, those of active peer hubs, and the hubs."""

from datetime import timedelta
from typing import Any

import pytest

from content.experts.expert import Expert
from content.experts.held import HeldExpertStore
from content.experts.hours import ExpertHoursStore, HoursInvalid
from content.experts.record import read_expert
from content.experts.store import ExpertStore
from content.held import Held
from content.ids import new_id
from content.matching_rules import MatchingRules
from content.people.profiles import ProfileStore
from federation.escalation.answering import accept_offer, answer_origin
from federation.escalation.matching import CaseMatch, match_case
from federation.escalation.offering import offer_case
from federation.escalation.reading import list_escalations
from tests.federation.escalation.pair import Pair, Side

KNOWS: dict[str, Any] = {
    "name": "Example expert",
    "bio": {"en": "An example."},
    "topics": ["procurement"],
    "languages": ["es", "en"],
    "jurisdictions": ["US"],
    "capacity_hours": 4,
    "example": True,
}


def lists(side: Side, **changes: Any) -> str:
    """List an expert of the hub itself; return its id."""
    record = read_expert({**KNOWS, **changes})
    expert = Expert.new(record, side.act(), expert_id=new_id(side.now, side.chance))
    side.write(lambda db: ExpertStore(db).add(expert, side.act()))
    return f"{side.hub.identity.origin}/experts/{expert.id}"


def holds(side: Side, of: str, **changes: Any) -> str:
    """Hold an expert that another hub shared; return its id."""
    record = read_expert({"scope": "network", **KNOWS, **changes})
    ref = new_id(side.now, side.chance)
    held = Held(
        hub=of,
        ref=ref,
        url=f"https://{of}/experts/{ref}",
        record=record,
        document="{}",
        label=record.label,
        received_at=side.now,
    )
    side.write(lambda db: HeldExpertStore(db).put(held))
    return held.url


def matches(pair: Pair, **case: Any) -> list[CaseMatch]:
    """Return the matches of a case at a."""
    filed = pair.a.has_case(**case)
    found = pair.a.read(lambda db: match_case(db, pair.a.hub, filed.id, pair.a.now))
    assert found.ranked
    return list(found.items)


def knows(side: Side, user: str, *topics: str, languages: tuple[str, ...] = ("es",)) -> None:
    """Note what a user of a hub knows."""
    side.write(
        lambda db: ProfileStore(db).put(user, side.act(), topics=topics, languages=languages)
    )


def test_experts_here_and_at_peers_and_their_hub_are_found_with_reasons(pair: Pair) -> None:
    own = lists(pair.a, languages=["nl"], jurisdictions=["NL"])
    theirs = holds(pair.a, pair.b.host)

    found = matches(pair)

    assert [(match.kind, match.id, match.hub) for match in found if match.kind == "expert"] == [
        ("expert", theirs, pair.b.host),
        ("expert", own, pair.a.host),
    ]
    assert [match.id for match in found if match.kind == "hub"] == [pair.b.host]
    assert all(match.reasons and match.score > 0 for match in found)


def test_experts_of_hubs_that_are_no_active_peers_are_not_suggested(pair: Pair) -> None:
    holds(pair.a, "stranger.example")
    holds(pair.a, pair.b.host)
    pair.a.sets_peer(pair.b, state="suspended")

    assert matches(pair) == []


def test_a_coalition_is_never_suggested(pair: Pair) -> None:
    holds(pair.a, pair.b.host)
    pair.a.sets_peer(pair.b, kind="coalition")

    assert matches(pair) == []


def test_what_a_match_says_of_the_case_is_in_no_repr(pair: Pair) -> None:
    lists(pair.a)

    match = matches(pair)[0]

    assert match.reasons
    assert not any(reason in repr(match) for reason in match.reasons)


def test_staff_are_found_by_what_is_noted_about_them(pair: Pair) -> None:
    knows(pair.a, "omar", "procurement")
    knows(pair.a, "ana", "privacy")

    found = matches(pair)

    assert [(match.kind, match.id, match.hub) for match in found if match.kind == "staff"] == [
        ("staff", "omar", pair.a.host)
    ]
    assert found[0].reasons == (
        "Covers Procurement",
        "Writes Spanish",
        "Is at this hub, so nothing has to leave it",
    )


def test_what_experts_here_have_worked_counts_and_of_others_only_their_hub_knows(
    pair: Pair,
) -> None:
    own = lists(pair.a)
    theirs = holds(pair.a, pair.b.host)
    ref = own.rpartition("/")[2]
    day = pair.a.now.date()
    pair.a.write(lambda db: ExpertHoursStore(db).log(ref, 1.5, day, pair.a.act()))

    reasons = {match.id: match.reasons for match in matches(pair)}

    assert "Has 2.5 of 4 hours left this month" in reasons[own]
    assert "Gives 4 hours a month; how many are left, their hub knows" in reasons[theirs]

    pair.a.write(lambda db: ExpertHoursStore(db).log(ref, 3, day, pair.a.act()))

    cautions = {match.id: match.cautions for match in matches(pair)}
    assert cautions[own] == ("Has no hours left this month",)


def test_hours_of_another_month_are_not_counted(pair: Pair) -> None:
    own = lists(pair.a)
    ref = own.rpartition("/")[2]
    first = pair.a.now.date().replace(day=1)
    pair.a.write(
        lambda db: ExpertHoursStore(db).log(ref, 4, first - timedelta(days=1), pair.a.act())
    )

    [match] = [each for each in matches(pair) if each.id == own]

    assert "Has 4 of 4 hours left this month" in match.reasons


@pytest.mark.parametrize("hours", [0, -1, 25, float("nan"), 0.001])
def test_nobody_works_longer_than_a_day(pair: Pair, hours: float) -> None:
    ref = lists(pair.a).rpartition("/")[2]

    with pytest.raises(HoursInvalid):
        pair.a.write(
            lambda db: ExpertHoursStore(db).log(ref, hours, pair.a.now.date(), pair.a.act())
        )


def test_who_is_bound_to_the_organisation_of_the_requester_is_told_apart(pair: Pair) -> None:
    bound = lists(pair.a, conflicts="Works for OSPREY-HERONRY")

    [match] = [each for each in matches(pair, topics=["procurement"]) if each.id == bound]

    assert match.cautions[0] == "Names the organisation that asks in their conflicts"


def test_what_the_requester_wants_is_compared_with_what_experts_offer(pair: Pair) -> None:
    teaches = lists(pair.a, offers=["workshop"])
    reviews = lists(pair.a, offers=["review"])

    by_type = matches(pair, request_type="req-training")
    by_wish = matches(pair, request_type="req-training", wanted=["wanted-review"])

    assert by_type[0].id == teaches
    assert "Offers workshops, and training is wanted" in by_type[0].reasons
    assert by_wish[0].id == reviews


def test_where_a_case_may_not_go_it_is_said_why(pair: Pair) -> None:
    """Given a red case, then the other hub and its experts are shown with what is in the way."""
    theirs = holds(pair.a, pair.b.host)

    found = {match.id: match for match in matches(pair, label="tlp-red")}

    assert "tlp-red does not leave" in found[theirs].cautions[0]


def test_how_quick_a_hub_was_is_told_from_three_cases_on(pair: Pair) -> None:
    """Given cases that b accepted after 1, 2 and 9 days, then the one in the middle counts."""
    for days in (1, 2, 9):
        assert not [reason for reason in reasons_for_hub(pair) if reason.startswith("Mostly")]
        pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
        pair.carry()
        pair.later(days=days)
        theirs = pair.b.read(lambda db: list_escalations(db, pair.b.hub, direction="in")).items[0]
        pair.b.do(accept_offer, theirs.id)
        pair.carry()
        pair.later(days=1)
        pair.b.do(answer_origin, theirs.id, "Use the EU clauses.")
        pair.carry()

    assert (
        "Mostly accepts within 2 days and answers within 3 days"
        " (of 3 cases we offered and it accepted)"
    ) in reasons_for_hub(pair)


def reasons_for_hub(pair: Pair) -> tuple[str, ...]:
    """Return why the other hub as a whole is suggested."""
    return next((each.reasons for each in matches(pair, language="en") if each.kind == "hub"), ())


def test_switched_off_all_are_listed_by_name_and_nothing_is_said_of_them(pair: Pair) -> None:
    lists(pair.a, name="Zoe", topics=["privacy"])
    holds(pair.a, pair.b.host, name="ada")
    knows(pair.a, "omar", "procurement")
    case = pair.a.has_case()

    found = pair.a.read(
        lambda db: match_case(
            db, pair.a.hub, case.id, pair.a.now, rules=MatchingRules(enabled=False)
        )
    )

    assert not found.ranked
    names = [match.name for match in found.items]
    assert names == sorted(names, key=str.casefold)
    assert {"Zoe", "ada", "omar", pair.b.host} == set(names)
    assert all(not match.reasons and not match.cautions for match in found.items)
    assert {match.score for match in found.items} == {None}
    assert found.total == 4
