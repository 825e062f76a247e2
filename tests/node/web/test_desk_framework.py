"""The framework on the desk: adopt, reword, assess, publish, leave out."""

import html

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    desk = await signed_in(served, "caseworker")
    assert "Adopt it" in await seen(desk, "/desk/framework")
    assert (await desk.post("/desk/framework/adopt")).status == 303
    return desk


async def any_item(desk: Browser) -> str:
    """Return the page of the first item that is no pillar."""
    page = await seen(desk, "/desk/framework")
    rows = page.split('<tr><th scope="row"><a href="')
    return rows[1].split('"')[0]


async def test_an_item_is_worded_anew_in_one_language(desk: Browser) -> None:
    path = await any_item(desk)
    assert (await desk.post(path, title="")).status == 422

    done = await desk.post(path, title="Our own words", what="What we mean.", responsible="CIO")

    assert done.status == 303
    page = await seen(desk, path)
    assert "Our own words" in page
    assert "CIO" in await seen(desk, "/desk/framework")


async def test_the_hub_assesses_itself_and_gets_next_steps(desk: Browser) -> None:
    path = await any_item(desk)
    assert (await desk.post(f"{path}/score")).status == 422
    assert (await desk.post(f"{path}/score", level="7")).status == 422

    done = await desk.post(f"{path}/score", level="1", note="A first draft.")

    assert done.status == 303
    assert "Next steps" in await seen(desk, "/desk/framework")


async def test_an_item_is_published_without_its_score(served: ServedHub, desk: Browser) -> None:
    path = await any_item(desk)
    await desk.post(f"{path}/score", level="1", note="Canary evidence")

    done = await desk.post(f"{path}/publish")

    assert done.status == 303
    assert "In the feed" in await seen(desk, "/desk/framework")
    assert "Canary" not in await seen(desk, "/framework")


async def test_an_item_is_left_out_only_when_one_is_sure(desk: Browser) -> None:
    path = await any_item(desk)

    assert (await desk.post(f"{path}/drop")).status == 422
    assert (await desk.post(f"{path}/drop", sure="yes")).status == 303
    assert (await desk.get(path)).status == 404
