"""Signing in with the identity provider of the city: linked, then taken; lies open nothing."""

import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from content.changes import Act
from content.people.identities import IdentityStore
from content.people.invitations import InvitationStore
from content.people.store import UserStore
from federation.transport import GuardedTransport
from node.app import build_app
from node.settings import SettingsWrong, new_settings
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import Answered, ServedHub
from tests.node.paper_provider import CLIENT, SECRET, PaperProvider
from tests.node.web.test_signing_in import clock
from tests.node.web.test_signing_in import hub as alone

__all__ = ["alone"]


@dataclass(slots=True)
class City:
    """The hub, its provider, and one browser with the cookie of the way there."""

    hub: ServedHub
    provider: PaperProvider

    async def went(self, browser: Browser, start: Answered, **other: str) -> Answered:
        """Be sent to the provider and come back. other: what comes back in place of the truth."""
        address = start.headers.get("Location", "")
        if start.status == 200:
            found = re.search(r'class="button" href="([^"]+authorize[^"]+)"', start.body.decode())
            assert found is not None
            address = found[1].replace("&amp;", "&")
        assert address.startswith(f"{self.provider.issuer}/authorize?"), start.body
        back = {**self.provider.take(address), **other}
        cookies = [line.partition(";")[0] for line in start.headers.getall("Set-Cookie", [])]
        way = [each for each in cookies if each.startswith("hub-city-9802=")]
        headers = {"Cookie": "; ".join([*way, f"hub-session-9802={browser.secret}"])}
        path = f"/sign-in/city/back?{urlencode({k: v for k, v in back.items() if v})}"
        answer = await self.hub.get(path, Accept="text/html", **headers)
        for line in answer.headers.getall("Set-Cookie", []):
            if line.startswith("hub-session-9802="):
                browser.secret = line.partition(";")[0].partition("=")[2]
        return answer

    async def link(self, role: str = "caseworker") -> Browser:
        browser = await signed_in(self.hub, role)
        answer = await self.went(browser, await browser.post("/account/city"))
        assert (answer.status, answer.headers["Location"]) == (303, "/account"), answer.body
        return browser

    async def sign_in(self, **other: str) -> tuple[Browser, Answered]:
        browser = Browser(self.hub)
        return browser, await self.went(browser, await browser.get("/sign-in/city"), **other)


