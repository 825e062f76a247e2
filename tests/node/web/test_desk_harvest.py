"""Harvest sources on the pages of the desk."""

import html
import re
from collections.abc import AsyncIterator

import pytest

from federation.harvesting.running import run_due
from federation.transport import GuardedTransport
from tests.harvest_source import FileServer
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub

ITEM = (
    "<item><title>{title}</title><guid>{guid}</guid><link>https://ngo.example/{guid}</link></item>"
)


def feed(**titles: str) -> bytes:
    items = "".join(ITEM.format(title=title, guid=guid) for guid, title in titles.items())
    return f"<rss version='2.0'><channel><title>C</title>{items}</channel></rss>".encode()


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


def ulids(page: str) -> dict[str, str]:
    """Return the id of each record that can be ticked, by its title."""
    found = re.findall(r'name="ulids" value="(\w+)"[^>]*><label[^>]*>(?:<span[^>]*>)?([^<]*)', page)
    return {title: ulid for ulid, title in found}


@pytest.fixture
async def server(served: ServedHub) -> AsyncIterator[FileServer]:
    """A server with a feed, which the hub may reach."""
    async with FileServer(body=feed(a="One", b="Two")) as server:
        await served.node.transport.close()
        transport = GuardedTransport(frozenset({server.authority}), "RightsHub/test")
        served.node.transport = transport
        yield server
        await transport.close()


