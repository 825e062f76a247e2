"""A CKAN portal is harvested: what came, changed and went there comes, changes and goes here."""

from typing import Any

import pytest
from aiohttp import web

from content.database import Database
from content.harvest.source_store import HarvestRunning
from content.resources.resource import ResourceState
from federation.harvesting.running import How
from tests.federation.harvesting.conftest import Harvester
from tests.harvest_source import CkanPortal, a_package

LATER = "2026-05-20T10:00:00.000000"


async def test_what_a_portal_adds_changes_and_takes_away_is_followed(harvester: Harvester) -> None:
    async with CkanPortal() as portal:
        portal.put(*(a_package(f"set-{n}") for n in range(8)))
        source = await harvester.add(portal, "/dataset/", "ckan", topics=("open-data",))
        first = await harvester.report(source)
        portal.put(a_package("set-8", LATER), a_package("set-1", LATER, title="Set one, corrected"))
        second = await harvester.report(source)
        gone = portal.packages.pop("set-2")
        portal.packages["set-3"]["state"] = "deleted"
        third = await harvester.report(source, How(full=True))

        assert (first.added, first.full, first.requests) == (8, True, 3)
        assert (second.added, second.changed, second.full) == (1, 1, False)
        assert (third.retracted, third.unchanged, third.full) == (2, 7, True)
        assert "Set one, corrected" in await harvester.titles()
        assert "Set 2" not in await harvester.titles()
        assert any(gone["id"] in asked for asked in portal.asked if "package_show" in asked)
        assert portal.agents == {"RightsHub/test (+https://hub.example)"}


async def test_a_record_says_what_the_package_said_and_no_persons(harvester: Harvester) -> None:
    async with CkanPortal() as portal:
        portal.put(a_package("bicycle-counts"))
        source = await harvester.add(portal, "/api/3/action", "ckan", country="NL")
        await harvester.report(source)

        (resource,) = await harvester.resources()
        record = resource.record
        assert record.title == {"nl": "Bicycle counts"}
        assert record.summary == {"nl": "All about bicycle-counts.\r\n\r\nWith markup."}
        assert record.url == f"{portal.origin}/dataset/bicycle-counts"
        assert (record.publisher, record.year, record.country) == ("City of Example", 2024, "NL")
        assert (record.kind, record.topics, record.licence) == ("dataset", ("privacy",), "CC-BY")
        assert (record.source, record.source_id) == (
            source.url,
            portal.packages["bicycle-counts"]["id"],
        )
        assert "doe" not in record.model_dump_json().lower()


async def test_a_run_in_which_nothing_changed_writes_nothing_but_its_report(
    harvester: Harvester,
) -> None:
    async with CkanPortal() as portal:
        portal.put(*(a_package(f"set-{n}") for n in range(4)))
        source = await harvester.add(portal, "/", "ckan")
        await harvester.report(source)
        before = [await harvester.count(t) for t in ("log_entries", "changes", "resources")]

        report = await harvester.report(source, How(full=True))

        after = [await harvester.count(t) for t in ("log_entries", "changes", "resources")]
        assert (report.unchanged, report.moved) == (4, 0)
        assert after == before


async def test_a_portal_that_breaks_off_leaves_nothing_half_stored(harvester: Harvester) -> None:
    async with CkanPortal() as portal:
        portal.put(*(a_package(f"set-{n}") for n in range(8)))
        source = await harvester.add(portal, "/", "ckan")
        portal.out_of_order = lambda request: (
            web.Response(status=500) if request.query.get("start") == "6" else None
        )

        run = await harvester.run(source)

        assert (run.outcome, run.report.problem) == ("failed", f"{portal.authority} answered 500.")
        assert await harvester.count("resources") == 0
        portal.out_of_order = None
        assert (await harvester.report(source)).added == 8


async def test_what_the_search_of_a_portal_forgot_is_not_taken_for_gone(
    harvester: Harvester,
) -> None:
    async with CkanPortal() as portal:
        portal.put(*(a_package(f"set-{n}") for n in range(3)))
        source = await harvester.add(portal, "/", "ckan")
        await harvester.report(source)
        portal.hidden_from_search = {"set-0"}

        report = await harvester.report(source, How(full=True))

        assert report.retracted == 0
        assert len(await harvester.resources()) == 3


async def test_a_portal_that_lost_most_of_its_packages_needs_a_person(harvester: Harvester) -> None:
    async with CkanPortal() as portal:
        portal.put(*(a_package(f"set-{n:02}") for n in range(14)))
        source = await harvester.add(portal, "/", "ckan")
        await harvester.report(source)
        portal.packages = {"set-00": portal.packages["set-00"]}

        stopped = await harvester.run(source, How(full=True))
        kept = len(await harvester.resources())
        followed = await harvester.report(source, How(full=True, accept_removals=True))

        assert stopped.outcome == "stopped"
        assert "13 of 14" in stopped.report.problem
        assert (kept, followed.retracted) == (14, 13)


async def test_the_address_chooses_a_part_of_the_portal(harvester: Harvester) -> None:
    async with CkanPortal() as portal:
        portal.put(
            a_package("one", groups=[{"name": "ethics", "title": "Ethics"}]), a_package("two")
        )
        source = await harvester.add(portal, "/dataset?fq=groups%3Aethics", "ckan")

        assert (await harvester.report(source)).added == 1
        portal.put(
            a_package("three", LATER),
            a_package(
                "one", LATER, title="One anew", groups=[{"name": "ethics", "title": "Ethics"}]
            ),
        )
        second = await harvester.report(source)
        assert (second.added, second.changed) == (0, 1)


async def test_with_review_a_person_approves(harvester: Harvester) -> None:
    async with CkanPortal() as portal:
        portal.put(a_package("one"), a_package("two"))
        source = await harvester.add(portal, "/", "ckan", review=True)

        report = await harvester.report(source)

        assert report.added == 2
        assert await harvester.resources() == []
        assert len(await harvester.resources(ResourceState.DRAFT)) == 2


class PowerCut(Exception):
    """The machine stops."""


class StoppingDatabase:
    """A database that stops after so many writes, in place of the real one behind it."""

    def __init__(self, real: Database, writes: int) -> None:
        self._real = real
        self._left = writes

    async def write(self, work: Any) -> Any:
        if self._left == 0:
            raise PowerCut
        self._left -= 1
        return await self._real.write(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


async def test_a_power_cut_while_taking_over_leaves_nothing_twice(harvester: Harvester) -> None:
    async with CkanPortal(most_rows=500) as portal:
        portal.put(*(a_package(f"set-{n:03}") for n in range(110)))
        source = await harvester.add(portal, "/", "ckan")
        node = harvester.node
        real = node.database
        # One write says that a run begins; one of two batches is taken over then.
        node.database = StoppingDatabase(real, 2)
        with pytest.raises(PowerCut):
            await harvester.run(source)
        node.database = real
        halfway = len(await harvester.resources())
        with pytest.raises(HarvestRunning):
            await harvester.run(source)
        harvester.clock.advance(seconds=301)  # by then the run counts as dead

        report = await harvester.report(source)

        assert halfway == 100
        assert (report.added, report.unchanged) == (10, 100)
        assert len(await harvester.resources()) == 110
