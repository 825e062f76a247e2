"""Omar, a lawyer who gives four hours a month, answers a case of another city (DOMAIN.md 5)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from node.demo.cast import Cast
from node.demo.outside import ask, get_json, post, wait_for
from node.web import words
from tests.browser.conftest import Comes, signs_in
from tests.browser.contents import offer_case
from tests.browser.person import Person
from tests.browser.ways import Way, unlike_any
from tests.mail_server import PostOffice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]
PASSWORD = "four words in a row"
QUESTION = "May the station compare faces of everybody with a list?"
FRENCH = (
    "Seulement si une loi le dit, et jamais pour tout le monde. « La reconnaissance » est visée."
)
AUGUST = datetime.now(UTC).year + 1


@dataclass
class Omar:
    """The names of one Omar; each way in which his story is told has its own."""

    name: str
    shown: str
    listing: str


@pytest.fixture
def omar(cast: Cast, comes: Comes) -> Omar:
    """Barcelona lists Omar for all approved hubs, and gives him an account."""
    hub = cast.barcelona
    shown = unlike_any("Example: Omar")
    name = "omar-" + shown[-7:-1]
    expert = {
        "name": shown,
        "bio": {"en": "Invented. Knows the law of biometrics."},
        "topics": ["biometrics"],
        "languages": ["fr", "ar"],
        "jurisdictions": ["TN"],
        "capacity_hours": 4,
        "scope": "public",
        "example": True,
    }
    listed = post(f"{hub.origin}/api/v1/experts", expert, hub.token)
    hub.command("user", "add", name, "--role", "expert", "--email", f"{name}@mail.example")
    hub.command("user", "set", name, "--listing", listed["ulid"], "--language", "fr")
    hub.command("user", "password", name, text=f"{PASSWORD}\n")
    return Omar(name, shown, listed["ulid"])


def test_omar_answers_a_case_of_another_city_and_leaves(
    cast: Cast, comes: Comes, letters: PostOffice, omar: Omar, way: Way
) -> None:
    hub, title = cast.barcelona, unlike_any("Faces at the station")
    offer_case(cast.new_york, hub, title, question=QUESTION, topics=["biometrics"])
    mireia = comes(hub, hub.place.operator)
    mireia.visits("/desk/offers?direction=in")
    mireia.waits_for(title)
    mireia.follows(title)
    mireia.follows("Accept the offer")
    mireia.picks("users", omar.name)
    mireia.presses("Accept it")

    # A mail that says that there is something, and nothing of what.
    address = f"{omar.name}@mail.example"
    [mail] = wait_for(
        "the mail to Omar", lambda: [each for each in letters.taken if address in each.recipients]
    )
    assert title not in mail.raw.decode()
    assert QUESTION not in mail.text
    link = re.search(r"http://\S+", mail.text)
    assert link is not None

    him = comes(hub, way=way)
    him.visits(link[0].removeprefix(hub.origin))
    signs_in(him, omar.name, PASSWORD)
    him.follows("You were given this case.")
    him.finds(QUESTION)
    him.reads("You were given this case")  # why him
    him.reads("Your time this month")
    him.ticks(him.main.locator("#no_conflict"))
    him.presses("I take it on")
    case = him.path
    him.follows("Leave a note")
    him.writes("text", "Ask them, please: who keeps the list?")
    him.presses("Keep the note")
    mireia.visits(case)
    mireia.finds("who keeps the list?")

    him.follows("Write a draft")
    him.writes("text", FRENCH)
    him.writes("find", "face recognition")
    him.presses("Search")
    him.ticks(him.main.locator("#found-1"))
    him.ticks(him.main.locator("#found-2"))
    him.presses("Keep the draft")
    him.reads("Your draft is with the case. The others can read it.")
    him.visits(case)
    him.follows("Note your hours")
    him.writes("hours", "2")
    him.presses("Keep the hours")
    assert him.page.goto("/duty").status == 404  # type: ignore[union-attr]
    mireia.visits(f"{case}/answer")
    expect(mireia.main.locator("#text")).to_have_value(FRENCH)
    mireia.presses("Send the answer")
    grace = comes(cast.new_york, cast.new_york.place.operator)
    grace.visits("/desk/offers?direction=out")
    grace.follows(title)
    grace.waits_for(FRENCH)
    grace.misses(omar.shown)

    cares_for_his_listing(him, omar)
    away_from_everywhere(cast, him, omar)


def cares_for_his_listing(him: Person, omar: Omar) -> None:
    """Two of four hours; away in August; one press confirms."""
    him.visits("/desk")
    him.follows("My listing, hours and pauses")
    him.finds(omar.shown)
    with him.way.reading():
        worked = him.way.words("%(worked)s of %(agreed)s hours", worked="2", agreed="4")
    expect(him.main).to_contain_text(re.compile(re.sub(r"[24]", r"[24٢٤](\\.0|٫٠)?", worked)))
    him.presses("It is right")
    him.reads("Thank you. The listing is right as of today.")
    him.writes("starts", date(AUGUST, 8, 1).isoformat())
    him.writes("until", date(AUGUST, 8, 31).isoformat())
    him.presses("Pause")
    with him.way.reading():
        him.finds(words.day(date(AUGUST, 8, 1), ZoneInfo("Europe/Madrid")))


def away_from_everywhere(cast: Cast, him: Person, omar: Omar) -> None:
    """He was to be found at other hubs, leaves, and is not any more."""
    there = f"{cast.amsterdam.origin}/api/v1/hubs/{cast.barcelona.authority}/experts/{omar.listing}"
    assert get_json(there)["record"]["name"] == omar.shown
    him.visits("/desk/listing")
    him.follows("Leave for ever")
    him.picks("sure")
    him.presses("Leave")
    wait_for("Amsterdam removed him", lambda: ask("GET", there).status in (404, 410), seconds=60)
