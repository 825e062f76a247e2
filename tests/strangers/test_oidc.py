"""Staff sign in with oidc-provider, somebody else's identity provider, as its own process."""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from aiohttp import ClientSession, CookieJar, DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from federation.transport import GuardedTransport
from node.app import build_app
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub, founded, home, served
from tests.node.paper_provider import CLIENT, SECRET
from tests.strangers.conftest import OIDC, ask, eventually, free_port, needs_oidc, process

__all__ = ["founded", "home", "served"]
pytestmark = [pytest.mark.strangers, needs_oidc]
PROGRAM = Path(__file__).parent / "oidc" / "provider.js"


@pytest.fixture
async def hub(
    served: ServedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ServedHub]:
    """The hub, whose settings name the provider that runs beside it."""
    port, program = free_port(), OIDC / "provider.js"
    issuer = f"http://127.0.0.1:{port}"
    shutil.copy(PROGRAM, program)
    monkeypatch.setenv("HUB_OIDC_CLIENT_SECRET", SECRET)
    settings = served.settings.model_copy(
        update={"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_name": "The city"}
    )
    back = f"{settings.origin}/sign-in/city/back"
    node = shutil.which("node")
    assert node is not None
    with process([node, str(program), str(port), CLIENT, SECRET, back], tmp_path / "oidc.log"):
        eventually("the provider", lambda: ask(f"{issuer}/.well-known/openid-configuration"))
        before = served.node.transport
        transport = GuardedTransport(frozenset({f"127.0.0.1:{port}"}), "test")
        served.node.transport = transport
        app = build_app(served.node, settings, served.home)
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            yield replace(served, client=client, settings=settings)
        await transport.close()
        served.node.transport = before


async def at_provider(address: str, person: str) -> str:
    """Sign in on the pages of the provider, agree, and return where it sends the browser back."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        method, fields = "GET", None
        for _ in range(12):
            async with browser.request(
                method, address, data=fields, allow_redirects=False
            ) as answer:
                text = await answer.text()
                method, fields = "GET", None
                if "Location" in answer.headers:
                    address = urljoin(address, answer.headers["Location"])
                    if "/sign-in/city/back" in address:
                        return address
                    continue
            form = re.search(r'action="([^"]+)"', text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', text)
            assert form is not None, text
            assert prompt is not None, text
            address, method = urljoin(address, form[1]), "POST"
            fields = {"prompt": prompt[1], "login": person, "password": "any"}
    raise AssertionError("The provider sends the browser in circles.")


async def there_and_back(hub: ServedHub, browser: Browser, start: str, person: str) -> int:
    """Go to the provider from this address of it, come back; return the status of the answer."""
    begun = browser.headers.pop("Cookie", "")
    back = (await at_provider(start, person)).removeprefix(hub.settings.origin)
    cookies = "; ".join([begun, f"hub-session-9802={browser.secret}"])
    answer = await hub.get(back, Accept="text/html", Cookie=cookies)
    for line in answer.headers.getall("Set-Cookie", []):
        if line.startswith("hub-session-9802="):
            browser.secret = line.partition(";")[0].partition("=")[2]
    return answer.status


def way_of(answer: object) -> str:
    """Return the cookie of the way to the provider."""
    lines = answer.headers.getall("Set-Cookie")  # type: ignore[attr-defined]
    return next(each.partition(";")[0] for each in lines if each.startswith("hub-city"))


async def test_staff_link_their_account_of_the_city_and_sign_in_with_it(hub: ServedHub) -> None:
    linked = await signed_in(hub, "caseworker")
    page = await linked.post("/account/city")
    found = re.search(r'class="button" href="(http[^"]+)"', page.body.decode())
    assert found is not None
    linked.headers["Cookie"] = way_of(page)
    assert await there_and_back(hub, linked, found[1].replace("&amp;", "&"), "mireia") == 303
    assert b"From now on you can sign in with it." in (await linked.get("/account")).body

    entering, stranger = Browser(hub), Browser(hub)
    for browser, person, status in ((entering, "mireia", 303), (stranger, "somebody", 401)):
        start = await browser.get("/sign-in/city")
        browser.headers["Cookie"] = way_of(start)
        got = await there_and_back(hub, browser, start.headers["Location"], person)
        assert got == status, person

    assert b"Caseworker" in (await entering.get("/account")).body
    assert stranger.secret == ""
