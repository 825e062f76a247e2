"""What holds for every page: one heading, nothing from elsewhere, light, and no dead links."""

import gzip
from urllib.parse import urlsplit

import pytest

from node.web.routes import web_routes
from tests.node.conftest import ServedHub
from tests.node.web.conftest import list_expert, publish
from tests.node.web.reading import Page, ask, assert_nothing_live, read, visit

SCRIPTS = ("/static/suggest.js", "/static/print.js")
PAGES = (
    "/",
    "/resources",
    "/resources?q=privacy",
    "/resources?topic=procurement&language=en",
    "/experts",
    "/framework",
    "/hubs",
    "/feed",
    "/api",
    "/ask",
    "/ask/elsewhere",
    "/ask/request",
    "/ask/status",
    "/privacy",
    "/accessibility",
)
HEAVIEST, LONGEST, PACKED = 60_000, 90_000, 30_000
"""Bytes of a first visit, page, style sheet, script and mark: plain, and as a proxy packs them."""


def assert_well_made(page: Page) -> None:
    """Fail unless the page is what every page is."""
    assert len(page.all("h1")) == 1
    assert page.title.strip()
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert "main" in [main.get("id") for main in page.all("main")]
    assert page.links[0] == "#main"
    assert_nothing_live(page)
    for script in page.all("script"):
        assert script["src"].partition("?v=")[0] in SCRIPTS, script
        assert script["type"] == "module", "it waits for the page, and old browsers skip it"
    for image in page.all("img"):
        assert "alt" in image
        assert image["src"].startswith("/static/")
    for link in page.all("link"):
        if link["rel"] in ("stylesheet", "icon"):
            assert link["href"].startswith("/static/")
    feeds = {link.get("type") for link in page.all("link") if link["rel"] == "alternate"}
    assert {"application/atom+xml", "application/feed+json"} <= feeds
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for name, attributes in page.tags:
        for reference in ("aria-labelledby", "aria-describedby", "for"):
            if reference in attributes:
                assert set(attributes[reference].split()) <= set(ids), (name, attributes)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_well_made(filled: ServedHub, path: str) -> None:
    assert_well_made(await visit(filled, path))


async def test_pages_of_an_empty_hub_are_well_made_too(served: ServedHub) -> None:
    for path in PAGES:
        assert_well_made(await visit(served, path))


async def test_pages_of_records_are_well_made(served: ServedHub) -> None:
    resource, expert = await publish(served), await list_expert(served)

    for path in (f"/resources/{resource}", f"/experts/{expert}"):
        assert_well_made(await visit(served, path))


async def test_every_page_has_a_title_of_its_own(filled: ServedHub) -> None:
    titles = [(await visit(filled, path)).title for path in PAGES]

    assert len(set(titles)) == len(PAGES)


@pytest.mark.parametrize("path", [*PAGES, "/resources?limit=100"])
async def test_a_first_visit_is_light(filled: ServedHub, path: str) -> None:
    page = await visit(filled, path)
    scripts = [script["src"] for script in page.all("script")]
    assets = {*(image["src"] for image in page.all("img")), style_of(page), *scripts}
    bodies = [(await ask(filled, each)).body for each in (path, *assets)]
    plain, packed = (sum(map(len, each)) for each in (bodies, map(gzip.compress, bodies)))

    most = LONGEST if path in ("/ask/request", "/api") else HEAVIEST
    assert plain < (2 * HEAVIEST if "limit" in path else most), plain
    assert packed < PACKED, packed


async def test_style_sheets_come_packed_where_a_browser_can_unpack_them(served: ServedHub) -> None:
    address = style_of(await visit(served, "/"))

    async with served.client.get(address, headers={"Accept-Encoding": "gzip, br"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < 10_000
        unpacked = await packed.read()
    async with served.client.get(address, headers={"Accept-Encoding": "br, gzip;q=0"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert plain.headers["Vary"] == "Accept-Encoding"
        assert await plain.read() == unpacked


async def test_no_link_is_dead(filled: ServedHub) -> None:
    """Follow every link inside the hub, two clicks from the first page, each pattern once."""
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop()
        answer = await ask(filled, path)
        assert answer.status == 200, path
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        for link in read(answer.body).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            keys = tuple(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))
            pattern = (parts.path.rstrip("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), keys)
            if pattern not in seen:
                seen.add(pattern)
                waiting.append(link)
    assert len(seen) > 15


async def test_the_style_sheet_is_cached_by_its_content(served: ServedHub) -> None:
    page = await visit(served, "/")
    address = style_of(page)

    versioned = await served.get(address)
    assert "immutable" in versioned.headers["Cache-Control"]
    plain = await served.get(address.partition("?")[0])
    assert plain.headers["Cache-Control"] == "no-cache"
    assert b"url(" not in versioned.body
    assert b"@import" not in versioned.body
    assert (await served.get("/static/nothing.css")).status == 404


async def test_all_addresses_of_pages_answer_to_head_too(served: ServedHub) -> None:
    for route in web_routes():
        assert route.path  # type: ignore[attr-defined]
    for path in ("/", "/resources", "/hubs"):
        answer = await served.call("HEAD", path)
        assert (answer.status, answer.body) == (200, b"")


def style_of(page: Page) -> str:
    """Return the address of the style sheet."""
    (found,) = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    return found
