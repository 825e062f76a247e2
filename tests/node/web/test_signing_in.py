"""Signing in, staying signed in, and signing out: what is asked for, and what is refused."""

import re
from datetime import timedelta

import pytest
import sqlite_utils

from content.changes import Act, ChangeStore
from content.people.invitations import InvitationStore
from content.people.passwords import PasswordStore, hash_password
from content.people.permissions import Role
from content.people.sessions import SessionStore
from content.people.store import UserStore
from node.web.same_site import FIELD, form_token
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ORIGIN, Answered, ServedHub
from tests.seams import FixedClock

PASSWORD = "four quiet words here"
OTHER = "another four quiet words"


@pytest.fixture
async def hub(served: ServedHub) -> ServedHub:
    """The hub, where the caseworker has a password, at a time that stands still."""
    node = served.node
    node.clock = FixedClock(node.clock.now())
    act = Act("operator", node.clock.now())
    phc = hash_password(PASSWORD, node.hub.chance)
    await node.database.write(lambda db: PasswordStore(db).put("caseworker", phc, act))
    return served


async def sign_in(
    hub: ServedHub, name: str = "caseworker", password: str = PASSWORD, **more: str
) -> tuple[Browser, Answered]:
    browser = Browser(hub)
    fields = {"name": name, "password": password, **more}
    return browser, await browser.call("POST", "/sign-in", fields)


async def changes(hub: ServedHub) -> list[tuple[str, str, str]]:
    """Return by, what and note of what was recorded, the newest first."""
    page = await hub.node.database.read(lambda db: ChangeStore(db).recent(20))
    return [(each.by, each.what, each.note) for each in page.items]


def clock(hub: ServedHub) -> FixedClock:
    assert isinstance(hub.node.clock, FixedClock)
    return hub.node.clock


async def test_who_signs_in_gets_a_cookie_and_is_led_where_they_wanted(hub: ServedHub) -> None:
    wanted = await Browser(hub).get("/account/nothing?page=2")
    assert wanted.status == 404
    asked = await Browser(hub).get("/account?page=2")
    assert asked.status == 401
    assert b'name="next" value="/account?page=2"' in asked.body
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["WWW-Authenticate"].startswith("Bearer")

    browser, answer = await sign_in(hub, next="/resources?q=a")

    assert (answer.status, answer.headers["Location"]) == (303, "/resources?q=a")
    (cookie,) = answer.headers.getall("Set-Cookie")
    assert cookie.startswith("hub-session-9802=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert not {"Domain", "Max-Age", "Secure"} & set(re.findall(r"[A-Z][A-Za-z-]+", cookie))
    page = await browser.get("/account")
    assert page.status == 200
    assert b"Caseworker" in page.body
    assert b"Firefox, Linux" in page.body
    assert page.headers["Cache-Control"] == "no-store"
    assert (await changes(hub))[0] == ("caseworker", "session.begin", "of caseworker by password")


async def test_the_page_that_was_asked_for_comes_back_after_signing_in(hub: ServedHub) -> None:
    asked = await Browser(hub).get("/account?from=%C3%A9&x=1")

    assert b'name="next" value="/account?from=%C3%A9&amp;x=1"' in asked.body

    _, answer = await sign_in(hub, next="/account?from=%C3%A9&x=1")

    assert (answer.status, answer.headers["Location"]) == (303, "/account?from=%C3%A9&x=1")


@pytest.mark.parametrize("name", ["caseworker", "nobody", "reader", "", "x" * 500, "\x00'--"])
async def test_wrong_password_and_unknown_name_get_one_answer(hub: ServedHub, name: str) -> None:
    browser, answer = await sign_in(hub, name, "not the password")
    _, known = await sign_in(hub, "caseworker", "not the password")

    if not name:
        assert answer.status == 422
        assert b"Write your name" in answer.body
    else:
        assert answer.status == 401
        typed = re.compile(rb' value="[^"]*"')
        assert typed.sub(b"", answer.body) == typed.sub(b"", known.body)
        assert {k for k in answer.headers if k != "Date"} == {
            k for k in known.headers if k != "Date"
        }
    assert browser.secret == ""
    assert (await changes(hub))[0] == ("anonymous", "session.refuse", "")


async def test_what_was_typed_as_a_name_is_not_kept(hub: ServedHub) -> None:
    await sign_in(hub, "my secret password", "x")
    await sign_in(hub, "caseworker", "x")

    page = await hub.node.database.read(lambda db: ChangeStore(db).recent(2))

    assert [each.subject for each in page.items] == ["caseworker", "unknown"]


@pytest.mark.parametrize("name", ["caseworker", "nobody"])
async def test_after_ten_wrong_passwords_of_one_name_the_right_one_waits_too(
    hub: ServedHub, name: str
) -> None:
    for _ in range(10):
        assert (await sign_in(hub, name, "wrong"))[1].status == 401

    _, answer = await sign_in(hub, name)

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0


async def test_an_address_cannot_try_one_name_after_the_other(hub: ServedHub) -> None:
    await sign_in(hub, "somebody", "wrong")
    for _ in range(29):
        # Another door with the same count, and without the work of a password.
        await Browser(hub).call("POST", "/sign-in/passkey", {"credential": "{}"})

    _, answer = await sign_in(hub)

    assert answer.status == 429


async def test_who_signs_in_often_is_not_stopped(hub: ServedHub) -> None:
    for _ in range(11):
        assert (await sign_in(hub))[1].status == 303


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example/", "/\\evil.example", "desk", "/a\nb"]
)
async def test_nobody_is_led_to_another_site(hub: ServedHub, path: str) -> None:
    _, answer = await sign_in(hub, next=path)

    assert answer.status == 400
    assert "Set-Cookie" not in answer.headers