@pytest.fixture
async def city(alone: ServedHub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[City]:
    monkeypatch.setenv("HUB_OIDC_CLIENT_SECRET", SECRET)
    provider = PaperProvider(now=int(clock(alone).now().timestamp()))
    async with TestServer(provider.application()) as server:
        provider.issuer = f"http://127.0.0.1:{server.port}"
        trusted = frozenset({f"127.0.0.1:{server.port}"})
        before = alone.node.transport
        alone.node.transport = transport = GuardedTransport(trusted, "test")
        settings = alone.settings.model_copy(
            update={
                "oidc_issuer": provider.issuer,
                "oidc_client_id": CLIENT,
                "oidc_name": "City of Amsterdam",
            }
        )
        app = build_app(alone.node, settings, alone.home)
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            yield City(replace(alone, client=client, settings=settings), provider)
        await transport.close()
        alone.node.transport = before


async def test_who_linked_the_account_of_the_city_signs_in_with_it(city: City) -> None:
    linked = await city.link()
    before = (await linked.get("/account")).body

    browser, answer = await city.sign_in()

    assert b"From now on you can sign in with it." in before
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    assert b"Caseworker" in (await browser.get("/account")).body
    assert b"Sign in with City of Amsterdam" in (await Browser(city.hub).get("/sign-in")).body
    asked, exchanged = city.provider.asked, city.provider.exchanged[-1]
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == exchanged["redirect_uri"]
    assert exchanged["redirect_uri"].endswith("/sign-in/city/back")
    named = b64decode(exchanged["authorization"].removeprefix("Basic ")).decode()
    assert named == "hub-of-the-city:a%20secret%20%26%20a%20half"
    assert "client_secret" not in exchanged


async def test_the_city_is_one_factor_unless_the_setting_says_that_it_asks_for_two(
    city: City,
) -> None:
    await city.link()
    browser, _ = await city.sign_in()

    assert (
        b"asks you for more than a password" in (await browser.get("/account/second-factor")).body
    )


async def test_nobody_is_let_in_who_is_not_linked(city: City) -> None:
    users = await city.hub.node.database.read(lambda db: UserStore(db).list(inactive=True))

    browser, answer = await city.sign_in()

    assert answer.status == 401
    assert b"not linked with a user" in answer.body
    assert browser.secret == ""
    assert users == await city.hub.node.database.read(lambda db: UserStore(db).list(inactive=True))


async def test_who_is_invited_needs_no_password_but_the_invitation(city: City) -> None:
    node = city.hub.node
    act = Act("operator", node.clock.now())
    secret = await node.database.write(
        lambda db: InvitationStore(db).make("expert", act, chance=node.hub.chance)
    )
    browser, path = Browser(city.hub), f"/welcome/{secret}"

    page = await browser.get(path)
    answer = await city.went(browser, await browser.get(f"{path}/city"))

    assert f'href="{path}/city"'.encode() in page.body
    assert answer.status == 303
    assert b"Expert" in (await browser.get("/account")).body
    assert (await browser.get(path)).status == 404
    assert (await city.sign_in())[1].status == 303


async def test_an_account_of_the_city_is_of_one_user_only(city: City) -> None:
    await city.link("caseworker")
    other = await signed_in(city.hub, "reader")

    await city.went(other, await other.post("/account/city"))

    assert b"belongs to another user" in (await other.get("/account")).body
    browser, _ = await city.sign_in()
    assert b"Caseworker" in (await browser.get("/account")).body


async def test_who_unlinked_it_is_not_let_in_by_it(city: City) -> None:
    browser = await city.link()
    unsure = await browser.post("/account/city/remove")
    assert unsure.status == 303
    assert (await city.sign_in())[1].status == 303

    await browser.post("/account/city/remove", sure="yes")

    assert (await city.sign_in())[1].status == 401


def claim(name: str, value: Any) -> Any:
    def lie(claims: dict[str, Any]) -> None:
        if value is None:
            del claims[name]
        else:
            claims[name] = value

    return lie


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://evil.example"),
        ("aud", "another-client"),
        ("aud", [CLIENT, "another-client"]),
        ("azp", "another-client"),
        ("nonce", "of another browser"),
        ("nonce", None),
        ("exp", 1),
        ("exp", None),
        ("iat", None),
        ("sub", None),
        ("sub", ""),
        ("sub", 17),
        ("sub", "x" * 256),
    ],
)
async def test_a_token_that_is_not_for_this_hub_and_this_browser_opens_nothing(
    city: City, name: str, value: Any
) -> None:
    await city.link()
    city.provider.lie = claim(name, value)

    browser, answer = await city.sign_in()

    assert answer.status == 400
    assert browser.secret == ""


def unsigned(provider: PaperProvider, claims: dict[str, Any]) -> str:
    parts = [json.dumps(each).encode() for each in ({"alg": "none"}, claims)]
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def by_another_key(provider: PaperProvider, claims: dict[str, Any]) -> str:
    other = ECKey.generate_key("P-256", {"kid": "1"})
    return jwt.encode({"alg": "ES256", "kid": "1"}, claims, other, ["ES256"])


def by_the_public_key_as_a_secret(provider: PaperProvider, claims: dict[str, Any]) -> str:
    secret = OctKey.import_key(provider.key.as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "1"}, claims, secret, ["HS256"])


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("signs", [unsigned, by_another_key, by_the_public_key_as_a_secret])
async def test_a_token_that_the_provider_did_not_sign_opens_nothing(city: City, signs: Any) -> None:
    await city.link()
    city.provider.signs = signs

    assert (await city.sign_in())[1].status == 400


