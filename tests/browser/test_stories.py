"""Ana, Mireia's colleagues and Lena, clicked through over real hubs (DOMAIN.md 5)."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from node.demo.cast import Cast
from tests.browser.conftest import PATIENCE, PHONE, Open, sign_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]
TITLE = "Logs of a chatbot that minors use"


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


def file_request(page: Page) -> str:
    """File Ana's request from the page of a resource; return her code."""
    page.goto("/")
    page.locator("#q").fill("chatbot clauses")
    page.get_by_role("button", name="Search").click()
    page.locator(".results h2 a, .results h3 a").first.click()
    page.get_by_role("link", name="Ask about this").click()
    page.goto(page.locator("main a[href^='/ask/request']").first.get_attribute("href") or "")
    choose(page, "role", "who-city-official")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=question]").fill("How long may the supplier keep logs of minors?")
    choose(page, "sensitivity", "data-none")
    choose(page, "escalate", "yes")
    page.locator("input[name=publish_lesson]").check()
    page.get_by_role("button", name="Check your answers").click()
    expect(page.get_by_text("How long may the supplier keep logs of minors?").first).to_be_visible()
    page.locator("button[name=step][value=send]").click()
    return page.locator(".receipt-code code").inner_text()


def come_back(page: Page, code: str) -> None:
    page.goto("/ask/status")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Show my request").click()


def test_ana_gets_her_answer_through_two_hubs(cast: Cast, opened: Open) -> None:
    here, there = cast.new_york, cast.amsterdam
    ana = opened(here, java_script_enabled=False)  # her office browser runs no scripts
    code = file_request(ana)
    grace, femke = sign_in(opened(here), here), sign_in(opened(there), there)

    grace.goto("/desk")
    grace.get_by_role("link", name=TITLE).first.click()
    grace.get_by_role("button", name="I work on it").click()
    case = grace.url
    grace.get_by_role("link", name="Who could help?").click()
    expect(grace.locator("main")).to_contain_text("Who could help?")
    grace.goto(f"{case}/offer?to={there.authority}")
    grace.get_by_role("button", name="Look at what would leave").click()
    expect(grace.locator("table.sides")).to_contain_text("How long may the supplier keep logs")
    grace.get_by_role("button", name="Seal and send exactly this").click()
    offer = grace.url
    assert "/desk/offers/" in offer

    femke.goto("/desk/offers?direction=in")
    until_shown(femke, TITLE)
    femke.get_by_role("link", name=TITLE).first.click()
    theirs = femke.url
    expect(femke.locator("main")).to_contain_text("How long may the supplier keep logs")
    femke.get_by_role("link", name="Accept the offer").click()
    choose(femke, "users", there.place.operator)
    send(femke)
    femke.goto(f"{theirs}/ask")
    femke.locator("#text").fill("In which country are the logs kept?")
    send(femke)

    grace.goto(offer)
    until_shown(grace, "In which country are the logs kept?")
    grace.goto(f"{offer}/forward")
    send(grace)
    come_back(ana, code)
    expect(ana.locator("main")).to_contain_text("In which country are the logs kept?")
    ana.locator("form.asking textarea[name=text]").fill("In Germany.")
    ana.locator("form.asking", has=ana.locator("textarea[name=text]")).get_by_role(
        "button", name="Send it"
    ).click()
    grace.goto(offer)
    until_shown(grace, "In Germany.")
    grace.goto(f"{offer}/pass-on")
    send(grace)

    femke.goto(theirs)
    until_shown(femke, "In Germany.")
    femke.goto(f"{theirs}/answer")
    femke.locator("#text").fill("Seven days, and none of minors.")
    send(femke)
    grace.goto(offer)
    until_shown(grace, "Seven days, and none of minors.")
    grace.goto(f"{offer}/confirm")
    send(grace)
    grace.goto(f"{case}/answer")
    grace.locator("#text").fill("Amsterdam says: seven days, and none of minors.")
    grace.locator("#find").fill("procurement")
    grace.get_by_role("button", name="Search").click()
    grace.locator("input[id^=found-]").first.check()
    grace.get_by_role("button", name="Send the answer").click()
    expect(grace.locator(".flash")).to_contain_text("The answer is sent.")

    come_back(ana, code)
    expect(ana.locator("main")).to_contain_text("seven days, and none of minors")
    expect(ana.locator("main")).to_contain_text("It rests on")
    choose(ana, "solved", "solved")
    ana.get_by_role("button", name="Tell the hub").click()
    grace.goto(case)
    expect(grace.locator("main")).to_contain_text("It helped.")


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


def test_an_analyst_sees_where_help_is_missing(cast: Cast, opened: Open) -> None:
    page = opened(cast.coalition)

    page.goto("/network")
    expect(page.locator(".map circle")).to_have_count(len(cast.hubs) - 1)  # itself aside
    page.get_by_role("link", name="Coverage", exact=True).click()
    assert page.locator(".matrix tbody tr").count() > 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download as CSV").click()
    assert saved.value.suggested_filename.endswith(".csv")
    page.get_by_role("link", name="Trends").click()
    expect(page.locator(".chart svg").first).to_be_visible()


def test_all_is_done_with_the_keyboard_alone(cast: Cast, opened: Open) -> None:
    hub = cast.amsterdam
    page = opened(hub)
    page.goto("/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("#q").focus()
    page.keyboard.type("chatbot")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/resources\?.*q=chatbot"))
    for _ in range(80):
        page.keyboard.press("Tab")
        if "/resources/" in str(page.evaluate("document.activeElement.pathname || ''")):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/resources/[0-9A-Z]{26}"))


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
