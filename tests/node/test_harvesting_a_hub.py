"""One hub harvests another by each of its doors: what it has, what changed, and what is gone."""

from dataclasses import dataclass
from typing import Any

import pytest

from content.harvest.feed import read_feed
from content.resources.formats.shapes import Found
from content.resources.record import ResourceRecord, read_record
from tests.federation.harvesting.conftest import Harvester, harvester
from tests.node.conftest import ServedHub

__all__ = ["harvester"]

ONE: dict[str, Any] = {
    "title": {"nl": "Wegwijzer", "ar": "دليل", "en": "Guide"},
    "summary": {"nl": "Kort & goed.", "ca": "Breu."},
    "url": "https://docs.example/one",
    "publisher": "Gemeente Amsterdam",
    "year": 2024,
    "language": "nl",
    "country": "NL",
    "city": "Amsterdam",
    "kind": "guide",
    "topics": ["procurement", "algorithm-registers"],
    "principles": ["p2-privacy-security"],
    "sdgs": [11, 16],
    "licence": "CC-BY-4.0",
    "related": ["https://docs.example/two"],
}
TWO = {**ONE, "url": "https://docs.example/two", "title": {"nl": "Register"}}
THREE = {**ONE, "url": None, "title": {"nl": "Zonder adres"}}


@dataclass(frozen=True, slots=True)
class Where:
    """The address at which the hub under test really answers."""

    origin: str


def where(served: ServedHub) -> Any:
    return Where(str(served.client.make_url("")).rstrip("/"))


def by_title(record: ResourceRecord) -> str:
    return record.title["nl"]


async def publish(served: ServedHub, record: dict[str, Any]) -> str:
    answer = await served.post("/api/v1/resources", record)
    assert answer.status == 201, answer.body
    return str(answer.json["ulid"])


async def harvested(harvester: Harvester) -> list[ResourceRecord]:
    """Return what was harvested, without what the harvesting hub itself puts to it."""
    records = [resource.record for resource in await harvester.resources()]
    plain = [each.model_copy(update={"source": None, "source_id": None}) for each in records]
    return sorted(plain, key=by_title)


def records(*given: dict[str, Any]) -> list[ResourceRecord]:
    return sorted(map(read_record, given), key=by_title)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("oai-pmh", "/oai"),
        ("jsonl", "/catalogue.jsonl"),
        ("csv", "/catalogue.csv"),
        ("dcat", "/catalogue.jsonld"),
    ],
)
async def test_a_hub_is_harvested_twice_and_the_copies_are_whole_each_time(
    served: ServedHub, harvester: Harvester, kind: str, path: str
) -> None:
    one, two = await publish(served, ONE), await publish(served, TWO)
    source = await harvester.add(where(served), path, kind)

    first = await harvester.report(source)
    after_first = await harvested(harvester)
    changed = {**ONE, "year": 2026}
    await served.call("PUT", f"/api/v1/resources/{one}", role="operator", body=changed)
    await served.call("DELETE", f"/api/v1/resources/{two}", role="operator")
    await publish(served, THREE)
    second = await harvester.report(source)
    after_second = await harvested(harvester)
    third = await harvester.report(source)

    assert (first.added, first.bad) == (2, 0), first
    assert after_first == records(ONE, TWO)
    assert (second.added, second.changed, second.retracted) == (1, 1, 1), second
    assert after_second == records(changed, THREE)
    assert (third.added, third.changed, third.retracted) == (0, 0, 0)


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
async def test_what_a_feed_tells_of_a_resource_is_what_harvesting_takes_from_it(
    served: ServedHub, path: str
) -> None:
    ulid = await publish(served, ONE)
    await publish(served, TWO)

    answer = await served.get(path)
    feed = read_feed(answer.body, f"http://127.0.0.2:9802{path}", answer.headers["Content-Type"])
    found = {each.source_id: each for each in feed.readings if isinstance(each, Found)}

    assert len(found) == len(feed.readings) == 2
    assert not feed.repaired
    reading = found[f"http://127.0.0.2:9802/resources/{ulid}"]
    assert reading.fields["title"] == {"nl": "Wegwijzer"}
    assert reading.fields["summary"] == {"nl": "Kort & goed."}
    assert reading.fields["language"] == "nl"
    assert reading.fields["topics"] == ("procurement", "algorithm-registers")
    assert reading.modified is not None