async def test_signing_in_anew_ends_the_session_before(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    before = browser.secret

    await browser.call("POST", "/sign-in", {"name": "caseworker", "password": PASSWORD})

    assert browser.secret != before
    assert (await Browser(hub, before).get("/account")).status == 401
    assert (await browser.get("/account")).status == 200


async def test_who_signs_out_is_signed_out_everywhere_the_cookie_was_copied_to(
    hub: ServedHub,
) -> None:
    browser, _ = await sign_in(hub)
    copied = Browser(hub, browser.secret)

    answer = await browser.post("/sign-out")

    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?signed-out=yes")
    assert browser.secret == ""
    assert b"You are signed out" in (await browser.get("/sign-in?signed-out=yes")).body
    assert (await copied.get("/account")).status == 401
    assert (await copied.post("/account/sessions/end-others")).status == 401
    assert (await changes(hub))[0] == ("caseworker", "session.end", "of caseworker")


async def test_a_session_ends_without_use_and_at_the_end_of_the_day_anyway(
    hub: ServedHub,
) -> None:
    used, _ = await sign_in(hub)
    unused, _ = await sign_in(hub)

    for _ in range(35):
        clock(hub).advance(20 * 60)
        last = (await used.get("/account")).status
        assert last == 200
    assert (await unused.get("/account")).status == 401
    clock(hub).advance(25 * 60)

    assert (await used.get("/account")).status == 401
    await sign_in(hub)
    expired = [by for by, what, _ in await changes(hub) if what == "session.expire"]
    assert expired == ["system", "system"]


@pytest.mark.parametrize("what", ["deactivated", "other role", "other password"])
async def test_what_is_taken_from_a_user_is_gone_at_the_next_request(
    hub: ServedHub, what: str
) -> None:
    browser, _ = await sign_in(hub)
    act = Act("operator", hub.node.clock.now())
    phc = hash_password(OTHER, hub.node.hub.chance)

    def work(db: sqlite_utils.Database) -> None:
        if what == "deactivated":
            UserStore(db).deactivate("caseworker", act)
        elif what == "other role":
            UserStore(db).change_role("caseworker", Role.READER, act)
        else:
            PasswordStore(db).put("caseworker", phc, act)

    await hub.node.database.write(work)

    assert (await browser.get("/account")).status == 401
    if what == "deactivated":
        assert (await sign_in(hub))[1].status == 401


@pytest.mark.parametrize(
    "secret", ["", "x", "A" * 43, "A" * 44, "../../etc", "é" * 43, "hub_" + "A" * 43]
)
async def test_an_invented_cookie_opens_nothing(hub: ServedHub, secret: str) -> None:
    assert (await Browser(hub, secret).get("/account")).status == 401


async def test_the_file_of_the_hub_holds_no_secret_of_a_session(hub: ServedHub) -> None:
    browser, _ = await sign_in(hub)
    await hub.node.database.checkpoint()

    assert browser.secret.encode() not in hub.home.database.read_bytes()
    assert PASSWORD.encode() not in hub.home.database.read_bytes()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": ORIGIN.replace("http:", "https:")},
        {"Origin": ORIGIN + ".evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
)
async def test_a_form_of_another_site_changes_nothing(
    hub: ServedHub, headers: dict[str, str]
) -> None:
    browser = await signed_in(hub, "caseworker")
    browser.headers = headers

    answer = await browser.post("/sign-out")
    entered = await browser.call(
        "POST", "/sign-in", {"name": "caseworker", "password": PASSWORD}, {}
    )

    assert answer.status == 403
    assert entered.status == 403
    browser.headers = {}
    assert (await browser.get("/account")).status == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}]
)
async def test_a_form_of_our_own_page_is_taken(hub: ServedHub, headers: dict[str, str]) -> None:
    """Browsers say that the origin is null, since our pages send no referrer."""
    browser = await signed_in(hub, "caseworker")
    browser.headers = headers

    assert (await browser.post("/sign-out")).status == 303


