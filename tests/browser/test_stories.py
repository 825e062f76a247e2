"""What happens beside the four stories."""

import re

import pytest
from playwright.sync_api import Page, expect

from node.demo.cast import Cast
from tests.browser.conftest import Open
from tests.browser.ways import PHONE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value={value}]").check()


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
