"""My account: tokens that I make for my programs, at most as strong as I am, and end again."""

import re

from content.people.tokens import TokenStore
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub


async def made(browser: Browser, **fields: str) -> str:
    form = {"label": "Website", "role": "reader", "days": "30", **fields}
    answer = await browser.post("/account/tokens/add", form)
    assert answer.status == 200, answer.body
    found = re.search(rb"hub_[A-Za-z0-9_-]{43}", answer.body)
    assert found is not None
    return found[0].decode()


async def me(hub: ServedHub, token: str) -> int:
    answer = await hub.call("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    return answer.status


async def test_a_token_is_shown_once_and_acts_for_who_made_it(served: ServedHub) -> None:
    browser = await signed_in(served, "caseworker")

    secret = await made(browser)
    page = await browser.get("/account/tokens")

    answer = await served.call("GET", "/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.json["name"], answer.json["role"]) == ("caseworker", "reader")
    assert b"Website" in page.body
    assert secret.encode() not in page.body


async def test_nobody_makes_a_token_that_may_more_than_they(served: ServedHub) -> None:
    browser = await signed_in(served, "expert")

    for wrong in (
        {"role": "operator"},
        {"role": "x"},
        {"days": "366"},
        {"days": "0"},
        {"label": ""},
    ):
        form = {"label": "x", "role": "reader", "days": "1", **wrong}
        assert (await browser.post("/account/tokens/add", form)).status == 422, wrong

    assert b'value="operator"' not in (await browser.get("/account/tokens")).body
    tokens = await served.node.database.read(lambda db: TokenStore(db).list("expert"))
    assert [each.label for each in tokens] == ["test"], "the one of the fixture"


async def test_a_token_of_mine_ends_by_me_and_by_nobody_else(served: ServedHub) -> None:
    mine, other = await signed_in(served, "caseworker"), await signed_in(served, "reader")
    secret = await made(mine)
    tokens = await served.node.database.read(lambda db: TokenStore(db).list("caseworker"))
    number = next(each.id for each in tokens if each.label == "Website")

    await other.post("/account/tokens/revoke", token=number, sure="yes")
    unsure = await mine.post("/account/tokens/revoke", token=number)
    assert (unsure.status, await me(served, secret)) == (422, 200)
    await mine.post("/account/tokens/revoke", token=number, sure="yes")

    assert await me(served, secret) == 401
    assert b"Website" not in (await mine.get("/account/tokens")).body


async def test_a_password_alone_makes_no_token_where_a_second_factor_is_asked(
    served: ServedHub,
) -> None:
    browser = await signed_in(served, "caseworker", second_factor=False)

    page = await browser.get("/account/tokens")
    answer = await browser.post("/account/tokens/add", label="x", role="reader", days="1")

    assert (page.status, page.headers["Location"]) == (303, "/account/second-factor")
    assert answer.status == 403