async def test_a_form_without_the_token_of_its_session_changes_nothing(hub: ServedHub) -> None:
    browser, other = await signed_in(hub, "caseworker"), await signed_in(hub, "caseworker")

    for token in ("", "x", form_token(other.secret), form_token(""), browser.secret):
        answer = await browser.call("POST", "/sign-out", {FIELD: token})
        assert answer.status == 403, token
    without = await browser.call("POST", "/sign-out", {})
    as_json = await hub.call(
        "POST",
        "/sign-out",
        body={FIELD: form_token(browser.secret)},
        headers={"Cookie": f"hub-session-9802={browser.secret}"},
    )

    assert (without.status, as_json.status) == (403, 400)
    assert (await browser.get("/account")).status == 200


async def test_a_cookie_is_no_token_for_the_api(hub: ServedHub) -> None:
    browser = await signed_in(hub, "operator")

    assert (await browser.get("/api/v1/me")).status == 401


async def test_a_link_lets_a_user_choose_a_password_once(hub: ServedHub) -> None:
    node = hub.node
    act = Act("operator", node.clock.now())
    secret = await node.database.write(
        lambda db: InvitationStore(db).make("expert", act, chance=node.hub.chance)
    )
    path = f"/welcome/{secret}"
    browser = Browser(hub)

    shown = await browser.get(path)
    again = await browser.get(path)
    short = await browser.call("POST", path, {"password": "short", "again": "short"})
    named = await browser.call("POST", path, {"password": "the-expert-here", "again": "x"})
    kept = await browser.call("POST", path, {"password": PASSWORD, "again": PASSWORD})

    assert (shown.status, again.status) == (200, 200)
    assert (short.status, named.status) == (422, 422)
    assert b"Take at least 12 characters" in short.body
    assert b"The name is part of this password" in named.body
    assert b"The two passwords differ" in named.body
    assert (kept.status, kept.headers["Location"]) == (303, "/desk")
    assert (await browser.get("/account")).status == 200
    assert (await Browser(hub).get(path)).status == 404
    assert (await sign_in(hub, "expert"))[1].status == 303
    verbs = [what for _, what, _ in await changes(hub)]
    assert {"user.invite", "user.password", "session.begin"} <= set(verbs)


