"""
A real browser at real hubs: the network of the demo, with its story told, as processes on loopback.

Debian's Chromium, driven by Playwright. Without Chromium these tests are skipped, loudly: make test
and make test-long say so at their end (tests/strangers/set_up.sh --missing).
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from node.demo.cast import Cast
from node.demo.network import PASSWORD, RunningHub, choose_addresses, stop_all
from node.demo.story import STEPS, tell_story
from node.demo.telling import Teller
from tests.browser.person import Person
from tests.browser.post import post_beside
from tests.browser.sofia import addresses_beside
from tests.browser.telling import tell_figures
from tests.browser.ways import MOST, WAYS, WIDE, Way
from tests.mail_server import PostOffice

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 20_000
"""Milliseconds: a busy machine is no mistake of a page."""

FARTHEST_EAST, FARTHEST_WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""25 hours apart: when it is any day in the west, it is another one in the east already."""

Open = Callable[..., Page]


class Comes(Protocol):
    """Somebody comes to a hub: as a visitor, or signed in under a name."""

    def __call__(self, hub: RunningHub, name: str = "", way: Way = MOST) -> Person: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: on Debian or Ubuntu, apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        with closing(browser):
            yield browser


@pytest.fixture(scope="session")
def letters() -> Iterator[PostOffice]:
    """Return the mail server of Barcelona and New York."""
    with post_beside() as office:
        yield office


@pytest.fixture(scope="session")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> list[RunningHub]:
    """Return four hubs that are not founded yet."""
    return choose_addresses(tmp_path_factory.mktemp("network"))[0]


@pytest.fixture(scope="session")
def beside(hubs: list[RunningHub], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Return an address for each way at which a hub may come up that is not one of the four."""
    with addresses_beside(hubs, tmp_path_factory.mktemp("beside"), len(WAYS)) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def cast(
    chromium: Browser, letters: PostOffice, hubs: list[RunningHub], beside: list[str]
) -> Iterator[Cast]:
    """Four hubs that did all of the story of the demo."""
    del chromium, beside  # without a browser nothing is started; of those beside all hubs know
    for hub in hubs:
        if hub.place.key in ("barcelona", "newyork"):
            hub.settings = {
                "HUB_SMTP_HOST": "127.0.0.1",
                "HUB_SMTP_PORT": str(letters.port),
                "HUB_SMTP_TLS": "none",
                "HUB_MAIL_SENDER": f"help@{hub.place.key}.example",
            }
        if hub.place.key == "barcelona":  # so that a day can have passed there: see test_mireia.py
            hub.settings["HUB_TIMEZONE"] = FARTHEST_EAST
    try:
        told = Cast(hubs, Teller(STEPS, check=True))
        tell_story(told)
        yield told
    finally:
        stop_all(hubs)


@pytest.fixture(scope="session")
def told(cast: Cast) -> None:
    """The hubs have told of their requests."""
    tell_figures(cast)


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Open windows: `opened(hub)`, with options of Playwright's new_context; closed afterwards."""
    contexts: list[BrowserContext] = []

    def open_window(hub: RunningHub, size: tuple[int, int] = WIDE, **options: object) -> Page:
        context = chromium.new_context(
            base_url=hub.origin,
            viewport={"width": size[0], "height": size[1]},
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """Each way in which a story is lived through."""
    found: Way = request.param
    return found


@pytest.fixture
def comes(chromium: Browser) -> Iterator[Comes]:
    """People at their browsers; all windows are closed afterwards."""
    people: list[Person] = []

    def come(hub: RunningHub, name: str = "", way: Way = MOST) -> Person:
        person = come_to(chromium, hub, way)
        people.append(person)
        if name:
            signs_in(person, name)
        return person

    yield come
    for person in people:
        person.close()


def come_to(chromium: Browser, hub: RunningHub, way: Way) -> Person:
    """Open a window of somebody's own."""
    context = chromium.new_context(base_url=hub.origin, **way.context())
    context.set_default_timeout(PATIENCE)
    return Person(context.new_page(), way)


def signs_in(person: Person, name: str, password: str = PASSWORD) -> None:
    """Sign in as people do, and come to the desk."""
    person.visits("/sign-in")
    person.writes("name", name)
    person.writes("password", password)
    person.presses("Sign in")
    assert person.path.startswith("/desk"), person.path


def sign_in(page: Page, hub: RunningHub) -> Page:
    """Sign the operator of a hub in, as people do."""
    page.goto("/sign-in")
    page.locator("main input[name=name]").fill(hub.place.operator)
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/desk")
    return page
