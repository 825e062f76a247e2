"""Passkeys: made by who is signed in, taken instead of the password, and refused when false."""

import html
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from content.people.passkeys import Passkey, PasskeyStore
from content.people.second_factors import forget_second_factors
from node.app import build_app
from node.chance import SystemChance
from node.settings import Settings, new_settings
from node.web.challenges import Challenges
from node.web.passkeys import (
    PasskeyRefused,
    check_made,
    check_signed,
    credential_id_of,
    passkey_name,
)
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import Answered, ServedHub
from tests.node.passkey_device import PRESENT, Device
from tests.node.web.test_signing_in import PASSWORD, changes, clock, sign_in
from tests.node.web.test_signing_in import hub as hub_by_number
from tests.seams import START, FixedClock

__all__ = ["hub_by_number"]
NAMED = "http://localhost:9802"


@pytest.fixture
async def hub(hub_by_number: ServedHub) -> AsyncIterator[ServedHub]:
    """The hub under a name, since browsers bind passkeys to one."""
    served = hub_by_number
    trusted = served.settings.trusted_authorities | {"localhost:9802"}
    settings = served.settings.model_copy(update={"origin": NAMED, "trusted_authorities": trusted})
    app = build_app(served.node, settings, served.home)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield replace(served, client=client, settings=settings)


async def asked(browser: Browser, path: str) -> str:
    """Return what a page asks the device."""
    page = await browser.get(path)
    found = re.search(r'data-passkey="([^"]+)"', page.body.decode())
    assert found is not None, page.body
    return html.unescape(found[1])


async def made(hub: ServedHub, browser: Browser, device: Device, **more: str) -> Answered:
    options = await asked(browser, "/account/passkeys")
    fields = {"label": "Phone", "current": PASSWORD, **more}
    fields.setdefault("credential", device.make(options, NAMED))
    return await browser.post("/account/passkeys/add", fields)


async def entered(hub: ServedHub, credential: str) -> tuple[Browser, Answered]:
    browser = Browser(hub)
    return browser, await browser.call("POST", "/sign-in/passkey", {"credential": credential})


async def test_who_made_a_passkey_signs_in_with_it_and_nothing_else(hub: ServedHub) -> None:
    first, _ = await sign_in(hub)
    before, device = first.secret, Device()

    done = await made(hub, first, device)

    assert done.status == 303, done.body
    assert first.secret != before
    assert b"From now on you can sign in" in (await first.get("/account/passkeys")).body
    device.count = 4
    credential = device.sign(await asked(Browser(hub), "/sign-in"), NAMED)
    browser, answer = await entered(hub, credential)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    assert b"Caseworker" in (await browser.get("/account")).body
    assert (await changes(hub))[0] == ("caseworker", "session.begin", "of caseworker by passkey")
    assert b"asks you for more" not in (await browser.get("/account/second-factor")).body
    (kept,) = await hub.node.database.read(lambda db: PasskeyStore(db).list("caseworker"))
    assert (kept.label, kept.sign_count) == ("Phone", 5)


async def test_an_answer_opens_one_session_only(hub: ServedHub) -> None:
    device = Device()
    await made(hub, (await sign_in(hub))[0], device)
    credential = device.sign(await asked(Browser(hub), "/sign-in"), NAMED)

    assert (await entered(hub, credential))[1].status == 303
    assert (await entered(hub, credential))[1].status == 401


@pytest.mark.parametrize(
    "what",
    [
        "other origin",
        "other name",
        "other key",
        "nobody checked who it is",
        "counted back",
        "too late",
        "invented challenge",
        "challenge to make one",
        "handle of somebody else",
        "unknown passkey",
        "of a user who is gone",
        "rubbish",
    ],
)
async def test_a_false_answer_opens_nothing(hub: ServedHub, what: str) -> None:
    device, browser = Device(), (await sign_in(hub))[0]
    await made(hub, browser, device)
    options, origin = await asked(Browser(hub), "/sign-in"), NAMED
    device.count = 9
    more: dict[str, str] = {}
    if what == "other origin":
        origin = "http://localhost:9803"
    elif what == "other name":
        more["rpId"] = "evil.example"
    elif what == "other key":
        device.key = Device().key
    elif what == "nobody checked who it is":
        device.flags = PRESENT
    elif what == "counted back":
        assert (await entered(hub, device.sign(options, origin)))[1].status == 303
        options, device.count = await asked(Browser(hub), "/sign-in"), 3
    elif what == "too late":
        clock(hub).advance(5 * 60 + 1)
    elif what == "invented challenge":
        more["challenge"] = "A" * 75
    elif what == "challenge to make one":
        more["challenge"] = json.loads(await asked(browser, "/account/passkeys"))["challenge"]
    elif what == "handle of somebody else":
        device.handle = b"x" * 32
    elif what == "unknown passkey":
        device.credential_id = b"another"
    elif what == "of a user who is gone":
        from content.changes import Act
        from content.people.store import UserStore

        act = Act("operator", hub.node.clock.now())
        await hub.node.database.write(
            lambda db: UserStore(db).deactivate("caseworker", act) and None
        )
    credential = "{}" if what == "rubbish" else device.sign(options, origin, **more)

    thief, answer = await entered(hub, credential)

    assert answer.status == 401
    assert thief.secret == ""
    assert (await changes(hub))[0][:2] == ("anonymous", "session.refuse")


