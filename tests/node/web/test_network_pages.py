"""The network in figures, as everybody sees it: map, coverage, gaps, trends, flow, framework."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.countries import COUNTRIES
from node.web.charts import HEIGHT, WIDTH, bars_of
from node.web.map import HEIGHT as MAP_HEIGHT
from node.web.map import dots_of
from tests.node.conftest import ServedHub
from tests.node.web.conftest import publish

PAGES = ("", "/coverage", "/by-hub", "/gaps", "/trends", "/flow", "/framework")


async def seen(served: ServedHub, path: str) -> str:
    answer = await served.call("GET", path, headers={"Accept": "text/html"})
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.mark.parametrize("part", PAGES)
async def test_each_page_says_how_it_is_counted_also_when_nothing_is_there(
    served: ServedHub, part: str
) -> None:
    page = await seen(served, f"/network{part}")

    assert "How this is counted" in page
    assert "?format=csv" in page


async def test_coverage_counts_a_resource_in_its_topic_and_language(served: ServedHub) -> None:
    await publish(served)

    page = await seen(served, "/network/coverage")

    assert '<span class="upright">Dutch</span>' in page
    assert 'href="/resources?topic=contract-clauses"' in page
    assert "heat-3" in page


async def test_a_topic_shows_which_hubs_have_something_and_which_have_nothing(
    served: ServedHub,
) -> None:
    await publish(served)

    having = await seen(served, "/network/by-hub?topic=contract-clauses")
    lacking = await seen(served, "/network/by-hub?topic=algorithm-registers")

    assert "Every hub has something here." in having
    assert "topic=contract-clauses" in having
    assert "1 of 1 hubs has nothing here" in lacking
    assert "/api/v1/stats/by-hub?topic=algorithm-registers&format=csv" in lacking


async def test_trends_draw_what_was_published_over_the_table_of_it(served: ServedHub) -> None:
    await publish(served)

    page = await seen(served, "/network/trends")

    assert "<rect" in page
    assert 'role="img"' in page
    assert "The same as a table" in page


async def test_a_region_that_is_none_is_refused(served: ServedHub) -> None:
    answer = await served.call("GET", "/network/gaps?period=soon", headers={"Accept": "text/html"})

    assert answer.status == 400


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(0, 10**9)), max_size=60))
def test_bars_stay_in_their_picture_and_keep_their_numbers(values: list[tuple[str, int]]) -> None:
    bars = bars_of(values)

    assert [(bar.label, bar.value) for bar in bars] == values
    for bar in bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH + 1
        assert 0 <= bar.y <= HEIGHT
        assert bar.y + bar.height <= HEIGHT


@given(st.lists(st.sampled_from(sorted(COUNTRIES)), max_size=40))
def test_hubs_stand_apart_on_the_map(countries: list[str]) -> None:
    dots = dots_of((f"h{number}.example", "Hub", "", code) for number, code in enumerate(countries))

    for code in set(countries):
        there = {f"h{number}.example" for number, each in enumerate(countries) if each == code}
        places = [(dot.x, dot.y) for dot in dots if dot.host in there]
        assert len(set(places)) == len(places)
    assert all(0 <= dot.y <= MAP_HEIGHT for dot in dots)