@pytest.fixture
async def operator(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


async def add(operator: Browser, server: FileServer, **fields: str) -> str:
    given = {"kind": "feed", "url": f"{server.origin}/f", "name": "NGO", "every_days": "7"}
    answer = await operator.post("/desk/harvest/new", {**given, **fields})
    assert answer.status == 303, re.findall(r'class="mistake".*', answer.body.decode())
    return answer.headers["Location"]


async def test_a_hub_without_sources_says_what_they_are_for_and_who_adds_them(
    served: ServedHub, operator: Browser
) -> None:
    caseworker = await signed_in(served, "caseworker")

    assert 'href="/desk/harvest/new"' in await seen(operator, "/desk/harvest")
    page = await seen(caseworker, "/desk/harvest")
    assert "/desk/harvest/new" not in page
    assert "People with the role operator add sources" in page


async def test_a_source_is_added_only_with_kind_and_a_whole_address(operator: Browser) -> None:
    empty = await operator.post("/desk/harvest/new")
    wrong = await operator.post("/desk/harvest/new", kind="feed", url="javascript:alert(1)")
    never = await operator.post(
        "/desk/harvest/new", kind="feed", url="https://a.example/f", every_days="0"
    )

    assert [empty.status, wrong.status, never.status] == [422, 422, 422]
    assert b"Choose what is there." in empty.body
    assert b"Write 1 or more." in never.body
    assert "No source yet" in await seen(operator, "/desk/harvest")


async def test_a_source_shows_in_words_what_its_run_did(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server)
    assert "within a minute" in await seen(operator, path)
    await run_due(served.node, "system")

    page = await seen(operator, path)

    assert "It went well." in page
    assert "2 added" in page
    assert "Every 7 days" in page
    assert "2 added" in await seen(operator, "/desk/harvest")
    assert "One" in await seen(operator, "/resources?q=one")


async def test_a_run_that_fails_says_why(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server)
    server.body = b"<html>Not a feed</html>"
    await run_due(served.node, "system")

    page = await seen(operator, path)

    assert "It failed, and nothing of it was kept." in page
    assert 'class="caution" lang="en"' in page
    assert "Failed once" in await seen(operator, "/desk/harvest")


async def test_a_source_is_asked_now_paused_and_let_go_on(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server)
    await run_due(served.node, "system")
    caseworker = await signed_in(served, "caseworker")

    asked = await caseworker.post(f"{path}/run")
    due = await run_due(served.node, "system")
    refused = await caseworker.post(f"{path}/pause")
    paused = await operator.post(f"{path}/pause")
    page = await seen(caseworker, path)
    resumed = await operator.post(f"{path}/resume")

    assert (asked.status, len(due)) == (303, 1)
    assert (refused.status, paused.status, resumed.status) == (404, 303, 303)
    assert "Paused" in page
    assert "Ask it now" not in page
    assert "within a minute" in await seen(caseworker, path)


async def test_a_source_is_changed_and_its_records_follow(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server)
    await run_due(served.node, "system")
    assert 'value="NGO"' in await seen(operator, f"{path}/change")
    fields = {"name": "Our NGO", "resource_kind": "guide", "language": "ca", "every_days": "2"}

    wrong = await operator.post(f"{path}/change", {**fields, "every_days": "900"})
    changed = await operator.post(f"{path}/change", fields, topics="privacy")
    await run_due(served.node, "system")

    assert (wrong.status, changed.status) == (422, 303)
    page = await seen(operator, path)
    assert "Our NGO" in page
    assert "Every 2 days" in page
    assert "2 changed" in page
    found = (await served.get("/api/v1/resources?q=one")).json["items"][0]
    assert (found["kind"], found["topics"]) == ("guide", ["privacy"])


async def test_a_source_does_not_get_the_name_of_another_one(
    operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server)
    await add(operator, server, name="Second", url=f"{server.origin}/g")

    refused = await operator.post(f"{path}/change", name="Second", every_days="1")

    assert refused.status == 422
    assert "There is a source" in html.unescape(refused.body.decode())


async def test_what_waits_is_approved_or_left_out_by_name(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server, review="yes")
    await run_due(served.node, "system")
    desk = await signed_in(served, "caseworker")
    assert "2 records wait for approval" in await seen(desk, path)
    assert "2 wait for approval" in await seen(desk, "/desk/harvest")
    waiting = ulids(await seen(desk, f"{path}/waiting"))

    none = await desk.post(f"{path}/waiting", do="approve")
    one = await desk.post(f"{path}/waiting", do="approve", ulids=waiting["One"])
    other = await desk.post(f"{path}/waiting", do="dismiss", ulids=waiting["Two"])
    again = await desk.post(f"{path}/waiting", do="approve", ulids=waiting["Two"])

    assert [none.status, one.status, other.status, again.status] == [422, 303, 303, 422]
    assert "Nothing waits" in await seen(desk, f"{path}/waiting")
    assert (await served.get("/api/v1/resources?q=one")).json["total"] == 1
    assert (await served.get("/api/v1/resources?q=two")).json["total"] == 0


async def test_a_change_that_waits_is_seen_side_by_side(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server, review="yes")
    await run_due(served.node, "system")
    waiting = ulids(await seen(operator, f"{path}/waiting"))
    await operator.post(f"{path}/waiting", do="approve", ulids=waiting["One"])
    server.body = feed(a="One, revised", b="Two")
    await operator.post(f"{path}/run")
    await run_due(served.node, "system")

    page = await seen(operator, f"{path}/waiting")

    assert "Changed at the source" in page
    sides = re.findall(r'<div class="versus">.*?</div></div>', page, re.DOTALL)
    assert any("One</p>" in side and "One, revised</p>" in side for side in sides)


async def test_a_source_is_removed_only_when_one_is_sure_and_says_what_stays(
    served: ServedHub, operator: Browser, server: FileServer
) -> None:
    path = await add(operator, server)
    await run_due(served.node, "system")

    unsure = await operator.post(f"{path}/remove", records="take-back")
    unsaid = await operator.post(f"{path}/remove", sure="yes")
    removed = await operator.post(f"{path}/remove", records="take-back", sure="yes")

    assert [unsure.status, unsaid.status, removed.status] == [422, 422, 303]
    assert "2 records were taken back" in await seen(operator, "/desk/harvest")
    assert (await served.get("/api/v1/resources?q=one")).json["total"] == 0
