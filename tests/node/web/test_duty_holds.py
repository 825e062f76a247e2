"""Legal holds and the calendar of retention on pages."""

import html

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import opened, seen

HOLD = {"reason": "Court order 12", "until": "2030-06-30"}


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


async def closed(served: ServedHub) -> str:
    """Return the number of a case that is closed."""
    case = (await opened(served)).rpartition("/")[2]
    answer = await served.post(f"/api/v1/cases/{case}/close", {"outcome": "solved"})
    assert answer.status == 200, answer.body
    return case


async def test_a_case_is_kept_and_the_hold_is_ended_with_a_reason(
    served: ServedHub, duty: Browser
) -> None:
    case = await closed(served)
    assert "No case is held" in await seen(duty, "/duty/holds")

    placed = await duty.post("/duty/holds/place", case=case, **HOLD)
    listed = await seen(duty, "/duty/holds")
    release = f"/duty/holds/{case}/release"
    asked = await seen(duty, release)
    unsure = await duty.post(release, reason="The court is done")
    done = await duty.post(release, reason="The court is done", sure="yes")

    assert placed.status == 303
    assert "Court order 12" in listed
    assert "The case with everything in it" in asked
    assert b"Tick the box" in unsure.body
    assert done.status == 303
    assert "No case is held" in await seen(duty, "/duty/holds")
    assert "The court is done" in await seen(duty, f"/desk/cases/{case}")


async def test_the_address_of_its_page_names_a_case_too(served: ServedHub, duty: Browser) -> None:
    path = await opened(served)

    placed = await duty.post("/duty/holds/place", case=f"https://hub.example{path}/", **HOLD)

    assert placed.status == 303


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"case": "01KAV3X5B0ABCDEFGHJKMNPQRS"}, "case"),
        ({"case": ""}, "case"),
        ({"reason": ""}, "reason"),
        ({"until": "2001-01-01"}, "until"),
        ({"until": ""}, "until"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    served: ServedHub, duty: Browser, wrong: dict[str, str], at: str
) -> None:
    case = (await opened(served)).rpartition("/")[2]

    refused = await duty.post("/duty/holds/place", {"case": case, **HOLD, **wrong})

    assert refused.status == 422
    assert f'id="{at}-mistake"'.encode() in refused.body
    assert "No case is held" in await seen(duty, "/duty/holds")


async def test_there_is_no_page_to_end_a_hold_that_is_not_there(
    served: ServedHub, duty: Browser
) -> None:
    case = (await opened(served)).rpartition("/")[2]

    assert (await duty.get(f"/duty/holds/{case}/release")).status == 404


async def test_the_calendar_says_month_why_and_what_is_kept(
    served: ServedHub, duty: Browser
) -> None:
    case = await closed(served)
    page = await seen(duty, "/duty/retention")
    assert f"/duty/holds/place?case={case}" in page
    assert "kept 12 months" in page

    await duty.post("/duty/holds/place", case=case, **HOLD)
    kept = await seen(duty, "/duty/retention")
    spanish = html.unescape((await duty.get("/duty/retention?lang=es")).body.decode())

    assert "kept until 30 June 2030" in kept
    assert "kept 12 months" not in spanish
