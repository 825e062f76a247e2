"""Experts with an account look after their own listing."""

import html

from content.changes import Act
from content.experts.accounts import ExpertAccountStore
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import EXPERT, list_expert


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


async def listed(served: ServedHub) -> Browser:
    """Return the browser of an expert whose account is joined with a listing."""
    number = await list_expert(served)
    act = Act("operator", served.node.clock.now())
    await served.node.database.write(lambda db: ExpertAccountStore(db).link("expert", number, act))
    return await signed_in(served, "expert")


async def test_who_is_not_listed_is_told_whom_to_ask(served: ServedHub) -> None:
    expert = await signed_in(served, "expert")

    assert "You are not listed" in await seen(expert, "/desk/listing")
    assert (await expert.post("/desk/listing/confirm")).status == 404
    assert "/desk/listing" in await seen(expert, "/desk")


async def test_a_listing_is_confirmed_paused_resumed_and_left(served: ServedHub) -> None:
    expert = await listed(served)
    assert EXPERT["name"] in await seen(expert, "/desk/listing")

    assert (await expert.post("/desk/listing/confirm")).status == 303
    assert (await expert.post("/desk/listing/pause", starts="2020-01-01")).status == 303
    assert "flash-note" in await seen(expert, "/desk/listing")
    assert (await expert.post("/desk/listing/pause")).status == 303
    assert "Paused" in await seen(expert, "/desk/listing")
    assert EXPERT["name"] not in await seen(expert, "/experts")
    assert (await expert.post("/desk/listing/resume")).status == 303
    assert EXPERT["name"] in await seen(expert, "/experts")
    assert (await expert.post("/desk/listing/leave")).status == 422
    assert (await expert.post("/desk/listing/leave", sure="yes")).status == 303
    assert "You are not listed" in await seen(expert, "/desk/listing")
    assert EXPERT["name"] not in await seen(expert, "/experts")
