"""The coalition's view is counting and nothing else: values in, figures out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.countries import COUNTRIES
from content.coverage.flow import flow_of
from content.coverage.frameworks import PARTS, Shown, progress
from content.coverage.freshness import age_of
from content.coverage.gaps import find_gaps, quarter_before
from content.coverage.matrix import Coverage, counted
from content.coverage.regions import ANYWHERE, REGION_NAMES, region_of
from content.coverage.reported import Reported
from content.coverage.trends import Done, quarter_of, trends
from content.framework.item import PILLARS
from content.framework.upstream import upstream
from content.resources.statistics import FLOOR, Band, summarise, summarise_flow
from content.search.facets import COUNTRY, HUB, KIND, LANGUAGE, TOPIC, facets_text, with_broader
from content.vocabulary import Vocabulary

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TOPICS = Vocabulary.load().ids("topics")
ITEMS = [item.id for item in upstream().framework.items if item.id not in PILLARS]


def a_resource(
    *topics: str, language: str = "en", country: str | None = "NL", hub: str = "a.example"
) -> str:
    facets = [(KIND, "guide"), (LANGUAGE, language), (HUB, hub)]
    facets += [(TOPIC, topic) for topic in with_broader(topics)]
    return facets_text(facets + ([] if country is None else [(COUNTRY, country)]))


def an_expert(*topics: str, languages: tuple[str, ...], countries: tuple[str, ...]) -> str:
    facets = [(HUB, "a.example"), *((LANGUAGE, each) for each in languages)]
    facets += [(COUNTRY, country) for country in countries]
    return facets_text([*facets, *((TOPIC, topic) for topic in with_broader(topics))])


def told(
    hub: str, by_topic: Mapping[str, int], unmet: Mapping[str, int], period: str = "2026-Q3"
) -> Reported:
    return Reported(hub, "pt", summarise(period, sum(by_topic.values()), by_topic, unmet))


def test_every_country_is_in_one_region_that_has_a_name() -> None:
    assert {region_of(country) for country in COUNTRIES} == set(REGION_NAMES) - {ANYWHERE}
    assert region_of(None) == region_of("ZZ") == ANYWHERE


def test_a_record_counts_for_its_topics_and_what_they_are_part_of() -> None:
    found = counted([a_resource("education-data", country="BR", language="pt")], [])

    (above,) = Vocabulary.load().broader("education-data")
    assert [(cell.topic, cell.language, cell.region) for cell in found.cells] == sorted(
        (topic, "pt", "america-latin") for topic in ("education-data", above)
    )
    assert (found.on("education-data").resources, found.on(above).resources) == (1, 1)
    assert found.on("procurement").resources == 0


def test_an_expert_is_in_each_cell_and_once_in_each_total() -> None:
    expert = an_expert("privacy", languages=("nl", "en"), countries=("NL", "BE", "BR"))

    found = counted([], [expert])

    cells = [(c.language, c.region, c.experts) for c in found.cells if c.topic == "privacy"]
    assert cells == [
        ("en", "america-latin", 1),
        ("en", "europe-western", 1),
        ("nl", "america-latin", 1),
        ("nl", "europe-western", 1),
    ]
    assert (found.experts, found.on("privacy").experts) == (1, 1)
    assert [(each.value, each.experts) for each in found.regions] == [
        ("america-latin", 1),
        ("europe-western", 1),
    ]


def test_all_topics_are_shown_so_that_what_is_missing_is_seen() -> None:
    found = counted([], [])

    assert [each.value for each in found.topics] == list(TOPICS)
    assert (found.cells, found.languages, found.regions) == ((), (), ())


def test_who_is_no_hub_is_not_counted() -> None:
    found = counted(
        [a_resource("privacy"), a_resource("privacy", hub="paper@news.example")],
        [],
        without={"paper@news.example"},
    )

    assert (found.resources, found.on("privacy").resources) == (1, 1)


RECORDS = st.lists(
    st.builds(
        lambda topics, language, country: a_resource(*topics, language=language, country=country),
        st.lists(st.sampled_from(TOPICS), max_size=3, unique=True),
        st.sampled_from(("en", "pt", "ar", "und")),
        st.sampled_from(("NL", "BR", "TN", None)),
    ),
    max_size=20,
)


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_in_which_records_came_makes_no_difference(
    records: list[str], dice: object
) -> None:
    mixed = list(records)
    dice.shuffle(mixed)  # type: ignore[attr-defined]

    assert counted(records, []) == counted(mixed, [])


@given(RECORDS)
def test_cells_and_margins_tell_the_same(records: list[str]) -> None:
    found = counted(records, [])

    assert found.resources == sum(each.resources for each in found.languages) == len(records)
    assert found.resources == sum(each.resources for each in found.regions)
    for topic in TOPICS:
        cells = sum(cell.resources for cell in found.only(topic=topic))
        assert found.on(topic).resources == cells


NOTHING: Coverage = counted([], [])


def test_a_gap_is_a_topic_that_hubs_marked_or_on_which_there_is_nothing() -> None:
    coverage = counted([a_resource("privacy"), a_resource("procurement", language="pt")], [])
    here = [
        told("a", {"privacy": 6, "procurement": 12, "education-data": 5}, {"privacy": 5}),
        told("b", {"privacy": 11, "education-data": 9}, {"privacy": 7}),
    ]

    found = find_gaps(here, coverage)

    assert (found.period, found.hubs) == ("2026-Q3", 2)
    first, second = found.gaps
    assert (first.topic, first.hubs, first.hubs_unmet) == ("privacy", 2, 2)
    assert (first.requests_at_least, first.resources) == (15, 1)
    assert first.missing_languages == ("pt",)  # what there is on it is in English
    assert (second.topic, second.hubs_unmet, second.resources) == ("education-data", 0, 0)
    assert second.requests_at_least == 10


def test_requests_that_rise_are_told_by_the_quarter_before() -> None:
    before = [told("a", {"privacy": 5, "procurement": 11}, {}, "2026-Q2")]
    here = [told("a", {"privacy": 10, "procurement": 11}, {}, "2026-Q3")]

    rising = {gap.topic: gap.rising for gap in find_gaps([*before, *here], NOTHING).gaps}
    first = {gap.topic: gap.rising for gap in find_gaps(before, NOTHING).gaps}

    assert rising == {"privacy": True, "procurement": False}
    assert first == {"privacy": None, "procurement": None}


def test_without_statistics_there_are_no_gaps_and_no_quarter() -> None:
    assert (find_gaps([], NOTHING).period, find_gaps([], NOTHING).gaps) == (None, ())


def test_quarters_follow_each_other() -> None:
    assert quarter_before("2026-Q1") == "2025-Q4"
    assert quarter_before("2026-Q3") == "2026-Q2"
    assert [quarter_of(month) for month in ("2026-01", "2026-03", "2026-04", "2026-12")] == [
        "2026-Q1",
        "2026-Q1",
        "2026-Q2",
        "2026-Q4",
    ]


@pytest.mark.parametrize("assessed", range(9))
def test_how_scores_are_spread_is_told_of_five_hubs_or_more(assessed: int) -> None:
    item = ITEMS[0]

    found = progress(
        [Shown(f"hub{number}", item, 2 if number % 2 else 4) for number in range(assessed)]
    )

    one = found.items[0]
    assert (one.adopted, one.assessed) == (assessed, assessed)
    if assessed < FLOOR:
        assert one.levels is None
    else:
        assert one.levels is not None
        assert set(one.levels.values()) <= set(Band)
        assert one.levels[0] is Band.UNDER_5


def test_progress_names_no_hub_and_tells_how_many_show_how_much() -> None:
    shown = [Shown("many.example", item, None) for item in ITEMS]
    shown += [Shown("few.example", ITEMS[0], 1), Shown("few.example", ITEMS[0], 4)]
    shown += [Shown("other.example", "chatbot-rules", 3), Shown("other.example", PILLARS[0], None)]

    found = progress(shown)

    assert found.hubs == 3
    assert found.spread == dict(zip(PARTS, (1, 1, 0, 1), strict=True))
    assert found.own_items == 1
    assert found.items[0].adopted == 2
    assert ".example" not in repr(found)


def test_the_flow_tells_how_many_hubs_are_in_which_band() -> None:
    some = summarise("2026-Q3", 20, {}, {}, {"sent": 7, "sent_answered": 4, "received": 12})
    none = summarise("2026-Q3", 20, {}, {}, {"sent": 4, "received": 4})

    (flow,) = flow_of([Reported("a", "nl", some), Reported("b", "nl", none)])

    assert none.escalations is None
    assert (flow.hubs, flow.telling) == (2, 1)
    steps = {step.step: step for step in flow.steps}
    assert steps["sent"].hubs == {Band.UNDER_5: 1, Band.FROM_5_TO_9: 1, Band.FROM_10: 0}
    assert (steps["sent"].at_least, steps["received"].at_least) == (5, 10)
    assert steps["sent_answered"].at_least == 0
    assert flow_of([Reported("a", "nl", some)], since="2026-Q4") == ()


@given(st.dictionaries(st.sampled_from(("sent", "sent_answered", "received")), st.integers(0, 30)))
def test_of_escalations_only_bands_are_told(counts: dict[str, int]) -> None:
    flow = summarise_flow(counts)

    if flow is None:
        assert max(counts.get("sent", 0), counts.get("received", 0)) < FLOOR
    else:
        assert all(isinstance(getattr(flow, name), Band) for name in type(flow).model_fields)


def test_months_are_all_there_and_what_is_dated_later_than_now_is_not_counted() -> None:
    done = [
        Done("a", "2026-09", "Create", 3),
        Done("b", "2026-09", "Create", 2),
        Done("b", "2026-09", "Delete", 1),
        Done("a", "2026-11", "Update", 4),
        Done("a", "2099-01", "Create", 9),
        Done("a", "2026-08", "Create", 9),
    ]

    found = trends(done, [], NOW, since="2026-09")

    told_of = [(m.month, m.published, m.changed, m.taken_back, m.hubs) for m in found.months]
    assert told_of == [("2026-09", 5, 0, 1, 2), ("2026-10", 0, 0, 0, 0), ("2026-11", 0, 4, 0, 1)]


def test_without_a_beginning_two_years_are_shown_and_quarters_that_were_told_of() -> None:
    found = trends([], [told("a", {"privacy": 6}, {})], NOW)

    assert (len(found.months), found.months[0].month) == (24, "2024-12")
    assert [(q.period, q.topic, q.requests_at_least) for q in found.quarters] == [
        ("2026-Q3", None, 5),
        ("2026-Q3", "privacy", 5),
    ]
    assert trends([], [told("a", {"privacy": 6}, {})], NOW, since="2026-10").quarters == ()


def test_age_is_a_word() -> None:
    ages = [age_of(NOW - timedelta(days=days), NOW) for days in (-3, 0, 7, 8, 40, 100, 400)]

    assert ages == ["week", "week", "week", "month", "quarter", "year", "older"]
    assert age_of(None, NOW) == "never"
