"""Mireia's colleagues, Omar and Lena, clicked through over real hubs (DOMAIN.md 5)."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from node.demo.cast import Cast
from tests.browser.conftest import PATIENCE, Open, sign_in
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


def test_an_operator_does_her_monday(cast: Cast, opened: Open) -> None:
    hub = cast.barcelona
    page = sign_in(opened(hub), hub)

    page.get_by_role("link", name="Duty room").click()
    page.get_by_role("link", name="Peers").click()
    expect(page.locator("table")).to_contain_text("Rights Hub Amsterdam")
    page.get_by_role("link", name="Rights Hub Amsterdam").click()
    page.get_by_role("link", name="Stop for a while").click()
    page.locator("main form button").click()
    expect(page.locator(".flash")).to_contain_text("Suspended")
    page.get_by_role("link", name="Go on with this hub").click()
    page.locator("main form button").click()
    expect(page.locator(".flash")).to_contain_text("goes on")
    page.get_by_role("link", name="Duty room").click()
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("button", name="Check every row now").click()
    expect(page.locator("[role=status]").first).to_contain_text("Whole")
    page.get_by_role("link", name="Retention").click()
    expect(page.locator("main")).to_contain_text("Legal holds")


def test_omar_gets_a_case_drafts_with_a_source_and_notes_his_hours(
    cast: Cast, opened: Open
) -> None:
    hub = cast.amsterdam
    femke = sign_in(opened(hub), hub)
    femke.goto("/duty/people")
    femke.locator("#name").fill("omar")
    femke.locator("#display_name").fill("Omar (example expert)")
    choose(femke, "role", "expert")
    femke.get_by_role("button", name="Add them").click()
    link = femke.locator(".fingerprint code").inner_text()
    omar = opened(hub)
    omar.goto(link)
    for field in ("password", "again"):
        omar.locator(f"input[name={field}]").fill("four words in a row")
    omar.locator("main form button").last.click()
    omar.wait_for_load_state()
    if omar.locator("main form[action='/sign-in']").count():
        omar.locator("main input[name=name]").fill("omar")
        omar.locator("main input[name=password]").fill("four words in a row")
        omar.locator("main form button").first.click()

    femke.goto("/desk/new-case")
    femke.locator("#title").fill("Faces at the station")
    femke.locator("#question").fill("May the station compare faces?")
    choose(femke, "role", "who-city-official")
    femke.get_by_role("button", name="Open the case").click()
    femke.get_by_role("link", name="Go to the case").click()
    case = femke.url
    femke.get_by_role("link", name="Give it to people of this hub").click()
    choose(femke, "users", "omar")
    send(femke)

    omar.goto("/desk")
    expect(omar.locator("main")).to_contain_text("You were given this case.")
    omar.get_by_role("link", name="Faces at the station").first.click()
    omar.get_by_role("link", name="Write a draft").click()
    omar.locator("#text").fill("Only with a law that says so.")
    omar.locator("#find").fill("face recognition")
    omar.get_by_role("button", name="Search").click()
    omar.locator("input[id^=found-]").first.check()
    omar.get_by_role("button", name="Keep the draft").click()
    expect(omar.locator(".flash")).to_contain_text("Your draft is with the case.")
    omar.goto(f"{case}/hours")
    omar.locator("#hours").fill("2")
    send(omar)
    assert omar.goto("/duty").status == 404  # type: ignore[union-attr]

    femke.goto(f"{case}/answer")
    expect(femke.locator("#text")).to_have_value(re.compile("Only with a law that says so."))
    femke.get_by_role("button", name="Send the answer").click()
    expect(femke.locator("main")).to_contain_text("It rests on")


def test_an_operator_imports_records_and_proposes_a_correction(cast: Cast, opened: Open) -> None:
    here, there = cast.barcelona, cast.amsterdam
    page = sign_in(opened(here), here)
    page.goto("/desk/catalogue/import")
    page.locator("#shape").select_option("jsonl")
    page.locator("#lines").fill(
        '{"title": "Forty guides", "summary": "A list.", "language": "en", "kind": "guide",'
        ' "topics": ["privacy"], "url": "https://guides.example/40"}'
    )
    send(page)
    expect(page.locator("[role=status]").first).to_contain_text("1 added")

    page.goto("/resources?hub=" + there.authority)
    page.locator(".results h2 a, .results h3 a").first.click()
    page.wait_for_load_state()
    ulid = page.url.rpartition("/")[2]
    page.goto(f"/desk/propose?address={there.origin}/resources/{ulid}")
    page.locator("#name").select_option("publisher")
    page.locator("#value").fill("The real publisher")
    page.locator("#reason").fill("It says so on the first page.")
    send(page)

    femke = sign_in(opened(there), there)
    femke.goto("/desk/catalogue")
    until_shown(femke, "It says so on the first page.")
    femke.get_by_role("link", name=re.compile("^Proposed by")).first.click()
    femke.get_by_role("button", name="Accept: change the record").click()
    expect(femke.locator(".flash")).to_contain_text("Accepted")


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
