"""
Take the pictures of README and docs: portal, desk, duty room and coalition of the demo.

Needs Chromium. Start `make demo`, wait for its addresses, then run from the root of the project
with those of Barcelona, New York and the coalition:
    .venv/bin/python docs/pictures/take.py http://127.0.0.3:9803 http://127.0.0.4:9804 http://127.0.0.5:9805
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from node.demo.network import PASSWORD

FOLDER = Path(__file__).parent
WIDE = {"width": 1280, "height": 1000}
PHONE = {"width": 390, "height": 844}
_WITHOUT_CANARIES = r"""() => {
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode())
    all.currentNode.data = all.currentNode.data.replace(/ \([^()]*[A-Z]+-[A-Z-]+\)/g, "");
}"""
"""The story has words that `--check` looks for where they must not be: nothing for readers."""


def portal(browser: Browser, origin: str) -> None:
    """The search, as a visitor sees it: wide, and on a phone in Arabic."""
    page = browser.new_page(viewport=WIDE, base_url=origin, locale="en")
    page.goto("/resources?topic=algorithms-ai&q=transparency")
    _save(page, "portal")
    page.goto("/ask/request")
    _save(page, "ask")
    phone = browser.new_page(viewport=PHONE, base_url=origin, locale="ar")
    phone.goto("/")
    _save(phone, "portal-phone-arabic")


def desk(browser: Browser, origin: str) -> None:
    """A case with its answer, and the duty room, as staff see them."""
    page = browser.new_page(viewport=WIDE, base_url=origin, locale="en")
    page.goto("/sign-in")
    page.locator("main input[name=name]").fill("grace")
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.goto("/desk/cases?show=any")
    page.locator(".case-row a").first.click()
    page.evaluate(_WITHOUT_CANARIES)
    _save(page, "desk")
    page.goto("/duty/peers")
    _save(page, "duty-room")


def coalition(browser: Browser, origin: str) -> None:
    """What the network covers."""
    page = browser.new_page(viewport=WIDE, base_url=origin, locale="en")
    page.goto("/network")
    _save(page, "network-map")
    page.goto("/network/coverage")
    _save(page, "coverage")


def _save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")


def main(origins: list[str]) -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is missing. On Debian or Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for take, origin in zip((portal, desk, coalition), origins, strict=True):
            take(browser, origin)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("Name the addresses of Barcelona, New York and the coalition, as make demo does.")
    main(sys.argv[1:])
