"""Files of records and catalogues in DCAT-AP: what is no longer in them is gone."""

import json

import pytest

from tests.federation.harvesting.conftest import Harvester
from tests.harvest_source import FileServer


def line(number: int, **more: object) -> bytes:
    record = {
        "title": f"Guide {number}",
        "summary": "Text.",
        "language": "en",
        "kind": "guide",
        "topics": ["privacy"],
        "url": f"https://city.example/{number}",
        "label": "tlp-amber",
        **more,
    }
    return json.dumps(record).encode() + b"\n"


async def test_a_file_of_records_is_followed_in_everything(harvester: Harvester) -> None:
    async with FileServer(body=line(1) + line(2) + line(3)) as server:
        source = await harvester.add(server, "/records.jsonl", "jsonl", label="tlp-green")
        first = await harvester.report(source)
        server.body = line(1) + line(2, title="Guide two") + line(4)
        second = await harvester.report(source)

        assert first.added == 3
        assert (second.added, second.changed, second.retracted) == (1, 1, 1)
        assert await harvester.titles() == ["Guide 1", "Guide 4", "Guide two"]
        assert {r.record.label.value for r in await harvester.resources()} == {"tlp-green"}


async def test_with_a_bad_line_nothing_is_taken_for_gone(harvester: Harvester) -> None:
    async with FileServer(body=line(1) + line(2)) as server:
        source = await harvester.add(server, "/records.jsonl", "jsonl")
        await harvester.report(source)
        server.body = line(1) + b'{"title": \n' + line(3, kind="nonsense")
        report = await harvester.report(source)

        assert (report.bad, report.retracted, report.full) == (2, 0, False)
        assert [bad.place for bad in report.bad_items] == ["line 2", "line 3"]
        assert await harvester.titles() == ["Guide 1", "Guide 2"]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "dcat"])
async def test_a_page_in_place_of_the_file_takes_nothing_back(
    harvester: Harvester, kind: str
) -> None:
    async with FileServer(body=b"<html>\n<h1>Under construction</h1>\n</html>") as server:
        source = await harvester.add(server, "/file", kind)
        run = await harvester.run(source)

        assert run.outcome == "failed"


async def test_a_csv_file_is_harvested(harvester: Harvester) -> None:
    body = b"title:en;summary:en;language;kind;topics;url\nOne;Text;en;guide;privacy;https://a.example/1\n"
    async with FileServer(body=body) as server:
        source = await harvester.add(server, "/file.csv", "csv")
        await harvester.report(source)

        assert await harvester.titles() == ["One"]


async def test_a_catalogue_in_dcat_is_harvested(harvester: Harvester) -> None:
    catalogue = {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@type": "dcat:Catalog",
        "dcat:dataset": [
            {
                "@id": "https://portal.example/1",
                "@type": "dcat:Dataset",
                "dct:title": {"@value": "Comptages", "@language": "fr"},
                "dct:description": {"@value": "Des vélos.", "@language": "fr"},
                "dcat:keyword": ["Privacy"],
            }
        ],
    }
    async with FileServer(body=json.dumps(catalogue).encode()) as server:
        source = await harvester.add(server, "/catalogue.jsonld", "dcat")
        await harvester.report(source)

        (resource,) = await harvester.resources()
        assert resource.record.title == {"fr": "Comptages"}
        assert (resource.record.kind, resource.record.topics) == ("dataset", ("privacy",))
        assert resource.record.source_id == "https://portal.example/1"
