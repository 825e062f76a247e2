"""Holds, the calendar of retention and the rights of people over the API: for operators only."""

import io
import json
import zipfile

import pytest

from content.changes import ChangeStore
from federation.notices import NoticeStore
from tests.node.conftest import ServedHub
from tests.node.test_api_requests import REQUEST, code, filed

SOUGHT = {"contact": "ana@marigold"}


async def a_case(served: ServedHub) -> str:
    await filed(served)
    return str((await served.get("/api/v1/cases", "operator")).json["items"][0]["id"])


async def test_a_hold_is_placed_listed_and_released(served: ServedHub) -> None:
    case = await a_case(served)
    body = {"reason": "Court order 12", "until": "2030-06-30"}

    placed = await served.post(f"/api/v1/cases/{case}/hold", body)
    listed = (await served.get("/api/v1/holds", "operator")).json["items"]
    released = await served.post(f"/api/v1/cases/{case}/release")
    again = await served.post(f"/api/v1/cases/{case}/release")

    assert placed.status == 201, placed.body
    assert [(each["case_id"], each["reason"]) for each in listed] == [(case, "Court order 12")]
    assert released.json == {"released": 1}
    assert (again.status, code(again)) == (409, "case-not-held")
    assert (await served.get("/api/v1/holds", "operator")).json["items"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason": "x"}, 400),
        ({"reason": "", "until": "2030-06-30"}, 400),
        ({"reason": "x", "until": "2001-01-01"}, 422),
        ({"reason": "x", "until": "someday"}, 400),
    ],
)
async def test_a_hold_that_says_too_little_is_refused(
    served: ServedHub, body: dict[str, str], status: int
) -> None:
    case = await a_case(served)

    assert (await served.post(f"/api/v1/cases/{case}/hold", body)).status == status
    assert (await served.get("/api/v1/holds", "operator")).json["items"] == []


async def test_a_case_that_is_not_there_cannot_be_held(served: ServedHub) -> None:
    body = {"reason": "x", "until": "2030-06-30"}

    refused = await served.post("/api/v1/cases/01KAV3X5B0ABCDEFGHJKMNPQRS/hold", body)

    assert refused.status == 404


async def test_the_calendar_says_what_goes_and_erases_nothing(served: ServedHub) -> None:
    case = await a_case(served)
    closed = await served.post(f"/api/v1/cases/{case}/close", {"outcome": "solved"})

    soon = await served.get("/api/v1/retention?days=10", "operator")
    later = await served.get("/api/v1/retention?days=400", "operator")

    assert closed.status == 200, closed.body
    assert soon.json["items"] == []
    assert [(each["case_id"], each["what"]) for each in later.json["items"]] == [(case, "case")]
    assert (await served.get(f"/api/v1/cases/{case}", "operator")).status == 200


async def test_a_person_is_found_and_gets_all_that_is_held_as_one_file(served: ServedHub) -> None:
    case = await a_case(served)

    found = await served.post("/api/v1/subjects/find", SOUGHT)
    got = await served.post("/api/v1/subjects/export", SOUGHT)

    assert found.json["cases"] == [case]
    assert (got.status, got.headers["Content-Type"]) == (200, "application/zip")
    assert got.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(got.body)) as archive:
        held = json.loads(archive.read("person.json"))
        assert b"MARIGOLD" in archive.read("person.md")
    assert held["cases"][0]["question"] == REQUEST["question"]
    changes = await served.node.database.read(lambda db: ChangeStore(db).of(case, limit=5))
    assert "subject.export" in [each.what for each in changes.items]


async def test_who_is_not_known_gets_no_file_and_nobody_looks_for_everybody(
    served: ServedHub,
) -> None:
    await a_case(served)

    nobody = await served.post("/api/v1/subjects/export", {"contact": "zoe@nowhere.example"})
    everybody = await served.post("/api/v1/subjects/find", {})

    assert (nobody.status, code(nobody)) == (404, "nothing-held")
    assert (everybody.status, code(everybody)) == (422, "nobody-sought")


async def test_a_notice_is_ticked_off_unless_it_goes_on(served: ServedHub) -> None:
    at = served.node.clock.now()

    def work(db: object) -> None:
        store = NoticeStore(db)  # type: ignore[arg-type]
        store.note("keys-recovered", "b.example", "It recovered its keys.", at)
        store.note("forked", "b.example", "It forked.", at)

    await served.node.database.write(work)
    which = {"subject": "b.example"}

    done = await served.post("/api/v1/notices/dismiss", {**which, "kind": "keys-recovered"})
    again = await served.post("/api/v1/notices/dismiss", {**which, "kind": "keys-recovered"})
    lasting = await served.post("/api/v1/notices/dismiss", {**which, "kind": "forked"})

    left = (await served.get("/api/v1/notices", "operator")).json["items"]
    assert (done.status, again.status) == (204, 404)
    assert (lasting.status, code(lasting)) == (409, "notice-lasts")
    assert [each["kind"] for each in left] == ["forked"]
