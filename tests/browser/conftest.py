"""
A real browser at real hubs: the network of the demo, with its story told, as processes on loopback.

Debian's Chromium, driven by Playwright. Without Chromium these tests are skipped, loudly: make test
and make test-long say so at their end (tests/strangers/set_up.sh --missing).
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from node.demo.cast import Cast
from node.demo.network import PASSWORD, RunningHub, choose_addresses, stop_all
from node.demo.story import STEPS, tell_story
from node.demo.telling import Teller

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 60_000
"""Milliseconds: a busy machine is no mistake of a page."""
WIDE = (1200, 900)
PHONE = (320, 640)

Open = Callable[..., Page]


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
def cast(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Four hubs that did all of the story of the demo."""
    del chromium  # without a browser nothing has to be started
    hubs, _ = choose_addresses(tmp_path_factory.mktemp("network"))
    try:
        told = Cast(hubs, Teller(STEPS, check=True))
        tell_story(told)
        yield told
    finally:
        stop_all(hubs)


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


def sign_in(page: Page, hub: RunningHub) -> Page:
    """Sign the operator of a hub in, as people do."""
    page.goto("/sign-in")
    page.locator("main input[name=name]").fill(hub.place.operator)
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/desk")
    return page
