"""The duty room on pages: health, peers, queues, retention, erasures, audit, people, tokens."""

import html
import re

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import publish
from tests.node.web.test_desk_pages import opened

PAGES = (
    "/duty",
    "/duty/peers",
    "/duty/deliveries",
    "/duty/quarantine",
    "/duty/retention",
    "/duty/holds",
    "/duty/holds/place",
    "/duty/subjects",
    "/duty/incidents",
    "/duty/incidents/new",
    "/duty/keys",
    "/duty/register",
    "/duty/redress",
    "/duty/redress/new",
    "/duty/statistics",
    "/duty/mails",
    "/duty/start",
    "/duty/erasures",
    "/duty/audit",
    "/duty/people",
    "/duty/tokens",
)


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_is_there_also_when_there_is_nothing(duty: Browser, path: str) -> None:
    page = await seen(duty, path)

    assert "<h1>" in page
    assert "Duty room" in page


async def test_a_new_hub_shows_its_first_steps_and_our_fingerprint(duty: Browser) -> None:
    assert "First steps of this hub" in await seen(duty, "/duty")
    assert re.search(r'class="fingerprint"><code dir="ltr">\S+', await seen(duty, "/duty/peers"))


async def test_an_address_that_is_no_hub_is_said_in_the_form(duty: Browser) -> None:
    empty = await duty.post("/duty/peers", address="")
    nowhere = await duty.post("/duty/peers", address="https://127.0.0.99:1/")

    assert b"Write the address of the hub." in empty.body
    assert nowhere.status == 422
    assert b'id="address-mistake"' in nowhere.body


async def test_somebody_is_added_gets_a_link_another_role_and_is_let_in_no_more(
    duty: Browser,
) -> None:
    invited = await duty.post("/duty/people", name="ana", display_name="Ana", role="caseworker")
    link = re.search(r"/welcome/[^<]+", invited.body.decode())
    twice = await duty.post("/duty/people", name="ana", role="expert")

    assert link is not None
    assert (await Browser(duty.served).get(link[0])).status == 200
    assert twice.status == 422
    assert (await duty.post("/duty/people/ana/role", role="expert")).status == 303
    assert (await duty.post("/duty/people/ana/deactivate")).status == 303
    assert "Not let in" in await seen(duty, "/duty/people")
    assert (await duty.post("/duty/people/ana/activate")).status == 303


async def test_the_last_operator_stays(duty: Browser) -> None:
    await duty.post("/duty/people/operator/deactivate")

    page = await seen(duty, "/duty/people")

    assert "flash-note" in page
    assert "Not let in" not in page


async def test_a_token_is_shown_once_and_ended(duty: Browser) -> None:
    made = await duty.post("/duty/tokens", label="report", days="30")
    secret = re.search(r'class="fingerprint"><code dir="ltr">([^<]+)', made.body.decode())
    assert secret is not None
    page = await seen(duty, "/duty/tokens")
    assert secret[1] not in page
    number = re.search(r"/duty/tokens/([^/]+)/revoke", page)
    assert number is not None

    ended = await duty.post(f"/duty/tokens/{number[1]}/revoke")

    assert ended.status == 303


async def test_the_audit_is_checked_and_tells_who_read_a_case(
    served: ServedHub, duty: Browser
) -> None:
    path = await opened(served)
    await seen(duty, path)

    checked = await duty.post("/duty/audit/verify")

    assert b"Whole" in checked.body
    seen_reads = await seen(duty, "/duty/audit?kind=access")

    assert "Case read" in seen_reads
    assert "case.read" in seen_reads
    assert "Canary" not in await seen(duty, "/duty/audit")


async def test_what_was_taken_back_leads_to_its_receipts(served: ServedHub, duty: Browser) -> None:
    ulid = await publish(served)
    await duty.post(f"/desk/catalogue/{ulid}/retract", sure="yes")
    link = re.search(r"/duty/erasures/[^\"]+", await seen(duty, "/duty/erasures"))
    assert link is not None

    page = await seen(duty, link[0])

    assert ulid in page
    assert "none was asked" in page
