"""What happens beside the four stories."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from node.demo.cast import Cast
from tests.browser.conftest import PATIENCE, Open
from tests.browser.ways import PHONE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]


def until_shown(page: Page, text: str) -> None:
    """Look again until a text is there: what comes from another hub takes its time."""
    end = time.monotonic() + PATIENCE / 1000
    while page.get_by_text(text).count() == 0:
        assert time.monotonic() < end, f"{text!r} never came to {page.url}"
        page.wait_for_timeout(300)
        page.reload()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value={value}]").check()


def send(page: Page) -> None:
    """Send the one form of a step."""
    page.locator("main form.form button").last.click()
    page.wait_for_load_state()
    assert page.locator("[role=alert]").count() == 0, page.locator("[role=alert]").inner_text()


def come_back(page: Page, code: str) -> None:
    page.goto("/ask/status")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Show my request").click()


def test_a_wrong_code_is_told_nothing(cast: Cast, opened: Open) -> None:
    page = opened(cast.barcelona)
    come_back(page, "AAAA-BBBB-CCCC-DDDD")

    expect(page.locator("[role=alert]")).to_be_visible()


def test_a_small_phone_in_arabic_files_a_request(cast: Cast, opened: Open) -> None:
    page = opened(cast.barcelona, size=PHONE, locale="ar")

    page.goto("/ask/request")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    choose(page, "role", "who-ngo")
    page.locator("[name=title]").fill("كاميرات في الساحة")
    page.locator("[name=question]").fill("هل يجوز ذلك؟")
    choose(page, "sensitivity", "data-none")
    page.locator("main form button").last.click()
    page.locator("button[name=step][value=send]").click()

    assert re.fullmatch(r"[0-9A-Z-]{8,}", page.locator(".receipt-code code").inner_text())
