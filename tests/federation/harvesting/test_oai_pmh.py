"""An OAI-PMH repository is harvested from where the last run ended, deletions and all."""

from aiohttp import web

from content.harvest.source_store import SourceStore
from federation.harvesting.running import How
from tests.federation.harvesting.conftest import Harvester
from tests.harvest_source import OaiRecord, Repository

MAY, JUNE = "2026-05-10T00:00:00Z", "2026-06-02T00:00:00Z"


async def test_additions_changes_and_deletions_come_through_the_window(
    harvester: Harvester,
) -> None:
    async with Repository() as repository:
        for number in range(5):
            repository.put(f"oai:repo:{number}", f"Guide {number}", at=MAY, language="eng")
        source = await harvester.add(repository, "/oai", "oai-pmh")
        first = await harvester.report(source)
        repository.now = "2026-06-03T00:00:00Z"
        repository.put("oai:repo:5", "Guide 5", at=JUNE)
        repository.put("oai:repo:1", "Guide 1, second edition", at=JUNE)
        repository.records["oai:repo:2"] = OaiRecord(JUNE, deleted=True)
        repository.asked.clear()
        second = await harvester.report(source)
        third = await harvester.report(source)

        assert (first.added, first.full, first.requests) == (5, True, 5)
        assert (second.added, second.changed, second.retracted) == (1, 1, 1)
        assert "from=2026-06-01T00:00:00Z" in repository.asked[2]
        assert (third.moved, third.bad) == (0, 0)
        titles = await harvester.titles()
        assert "Guide 1, second edition" in titles
        assert "Guide 2" not in titles
        assert len(titles) == 5


async def test_dublin_core_becomes_a_record(harvester: Harvester) -> None:
    async with Repository() as repository:
        repository.put("oai:repo:1", "Algorithms in cities", at=MAY)
        repository.records["oai:repo:1"].dc += (
            ("title", "es", "Algoritmos en las ciudades"),
            ("description", "en", "How cities <i>list</i> what decides."),
            ("language", "", "eng"),
            ("date", "", "2023-04-05"),
            ("identifier", "", "doi:10.1234/abc"),
            ("subject", "", "Privacy"),
            ("creator", "", "Doe, Jane"),
            ("rights", "", "info:eu-repo/semantics/openAccess"),
            ("rights", "", "https://creativecommons.org/licenses/by/4.0/"),
        )
        source = await harvester.add(repository, "/oai", "oai-pmh", resource_kind="guide")
        await harvester.report(source)

        (resource,) = await harvester.resources()
        record = resource.record
        assert record.title == {"en": "Algorithms in cities", "es": "Algoritmos en las ciudades"}
        assert record.summary == {"en": "How cities list what decides."}
        assert (record.language, record.year, record.kind) == ("en", 2023, "guide")
        assert record.url == "https://repo.example/oai:repo:1"
        assert record.topics == ("privacy",)
        assert record.licence == "https://creativecommons.org/licenses/by/4.0/"
        assert "Doe" not in record.model_dump_json()


async def test_a_repository_without_deletions_is_seen_as_a_whole_now_and_then(
    harvester: Harvester,
) -> None:
    async with Repository(deletions="no") as repository:
        for number in range(4):
            repository.put(f"oai:repo:{number}", f"Guide {number}", at=MAY)
        source = await harvester.add(repository, "/oai", "oai-pmh")
        await harvester.report(source)
        del repository.records["oai:repo:3"]
        soon = await harvester.report(source)
        harvester.clock.advance(days=29)
        late = await harvester.report(source)

        assert (soon.full, soon.retracted) == (False, 0)
        assert (late.full, late.retracted) == (True, 1)


async def test_a_list_that_is_shorter_than_it_says_takes_nothing_for_gone(
    harvester: Harvester,
) -> None:
    async with Repository() as repository:
        for number in range(4):
            repository.put(f"oai:repo:{number}", f"Guide {number}", at=MAY)
        source = await harvester.add(repository, "/oai", "oai-pmh")
        await harvester.report(source)
        del repository.records["oai:repo:3"]
        repository.says_size = 4

        report = await harvester.report(source, How(full=True))

        assert (report.full, report.retracted) == (False, 0)
        assert "showed 3" in report.notes[0]


async def test_days_are_asked_for_where_a_repository_counts_in_days(harvester: Harvester) -> None:
    async with Repository(granularity="YYYY-MM-DD") as repository:
        repository.put("oai:repo:1", "Guide 1", at="2026-05-10")
        source = await harvester.add(repository, "/oai?set=law", "oai-pmh")
        await harvester.report(source)
        await harvester.run(source)

        assert repository.asked[-1].endswith("metadataPrefix=oai_dc&set=law&from=2026-06-01")


async def test_a_token_that_is_no_longer_good_begins_the_list_anew(harvester: Harvester) -> None:
    async with Repository() as repository:
        for number in range(5):
            repository.put(f"oai:repo:{number}", f"Guide {number}", at=MAY)
        source = await harvester.add(repository, "/oai", "oai-pmh")
        forgotten: list[str] = []

        def forgets_once(request: web.Request) -> None:
            if "resumptionToken" in request.query and not forgotten:
                forgotten.append("yes")
                repository._lists.clear()

        repository.out_of_order = forgets_once
        report = await harvester.report(source)

        assert (report.added, forgotten) == (5, ["yes"])


async def test_a_busy_repository_is_given_the_time_it_wants(harvester: Harvester) -> None:
    async with Repository() as repository:
        repository.put("oai:repo:1", "Guide 1", at=MAY)
        source = await harvester.add(repository, "/oai", "oai-pmh")
        busy = [web.Response(status=503, headers={"Retry-After": "90"})]
        repository.out_of_order = lambda _request: busy.pop() if busy else None
        before = harvester.clock.now()

        report = await harvester.report(source)

        assert report.added == 1
        assert 90 <= (harvester.clock.now() - before).total_seconds() < 100


async def test_a_source_that_fails_again_and_again_is_told_to_a_person_and_asked_more_seldom(
    harvester: Harvester,
) -> None:
    async with Repository() as repository:
        repository.put("oai:repo:1", "Guide 1", at=MAY)
        source = await harvester.add(repository, "/oai", "oai-pmh")
        repository.out_of_order = lambda _request: web.Response(status=404)
        waits = []
        for _ in range(4):
            await harvester.run(source)
            progress = await harvester.node.database.read(
                lambda db: SourceStore(db).progress(source.id)
            )
            waits.append(round((progress.due_at - harvester.clock.now()).total_seconds() / 3600))
        told = await harvester.count("notices")
        repository.out_of_order = None
        await harvester.report(source)

        assert waits == [1, 2, 4, 8]
        assert (told, await harvester.count("notices")) == (1, 0)
