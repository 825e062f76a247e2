"""Every page of a hub that has something of everything: for axe-core, for small and large eyes."""

import json
import re
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page

from node.demo.cast import Cast
from tests.browser.axe import COLOURS, found_by_axe
from tests.browser.conftest import Comes, come_to, signs_in
from tests.browser.contents import Contents
from tests.browser.every_page import Visited, pages_of
from tests.browser.person import Person
from tests.browser.ways import HALF, MOST, PHONE, WIDE, Way
from tests.mail_server import PostOffice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNSEEN = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter(each => each.checkVisibility({ visibilityProperty: true }))
  .filter(each => each.tabIndex >= 0 && !each.disabled)
  .filter(each => {
    each.focus({ preventScroll: true });
    if (document.activeElement !== each) return true;
    const style = getComputedStyle(each);
    return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2;
  })
  .map(each => each.outerHTML.slice(0, 120))"""
"""What the keyboard comes to without showing it."""


@pytest.fixture(scope="session")
def pages(cast: Cast, chromium: Browser, letters: PostOffice, told: None) -> list[Visited]:
    """All pages of New York, with something of everything on them."""
    hub = cast.new_york
    with (
        closing(come_to(chromium, hub, MOST)) as operator,
        closing(come_to(chromium, hub, MOST)) as visitor,
    ):
        signs_in(operator, hub.place.operator)
        return list(pages_of(Contents(cast, hub, operator, visitor, letters)))


def resized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def wrong_with(page: Page) -> list[str]:
    """Return what is wrong with the page that is open, in light and dark, wide and narrow."""
    found = found_by_axe(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in found_by_axe(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    page.keyboard.press("Tab")  # from now on the browser shows where the keyboard is
    found += [f"not seen by the keyboard: {each}" for each in page.evaluate(UNSEEN)]
    for name, size in (("320 px", PHONE), ("200 % zoom", HALF)):
        resized(page, size)
        if (wider := page.evaluate(WIDER)) > 1:
            found.append(f"{wider} px too wide at {name}")
    resized(page, WIDE)
    return found


def test_nothing_is_wrong_with_any_page(cast: Cast, comes: Comes, pages: list[Visited]) -> None:
    hub = cast.new_york
    visitor, grace = comes(hub), comes(hub, hub.place.operator)
    elsewhere: set[str] = set()
    for each in (visitor, grace):
        each.page.on("request", lambda request: elsewhere.add(request.url))
    wrong: dict[str, list[str]] = {}

    for each in pages:
        page = (grace if each.staff else visitor).page
        answer = page.goto(each.path)
        assert answer is not None
        found = wrong_with(page)
        if answer.status != each.status:  # a page that refuses would prove nothing
            found.append(f"{answer.status} instead of {each.status}")
        if found:
            wrong[each.path] = found

    assert wrong == {}, json.dumps(wrong, indent=1)
    assert [url for url in elsewhere if not url.startswith((hub.origin, "data:"))] == []


def test_every_page_fits_a_small_phone_in_arabic(
    cast: Cast, comes: Comes, pages: list[Visited]
) -> None:
    hub, way = cast.new_york, Way("arabic-phone", size=PHONE, language="ar")
    visitor, grace = comes(hub, way=way), comes(hub, hub.place.operator, way=way)
    wide = {}

    for each in pages:
        page = (grace if each.staff else visitor).page
        page.goto(each.path)
        assert page.evaluate("document.documentElement.dir") == "rtl", each.path
        if (wider := page.evaluate(WIDER)) > 1:
            wide[each.path] = wider

    assert wide == {}, json.dumps(wide, indent=1)


def steps_of(person: Person) -> list[str]:
    """Press Tab until the keyboard has left the page; return what it came to, in order."""
    came: list[str] = []
    for _ in range(400):
        person.page.keyboard.press("Tab")
        at = person.page.evaluate(
            "document.activeElement === document.body ? '' : document.activeElement.outerHTML"
        )
        if at == "" or (came and at == came[0] and re.search('class="skip"', at)):
            return came
        came.append(at)
    raise AssertionError(f"the keyboard does not get out of {person.page.url}")


@pytest.mark.parametrize("path", ["/", "/resources", "/ask/request", "/desk/cases", "/duty/peers"])
def test_the_keyboard_goes_through_a_page_and_out_of_it(
    cast: Cast, comes: Comes, path: str
) -> None:
    hub = cast.new_york
    person = comes(hub, hub.place.operator, way=MOST)
    person.visits(path)

    came = steps_of(person)

    assert 'class="skip"' in came[0]
    in_order = person.page.evaluate(
        """() => [...document.querySelectorAll("*")]
          .filter(each => each.tabIndex > 0).map(each => each.outerHTML)"""
    )
    assert in_order == []  # nothing jumps the queue: the order is that of reading
    assert len(came) > 10
