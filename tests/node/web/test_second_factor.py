"""More than a password: an authenticator app, its codes once each, and the codes on paper."""

import re
from base64 import b32decode

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from content.changes import Act, ChangeStore
from content.people.invitations import InvitationStore
from content.people.permissions import Role
from content.people.second_factors import forget_second_factors
from content.people.totp import TotpStore
from node.web.second_factor import needs_second_factor
from tests.node.browsing import Browser
from tests.node.conftest import ServedHub
from tests.node.web.test_signing_in import clock, hub, sign_in

__all__ = ["hub"]


class Phone:
    """The app on the phone of somebody."""

    def __init__(self, hub: ServedHub, secret: str) -> None:
        self._hub = hub
        self._totp = TOTP(b32decode(secret), 6, SHA1(), 30)  # noqa: S303

    def code(self, late: int = 0) -> str:
        """Return what it shows now, or that many seconds ago."""
        return self._totp.generate(int(self._hub.node.clock.now().timestamp()) - late).decode()


async def set_up(hub: ServedHub, browser: Browser) -> tuple[Phone, list[str]]:
    """Set up an app as a person would; return it, and the codes on paper."""
    await browser.post("/account/second-factor/begin")
    page = await browser.get("/account/second-factor")
    found = re.search(rb'class="typed">([A-Z2-7]{32})<', page.body)
    assert found is not None, page.body
    assert b"<svg" in page.body
    phone = Phone(hub, found[1].decode())
    done = await browser.post("/account/second-factor/confirm", code=phone.code())
    assert done.status == 200, done.body
    return phone, [
        code.decode() for code in re.findall(rb"<code>([a-z2-7-]{19})</code>", done.body)
    ]


async def test_who_works_on_cases_is_led_to_set_up_an_app_first(hub: ServedHub) -> None:
    browser, answer = await sign_in(hub)
    page = await browser.get("/account/second-factor")

    assert answer.status == 303
    assert b"asks you for more than a password" in page.body
    before = browser.secret
    _, codes = await set_up(hub, browser)
    assert len(set(codes)) == 10
    assert browser.secret != before
    assert (await Browser(hub, before).get("/account")).status == 401
    assert b"asks you for more" not in (await browser.get("/account/second-factor")).body


async def test_after_the_password_comes_the_code_and_between_them_nothing_opens(
    hub: ServedHub,
) -> None:
    first, _ = await sign_in(hub)
    phone, _ = await set_up(hub, first)
    clock(hub).advance(60)

    browser, answer = await sign_in(hub, next="/resources")
    between = browser.secret

    assert answer.headers["Location"] == "/sign-in/code?next=%2Fresources"
    assert (await browser.get("/account")).status == 401
    assert (await browser.post("/account/second-factor/begin")).status == 401
    form = await browser.get(answer.headers["Location"])
    assert form.status == 200
    done = await browser.post("/sign-in/code", code=phone.code(), next="/resources")
    assert (done.status, done.headers["Location"]) == (303, "/resources")
    assert browser.secret != between
    assert (await browser.get("/account")).status == 200
    assert (await Browser(hub, between).get("/sign-in/code")).headers["Location"] == "/sign-in"


async def test_a_code_works_once_and_not_after_its_time(hub: ServedHub) -> None:
    first, _ = await sign_in(hub)
    phone, _ = await set_up(hub, first)
    used = phone.code()

    async def enter(code: str) -> int:
        browser, _ = await sign_in(hub)
        return (await browser.post("/sign-in/code", code=code)).status

    assert await enter(used) == 401, "it was used when the app was set up"
    clock(hub).advance(90)
    assert await enter(phone.code(late=60)) == 401
    newest = phone.code(late=-30)
    assert await enter(f"{newest[:3]} {newest[3:]}") == 303, "a phone may be half a minute early"
    assert await enter(phone.code()) == 401, "older than one that was used"
    for wrong in ("", "x", "000000" if phone.code() != "000000" else "000001", "é" * 6):
        assert await enter(wrong) in (401, 422)


async def test_codes_cannot_be_tried_out(hub: ServedHub) -> None:
    first, _ = await sign_in(hub)
    phone, _ = await set_up(hub, first)
    clock(hub).advance(60)
    browser, _ = await sign_in(hub)

    answers = [await browser.post("/sign-in/code", code="12345") for _ in range(10)]

    assert {answer.status for answer in answers} == {401}
    assert (await browser.post("/sign-in/code", code=phone.code())).status == 429


