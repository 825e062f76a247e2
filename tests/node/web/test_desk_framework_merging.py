"""Comparing frameworks on the desk, taking over changes, and snapshots."""

import html
import json
import re

import pytest

from content.framework.customizing import reword
from content.framework.files import FrameworkFile, shipped, write_file
from content.framework.store import UPSTREAM, Base
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.test_api_framework import adopted, items

MERGE = "/desk/framework/merge"
KNOWN = shipped().framework


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


def later(**whys: str) -> bytes:
    """Return the file of an upstream version in which these items say why in other words."""
    framework = KNOWN
    for item, why in whys.items():
        framework = reword(framework, item.replace("_", "-"), texts={"why": why})
    file = FrameworkFile(UPSTREAM, framework, Base("2027-03", framework))
    return json.dumps(write_file(file)).encode()


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    await adopted(served)
    return await signed_in(served, "caseworker")


async def conflict(desk: Browser, *, ours: str = "Ours.", theirs: str = "Theirs.") -> str:
    """Begin a merge with one conflict; return the page on which it is decided."""
    await desk.post("/desk/framework/tool-dpia", title="DPIA", why=ours)
    begun = await desk.upload(MERGE, ("f.json", later(tool_dpia=theirs, tool_hria="New why.")))
    assert begun.status == 303, begun.body
    page = await seen(desk, MERGE)
    found = re.search(r'href="(/desk/framework/merge/decide[^"]+)"', page)
    assert found is not None
    return found.group(1)


async def test_what_we_made_of_it_is_seen_side_by_side(desk: Browser) -> None:
    assert "Nothing differs" in await seen(desk, "/desk/framework/compare")
    await desk.post("/desk/framework/tool-dpia", title="Our DPIA", why="Our why.")

    page = await seen(desk, "/desk/framework/compare")

    assert "One item differs." in page
    assert "Our why." in page
    assert "Why it matters (English)" in page
    unknown = await desk.get("/desk/framework/compare?before=x.example")
    assert unknown.status == 422


async def test_there_is_nothing_to_take_over_from_the_same_version(desk: Browser) -> None:
    assert "Look at its changes" in await seen(desk, MERGE)
    assert "Nothing: we have all of it" in await seen(desk, f"{MERGE}?other=upstream")
    assert (await desk.get(f"{MERGE}?other=x.example")).status == 422


async def test_changes_without_conflict_are_taken_over_at_once(
    served: ServedHub, desk: Browser
) -> None:
    done = await desk.upload(MERGE, ("f.json", later(tool_hria="New why.")))

    assert done.status == 303
    assert (await items(served))["tool-hria"]["why"]["en"] == "New why."
    assert "Merged upstream" in await seen(desk, "/desk/framework/snapshots")


async def test_what_is_no_framework_is_not_taken_over(desk: Browser) -> None:
    none = await desk.upload(MERGE)
    text = await desk.upload(MERGE, ("f.json", b"not json"))
    other = await desk.upload(MERGE, ("f.json", b'{"format": "x"}'))

    assert [none.status, text.status, other.status] == [422, 422, 422]
    assert b"Choose at least one file." in none.body


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"side": "ours"}, "Ours."),
        ({"side": "theirs"}, "Theirs."),
        ({"side": "own", "text": "Both."}, "Both."),
    ],
)
async def test_a_conflict_is_decided_side_by_side_and_then_finished(
    served: ServedHub, desk: Browser, choice: dict[str, str], expected: str
) -> None:
    path = await conflict(desk)
    page = await seen(desk, path)
    assert "Ours.</p>" in page
    assert "Theirs.</p>" in page
    assert "1 place to decide" in await seen(desk, MERGE)

    unsaid = await desk.post(path)
    decided = await desk.post(path, choice)
    waiting = await seen(desk, MERGE)
    finished = await desk.post(f"{MERGE}/finish")

    assert [unsaid.status, decided.status, finished.status] == [422, 303, 303]
    assert "All is decided" in waiting
    found = await items(served)
    assert found["tool-dpia"]["why"]["en"] == expected
    assert found["tool-hria"]["why"]["en"] == "New why."


async def test_a_decision_can_be_made_anew_before_the_merge_is_finished(
    served: ServedHub, desk: Browser
) -> None:
    path = await conflict(desk)
    await desk.post(path, side="own", text="First thought.")
    page = await seen(desk, MERGE)
    assert "First thought." in page
    assert "Decide anew" in page
    assert "First thought." in await seen(desk, path)

    await desk.post(path, side="theirs")
    await desk.post(f"{MERGE}/finish")

    assert (await items(served))["tool-dpia"]["why"]["en"] == "Theirs."


async def test_a_merge_is_not_finished_early_and_given_up_when_one_is_sure(
    served: ServedHub, desk: Browser
) -> None:
    path = await conflict(desk)
    before = await items(served)

    early = await desk.post(f"{MERGE}/finish")
    assert "A merge with upstream waits" in await seen(desk, "/desk/framework")
    unsure = await desk.post(f"{MERGE}/give-up")
    given_up = await desk.post(f"{MERGE}/give-up", sure="yes")

    assert [early.status, unsure.status, given_up.status] == [409, 422, 303]
    assert await items(served) == before
    assert (await desk.get(path)).status == 409


async def test_a_place_that_is_in_no_conflict_has_no_page(desk: Browser) -> None:
    await conflict(desk)

    assert (await desk.get(f"{MERGE}/decide?item=tool-dpia&place=what/en")).status == 404
    assert (await desk.get(f"{MERGE}/decide?item=tool-dpia")).status == 400


async def test_a_snapshot_is_taken_seen_and_compared(desk: Browser) -> None:
    await desk.post("/desk/framework/tool-dpia/score", level="1", note="A first draft.")
    assert (await desk.post("/desk/framework/snapshots")).status == 422

    taken = await desk.post("/desk/framework/snapshots", note="For the council")
    await desk.post("/desk/framework/tool-dpia/score", level="3")
    await desk.post("/desk/framework/tool-dpia", title="DPIA", why="Other words.")

    path = taken.headers["Location"]
    page = await seen(desk, path)
    assert "For the council" in page
    assert "A first draft." in page
    assert "Starting" in page
    assert "Established" in page
    number = path.rpartition("/")[2]
    assert "Other words." in await seen(desk, f"/desk/framework/compare?before={number}&after=ours")
    assert (await desk.get("/desk/framework/snapshots/99")).status == 404
    assert (await desk.get("/desk/framework/snapshots/x")).status == 400
