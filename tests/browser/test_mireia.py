"""Mireia runs the hub of an NGO, half a day a week; this is her Monday (DOMAIN.md 5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import get_json, post
from node.web import words
from tests.browser.conftest import FARTHEST_WEST, Comes
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


def overdue(hub: RunningHub, title: str) -> str:
    """
    Open a case that should have been answered by now; return its id.

    Nobody may set a day that has passed. But while it is still that day far in the west, it has
    passed at this hub, which lives where days begin.
    """
    case = opened(hub, title)
    west = replace(hub, settings={**hub.settings, "HUB_TIMEZONE": FARTHEST_WEST})
    day = datetime.now(ZoneInfo(FARTHEST_WEST)).date()
    west.command("case", "due", case, day.isoformat())
    return case


def closed(hub: RunningHub, title: str) -> str:
    """Open a case and close it, so that its time begins to run; return its id."""
    case = opened(hub, title)
    path = f"{hub.origin}/api/v1/cases/{case}"
    post(f"{path}/triage", {}, hub.token)
    post(f"{path}/close", {"outcome": "no-reply", "note": "Asked twice."}, hub.token)
    return case


def forty_guides(mark: str) -> bytes:
    """Return a table of guides, as spreadsheets save it; the last two are the same document."""
    rows = ["title,summary,language,kind,topics,url"]
    rows += [
        f"Guide {number} {mark},How to.,en,guide,privacy,https://guides.example/{mark}/{number}"
        for number in range(39)
    ]
    same = f"https://www.guides.example/{mark}/38/"
    rows.append(f"Guide 38 {mark} again,How to.,en,guide,privacy,{same}")
    return "\n".join(rows).encode()


def test_mireia_does_her_monday(cast: Cast, comes: Comes, way: Way) -> None:
    hub, other = cast.barcelona, cast.amsterdam
    grievance, match, outside = (
        unlike_any(title) for title in ("My parking fine", "Sensors in bins", "Faces at the port")
    )
    cases = {title: opened(hub, title) for title in (grievance, match, outside)}
    late = unlike_any("Who reads the water meters?")
    cases[late] = overdue(hub, late)
    over = closed(hub, unlike_any("A camera at the school"))
    offered = unlike_any("Doorbells with cameras")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    offer_case(other, hub, offered, due=tomorrow.isoformat())

    mireia = comes(hub, hub.place.operator, way=way)
    mireia.visits("/desk/offers?direction=in")
    mireia.waits_for(offered)
    mireia.turns_to("Desk")
    mireia.finds(offered)
    mireia.goes_to(mireia.main.locator("a[href='/desk/cases?due=overdue']").first)
    sees_what_is_late(mireia, hub, late)
    mireia.turns_to("Cases")
    mireia.follows(grievance)
    redirects(mireia)
    mireia.visits(f"/desk/cases/{cases[match]}")
    mireia.follows("Who could help?")
    assert mireia.main.locator("article li").count() > 0  # with reasons
    mireia.visits(f"/desk/cases/{cases[match]}")
    mireia.presses("I work on it")
    escalates(mireia, f"/desk/cases/{cases[outside]}", other)
    keeps_the_catalogue(mireia, hub, other)
    runs_the_hub(mireia, over)


def sees_what_is_late(mireia: Person, hub: RunningHub, late: str) -> None:
    """The queue of what is overdue has nothing else, and says since when, in words."""
    row = mireia.main.locator(".case-row").filter(has_text=late)
    day = datetime.now(ZoneInfo(FARTHEST_WEST)).date()
    with mireia.way.reading():
        said = mireia.way.words("Was due %(day)s", day=words.day(day, ZoneInfo("UTC")))
    expect(row.locator(".overdue")).to_have_text(said)
    for each in mireia.main.locator(".case-row").all():
        expect(each.locator(".overdue")).to_have_count(1)
    mireia.follows(late)
    mireia.finds(late)


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


def merges(mireia: Person, hub: RunningHub, mark: str) -> None:
    """Two records of one document: compared side by side, merged, and found as one."""
    mireia.follows("Duplicates")
    group = mireia.main.locator("article").filter(has_text=f"Guide 38 {mark}")
    mireia.goes_to(group.locator("a[href*='/duplicates/pair']"))
    mireia.reads("Where they differ")
    mireia.finds(f"https://www.guides.example/{mark}/38/")
    mireia.ticks(mireia.main.locator("input[name=kept]").nth(1))
    kept = mireia.main.locator("input[name=kept]:checked").get_attribute("value")
    mireia.presses("The same: merge them")
    mireia.reads("Merged: one record, and the address of the other leads to it.")
    expect(group).to_have_count(0)
    found = get_json(f"{hub.origin}/api/v1/resources?hub={hub.authority}&q={mark}&limit=50")
    ours = [each for each in found["items"] if "38" in str(each["record"]["title"])]
    assert [each["id"] for each in ours] == [kept]


def keeps_the_catalogue(mireia: Person, hub: RunningHub, other: RunningHub) -> None:
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
    merges(mireia, hub, mark)
    there = f"{other.origin}/api/v1/resources?hub={other.authority}&limit=1"
    record = get_json(there)["items"][0]["id"]
    mireia.visits(f"/desk/propose?address={record}")
    mireia.selects("name", "publisher")
    mireia.writes("value", unlike_any("The real publisher"))
    mireia.writes("reason", "It says so on the first page.")
    mireia.presses("Propose it")
    mireia.finds("It says so on the first page.")


def runs_the_hub(mireia: Person, over: str) -> None:
    """Peers and what is on its way; what goes when; the register, on paper; the audit."""
    mireia.turns_to("Duty room")
    mireia.follows("Other hubs")
    expect(mireia.main.locator("table")).to_contain_text("Rights Hub Amsterdam")
    mireia.follows("On its way")
    mireia.follows("What the law asks")
    # The dry run of what is erased by itself: a year ahead, with what was closed just now.
    row = mireia.main.locator("tr").filter(has_text=over).first
    expect(row.locator(f"a[href='/duty/holds/place?case={over}']")).to_be_visible()
    mireia.follows("Register")
    with mireia.on_paper():
        expect(mireia.page.locator("header nav")).to_be_hidden()
        expect(mireia.main.locator("#controller")).to_be_visible()
        expect(mireia.main.locator(".not-printed:visible")).to_have_count(0)
    assert mireia.page.pdf().startswith(b"%PDF-")
    mireia.follows("People and audit")
    mireia.follows("Audit")
    mireia.presses("Check every row now")
    mireia.reads("Whole")
    mireia.follows("This hub")
    mireia.follows("Keys and backups")
