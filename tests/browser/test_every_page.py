"""Every page of a hub that has something to show: nothing for axe-core to find, at any width."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from node.demo.cast import Cast
from tests.browser.conftest import PHONE, WIDE, Open, sign_in
from tests.browser.every_page import pages_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]
OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def windows(cast: Cast, opened: Open, **options: object) -> dict[bool, Page]:
    """Return a window of a stranger (False), and one of an operator (True)."""
    hub = cast.new_york
    return {False: opened(hub, **options), True: sign_in(opened(hub, **options), hub)}


def found_by_axe(page: Page) -> list[str]:
    results = Axe().run(page, options=OPTIONS).response
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:160]}"
        for found in results["violations"]
        for node in found["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(cast: Cast, opened: Open, scheme: str) -> None:
    seen = windows(cast, opened, color_scheme=scheme)
    wrong: dict[str, list[str]] = {}

    for path, staff in pages_of(cast, cast.new_york, with_links=scheme == "light"):
        page = seen[staff]
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status >= 500:
            wrong[path] = [f"status {answer.status}"]
        elif found := found_by_axe(page):
            wrong[path] = found

    assert wrong == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_is_wider_than_a_small_phone(cast: Cast, opened: Open, language: str) -> None:
    seen = windows(cast, opened, size=PHONE, locale=language)
    wide = []

    for path, staff in pages_of(cast, cast.new_york):
        page = seen[staff]
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if page.evaluate(OVERFLOWS):
            wide.append(path)

    assert wide == []


def test_no_page_loads_anything_from_elsewhere(cast: Cast, opened: Open) -> None:
    seen = windows(cast, opened)
    elsewhere = set()
    for page in seen.values():
        page.on(
            "request",
            lambda request: (
                elsewhere.add(request.url)
                if not request.url.startswith((cast.new_york.origin, "data:"))
                else None
            ),
        )

    for path, staff in pages_of(cast, cast.new_york):
        seen[staff].goto(path)

    assert elsewhere == set()


def test_every_page_can_be_read_at_twice_the_size(cast: Cast, opened: Open) -> None:
    # 200 % zoom of a window that is WIDE is a window of half the size at a scale of two.
    half = (WIDE[0] // 2, WIDE[1] // 2)
    seen = windows(cast, opened, size=half, device_scale_factor=2)

    wide = []
    for path, staff in pages_of(cast, cast.new_york):
        page = seen[staff]
        page.goto(path)
        if page.evaluate(OVERFLOWS):
            wide.append(path)

    assert wide == []
