"""Files of resources between hubs: announced in the record, fetched from the origin, checked."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from content.cases.attachment import read_attachment
from content.resources.file_store import ResourceFileStore
from content.resources.held import HeldResource, HeldResourceStore
from content.resources.resource import Resource
from federation.origin_files import FileNotAsAnnounced, FileNotGiven, fetch_file, held_files
from federation.publishing import add_resource, retract_resource, update_resource
from federation.publishing_files import attach_files, detach_file
from tests.content.sample_files import PDF, office
from tests.hubs.running import Network, RunningHub, a_record

WORD = "FILECANARY"
DATA = PDF + WORD.encode()


async def with_file(hub: RunningHub, data: bytes = DATA, **fields: Any) -> Resource:
    """Publish a resource and attach a file to it."""
    file = read_attachment("clauses.pdf", data)
    made = await hub.do(
        lambda db: add_resource(db, hub.hub, a_record("Clauses", **fields), hub.act())
    )
    return await hub.do(lambda db: attach_files(db, hub.hub, made.id, [file], hub.act()))


async def held(hub: RunningHub, origin: RunningHub, resource: Resource) -> HeldResource:
    return await hub.read(lambda db: HeldResourceStore(db).get(origin.host, resource.id))


async def fetched(url: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    """Return what a browser gets that knows nobody."""
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


async def test_another_hub_learns_of_a_file_and_fetches_exactly_that(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    made = await with_file(barcelona)
    await network.settle()

    record = await held(amsterdam, barcelona, made)
    (file,) = held_files(record)

    assert (file.name, file.media_type, file.size) == ("clauses.pdf", "application/pdf", len(DATA))
    assert file.sha256 == hashlib.sha256(DATA).hexdigest()
    assert await fetch_file(amsterdam.node, record, file) == DATA
    (attachment,) = json.loads(record.document)["attachment"]
    status, fields, body = await fetched(attachment["url"])
    assert (status, body) == (200, DATA)
    assert fields["Content-Type"] == "application/pdf"
    assert fields["Content-Disposition"].startswith("attachment; ")
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert fields["Content-Security-Policy"] == "sandbox; default-src 'none'"
    again = await fetched(attachment["url"], **{"If-None-Match": fields["ETag"]})
    assert (again[0], again[2]) == (304, b"")


async def test_what_is_not_as_announced_is_not_kept(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    made = await with_file(barcelona)
    await network.settle()
    record = await held(amsterdam, barcelona, made)
    (file,) = held_files(record)
    other = file.model_copy(update={"size": file.size - 1})

    with pytest.raises(FileNotAsAnnounced):
        await fetch_file(amsterdam.node, record, other)
    unknown = file.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(FileNotGiven):
        await fetch_file(amsterdam.node, record, unknown)


async def test_the_label_of_the_record_decides_who_gets_its_files(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    coalition = await network.hub("Coalition", kind="coalition")
    await network.peers(barcelona, amsterdam)
    await network.peers(barcelona, coalition)
    green = await with_file(barcelona, label="tlp-green")
    amber = await with_file(barcelona, DATA + b"2", label="tlp-amber", url="https://b.example/2")
    await network.settle()
    record = await held(amsterdam, barcelona, green)
    (file,) = held_files(record)
    url = f"{barcelona.origin}/resources/{green.id}/files/{file.sha256}"

    assert await fetch_file(amsterdam.node, record, file) == DATA
    assert (await network.signed_get(amsterdam, url))[0] == 200
    assert (await network.signed_get(coalition, url))[0] == 403
    assert (await fetched(url))[0] == 404
    digest = hashlib.sha256(DATA + b"2").hexdigest()
    kept = f"{barcelona.origin}/resources/{amber.id}/files/{digest}"
    assert (await network.signed_get(amsterdam, kept))[0] == 404
    # One content of two records: the address of one opens nothing of the other.
    public = await with_file(barcelona, url="https://b.example/3")
    assert (await fetched(url))[0] == 404
    assert (await fetched(url.replace(green.id, public.id)))[0] == 200


async def test_a_file_that_is_taken_off_is_gone_and_everybody_is_told(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    made = await with_file(barcelona)
    more = read_attachment("annex.docx", office())
    await barcelona.do(lambda db: attach_files(db, barcelona.hub, made.id, [more], barcelona.act()))
    await network.settle()
    assert len(held_files(await held(amsterdam, barcelona, made))) == 2

    await barcelona.do(
        lambda db: detach_file(db, barcelona.hub, made.id, "clauses.pdf", barcelona.act())
    )
    await network.settle()
    await network.sweep()

    assert [f.name for f in held_files(await held(amsterdam, barcelona, made))] == ["annex.docx"]
    assert network.files_with(barcelona, WORD.encode()) == []


async def test_a_resource_that_is_taken_back_takes_its_files_along(network: Network) -> None:
    barcelona = await network.hub("Barcelona")
    made = await with_file(barcelona)
    url = f"{barcelona.origin}/resources/{made.id}/files/{hashlib.sha256(DATA).hexdigest()}"
    assert (await fetched(url))[0] == 200

    await barcelona.do(lambda db: retract_resource(db, barcelona.hub, made.id, barcelona.act()))
    await network.settle()
    await network.sweep()

    assert (await fetched(url))[0] == 404
    assert network.files_with(barcelona, WORD.encode()) == []
    assert await barcelona.rows("select * from resource_files") == []


async def test_files_stay_with_a_record_that_goes_to_other_readers(network: Network) -> None:
    barcelona = await network.hub("Barcelona")
    made = await with_file(barcelona)
    digest = hashlib.sha256(DATA).hexdigest()

    changed = await barcelona.do(
        lambda db: update_resource(
            db,
            barcelona.hub,
            made.id,
            a_record("Clauses", label="tlp-green"),
            barcelona.act(),
        )
    )
    files = await barcelona.read(lambda db: ResourceFileStore(db).of(changed.id))

    assert changed.id != made.id
    assert [file.sha256 for file in files] == [digest]
    for ulid in (made.id, changed.id):
        assert (await fetched(f"{barcelona.origin}/resources/{ulid}/files/{digest}"))[0] == 404


async def test_a_change_of_the_record_leaves_its_files_as_they_are(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    made = await with_file(barcelona)
    await barcelona.do(
        lambda db: update_resource(
            db, barcelona.hub, made.id, a_record("New title"), barcelona.act()
        )
    )
    await network.settle()

    record = await held(amsterdam, barcelona, made)

    assert list(record.record.title.values()) == ["New title"]
    assert [file.name for file in held_files(record)] == ["clauses.pdf"]