@pytest.mark.parametrize(
    "other",
    [
        {"state": "x"},
        {"state": ""},
        {"code": ""},
        {"error": "access_denied"},
        {"iss": "https://evil.example"},
        {"iss": "é", "state": "é"},
    ],
)
async def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(
    city: City, other: dict[str, str]
) -> None:
    await city.link()

    browser, answer = await city.sign_in(**other)

    assert answer.status == 400
    assert browser.secret == ""


async def test_the_answer_to_one_browser_opens_nothing_in_another(city: City) -> None:
    """The attacker signs in at the provider, and lets somebody else follow the way back."""
    await city.link()
    attacker, victim = Browser(city.hub), Browser(city.hub)
    back = city.provider.take((await attacker.get("/sign-in/city")).headers["Location"])

    answer = await victim.get(f"/sign-in/city/back?{urlencode(back)}")

    assert answer.status == 400
    assert victim.secret == ""


async def test_linking_needs_the_one_who_began_it(city: City) -> None:
    began, other = await signed_in(city.hub, "caseworker"), await signed_in(city.hub, "reader")
    start = await began.post("/account/city")

    answer = await city.went(other, start)

    assert answer.status == 400
    found = await city.hub.node.database.read(
        lambda db: IdentityStore(db).user_of(city.provider.issuer, "person-17")
    )
    assert found is None


async def test_too_late_is_too_late(city: City) -> None:
    await city.link()
    browser = Browser(city.hub)
    start = await browser.get("/sign-in/city")

    clock(city.hub).advance(10 * 60 + 1)

    assert (await city.went(browser, start)).status == 400


async def test_a_provider_that_changed_its_keys_is_believed_by_its_own_word_only(
    city: City,
) -> None:
    await city.link()

    city.provider.key = ECKey.generate_key("P-256", {"kid": "1"})

    assert (await city.sign_in())[1].status == 303


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "http://127.0.0.9:1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": None},
    ],
)
async def test_a_provider_that_is_not_the_pinned_one_is_told_as_trouble(
    city: City, says: dict[str, Any]
) -> None:
    city.provider.says = says

    assert (await Browser(city.hub).get("/sign-in/city")).status == 502


async def test_a_provider_in_trouble_is_left_alone_for_a_while(city: City) -> None:
    city.provider.says = {"issuer": "https://evil.example"}
    for _ in range(5):
        assert (await Browser(city.hub).get("/sign-in/city")).status == 502
    assert city.provider.looked_at == 1

    city.provider.says = {}
    clock(city.hub).advance(30)

    assert (await Browser(city.hub).get("/sign-in/city")).status == 303
    assert (await Browser(city.hub).get("/sign-in/city")).status == 303
    assert city.provider.looked_at == 2


async def test_without_a_provider_there_are_no_such_pages(alone: ServedHub) -> None:
    assert (await Browser(alone).get("/sign-in/city")).status == 404
    assert (await Browser(alone).get("/sign-in/city/back?code=x&state=y")).status == 404
    assert b"/sign-in/city" not in (await Browser(alone).get("/sign-in")).body


def test_settings_of_a_provider_must_be_whole() -> None:
    whole = {
        "origin": "https://hub.city.example",
        "name": "Hub",
        "city": "City",
        "country": "NL",
        "language": "en",
        "oidc_issuer": "https://login.city.example/realm",
    }

    assert new_settings(**whole, oidc_client_id="hub").oidc_name == "login.city.example"
    with pytest.raises(SettingsWrong, match="oidc_client_id"):
        new_settings(**whole)
    with pytest.raises(SettingsWrong, match="oidc_issuer"):
        new_settings(**{**whole, "oidc_issuer": "login.city.example"}, oidc_client_id="hub")
