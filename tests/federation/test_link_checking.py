"""Links are looked at politely, and what was seen is kept, told and followed up."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from content.changes import Act
from content.resources.link_checks import LinkCheck, LinkStore
from content.resources.resource import LinkStatus
from content.resources.store import ResourceStore
from federation.link_checking import Round, check_due, look_at
from federation.publishing import add_resource, retract_resource, update_resource
from tests.federation.harvesting.conftest import Harvester, harvester
from tests.harvest_source import LoopbackServer
from tests.hubs.running import a_record

__all__ = ["harvester"]


@dataclass
class Documents(LoopbackServer):
    """A server of documents. answers: by method and path, or by path; else 404."""

    answers: dict[str, Callable[[], web.Response]] = field(default_factory=dict)
    methods: list[str] = field(default_factory=list)

    def answer(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            given = self.answers.get(request.path)
            return web.Response(status=404) if given is None else given()
        self.methods.append(f"{request.method} {request.path}")
        given = self.answers.get(f"{request.method} {request.path}") or self.answers.get(
            request.path
        )
        return web.Response(status=404) if given is None else given()


def says(status: int, **headers: str) -> Callable[[], web.Response]:
    return lambda: web.Response(status=status, headers=headers)


@pytest.fixture
async def documents() -> AsyncIterator[Documents]:
    async with Documents() as server:
        yield server


async def publish(hub: Harvester, url: str, title: str = "Guide") -> str:
    act = hub.act()
    made = await hub.node.database.write(
        lambda db: add_resource(db, hub.node.hub, a_record(title, url=url), act)
    )
    return made.id


async def check_of(hub: Harvester, url: str) -> LinkCheck | None:
    return await hub.node.database.read(lambda db: LinkStore(db).find(url))


async def status_of(hub: Harvester, resource_id: str) -> LinkStatus:
    found = await hub.node.database.read(lambda db: ResourceStore(db).get(resource_id))
    return found.link_status


@pytest.mark.parametrize(
    ("answers", "status", "asked"),
    [
        ({"/a": says(200)}, "ok", ["HEAD /a"]),
        ({"HEAD /a": says(405), "GET /a": says(200)}, "ok", ["HEAD /a", "GET /a"]),
        ({"HEAD /a": says(500), "GET /a": says(206)}, "ok", ["HEAD /a", "GET /a"]),
        ({}, "gone", ["HEAD /a", "GET /a"]),
        ({"/a": says(410)}, "gone", ["HEAD /a", "GET /a"]),
        ({"/a": says(500)}, "unreachable", ["HEAD /a", "GET /a"]),
        ({"/a": says(403)}, "refused", ["HEAD /a", "GET /a"]),
        ({"/a": says(301, Location="/a/")} | {"/a/": says(200)}, "ok", ["HEAD /a", "HEAD /a/"]),
        ({"/a": says(302, Location="/b")} | {"/b": says(200)}, "ok", ["HEAD /a", "HEAD /b"]),
        ({"/a": says(301, Location="/b")} | {"/b": says(200)}, "moved", ["HEAD /a", "HEAD /b"]),
        ({"/a": says(301, Location="/b")}, "gone", ["HEAD /a", "HEAD /b", "GET /b"]),
    ],
)
async def test_what_a_server_says_is_what_is_noted(
    harvester: Harvester,
    documents: Documents,
    answers: dict[str, Any],
    status: str,
    asked: list[str],
) -> None:
    documents.answers = answers

    seen = await look_at(harvester.node, f"{documents.origin}/a")

    assert (seen.status, documents.methods) == (status, asked)


async def test_a_server_that_leads_in_circles_or_is_not_there_cannot_be_reached(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers = {"/a": says(302, Location="/b"), "/b": says(302, Location="/a")}
    circle = await look_at(harvester.node, f"{documents.origin}/a")
    await documents.__aexit__()
    nobody = await look_at(harvester.node, f"{documents.origin}/a")

    assert (circle.status, nobody.status) == ("unreachable", "unreachable")


async def test_a_server_that_leads_to_what_is_no_address_stops_nobody(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers = {"/a": says(302, Location="http://["), "/b": says(200)}
    await publish(harvester, f"{documents.origin}/a", "One")
    await publish(harvester, f"{documents.origin}/b", "Two")

    done = await check_due(harvester.node)

    assert done.states == {"unreachable": 1, "ok": 1}


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "file:///etc/passwd"]
)
async def test_no_link_and_no_redirect_leads_where_we_do_not_go(
    harvester: Harvester, documents: Documents, target: str
) -> None:
    documents.answers = {"/a": says(302, Location=target)}

    assert (await look_at(harvester.node, target)).status == "refused"
    assert (await look_at(harvester.node, f"{documents.origin}/a")).status == "refused"


async def test_a_round_notes_what_it_saw_at_record_and_link(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers = {"/there": says(200)}
    there = await publish(harvester, f"{documents.origin}/there", "One")
    gone = await publish(harvester, f"{documents.origin}/gone", "Two")
    also = await publish(harvester, f"{documents.origin}/gone?", "Three")

    done = await check_due(harvester.node)
    nothing = await check_due(harvester.node)

    assert done == Round(looked=3, later=0, states={"ok": 1, "gone": 2})
    assert nothing.looked == 0
    assert [await status_of(harvester, each) for each in (there, gone, also)] == [
        LinkStatus.OK,
        LinkStatus.BROKEN,
        LinkStatus.BROKEN,
    ]


async def test_one_server_is_asked_slowly(harvester: Harvester, documents: Documents) -> None:
    for number in range(4):
        documents.answers[f"/{number}"] = says(200)
        await publish(harvester, f"{documents.origin}/{number}", f"Number {number}")
    before = harvester.clock.now()

    await check_due(harvester.node)

    assert (harvester.clock.now() - before).total_seconds() >= 9


async def test_a_broken_link_is_looked_at_again_and_keeps_since_when(
    harvester: Harvester, documents: Documents
) -> None:
    url = f"{documents.origin}/a"
    documents.answers = {"/a": says(500)}
    await publish(harvester, url)
    waits = []
    for _ in range(3):
        await check_due(harvester.node)
        check = await check_of(harvester, url)
        assert check is not None
        waits.append(round((check.due_at - check.checked_at).total_seconds() / 86_400, 1))
        harvester.clock.advance(days=check.failures * 2 + 1)
    documents.answers = {"/a": says(200)}
    await check_due(harvester.node)
    mended = await check_of(harvester, url)

    assert [0.9 <= wait / 2**n <= 1.1 for n, wait in enumerate(waits)] == [True] * 3
    assert check.since < check.checked_at
    assert mended is not None
    assert (mended.status, mended.failures) == ("ok", 0)


async def test_a_busy_server_changes_nothing_of_what_is_known(
    harvester: Harvester, documents: Documents
) -> None:
    url = f"{documents.origin}/a"
    documents.answers = {"/a": says(200)}
    await publish(harvester, url)
    await check_due(harvester.node)
    documents.answers = {"/a": says(429)}
    harvester.clock.advance(days=40)
    done = await check_due(harvester.node)
    check = await check_of(harvester, url)

    assert (done.looked, done.later) == (0, 1)
    assert check is not None
    assert check.status == "ok"
    assert 0 < (check.due_at - harvester.clock.now()).total_seconds() <= 86_400


async def test_a_new_link_counts_as_not_checked_and_an_old_one_is_forgotten(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers = {"/new": says(200)}
    url = f"{documents.origin}/old"
    ulid = await publish(harvester, url)
    await check_due(harvester.node)
    changed = a_record("Guide", url=f"{documents.origin}/new")
    act, hub = harvester.act(), harvester.node.hub
    await harvester.node.database.write(lambda db: update_resource(db, hub, ulid, changed, act))
    between = await status_of(harvester, ulid)
    await check_due(harvester.node)
    forgotten = await harvester.node.database.write(lambda db: LinkStore(db).prune())

    assert (between, await status_of(harvester, ulid)) == (LinkStatus.UNCHECKED, LinkStatus.OK)
    assert forgotten == 1
    assert await check_of(harvester, url) is None


async def test_nothing_is_taken_back_and_what_was_taken_back_is_not_looked_at(
    harvester: Harvester, documents: Documents
) -> None:
    ulid = await publish(harvester, f"{documents.origin}/gone")
    await check_due(harvester.node)
    still = len(await harvester.resources())
    act = Act("olga", harvester.clock.advance(days=60))
    await harvester.node.database.write(
        lambda db: retract_resource(db, harvester.node.hub, ulid, act)
    )

    assert still == 1
    assert (await check_due(harvester.node)).looked == 0


async def test_no_server_hears_of_a_record_that_not_everybody_may_see(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers = {"/a": says(200)}
    hub, url = harvester.node.hub, f"{documents.origin}/a"
    ulid = await publish(harvester, url)
    await check_due(harvester.node)
    documents.methods.clear()
    secret = a_record("Guide", url=url, label="tlp-amber")
    act = harvester.act()
    await harvester.node.database.write(lambda db: update_resource(db, hub, ulid, secret, act))
    harvester.clock.advance(days=90)

    done = await check_due(harvester.node)
    await harvester.node.database.write(lambda db: LinkStore(db).prune())

    assert (done.looked, documents.methods) == (0, [])
    assert await check_of(harvester, url) is None
    assert await harvester.node.database.read(lambda db: LinkStore(db).counts()) == {}


async def test_the_report_tells_what_is_broken_the_longest_first(
    harvester: Harvester, documents: Documents, tmp_path: Path
) -> None:
    first = await publish(harvester, f"{documents.origin}/1", "One")
    await check_due(harvester.node)
    harvester.clock.advance(days=1)
    await publish(harvester, f"{documents.origin}/2", "Two")
    await check_due(harvester.node)
    await publish(harvester, f"{documents.origin}/3", "Three")

    report = await harvester.node.database.read(lambda db: LinkStore(db).report(("gone",)))
    counts = await harvester.node.database.read(lambda db: LinkStore(db).counts())

    assert [check.link[-1] for check, _ in report] == ["1", "2"]
    assert report[0][1] == (first,)
    assert counts == {"gone": 2, "unchecked": 1}
