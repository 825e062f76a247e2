"""Lena, of the secretariat of the network, looks where help is missing (DOMAIN.md 5)."""

import csv
import json

import pytest
from playwright.sync_api import expect

from node.demo.cast import Cast
from node.demo.outside import ask
from node.web import words
from tests.browser.conftest import Comes
from tests.browser.telling import QUARTER
from tests.browser.ways import Way

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]


def test_lena_sees_where_help_is_missing(cast: Cast, comes: Comes, told: None, way: Way) -> None:
    lena = comes(cast.coalition, way=way)
    with way.reading():
        topic, spanish = words.concept("education-data"), words.language_name("es")

    lena.visits("/")
    lena.turns_to("Network")
    for hub in cast.hubs[:3]:
        lena.finds(hub.place.name)
    lena.reads("Up to date")
    lena.follows("Map")
    expect(lena.main.locator(".map circle")).to_have_count(len(cast.hubs) - 1)  # itself aside
    expect(lena.main.locator("tbody tr")).to_have_count(len(cast.hubs) - 1)
    lena.reads("whole, and proven")

    lena.follows("Gaps")
    gap = lena.main.get_by_role("row").filter(has=lena.page.get_by_role("link", name=topic))
    expect(gap).to_contain_text(way.words("rising"))
    expect(gap).to_contain_text("30")  # three hubs with ten or more; nobody tells how many
    lena.opens("How this is counted")

    lena.follows("Coverage")
    expect(lena.main.locator(".matrix")).to_contain_text(spanish)
    lena.selects("region", "europe-southern")
    lena.presses("Show")
    assert lena.main.locator(".matrix td.heat-0").count() > 10
    rows = list(csv.reader(lena.saves("Download as CSV").decode("utf-8-sig").splitlines()))
    assert len(rows) > 10

    lena.follows("Hub by hub")
    lena.selects("topic", "education-data")
    lena.presses("Show")
    expect(lena.main.get_by_role("status")).to_be_visible()
    lena.follows("Flow of cases")
    lena.finds(QUARTER)
    expect(lena.main.get_by_role("table").first).to_contain_text("30")
    lena.follows("Trends")
    expect(lena.main.locator(".chart svg")).to_have_count(2)
    lena.opens("The same as a table")
    expect(lena.main.locator("details table")).to_be_visible()
    lena.follows("Frameworks")
    lena.reads("How far hubs are with the policy framework")

    lena.visits("/feed")
    lena.finds(cast.amsterdam.place.name)
    for path in ("/feed.atom", "/feed.json"):
        expect(lena.page.locator(f"a[href='{path}']").first).to_be_attached()
        assert ask("GET", f"{cast.coalition.origin}{path}", accept="*/*").status == 200
    dcat = ask("GET", f"{cast.coalition.origin}/catalogue.jsonld", accept="*/*")
    assert "dcat" in json.dumps(dcat.json)
