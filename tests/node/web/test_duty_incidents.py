"""Breaches of personal data on pages: noted, with the hours that are left, and closed."""

import re

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import seen

PATH = "/duty/incidents"
NEW = "/duty/incidents/new"


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


async def test_a_breach_is_noted_shows_its_clock_and_is_closed(duty: Browser) -> None:
    assert "No breach is open" in await seen(duty, PATH)

    noted = await duty.post(NEW, what="A laptop was lost.", peers="a.example, b.example")
    page = await seen(duty, PATH)
    close = re.search(rf"{PATH}/[0-9A-Z]+/close", page)

    assert noted.status == 303
    assert "A laptop was lost." in page
    assert "b.example" in page
    assert re.search("7[12] hours left", page)
    assert close is not None
    assert (await duty.post(close[0], ending="")).status == 422
    assert (await duty.post(close[0], ending="It was found, locked.")).status == 303
    assert "It was found, locked." in await seen(duty, PATH)
    assert (await duty.get(close[0])).status == 404


async def test_the_time_is_that_of_the_hub_and_over_is_over(duty: Browser) -> None:
    noted = await duty.post(NEW, what="Found late.", noticed_at="2026-01-05T10:00")

    page = await seen(duty, PATH)

    assert noted.status == 303
    assert "The 72 hours ended 8 January 2026, 10:00 CET" in page


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"what": ""}, "what"),
        ({"what": "x", "noticed_at": "2099-01-01T00:00"}, "noticed_at"),
        ({"what": "x", "noticed_at": "soon"}, "noticed_at"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    duty: Browser, fields: dict[str, str], at: str
) -> None:
    refused = await duty.post(NEW, fields)

    assert refused.status == 422
    assert f'id="{at}-mistake"'.encode() in refused.body


async def test_the_api_notes_lists_and_closes_them(served: ServedHub) -> None:
    body = {"what": "A laptop was lost.", "noticed_at": "2026-01-05T10:00:00Z"}

    made = await served.post("/api/v1/incidents", body)
    listed = await served.get("/api/v1/incidents", "operator")
    path = f"/api/v1/incidents/{made.json['id']}/close"
    closed = await served.post(path, {"ending": "It was found."})
    again = await served.post(path, {"ending": "It was found."})

    assert made.status == 201, made.body
    assert [each["what"] for each in listed.json["items"]] == ["A laptop was lost."]
    assert closed.json["clock"] == "Closed."
    assert again.status == 409
    assert (await served.get("/api/v1/incidents", "operator")).json["items"] == []
