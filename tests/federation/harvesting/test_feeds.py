"""Feeds are asked conditionally, and what scrolled off is not forgotten."""

import pytest
from aiohttp import web

from content.harvest.source_store import SourceStore
from federation.harvesting.running import How, run_due
from tests.federation.harvesting.conftest import Harvester
from tests.harvest_source import FileServer

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>News of the city</title><link>https://city.example/</link>
<language>es-ES</language>{items}</channel></rss>"""


def rss(*items: str) -> bytes:
    return RSS.format(items="".join(f"<item>{each}</item>" for each in items)).encode()


def item(number: int, title: str = "", more: str = "") -> str:
    return (
        f"<title>{title or f'News {number}'}</title><guid isPermaLink='false'>n{number}</guid>"
        f"<link>/news/{number}</link><description>Text {number}</description>{more}"
    )


async def test_a_feed_adds_and_changes_and_forgets_nothing(harvester: Harvester) -> None:
    async with FileServer(body=rss(item(1), item(2))) as server:
        source = await harvester.add(server, "/feed", "feed")
        first = await harvester.report(source)
        server.body = rss(item(3), item(2, "News two, corrected"))
        second = await harvester.report(source)
        third = await harvester.run(source)

        assert (first.added, second.added, second.changed, second.retracted) == (2, 1, 1, 0)
        assert third.outcome == "not-modified"
        assert await harvester.titles() == ["News 1", "News 3", "News two, corrected"]


async def test_an_unchanged_feed_costs_one_question_and_writes_no_record(
    harvester: Harvester,
) -> None:
    async with FileServer(body=rss(item(1))) as server:
        source = await harvester.add(server, "/feed", "feed")
        await harvester.report(source)
        before = [await harvester.count(t) for t in ("log_entries", "changes", "resources")]

        run = await harvester.run(source)

        assert (run.outcome, run.report.requests) == ("not-modified", 1)
        after = [await harvester.count(t) for t in ("log_entries", "changes", "resources")]
        assert after == before


async def test_what_people_here_corrected_stays_and_the_rest_follows(harvester: Harvester) -> None:
    from federation.publishing import update_resource

    async with FileServer(body=rss(item(1))) as server:
        source = await harvester.add(server, "/feed", "feed")
        await harvester.report(source)
        (resource,) = await harvester.resources()
        ours = resource.record.model_copy(update={"topics": ("privacy",), "kind": "guide"})
        act, hub = harvester.act(), harvester.node.hub
        await harvester.node.database.write(
            lambda db: update_resource(db, hub, resource.id, ours, act)
        )
        server.body = rss(item(1, "Another title"))
        report = await harvester.report(source)

        (resource,) = await harvester.resources()
        assert report.changed == 1
        assert resource.record.title == {"es-ES": "Another title"}
        assert (resource.record.kind, resource.record.topics) == ("guide", ("privacy",))


async def test_what_people_here_took_back_does_not_come_again(harvester: Harvester) -> None:
    from federation.publishing import retract_resource

    async with FileServer(body=rss(item(1), item(2))) as server:
        source = await harvester.add(server, "/feed", "feed")
        await harvester.report(source)
        resource = (await harvester.resources())[0]
        act, hub = harvester.act(), harvester.node.hub
        await harvester.node.database.write(lambda db: retract_resource(db, hub, resource.id, act))
        report = await harvester.report(source, How(full=True))

        assert (report.left_out, report.added, len(await harvester.resources())) == (1, 0, 1)


async def test_a_dry_run_says_what_it_would_do_and_keeps_nothing(harvester: Harvester) -> None:
    async with FileServer(body=rss(item(1), item(2))) as server:
        source = await harvester.add(server, "/feed", "feed")

        report = await harvester.report(source, How(dry=True))

        assert report.added == 2
        assert await harvester.count("resources") == 0
        assert await harvester.count("harvest_runs") == 0
        assert (await harvester.report(source)).added == 2


async def test_the_server_asks_when_it_is_time_and_not_before(harvester: Harvester) -> None:
    async with FileServer(body=rss(item(1))) as server:
        await harvester.add(server, "/feed", "feed", every_days=7)
        runs = [len(await run_due(harvester.node, "system"))]
        harvester.clock.advance(days=6.9)
        runs.append(len(await run_due(harvester.node, "system")))
        harvester.clock.advance(days=0.2)
        runs.append(len(await run_due(harvester.node, "system")))

        assert runs == [1, 0, 1]
        assert len(server.asked) == 2


async def test_a_source_that_is_paused_is_left_alone(harvester: Harvester) -> None:
    async with FileServer(body=rss(item(1))) as server:
        source = await harvester.add(server, "/feed", "feed")
        act = harvester.act()
        await harvester.node.database.write(
            lambda db: SourceStore(db).set_state(source, "paused", act)
        )

        assert await run_due(harvester.node, "system") == []
        assert server.asked == []


async def test_a_feed_that_moved_for_ever_is_still_read_and_the_operator_is_told(
    harvester: Harvester,
) -> None:
    async with FileServer(body=rss(item(1))) as server:
        source = await harvester.add(server, "/old", "feed")
        server.out_of_order = lambda request: (
            web.Response(status=301, headers={"Location": "/new"})
            if request.path == "/old"
            else None
        )

        report = await harvester.report(source)

        assert report.added == 1
        assert f"{server.origin}/new" in report.notes[0]


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "file:///etc/passwd", "//[::1]/"]
)
async def test_no_redirect_leads_where_we_do_not_go(harvester: Harvester, target: str) -> None:
    async with FileServer() as server:
        source = await harvester.add(server, "/feed", "feed")
        server.out_of_order = lambda _request: web.Response(
            status=302, headers={"Location": target}
        )

        run = await harvester.run(source)

        assert run.outcome == "failed"
        assert "does not connect" in run.report.problem
