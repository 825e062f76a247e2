"""The first steps of a hub on pages: each is read from the hub itself, and none is forced."""

import html
import re

import pytest

from node.settings import read_settings
from node.web.starting import TITLES
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import seen

PATH = "/duty/start"


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


@pytest.mark.parametrize("slug", TITLES)
async def test_each_step_has_a_page(duty: Browser, slug: str) -> None:
    page = await seen(duty, f"{PATH}/{slug}")

    assert TITLES[slug] in page
    assert f"of {len(TITLES)}" in page


async def test_there_is_no_other_step(duty: Browser) -> None:
    assert (await duty.get(f"{PATH}/nonsense")).status == 404


async def test_the_starter_catalogue_is_taken_in_once(served: ServedHub, duty: Browser) -> None:
    path = f"{PATH}/catalogue"
    assert "0 resources" in await seen(duty, PATH)

    first = await duty.post(path, country="NL")
    new = await seen(duty, path)
    again = await duty.post(path, country="NL")

    assert (first.status, again.status) == (303, 303)
    assert "resources are new" in new
    assert "0 resources are new" in await seen(duty, path)
    assert "Done" in await seen(duty, path)


async def test_a_step_is_put_off_and_comes_back_on_no_list(duty: Browser) -> None:
    before = await seen(duty, PATH)

    answer = await duty.post(f"{PATH}/mail/later")

    assert answer.headers["Location"] == f"{PATH}/backup"
    after = await seen(duty, PATH)
    assert before.count(">Put off<") + 1 == after.count(">Put off<")
    assert "Put it off" not in await seen(duty, f"{PATH}/mail")


async def test_once_all_is_settled_the_duty_room_says_no_more_of_it(duty: Browser) -> None:
    assert "First steps of this hub" in await seen(duty, "/duty")

    for slug in TITLES:
        await duty.post(f"{PATH}/{slug}/later")

    assert "First steps of this hub" not in await seen(duty, "/duty")
    assert "All is settled" in await seen(duty, PATH)


async def test_settings_are_checked_and_shown_as_lines_for_hub_toml(
    served: ServedHub, duty: Browser
) -> None:
    fields = {"name": "Amsterdam", "city": "Amsterdam", "contact": 'help@hub.example, "desk 2"'}
    page = await duty.post(f"{PATH}/who", fields)
    lines = html.unescape(page.body.decode()).partition('<pre class="typed" dir="ltr"><code>')[2]
    text = lines.partition("</code>")[0]
    toml = served.home.toml

    toml.write_text(text + toml.read_text())
    there = await seen(duty, f"{PATH}/who")

    assert text.count("\n") == 1, "only what changes is shown"
    assert read_settings(served.home).contact == fields["contact"]
    assert "Start the server again." in there


async def test_a_setting_that_cannot_be_so_is_said_at_its_field(
    served: ServedHub, duty: Browser
) -> None:
    before = served.home.toml.read_bytes()

    zone = await duty.post(f"{PATH}/languages", language="nl", timezone="Mars/Olympus")
    mail = await duty.post(f"{PATH}/mail", smtp_host="mail.city.example", smtp_tls="starttls")
    same = await duty.post(f"{PATH}/languages", language="nl", timezone="Europe/Amsterdam")

    assert zone.status == mail.status == 422
    assert b'id="timezone-mistake"' in zone.body
    assert b'id="mail_sender-mistake"' in mail.body
    assert b"Nothing changes" in same.body
    assert served.home.toml.read_bytes() == before


async def test_what_is_wrong_in_the_file_is_said_before_the_next_start(
    served: ServedHub, duty: Browser
) -> None:
    served.home.toml.write_text("nonsense = 1\n" + served.home.toml.read_text())

    page = await seen(duty, f"{PATH}/who")

    assert "hub.toml cannot be used as it is" in page
    assert "is no setting" in page


async def test_the_server_asks_its_own_address(duty: Browser) -> None:
    answer = await duty.post(f"{PATH}/outside")

    assert answer.status == 303
    page = await seen(duty, f"{PATH}/outside")
    assert re.search("it did not answer|it answers, but not over https", page)


async def test_what_the_environment_says_is_told_since_it_wins(
    duty: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_CONTACT", "desk@hub.example")

    page = await seen(duty, f"{PATH}/who")

    assert "HUB_CONTACT" in page
    assert "HUB_NAME" not in page
