"""Which language a page has, how a reader chooses it, and that nothing of it is forgotten."""

import asyncio
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.web.languages import LANGUAGES, language_for, preferred
from node.web.speaking import gettext, speaking, spoken
from tests.node.conftest import Answered, ServedHub
from tests.node.web.conftest import publish
from tests.node.web.reading import BROWSER, Page, read


async def seen(hub: ServedHub, path: str, **fields: str) -> tuple[Answered, Page]:
    """Ask for a page; a field such as accept_language="fr" goes along."""
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    answer = await hub.get(path, Accept=BROWSER, **given)
    return answer, read(answer.body)


@pytest.mark.parametrize(
    ("chosen", "accept", "hub", "expected"),
    [
        ((None, None), "", "en", "en"),
        ((None, None), "", "es", "es"),
        ((None, None), "", "nl", "en"),
        ((None, None), "", "fi", "en"),
        ((None, None), "fr-CA,fr;q=0.8,en;q=0.5", "es", "fr"),
        ((None, None), "en;q=0.5, ar", "es", "ar"),
        ((None, None), "fi, nl;q=0.9", "es", "nl"),
        ((None, None), "fr;q=0, *", "es", "es"),
        ((None, "ar"), "fr", "es", "ar"),
        (("pt-BR", "ar"), "fr", "es", "pt"),
        (("xx", "../../etc"), "fr", "es", "fr"),
    ],
)
def test_the_choice_comes_first_then_the_browser_then_the_hub(
    chosen: tuple[str | None, ...], accept: str, hub: str, expected: str
) -> None:
    assert language_for(chosen, accept, hub).tag == expected


@given(st.text())
def test_any_field_gives_a_language(accept: str) -> None:
    assert language_for((accept, accept), accept, accept).tag in LANGUAGES


@given(st.lists(st.sampled_from(["en", "fr", "ar", "zh-Hant"]), unique=True, min_size=1))
def test_of_equal_weight_the_first_is_preferred(tags: list[str]) -> None:
    assert preferred(", ".join(tags)) == tags
    weights = [f"{tag};q=0.{9 - number}" for number, tag in enumerate(tags)]
    assert preferred(",".join(reversed(weights))) == tags


async def test_without_a_choice_nothing_is_kept_in_the_browser(served: ServedHub) -> None:
    for language in ("", "fr", "ar"):
        answer, _ = await seen(served, "/", accept_language=language)
        assert "Set-Cookie" not in answer.headers


async def test_who_chooses_a_language_is_remembered(served: ServedHub) -> None:
    answer, _ = await seen(served, "/?lang=ar", accept_language="fr")

    kept = answer.headers.getall("Set-Cookie")
    assert len(kept) == 1
    assert kept[0].startswith("language=ar;")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert part in kept[0]
    assert "Domain" not in kept[0]
    _, page = await seen(served, "/experts", Cookie="language=ar", accept_language="fr")
    assert page.all("html") == [{"lang": "ar", "dir": "rtl"}]


async def test_what_is_no_language_is_not_kept(served: ServedHub) -> None:
    for wrong in ("xx", "", "%3Cscript%3E", "fr%0d%0aX:y"):
        answer, page = await seen(served, f"/?lang={wrong}")
        assert "Set-Cookie" not in answer.headers
        assert page.all("html") == [{"lang": "en", "dir": "ltr"}]


async def test_caches_learn_on_what_a_page_depends(served: ServedHub) -> None:
    for path in ("/", "/resources", "/nothing-here", "/resources/01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        answer, _ = await seen(served, path, accept_language="es")
        depends = {name.strip() for name in answer.headers["Vary"].split(",")}
        assert {"Accept-Language", "Cookie"} <= depends, path
        assert answer.headers["Content-Language"] == "es"
    answer, _ = await seen(served, f"/resources/{await publish(served)}")
    assert "Accept" in answer.headers["Vary"].split(", ")


async def test_programs_get_one_answer_whatever_language_they_ask_for(served: ServedHub) -> None:
    for path in ("/feed.atom", "/feed.json", "/api/v1/resources", "/api/v1/nothing"):
        plain = await served.get(path)
        other = await served.get(f"{path}?lang=ar" if path.startswith("/feed") else path)
        french = await served.get(path, **{"Accept-Language": "fr"})
        assert plain.body == other.body == french.body
        assert "Set-Cookie" not in other.headers
        assert plain.headers.get("ETag") == french.headers.get("ETag")


async def test_every_page_can_be_read_in_every_language(served: ServedHub) -> None:
    _, page = await seen(served, "/resources?q=privacy&topic=procurement&lang=fr")
    links = {a["hreflang"]: a for a in page.all("a") if a.get("href", "").startswith("?")}

    assert list(links) == list(LANGUAGES)
    for tag, link in links.items():
        assert set(urlsplit(link["href"]).query.split("&")) == {
            "q=privacy",
            "topic=procurement",
            f"lang={tag}",
        }
        assert (link["lang"], link["dir"]) == (tag, LANGUAGES[tag].direction)
        assert (link.get("aria-current") == "true") == (tag == "fr")
    for each in LANGUAGES.values():
        _, read_in = await seen(served, f"/resources{links[each.tag]['href']}")
        assert read_in.all("html") == [{"lang": each.tag, "dir": each.direction}]
        notice = [p for p in read_in.all("p") if "draft" in p.get("class", "").split()]
        assert bool(notice) == each.draft


async def test_readers_at_the_same_moment_get_each_their_own_language(served: ServedHub) -> None:
    tags = [*LANGUAGES] * 4

    answers = await asyncio.gather(
        *(seen(served, "/resources?topic=privacy-data", accept_language=tag) for tag in tags)
    )

    assert [answer.headers["Content-Language"] for answer, _ in answers] == tags
    assert [page.all("html")[0]["lang"] for _, page in answers] == tags


async def test_the_language_reaches_the_threads_of_the_database(served: ServedHub) -> None:
    database = served.node.database

    with speaking(LANGUAGES["ar"]):
        for read_by in (database.read, database.read_public, database.write):
            assert (await read_by(lambda _: spoken().tag)) == "ar"
    assert await database.read(lambda _: spoken().tag) == "en"


def test_nothing_to_translate_stays_nothing() -> None:
    with speaking(LANGUAGES["ar"]):
        assert gettext("") == ""
        assert gettext("Hubs") == "المراكز"
        assert gettext("A text that no catalogue has.") == "A text that no catalogue has."
