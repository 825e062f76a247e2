"""Searching resources as a person does."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.node.conftest import ServedHub
from tests.node.web.conftest import publish
from tests.node.web.reading import Page, visit


def titles(page: Page) -> list[str]:
    """Return the addresses of the records on a page, in order."""
    return [link for link in page.links if link.startswith("/resources/")]


def link_with(page: Page, **wanted: str) -> str:
    """Return the first link whose query has exactly these parameters."""
    for link in page.links:
        query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        if query == wanted:
            return link
    raise AssertionError(f"no link with {wanted}")


async def test_all_resources_are_counted_in_words(filled: ServedHub) -> None:
    page = await visit(filled, "/resources")

    assert "1 to 20 of 262 resources" in page.words
    assert len(titles(page)) == 20


async def test_pages_lead_through_everything_once_and_back(filled: ServedHub) -> None:
    page = await visit(filled, "/resources?q=privacy&limit=10")
    found = titles(page)
    while following := [link for link in page.all("a") if link.get("rel") == "next"]:
        page = await visit(filled, following[0]["href"])
        found += titles(page)
        assert f"{len(found) - len(titles(page)) + 1} to {len(found)} of" in page.words

    assert len(found) == len(set(found))
    assert f"of {len(found)} resources" in page.words
    assert "/resources?q=privacy&limit=10" in page.links


async def test_a_facet_narrows_and_can_be_taken_back(filled: ServedHub) -> None:
    start = await visit(filled, "/resources?q=data")

    narrowed = await visit(filled, link_with(start, q="data", kind="law"))

    assert "Kind: Law" in narrowed.words
    assert link_with(narrowed, q="data") == "/resources?q=data"
    assert len(titles(narrowed)) < 20


async def test_a_topic_leads_to_narrower_ones_and_back_to_wider_ones(filled: ServedHub) -> None:
    wide = await visit(filled, "/resources?topic=urban-surveillance")
    assert link_with(wide, topic="facial-recognition")

    narrow = await visit(filled, "/resources?topic=facial-recognition")

    assert link_with(narrow, topic="urban-surveillance")
    assert "Surveillance in public space" in narrow.words


async def test_the_count_of_a_facet_is_what_it_finds(filled: ServedHub) -> None:
    start = await visit(filled, "/resources")

    page = await visit(filled, link_with(start, kind="law"))

    assert "Law 22" in start.words
    assert "22 resources" in page.words


async def test_languages_stand_under_their_own_names(filled: ServedHub) -> None:
    page = await visit(filled, "/resources")

    assert "Français" in page.words
    french = next(tag for tag in page.all("span") if tag.get("lang") == "fr")
    assert french["dir"] == "ltr"


async def test_a_record_in_another_language_says_so(served: ServedHub) -> None:
    await publish(served, title={"ar": "دليل الخصوصية"}, language="ar")

    page = await visit(served, "/resources")

    (link,) = [tag for tag in page.all("a") if tag["href"].startswith("/resources/")]
    assert (link["lang"], link["dir"]) == ("ar", "rtl")


async def test_it_says_why_a_record_was_found(served: ServedHub) -> None:
    await publish(served)

    page = await visit(served, "/resources?q=clauses")

    assert "Found because:" in page.words
    assert "“clauses” is in the summary" in page.words
    assert "1 resource for “clauses”" in page.words
    assert "Shared by this hub, Amsterdam" in page.words
    for fact in ("Template", "Nederlands", "Gemeente Amsterdam", "Amsterdam, Netherlands", "2021"):
        assert fact in page.words


async def test_an_empty_result_helps(filled: ServedHub) -> None:
    page = await visit(filled, "/resources?q=xyzzyplugh&kind=law")

    assert "No resource was found" in page.words
    assert "Check the spelling" in page.words
    assert "/resources?q=xyzzyplugh" in page.links
    assert "/resources?kind=law" in page.links
    assert "/ask" in page.links


async def test_the_form_keeps_filters_and_words(filled: ServedHub) -> None:
    page = await visit(filled, "/resources?q=data&kind=law&sort=title")

    fields = {field["name"]: field["value"] for field in page.all("input")}
    assert fields == {"q": "data", "kind": "law", "sort": "title"}


async def test_empty_and_unknown_parameters_do_no_harm(filled: ServedHub) -> None:
    page = await visit(filled, "/resources?q=&topic=&utm_source=mail")

    assert "1 to 20 of 262 resources" in page.words


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=many",
        "limit=-1",
        "cursor=forged",
        "cursor=" + "A" * 2000,
        "from=0",
        "from=x",
        "from=99999999999999999999",
        "sort=worst",
        "topic=nothing",
        "topic=a&topic=b",
        "kind=nothing",
        "language=nothing!",
        "q=" + "a" * 257,
        "q=%00",
        "hub=" + "a" * 301,
    ],
)
async def test_bad_parameters_give_a_page_that_says_so(served: ServedHub, query: str) -> None:
    page = await visit(served, f"/resources?{query}", status=400)

    assert "We cannot use that address" in page.words
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize(
    "words", ['"', "AND OR NOT", "title:x", "a*", "';--", "NEAR(a b)", "^a", "%"]
)
async def test_nothing_typed_is_syntax(filled: ServedHub, words: str) -> None:
    from urllib.parse import quote

    await visit(filled, f"/resources?q={quote(words)}")
