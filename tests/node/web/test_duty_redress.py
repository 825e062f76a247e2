"""Who helps with personal matters, and statistics: lists that a hub looks after on pages."""

import re

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import seen

PATH = "/duty/redress"
NEW = {"name": "Ombudsman Amsterdam", "url": "https://www.ombudsman.example/", "short": "amsterdam"}


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


async def test_a_body_is_checked_and_visitors_read_since_when(duty: Browser) -> None:
    page = await seen(duty, PATH)
    first = re.search(r'href="(/duty/redress/[a-z0-9-]+)"', page.partition('class="plain rows"')[2])
    assert first is not None
    form = await seen(duty, first[1])
    fields = dict(
        re.findall(r'<input type="(?:text|url)" id="\w+" name="(\w+)" value="([^"]*)"', form)
    )
    kind = re.search(r'<option value="([^"]+)" selected', form)
    assert kind is not None

    kept = await duty.post(first[1], {**fields, "kind": kind[1]})

    assert kept.status == 303, kept.body
    assert "1 of" in await seen(duty, PATH)
    assert "Checked by this hub on" in await seen(duty, "/ask/elsewhere")


async def test_a_body_is_added_and_taken_off_again(duty: Browser) -> None:
    added = await duty.post(f"{PATH}/new", {**NEW, "kind": "ombudsperson"})
    listed = await seen(duty, PATH)
    path = f"{PATH}/nl-amsterdam/remove"

    assert added.status == 303, added.body
    assert "Ombudsman Amsterdam" in listed
    assert (await duty.post(path)).status == 422
    assert (await duty.post(path, sure="yes")).status == 303
    assert "Ombudsman Amsterdam" not in await seen(duty, PATH)


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"url": "nowhere"}, "url"),
        ({"short": "not a word!"}, "short"),
        ({"kind": ""}, "kind"),
        ({"name": ""}, "name"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    duty: Browser, wrong: dict[str, str], at: str
) -> None:
    refused = await duty.post(f"{PATH}/new", {**NEW, "kind": "ombudsperson", **wrong})

    assert refused.status == 422
    assert f'id="{at}-mistake"'.encode() in refused.body


async def test_statistics_are_shown_and_not_published_by_a_hub_that_did_not_choose_it(
    duty: Browser,
) -> None:
    page = await seen(duty, "/duty/statistics")
    refused = await duty.post("/duty/statistics", sure="yes")

    assert "publish_statistics = true" in page
    assert refused.status == 422
