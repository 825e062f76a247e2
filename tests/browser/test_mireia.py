"""Mireia runs the hub of an NGO, half a day a week; this is her Monday (DOMAIN.md 5)."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import get_json, post
from tests.browser.conftest import Comes
from tests.browser.contents import a_case, offer_case
from tests.browser.person import Person
from tests.browser.ways import Way, unlike_any

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]


def opened(hub: RunningHub, title: str, **more: object) -> str:
    """Open a case over the API; return its id."""
    made = post(f"{hub.origin}/api/v1/cases", a_case(title, country="ES", **more), hub.token)
    return str(made["id"])


def forty_guides(mark: str) -> bytes:
    """Return a table of guides, as spreadsheets save it; the last two are the same document."""
    rows = ["title,summary,language,kind,topics,url"]
    rows += [
        f"Guide {number} {mark},How to.,en,guide,privacy,https://guides.example/{mark}/{number}"
        for number in range(39)
    ]
    rows.append(f"Guide 38 {mark},How to.,en,guide,privacy,https://guides.example/{mark}/38?again")
    return "\n".join(rows).encode()


def test_mireia_does_her_monday(cast: Cast, comes: Comes, way: Way) -> None:
    hub, other = cast.barcelona, cast.amsterdam
    grievance, match, outside = (
        unlike_any(title) for title in ("My parking fine", "Sensors in bins", "Faces at the port")
    )
    cases = {title: opened(hub, title) for title in (grievance, match, outside)}
    offered = unlike_any("Doorbells with cameras")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    offer_case(other, hub, offered, due=tomorrow.isoformat())

    mireia = comes(hub, hub.place.operator, way=way)
    mireia.visits("/desk/offers?direction=in")
    mireia.waits_for(offered)
    mireia.turns_to("Desk")
    mireia.finds(offered)
    mireia.turns_to("Cases")
    mireia.follows(grievance)
    redirects(mireia)
    mireia.visits(f"/desk/cases/{cases[match]}")
    mireia.follows("Who could help?")
    assert mireia.main.locator("article li").count() > 0  # with reasons
    mireia.visits(f"/desk/cases/{cases[match]}")
    mireia.presses("I work on it")
    escalates(mireia, f"/desk/cases/{cases[outside]}", other)
    keeps_the_catalogue(mireia, other)
    runs_the_hub(mireia)


def redirects(mireia: Person) -> None:
    """A personal matter goes to those who help with these, and is erased here."""
    case = mireia.path
    mireia.follows("Redirect a personal matter")
    mireia.ticks(mireia.main.locator("input[name=bodies]").first)
    mireia.picks("sure")
    mireia.presses("Erase it and redirect")
    gone = mireia.page.goto(case)
    assert gone is not None
    assert gone.status == 410


def escalates(mireia: Person, case: str, other: RunningHub) -> None:
    """She edits what leaves, and reads exactly what would, before it does."""
    mireia.visits(f"{case}/offer")
    mireia.picks("to", other.authority)
    mireia.writes("question", "Which law lets a port compare faces?")
    mireia.presses("Look at what would leave")
    sides = mireia.main.locator("tr.edited, .edited").first
    expect(sides).to_contain_text("Which law lets a port compare faces?")
    mireia.opens("The very bytes")
    expect(mireia.main.locator("pre.bytes").first).to_contain_text("Which law lets a port")
    mireia.presses("Seal and send exactly this")


def keeps_the_catalogue(mireia: Person, other: RunningHub) -> None:
    """Forty guides come in, two are one, and another hub is told of a mistake."""
    mark = unlike_any("x")[3:-1]
    mireia.turns_to("Catalogue")
    mireia.visits("/desk/catalogue/import")
    mireia.picks("shape", "csv")
    mireia.attaches(
        "attachment",
        {"name": "guides.csv", "mimeType": "text/csv", "buffer": forty_guides(mark)},
    )
    mireia.presses("Import")
    mireia.reads("Done")
    mireia.visits("/desk/catalogue/duplicates")
    there = f"{other.origin}/api/v1/resources?hub={other.authority}&limit=1"
    record = get_json(there)["items"][0]["id"]
    mireia.visits(f"/desk/propose?address={record}")
    mireia.selects("name", "publisher")
    mireia.writes("value", unlike_any("The real publisher"))
    mireia.writes("reason", "It says so on the first page.")
    mireia.presses("Propose it")
    mireia.finds("It says so on the first page.")


def runs_the_hub(mireia: Person) -> None:
    """Peers and what is on its way; what goes when; the register, on paper; the audit."""
    mireia.turns_to("Duty room")
    mireia.follows("Other hubs")
    expect(mireia.main.locator("table")).to_contain_text("Rights Hub Amsterdam")
    mireia.follows("On its way")
    mireia.follows("What the law asks")
    mireia.follows("Register")
    with mireia.on_paper():
        expect(mireia.page.locator("header nav")).to_be_hidden()
        expect(mireia.main.locator("#controller")).to_be_visible()
    mireia.follows("People and audit")
    mireia.follows("Audit")
    mireia.presses("Check every row now")
    mireia.reads("Whole")
    mireia.follows("This hub")
    mireia.follows("Keys and backups")
