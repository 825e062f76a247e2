"""The catalogue as whole documents: everything public, nothing else, cheap to ask for again."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from content.changes import Act
from content.held import Held
from content.labels import Label
from content.resources.formats import csv_reading, dcat_reading, jsonl
from content.resources.formats.shapes import Found, Reading, record_of
from content.resources.held import HeldRecord, HeldResourceStore
from content.resources.record import read_record
from content.starter import starter_catalogue
from federation.publishing import import_resources
from tests.node.conftest import ORIGIN, ServedHub
from tests.node.test_feeds import RESOURCE
from tests.seams import START

READERS: dict[str, Callable[[Iterable[bytes]], Iterable[Reading]]] = {
    "/catalogue.jsonl": jsonl.read,
    "/catalogue.csv": csv_reading.read,
    "/catalogue.jsonld": dcat_reading.read,
}
PATHS = list(READERS)


async def found_at(served: ServedHub, path: str, query: str = "") -> list[Found]:
    answer = await served.get(path + query)
    assert answer.status == 200, answer.body
    readings = list(READERS[path](io.BytesIO(answer.body)))
    assert all(isinstance(each, Found) for each in readings), readings
    return [each for each in readings if isinstance(each, Found)]


@pytest.mark.parametrize("path", PATHS)
async def test_everything_public_comes_whole_over_several_pieces(
    served: ServedHub, path: str
) -> None:
    starter = starter_catalogue()
    act = Act("ana", served.node.clock.now())
    await served.node.database.write(lambda db: import_resources(db, served.node.hub, starter, act))

    found = await found_at(served, path)

    assert len(found) == 262
    assert {record_of(each).import_key for each in found} == {each.import_key for each in starter}
    assert sorted(map(record_of, found), key=repr) == sorted(starter, key=repr)
    assert all(each.source_id.startswith(f"{ORIGIN}/resources/") for each in found)


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_not_for_everybody_is_in_no_document(served: ServedHub, path: str) -> None:
    hidden: list[dict[str, Any]] = [
        {"label": "tlp-green"},
        {"label": "tlp-amber"},
        {"label": "tlp-red"},
        {"sensitivity": "data-personal"},
    ]
    for number, fields in enumerate(hidden):
        record = {**RESOURCE, "url": None, "title": {"en": f"canary {number}"}, **fields}
        assert (await served.post("/api/v1/resources", record)).status == 201
    draft = {**RESOURCE, "url": None, "title": {"en": "canary draft"}}
    await served.post("/api/v1/resources?publish=false", draft)
    gone = await served.post("/api/v1/resources", {**RESOURCE, "title": {"en": "canary gone"}})
    await served.call("DELETE", f"/api/v1/resources/{gone.json['ulid']}", role="operator")

    for query in ("", "?hub=all"):
        answer = await served.get(path + query)
        assert answer.status == 200
        assert b"canary" not in answer.body


@pytest.mark.parametrize("path", PATHS)
async def test_an_empty_catalogue_is_a_document_too(served: ServedHub, path: str) -> None:
    assert await found_at(served, path) == []


@pytest.mark.parametrize("path", PATHS)
async def test_what_other_hubs_published_comes_along_when_asked_for(
    served: ServedHub, path: str
) -> None:
    await served.post("/api/v1/resources", RESOURCE)
    url = "https://barcelona.example/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
    record = read_record({**RESOURCE, "title": {"ca": "Guia"}, "url": None})

    def hold(label: Label, ref: str) -> Held[HeldRecord]:
        return Held(
            hub="barcelona.example",
            ref=ref,
            url=url[:-1] + ref[-1],
            record=record,
            document="{}",
            label=label,
            received_at=START,
        )

    await served.node.database.write(
        lambda db: HeldResourceStore(db).put(hold(Label.CLEAR, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"))
    )
    await served.node.database.write(
        lambda db: HeldResourceStore(db).put(hold(Label.GREEN, "01KAT3Q8T6W3Y6M0S0V4N8Z2XJ"))
    )

    alone = await found_at(served, path)
    of_all = await found_at(served, path, "?hub=all")
    of_one = await found_at(served, path, "?hub=barcelona.example")
    of_none = await found_at(served, path, "?hub=nobody.example")

    assert len(alone) == 1
    assert [each.source_id for each in of_all] == [alone[0].source_id, url]
    assert [each.source_id for each in of_one] == [url]
    assert of_none == []


@pytest.mark.parametrize("path", PATHS)
async def test_who_has_the_newest_version_gets_no_body(served: ServedHub, path: str) -> None:
    added = await served.post("/api/v1/resources", RESOURCE)
    first = await served.get(path)

    same = await served.get(path, **{"If-None-Match": first.headers["ETag"]})
    await served.call("DELETE", f"/api/v1/resources/{added.json['ulid']}", role="operator")
    other = await served.get(path, **{"If-None-Match": first.headers["ETag"]})

    assert (same.status, same.body) == (304, b"")
    assert other.status == 200


@pytest.mark.parametrize("path", PATHS)
async def test_a_head_request_and_a_hub_that_is_none_are_answered_in_order(
    served: ServedHub, path: str
) -> None:
    head = await served.call("HEAD", path)
    wrong = await served.get(f"{path}?hub={'a' * 300}")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["X-Content-Type-Options"] == "nosniff"
    assert wrong.status == 400


async def test_one_address_gets_some_whole_catalogues_and_then_has_to_wait(
    served: ServedHub,
) -> None:
    address = {"X-Forwarded-For": "192.0.2.7"}
    known = await served.get(PATHS[0], **address)
    for _ in range(19):
        assert (await served.get(PATHS[1], **address)).status == 200

    refused = await served.get(PATHS[0], **address)
    unchanged = await served.get(PATHS[0], **address, **{"If-None-Match": known.headers["ETag"]})
    other = await served.get(PATHS[0], **{"X-Forwarded-For": "192.0.2.8"})

    assert (refused.status, unchanged.status, other.status) == (429, 304, 200)
    assert int(refused.headers["Retry-After"]) > 0