async def test_a_passkey_is_not_added_without_the_password_and_a_name(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)

    wrong = await made(hub, browser, Device(), current="not the password")
    without = await made(hub, browser, Device(), label="")
    rubbish = await made(hub, browser, Device(), credential="{}")

    assert [each.status for each in (wrong, without, rubbish)] == [422, 422, 422]
    assert await hub.node.database.read(lambda db: PasskeyStore(db).list("caseworker")) == ()


async def test_an_answer_for_one_person_makes_no_passkey_of_another(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    other = await signed_in(hub, "reader")
    options = await asked(browser, "/account/passkeys")

    answer = await other.post(
        "/account/passkeys/add", {"label": "x", "credential": Device().make(options, NAMED)}
    )

    assert answer.status == 422


async def test_a_removed_passkey_opens_nothing(hub: ServedHub) -> None:
    browser, device = (await sign_in(hub))[0], Device()
    await made(hub, browser, device)
    page = await browser.get("/account/passkeys")
    found = re.search(rb'name="passkey" value="([^"]+)"', page.body)
    assert found is not None
    other = await signed_in(hub, "reader")
    await other.post("/account/passkeys/remove", passkey=found[1].decode(), sure="yes")
    unsure = await browser.post("/account/passkeys/remove", passkey=found[1].decode())

    gone = await browser.post("/account/passkeys/remove", passkey=found[1].decode(), sure="yes")

    assert (unsure.status, gone.status) == (422, 303)
    credential = device.sign(await asked(Browser(hub), "/sign-in"), NAMED)
    assert (await entered(hub, credential))[1].status == 401


async def test_resetting_the_factors_of_a_user_takes_the_passkeys_too(hub: ServedHub) -> None:
    from content.changes import Act

    browser = (await sign_in(hub))[0]
    await made(hub, browser, Device())
    act, vault = Act("operator", hub.node.clock.now()), hub.node.hub.vault

    await hub.node.database.write(lambda db: forget_second_factors(db, vault, "caseworker", act))

    assert await hub.node.database.read(lambda db: PasskeyStore(db).list("caseworker")) == ()


async def test_where_the_hub_has_no_name_there_are_no_passkeys(hub_by_number: ServedHub) -> None:
    browser = await signed_in(hub_by_number, "caseworker")

    assert b"passkey" not in (await Browser(hub_by_number).get("/sign-in")).body
    page = await browser.get("/account/passkeys")
    assert b"bind passkeys to a name" in page.body
    assert b"<script" not in page.body


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://hub.city.example", "hub.city.example"),
        ("https://hub.city.example:8443", "hub.city.example"),
        ("http://localhost:8080", "localhost"),
        ("http://hub.intranet.example:8080", None),
        ("http://127.0.0.2:9802", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_are_bound_to_the_name_of_the_hub(origin: str, name: str | None) -> None:
    assert passkey_name(_settings(origin)) == name


def test_a_challenge_is_taken_once_in_time_and_for_its_purpose() -> None:
    clock = FixedClock(START)
    challenges = Challenges(SystemChance(), clock)
    first, late, other = [challenges.issue("a") for _ in range(3)]

    assert challenges.take(first, "a")
    assert not challenges.take(first, "a")
    assert not challenges.take(other, "b")
    assert not challenges.take(b"", "a")
    assert not Challenges(SystemChance(), clock).take(other, "a")
    clock.advance(timedelta(minutes=5, seconds=1).total_seconds())
    assert not challenges.take(late, "a")


_KEPT = Passkey("x", "reader", b"x", b"x", 0, "x", START, None)


@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["id", "rawId", "type", "response", "clientDataJSON", "attestationObject"]
                    ),
                    inner,
                    max_size=5,
                )
            ),
        ).map(json.dumps),
    )
)
def test_whatever_a_stranger_sends_is_refused_and_nothing_else_happens(answer: str) -> None:
    challenges = Challenges(SystemChance(), FixedClock(START))
    settings = _settings("https://hub.city.example")

    with pytest.raises(PasskeyRefused):
        check_made(answer, settings, challenges, "x")
    with pytest.raises(PasskeyRefused):
        check_signed(answer, _KEPT, b"x", settings, challenges)
    with pytest.raises(PasskeyRefused):
        credential_id_of(answer)


def _settings(origin: str) -> Settings:
    authority = origin.rpartition("/")[2]
    return new_settings(
        origin=origin,
        name="Hub",
        city="City",
        country="NL",
        language="en",
        trusted_authorities=[authority] if origin.startswith("http:") else [],
    )
