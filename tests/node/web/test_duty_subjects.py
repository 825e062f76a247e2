"""The rights of people on pages: found, handed out as a file, erased once somebody is sure."""

import io
import zipfile

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import opened

PATH = "/duty/subjects"
ERASE = "/duty/subjects/erase"
WHO = {"name": "Canary Person"}


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


async def a_case(served: ServedHub) -> str:
    return (await opened(served)).rpartition("/")[2]


async def test_a_person_is_found_and_stands_in_no_address(served: ServedHub, duty: Browser) -> None:
    case = await a_case(served)

    found = (await duty.post(PATH, WHO)).body.decode()

    assert "What may be theirs" in found
    assert f'value="{case}" checked' in found
    assert "Canary" not in (await duty.get(PATH)).body.decode()


async def test_who_is_not_known_is_said_so_and_nobody_looks_for_everybody(
    served: ServedHub, duty: Browser
) -> None:
    await a_case(served)

    nobody = await duty.post(PATH, name="Zoe Nowhere")
    everybody = await duty.post(PATH, name="")

    assert b"Nothing is held under that name or address" in nobody.body
    assert everybody.status == 422


async def test_all_that_is_held_is_saved_as_a_file(served: ServedHub, duty: Browser) -> None:
    case = await a_case(served)

    saved = await duty.post("/duty/subjects/export", {**WHO, "only": case})

    assert saved.headers["Content-Type"] == "application/zip"
    assert saved.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(saved.body)) as archive:
        assert b"Canary chatbot" in archive.read("person.json")


async def test_where_nothing_is_chosen_nothing_is_done(served: ServedHub, duty: Browser) -> None:
    case = await a_case(served)

    for path in ("/duty/subjects/export", ERASE):
        refused = await duty.post(path, WHO)
        assert refused.status == 422
        assert b'id="only-mistake"' in refused.body
    assert (await served.get(f"/api/v1/cases/{case}", "operator")).json["status"] != "case-erased"


async def test_what_goes_and_stays_is_said_first_and_then_it_is_erased(
    served: ServedHub, duty: Browser
) -> None:
    case = await a_case(served)
    fields = {**WHO, "only": case}

    shown = await duty.post(ERASE, fields)
    unsure = await duty.post(ERASE, {**fields, "confirm": "yes"})
    there = await served.get(f"/api/v1/cases/{case}", "operator")
    done = await duty.post(ERASE, {**fields, "confirm": "yes", "sure": "yes"})

    assert b"What goes for ever" in shown.body
    assert b"Backups from before" in shown.body
    assert unsure.status == 422
    assert there.json["title"] == "Canary chatbot"
    assert case.encode() in done.body
    assert (await duty.get(f"/desk/cases/{case}")).status == 410
    assert b"Nothing is held" in (await duty.post(PATH, WHO)).body


async def test_what_a_hold_keeps_stays_with_its_day(served: ServedHub, duty: Browser) -> None:
    case = await a_case(served)
    hold = {"reason": "Court order", "until": "2030-06-30"}
    await served.post(f"/api/v1/cases/{case}/hold", hold)

    shown = (await duty.post(ERASE, {**WHO, "only": case})).body.decode()

    assert "There is nothing that can be erased." in shown
    assert "keep this case until 30 June 2030" in shown