@pytest.mark.parametrize("what", ["a week passed", "a newer one", "deactivated", "invented"])
async def test_a_link_that_counts_no_more_opens_nothing(hub: ServedHub, what: str) -> None:
    node = hub.node

    def make(db: sqlite_utils.Database) -> str:
        act = Act("operator", node.clock.now())
        return InvitationStore(db).make("expert", act, chance=node.hub.chance)

    secret = await node.database.write(make)
    if what == "a week passed":
        clock(hub).advance(days=7)
    elif what == "a newer one":
        await node.database.write(make)
    elif what == "deactivated":
        act = Act("operator", node.clock.now())
        await node.database.write(lambda db: UserStore(db).deactivate("expert", act) and None)
    else:
        secret = "A" * 43

    answers = [
        await Browser(hub).get(f"/welcome/{secret}"),
        await Browser(hub).call(
            "POST", f"/welcome/{secret}", {"password": PASSWORD, "again": PASSWORD}
        ),
    ]

    assert [answer.status for answer in answers] == [404, 404]


async def test_my_account_shows_my_sessions_and_ends_them(hub: ServedHub) -> None:
    here, _ = await sign_in(hub)
    clock(hub).advance(1)
    phone, _ = await sign_in(hub)
    clock(hub).advance(1)
    laptop, _ = await sign_in(hub)
    stranger = await signed_in(hub, "reader")
    page = await here.get("/account")
    others = re.findall(rb'name="session" value="([0-9A-Z]{26})"', page.body)
    assert len(others) == 2

    taken = await stranger.post("/account/sessions/end", session=others[0].decode())
    assert taken.status == 303
    assert b"had ended already" in (await stranger.get("/account")).body
    ended = await here.post("/account/sessions/end", session=others[0].decode())

    assert ended.status == 303
    told = await here.get("/account")
    assert b"That session has ended." in told.body
    assert b"That session has ended." not in (await here.get("/account")).body
    assert [(await each.get("/account")).status for each in (phone, laptop)] == [200, 401]
    await here.post("/account/sessions/end-others")
    assert [(await each.get("/account")).status for each in (here, phone)] == [200, 401]


async def test_a_new_password_needs_the_one_before_and_ends_all_other_sessions(
    hub: ServedHub,
) -> None:
    here, _ = await sign_in(hub)
    elsewhere, _ = await sign_in(hub)
    new = {"password": OTHER, "again": OTHER}
    before = here.secret

    wrong = await here.post("/account/password", new, current="not it, surely")
    right = await here.post("/account/password", new, current=PASSWORD)

    assert wrong.status == 422
    assert b"not the password you have now" in wrong.body
    assert OTHER.encode() not in wrong.body
    assert right.status == 303
    assert here.secret != before
    assert b"Your password is changed" in (await here.get("/account")).body
    assert (await elsewhere.get("/account")).status == 401
    assert (await Browser(hub, before).get("/account")).status == 401
    assert (await sign_in(hub))[1].status == 401
    assert (await sign_in(hub, password=OTHER))[1].status == 303


async def test_public_pages_set_no_cookie_and_are_the_same_for_the_staff(hub: ServedHub) -> None:
    browser = await signed_in(hub, "operator")
    stranger = Browser(hub)

    for path in ("/", "/resources", "/experts", "/feed", "/accessibility"):
        ours, theirs = await browser.get(path), await stranger.get(path)
        assert ours.body == theirs.body
        assert "Set-Cookie" not in theirs.headers
    assert "Set-Cookie" not in (await stranger.get("/sign-in")).headers


async def test_over_https_the_cookie_is_bound_to_host_and_to_https(hub: ServedHub) -> None:
    from aiohttp import web

    from node.settings import new_settings
    from node.web.cookies import set_cookie

    settings = new_settings(
        **{**hub.settings.model_dump(exclude={"periods"}), "origin": "https://hub.city.example"}
    )
    answer = web.Response()

    set_cookie(answer, settings, "x")

    text = answer.cookies.output()
    assert "__Host-hub-session=x" in text
    assert "Secure" in text
    assert "Domain" not in text


async def test_sessions_of_one_user_are_found_by_nobody_else(hub: ServedHub) -> None:
    await sign_in(hub)
    now = hub.node.clock.now()

    found = await hub.node.database.read(lambda db: SessionStore(db).list("reader", now))

    assert found == ()
    later = now + timedelta(hours=1)
    assert await hub.node.database.read(lambda db: SessionStore(db).list("caseworker", later)) == ()
