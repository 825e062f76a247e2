"""Ana, procurement of a city, must buy a chatbot by Friday (DOMAIN.md 5)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from node.demo.cast import Cast
from node.web import words
from tests.browser.conftest import Comes
from tests.browser.person import Person
from tests.browser.ways import Way, unlike_any

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]
TENDER = {
    "name": "tender.txt",
    "mimeType": "text/plain",
    "buffer": b"Draft tender, section 4: logs.\n",
}
QUESTION = "How long may the supplier keep logs of minors?"
THURSDAY = (datetime.now(UTC) + timedelta(days=9)).date()
FRIDAY = THURSDAY + timedelta(days=1)


def thursday(way: Way) -> str:
    """Return the day that Amsterdam promises, as pages say it."""
    with way.reading():
        return words.day(THURSDAY, ZoneInfo("America/New_York"))


def searches_and_asks(ana: Person, title: str) -> str:
    """From the home page to the receipt; return her code."""
    ana.visits("/")
    ana.writes("q", "cláusulas chatbot")
    ana.presses("Search")
    ana.goes_to(ana.main.locator("a[href*='kind=template']").first)
    ana.finds("EU model contractual AI clauses")
    ana.finds("GovAI Coalition")
    ana.follows("EU model contractual AI clauses")
    ana.reads("Cite it")
    assert b"@" in ana.saves("BibTeX")

    ana.follows("Ask about this")
    ana.follows("Ask a question")
    assert ana.main.locator("input[name=topics]:checked").count() > 0  # filled in already
    ana.picks("role", "who-city-official")
    ana.writes("title", title)
    ana.writes("question", QUESTION)
    ana.writes("deadline", FRIDAY.isoformat())
    ana.picks("sensitivity", "data-none")
    ana.picks("escalate", "yes")
    ana.picks("publish_lesson")
    ana.presses("Check your answers")
    ana.finds(QUESTION)
    ana.reads(
        "A copy without your name and contact may go to one approved hub, sealed so that only it"
        " can read it."
    )
    ana.presses("Change something")
    expect(ana.main.locator("[name=question]")).to_have_value(QUESTION)
    ana.presses("Check your answers")
    ana.attaches("attachment", TENDER)
    ana.presses("Send it")
    ana.reads("We have your request")
    ana.finds("tender.txt")
    code = ana.main.locator(".receipt-code code")
    with ana.on_paper():
        expect(code).to_be_visible()
        expect(ana.page.locator("header nav")).to_be_hidden()
        expect(ana.main.locator(".screen-only:visible")).to_have_count(0)
    assert b"proofValue" in ana.saves("Save the signed receipt")
    return code.inner_text()


def comes_back(ana: Person, code: str) -> None:
    """Type the code."""
    ana.visits("/")
    ana.follows("Come back with your code")
    ana.writes("code", code)
    ana.presses("Show my request")


def test_ana_gets_her_answer_through_two_hubs(cast: Cast, comes: Comes, way: Way) -> None:
    here, there = cast.new_york, cast.amsterdam
    title = unlike_any("Logs of a chatbot that minors use")
    ana = comes(here, way=way)
    code = searches_and_asks(ana, title)

    grace = comes(here, here.place.operator, way=way)
    grace.visits("/desk/cases?sort=newest")
    grace.follows(title)
    case = grace.path
    grace.presses("I work on it")
    grace.finds("tender.txt")
    grace.follows("Who could help?")
    grace.follows("Offer it to <bdi>%(hub)s</bdi>", hub=there.authority)
    expect(grace.main.locator(f"input[value='{there.authority}']")).to_be_checked()
    grace.presses("Look at what would leave")
    expect(grace.main.locator("table.sides")).to_contain_text(QUESTION)
    grace.presses("Seal and send exactly this")
    offer = grace.path

    femke = comes(there, there.place.operator, way=way)
    femke.visits("/desk/offers?direction=in")
    femke.waits_for(title)
    femke.follows(title)
    femke.finds(QUESTION)
    theirs = femke.path
    femke.follows("Accept the offer")
    femke.writes("answer_by", THURSDAY.isoformat())
    femke.presses("Accept it")

    grace.visits(offer)
    grace.waits_for("answer promised by %(day)s", day=thursday(way))
    comes_back(ana, code)  # two days later
    ana.reads("accepted your request", at=".details")
    ana.finds(f"({thursday(way)})")
    femke.follows("Say who works on it")
    femke.picks("users", there.place.operator)
    femke.presses("Give it to them")
    femke.follows("Ask the other hub something")
    femke.writes("text", "In which country are the logs kept?")
    femke.presses("Ask")

    grace.visits(offer)
    grace.waits_for("In which country are the logs kept?")
    grace.follows("Ask the requester what the other hub asked")
    grace.presses("Ask the requester")

    comes_back(ana, code)
    ana.reads("works on your request and asked this hub something", at=".details")
    ana.finds("In which country are the logs kept?")
    ana.writes("text", "In Germany.")
    ana.presses("Send it")

    grace.visits(offer)
    grace.waits_for("In Germany.")
    grace.follows("Pass the requester’s reply on")
    grace.presses("Pass it on")
    femke.visits(theirs)
    femke.waits_for("In Germany.")
    femke.follows("To the case")
    femke.follows("Send the answer")
    femke.writes("text", "Seven days, and none of minors.")
    femke.writes("find", "chatbot")
    femke.presses("Search")
    for number in (1, 2, 3):
        femke.ticks(femke.main.locator(f"#found-{number}"))
    femke.presses("Send the answer")
    femke.reads("The answer is sent.")

    grace.visits(offer)
    grace.waits_for("Seven days, and none of minors.")
    grace.follows("Confirm that the answer helps")
    grace.presses("Confirm it")

    comes_back(ana, code)
    ana.finds("Seven days, and none of minors.")
    ana.reads("It rests on")
    assert ana.main.locator(".message-hub li a").count() == 3
    ana.picks("solved", "solved")
    ana.presses("Tell the hub")
    ana.opens("What you agree to")
    expect(ana.main.locator("input[name=publish_lesson]")).to_be_checked()
    grace.visits(case)
    grace.reads("It helped.")
