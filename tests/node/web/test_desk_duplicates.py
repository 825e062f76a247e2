"""The same document twice, on the pages of the desk."""

import html
import re
from urllib.parse import urlencode

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.test_api_duplicates import RECORD

PATH = "/desk/catalogue/duplicates"
AGAIN = {**RECORD, "title": "The guide", "url": "https://www.city.example/guide/"}


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


@pytest.fixture
async def pair(served: ServedHub) -> tuple[str, str]:
    """Two records of ours that are one document, by their addresses."""
    made = [(await served.post("/api/v1/resources", each)).json for each in (RECORD, AGAIN)]
    return made[0]["id"], made[1]["id"]


def page_of(pair: tuple[str, str]) -> str:
    return f"{PATH}/pair?{urlencode({'one': pair[0], 'other': pair[1]})}"


async def test_a_hub_without_duplicates_says_so(desk: Browser) -> None:
    assert "No document is here twice." in await seen(desk, PATH)


async def test_two_records_are_compared_side_by_side_before_anybody_decides(
    desk: Browser, pair: tuple[str, str]
) -> None:
    listed = await seen(desk, PATH)
    path = re.findall(rf'href="({re.escape(PATH)}/pair[^"]+)"', listed)
    assert "the same address" in listed
    assert "Guide to registers" in listed

    page = await seen(desk, path[0])

    assert "Where they differ" in page
    sides = re.findall(r'<div class="versus">.*?</div></div>', page, re.DOTALL)
    assert any("Guide to registers</p>" in side and "The guide</p>" in side for side in sides)
    assert f'value="{pair[0]}"' in page


async def test_the_one_that_was_chosen_stays_and_a_merge_can_be_undone(
    served: ServedHub, desk: Browser, pair: tuple[str, str]
) -> None:
    merged = await desk.post(page_of(pair), kept=pair[1], do="merge")
    assert merged.status == 303
    listed = await seen(desk, PATH)
    assert "No document is here twice." in listed
    assert "Merged before" in listed
    assert (await served.get("/api/v1/resources?q=guide")).json["items"][0]["id"] == pair[1]
    path = re.findall(rf'href="({re.escape(PATH)}/part[^"]+)"', listed)[0]

    unsure = await desk.post(path)
    parted = await desk.post(path, sure="yes")

    assert [unsure.status, parted.status] == [422, 303]
    assert "Merged before" not in await seen(desk, PATH)
    assert (await served.get("/api/v1/resources?q=guide")).json["total"] == 2
    assert (await desk.post(path, sure="yes")).status == 422


async def test_two_records_that_only_look_alike_are_kept_apart(
    desk: Browser, pair: tuple[str, str]
) -> None:
    unchosen = await desk.post(page_of(pair), do="merge")
    apart = await desk.post(page_of(pair), kept=pair[0], do="apart")

    assert [unchosen.status, apart.status] == [422, 303]
    assert "No document is here twice." in await seen(desk, PATH)


async def test_a_pair_that_is_not_here_has_no_page(desk: Browser, pair: tuple[str, str]) -> None:
    nowhere = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    gone = page_of((pair[0], f"{pair[0].rpartition('/')[0]}/{nowhere}"))
    elsewhere = page_of((pair[0], f"https://x.example/resources/{nowhere}"))

    for path in (gone, elsewhere, page_of((pair[0], "chatbot")), f"{PATH}/pair?one=x"):
        assert (await desk.get(path)).status in (400, 404), path
