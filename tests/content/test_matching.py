"""Matching a case with staff, experts and hubs: rules, reasons, cautions, and one order only."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cases.request import Wanted
from content.matching import AnswerTimes, Candidate, Needs, match
from content.matching_rules import MatchingRules
from content.vocabulary import Vocabulary

NEEDS = Needs(
    topics=("contract-clauses",),
    languages=("es",),
    country="US",
    place="City of Example Falls",
    wanted=(Wanted.TRAINING,),
    organisation="Example Transit Authority",
)
OMAR = Candidate(
    id="omar",
    topics=("procurement",),
    languages=("es-MX",),
    countries=("US",),
    offers=("review", "workshop"),
    hours_a_month=4,
    minutes_logged=90,
    days_unconfirmed=12,
)
TOPICS = Vocabulary.load().ids("topics")
TIMES = st.builds(
    AnswerTimes,
    cases=st.integers(3, 9),
    accept_days=st.floats(0, 400),
    answer_days=st.none() | st.floats(0, 400),
)
CANDIDATES = st.builds(
    Candidate,
    id=st.text("abcdef", min_size=1, max_size=3),
    kind=st.sampled_from(["staff", "expert", "hub"]),
    here=st.booleans(),
    topics=st.lists(st.sampled_from(TOPICS), max_size=4).map(tuple),
    languages=st.lists(st.sampled_from(["es", "en", "pt-BR"]), max_size=2).map(tuple),
    countries=st.lists(st.sampled_from(["US", "ES"]), max_size=2).map(tuple),
    city=st.sampled_from(["", "Example Falls", "Elsewhere"]),
    organisation=st.sampled_from(["", "Example Transit Authority", "A law firm"]),
    offers=st.lists(st.sampled_from(["review", "call", "workshop", "drafting"]), max_size=3).map(
        tuple
    ),
    hours_a_month=st.none() | st.integers(1, 9),
    minutes_logged=st.none() | st.integers(0, 600),
    conflicts=st.sampled_from(["", "Advises a vendor", "Advises the Example Transit Authority"]),
    days_unconfirmed=st.none() | st.integers(0, 900),
    times=st.none() | TIMES,
    hindrance=st.sampled_from(["", "It stays here."]),
)
RULES = st.builds(
    MatchingRules,
    **{
        name: st.sampled_from([0.0, 0.5, field.default, 40.0])
        if field.default > 0
        else st.sampled_from([0.0, -0.5, field.default, -40.0])
        for name, field in MatchingRules.model_fields.items()
        if isinstance(field.default, float)
    },
)
OFF = MatchingRules(
    **{
        name: 0
        for name, field in MatchingRules.model_fields.items()
        if isinstance(field.default, float)
    }
)


def score(candidate: Candidate, rules: MatchingRules = MatchingRules()) -> float:  # noqa: B008 - frozen
    """Return the points of one who is not left out."""
    (found,) = match(NEEDS, [replace(candidate, kind="hub")], rules)
    return found.score


def test_the_reasons_are_told_in_words_with_the_labels() -> None:
    (found,) = match(NEEDS, [OMAR])

    assert found.reasons == (
        "Covers Procurement, which includes Contract clauses",
        "Writes Spanish",
        "Offers workshops, and training is wanted",
        "Knows the law of the United States",
        "Has 2.5 of 4 hours left this month",
        "Confirmed the listing 12 days ago",
    )
    assert found.cautions == ()


def test_staff_and_hubs_are_spoken_of_in_their_own_words() -> None:
    mireia = Candidate(
        id="mireia", kind="staff", here=True, topics=("contract-clauses",), countries=("US",)
    )
    hub = Candidate(
        id="hub.example",
        kind="hub",
        city="Example Falls",
        countries=("US",),
        times=AnswerTimes(cases=4, accept_days=1.5, answer_days=9.2),
    )

    first, second = match(NEEDS, [hub, mireia])

    assert first.reasons == (
        "Covers Contract clauses",
        "Works in the United States",
        "Is at this hub, so nothing has to leave it",
    )
    assert second.reasons == (
        "Is in the United States",
        "Mostly accepts within 2 days and answers within 10 days"
        " (of 4 cases we offered and it accepted)",
        "Is in Example Falls, whose rules matter",
    )


def test_of_fewer_than_three_cases_nothing_is_said_about_how_quick_a_hub_is() -> None:
    hub = Candidate(id="hub.example", kind="hub", times=AnswerTimes(cases=2, accept_days=0))

    assert match(NEEDS, [hub])[0].reasons == ()


def test_the_nearer_the_topic_the_better_the_match() -> None:
    topics = ("contract-clauses", "procurement", "vendor-due-diligence", "privacy")
    experts = [Candidate(id=topic, topics=(topic,)) for topic in topics]

    found = match(NEEDS, experts)

    assert [each.candidate.id for each in found] == list(topics[:3])
    assert found[0].reasons == ("Covers Contract clauses",)
    assert found[2].reasons == (
        "Covers Vendor due diligence, like Contract clauses a part of Procurement",
    )
    (narrower,) = match(Needs(topics=("procurement",)), [experts[0]])
    assert narrower.reasons == ("Covers Contract clauses, a part of Procurement",)


def test_what_speaks_against_asking_is_said_and_counts() -> None:
    careful = replace(
        OMAR,
        minutes_logged=240,
        conflicts="Sells chatbots",
        days_unconfirmed=400,
        hindrance="It is tlp-red.",
    )

    (found,) = match(NEEDS, [careful])

    assert found.cautions == (
        "Has no hours left this month",
        "Cannot be offered there yet: It is tlp-red.",
        "Declares a conflict: Sells chatbots",
        "Confirmed the listing 400 days ago",
    )
    assert found.score < match(NEEDS, [OMAR])[0].score


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"conflicts": "Advises the example-transit AUTHORITY."},
            "Names the organisation that asks in their conflicts",
        ),
        ({"organisation": "Example Transit Authority"}, "Works at the organisation that asks"),
    ],
)
def test_who_is_bound_to_the_organisation_that_asks_is_held_back(
    changes: dict[str, Any], words: str
) -> None:
    free = replace(OMAR, id="free", languages=(), offers=())

    first, second = match(NEEDS, [replace(OMAR, **changes), free])

    assert first.candidate.id == "free"
    assert second.cautions[0] == words


def test_a_part_of_the_name_of_an_organisation_is_no_conflict() -> None:
    near = replace(OMAR, conflicts="Advises the Transit Authority of Example")

    (found,) = match(NEEDS, [near])

    assert [caution.partition(":")[0] for caution in found.cautions] == ["Declares a conflict"]


def test_a_hub_is_kept_without_experts_known_but_after_those_who_know() -> None:
    hub = Candidate(id="hub.example", kind="hub", languages=("es",), countries=("US",))

    found = match(NEEDS, [hub, OMAR])

    assert [each.candidate.id for each in found] == ["omar", "hub.example"]
    assert found[1].reasons == ("Writes Spanish", "Is in the United States")


def test_rules_without_points_are_switched_off_with_their_reasons() -> None:
    (found,) = match(replace(NEEDS, topics=()), [OMAR], OFF)

    assert (found.score, found.reasons, found.cautions) == (0, (), ())


def test_words_that_the_vocabulary_lacks_match_nothing() -> None:
    assert match(Needs(topics=("later-topic",)), [replace(OMAR, topics=("later-topic",))]) == []


@given(
    st.lists(CANDIDATES, unique_by=lambda each: (each.kind, each.id), max_size=8),
    RULES,
    st.randoms(),
)
def test_the_order_does_not_depend_on_the_order_of_the_candidates(
    candidates: list[Candidate], rules: MatchingRules, dice: Any
) -> None:
    shuffled = list(candidates)
    dice.shuffle(shuffled)

    found = match(NEEDS, candidates, rules)

    assert match(NEEDS, shuffled, rules) == found
    kinds = ["staff", "expert", "hub"]
    places = [(-each.score, kinds.index(each.candidate.kind), each.candidate.id) for each in found]
    assert places == sorted(set(places))


@given(CANDIDATES, RULES, st.data())
def test_a_fact_that_fits_never_lowers_the_points(
    candidate: Candidate, rules: MatchingRules, data: st.DataObject
) -> None:
    """Given anybody and any rules, when something that fits becomes known, then it cannot hurt."""
    better = {
        "topics": (*candidate.topics, data.draw(st.sampled_from(TOPICS))),
        "languages": (*candidate.languages, "es"),
        "countries": (*candidate.countries, "US"),
        "offers": (*candidate.offers, "workshop"),
        "city": "Example Falls",
        "here": True,
        "minutes_logged": 0,
        "conflicts": "",
        "organisation": "",
        "hindrance": "",
        "days_unconfirmed": 0,
        "times": candidate.times or data.draw(TIMES),
    }
    if candidate.hours_a_month is not None:
        better["hours_a_month"] = candidate.hours_a_month + 1
    for name, value in better.items():
        assert score(replace(candidate, **{name: value}), rules) >= score(candidate, rules), name


@given(CANDIDATES, RULES, st.sampled_from(sorted(OFF.model_fields_set)))
def test_a_rule_without_points_says_nothing_and_the_others_stay_as_they_are(
    candidate: Candidate, rules: MatchingRules, name: str
) -> None:
    whole = replace(candidate, kind="hub")
    without = rules.model_copy(update={name: 0.0})

    (found,) = match(NEEDS, [whole], without)
    (before,) = match(NEEDS, [whole], rules)

    silent = OFF.model_copy(update={name: getattr(rules, name)})
    (alone,) = match(NEEDS, [whole], silent)
    said = {*alone.reasons, *alone.cautions}
    if name.endswith("_topic"):
        # The nearest topic with points is told: another one may take the place.
        assert found.score <= before.score
    else:
        assert not said & {*found.reasons, *found.cautions}
        assert round(found.score + alone.score, 4) == round(before.score, 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", -1),
        ("conflict", 3),
        ("hours", float("inf")),
        ("quick", float("nan")),
        ("same_topic", 1000),
        ("slow_days", 0),
        ("colour", 1),
    ],
)
def test_points_that_work_the_wrong_way_round_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        MatchingRules(**{name: value})