async def test_who_does_not_show_the_code_in_time_begins_anew(hub: ServedHub) -> None:
    first, _ = await sign_in(hub)
    phone, _ = await set_up(hub, first)
    browser, _ = await sign_in(hub)

    clock(hub).advance(10 * 60)

    answer = await browser.post("/sign-in/code", code=phone.code())
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")


async def test_a_code_on_paper_takes_the_place_of_the_phone_once(hub: ServedHub) -> None:
    first, _ = await sign_in(hub)
    _, codes = await set_up(hub, first)

    async def enter(code: str) -> int:
        browser, _ = await sign_in(hub)
        return (await browser.post("/sign-in/code", code=code)).status

    assert await enter(codes[3].upper().replace("-", " ")) == 303
    assert await enter(codes[3]) == 401
    page = await hub.node.database.read(lambda db: ChangeStore(db).of("caseworker"))
    assert ("user.recovery", "9 left") in [(each.what, each.note) for each in page.items]


async def test_new_codes_on_paper_end_the_old_ones(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    phone, codes = await set_up(hub, browser)
    clock(hub).advance(60)

    wrong = await browser.post("/account/second-factor/recovery", code="nothing")
    right = await browser.post("/account/second-factor/recovery", code=phone.code())

    assert wrong.status == 422
    new = re.findall(rb"<code>([a-z2-7-]{19})</code>", right.body)
    assert len(new) == 10
    assert not {code.decode() for code in new} & set(codes)
    again, _ = await sign_in(hub)
    assert (await again.post("/sign-in/code", code=codes[0])).status == 401
    assert (await again.post("/sign-in/code", code=new[0].decode())).status == 303


async def test_to_go_without_needs_a_code_and_a_tick(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    phone, _ = await set_up(hub, browser)
    clock(hub).advance(60)

    without = await browser.post("/account/second-factor/remove", code=phone.code())
    wrong = await browser.post("/account/second-factor/remove", code="1", sure="yes")
    right = await browser.post("/account/second-factor/remove", code=phone.code(), sure="yes")

    assert (without.status, wrong.status, right.status) == (422, 422, 303)
    assert b"not asked for any more" in (await browser.get("/account/second-factor")).body
    assert (await sign_in(hub))[1].headers["Location"] == "/desk"


async def test_a_link_for_a_new_password_does_not_get_past_the_app(hub: ServedHub) -> None:

    browser, _ = await sign_in(hub)
    await set_up(hub, browser)
    act = Act("operator", hub.node.clock.now())
    secret = await hub.node.database.write(
        lambda db: InvitationStore(db).make("caseworker", act, chance=hub.node.hub.chance)
    )
    thief = Browser(hub)

    answer = await thief.call(
        "POST",
        f"/welcome/{secret}",
        {"password": "stolen quiet words", "again": "stolen quiet words"},
    )

    assert answer.headers["Location"] == "/sign-in/code"
    assert (await thief.get("/account")).status == 401


async def test_an_operator_forgets_the_app_of_somebody_who_lost_it(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    await set_up(hub, browser)
    act = Act("operator", hub.node.clock.now())
    vault = hub.node.hub.vault

    await hub.node.database.write(lambda db: forget_second_factors(db, vault, "caseworker", act))

    assert (await browser.get("/account")).status == 401
    assert (await sign_in(hub))[1].headers["Location"] == "/desk"
    assert not await hub.node.database.read(lambda db: TotpStore(db, vault).is_used("caseworker"))


async def test_the_file_of_the_hub_holds_no_secret_of_an_app(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    await browser.post("/account/second-factor/begin")
    page = await browser.get("/account/second-factor")
    secret = re.findall(rb'class="typed">([A-Z2-7]{32})<', page.body)[0]
    await hub.node.database.checkpoint()
    held = hub.home.database.read_bytes()

    assert secret not in held
    assert b32decode(secret) not in held


@pytest.mark.parametrize(
    ("asked", "role", "needed"),
    [
        ("staff", "reader", False),
        ("staff", "expert", True),
        ("operators", "caseworker", False),
        ("operators", "operator", True),
        ("nobody", "operator", False),
    ],
)
async def test_the_setting_says_who_needs_more_than_a_password(
    hub: ServedHub, asked: str, role: str, needed: bool
) -> None:

    settings = hub.settings.model_copy(update={"second_factor": asked})

    assert needs_second_factor(settings, Role(role)) is needed
