"""Files of cases on the pages of the desk: added, fetched, shown, sent along; what is refused."""

from datetime import datetime
from typing import Any

import pytest
import sqlite_utils

from content.cases.attachment import LARGEST
from federation.peers import PeerStore
from node.web.same_site import FIELD
from tests.node.browsing import Browser, signed_in
from tests.node.cli.test_escalate_several import HOSTS, peer_of
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import opened, seen

NOTES = ("notes of the vendor.txt", b"CANARY what the vendor wrote")


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


async def files_of(served: ServedHub, path: str) -> Any:
    api = path.replace("/desk/", "/api/v1/")
    return (await served.get(f"{api}/attachments", "operator")).json["items"]


async def test_a_file_is_added_to_a_case_and_comes_back_as_it_was(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    assert "There is no file yet." in await seen(desk, f"{path}/files")

    added = await desk.upload(f"{path}/files", NOTES)

    assert (added.status, added.headers["Location"]) == (303, f"{path}/files")
    [file] = await files_of(served, path)
    assert (file["added_by"], file["shown"]) == ("caseworker", False)
    link = f"{path}/files/{file['id']}"
    for page in (f"{path}/files", path):
        text = await seen(desk, page)
        assert link in text
        assert NOTES[0] in text
    saved = await desk.get(link)
    assert saved.body == NOTES[1]
    assert saved.headers["Content-Disposition"].startswith("attachment")


async def test_who_asked_sees_a_file_once_somebody_is_sure(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    await desk.upload(f"{path}/files", NOTES)
    [file] = await files_of(served, path)
    page = f"{path}/files/{file['id']}/show"
    assert NOTES[0] in await seen(desk, page)

    unsure = await desk.post(page)
    sure = await desk.post(page, sure="yes")

    assert (unsure.status, sure.status) == (422, 303)
    assert (await files_of(served, path))[0]["shown"]
    assert "Who asked sees it" in await seen(desk, f"{path}/files")
    assert page not in await seen(desk, f"{path}/files")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ((), "Choose at least one file."),
        ((("a.exe", b"MZ\x90\x00\x03"),), "Take PDF, office documents"),
        ((("empty.txt", b""),), "A file is empty."),
        ((NOTES, ("large.txt", b"x" * (LARGEST + 1))), "at most 10 MB"),
    ],
)
async def test_what_is_not_taken_is_said_beside_the_field_and_nothing_is_stored(
    served: ServedHub, desk: Browser, files: tuple[tuple[str, bytes], ...], says: str
) -> None:
    path = await opened(served)

    refused = await desk.upload(f"{path}/files", *files)

    assert refused.status == 422
    assert says in refused.body.decode()
    assert b'href="#attachment"' in refused.body
    assert await files_of(served, path) == []


async def test_a_form_with_files_needs_the_token_of_the_session(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)

    for token in ("", "wrong"):
        forged = await desk.upload(f"{path}/files", NOTES, fields={FIELD: token})
        assert forged.status == 403

    assert await files_of(served, path) == []


async def test_a_page_that_takes_no_files_refuses_them(served: ServedHub, desk: Browser) -> None:
    path = await opened(served)

    refused = await desk.upload(f"{path}/note", NOTES, fields={"text": "Hello"})

    assert refused.status == 400
    assert await files_of(served, path) == []


async def test_whose_case_it_is_not_can_neither_see_nor_add_files(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    await desk.upload(f"{path}/files", NOTES)
    [file] = await files_of(served, path)
    expert = await signed_in(served, "expert")

    assert (await expert.get(f"{path}/files")).status == 404
    assert (await expert.upload(f"{path}/files", NOTES)).status == 404
    assert (await expert.get(f"{path}/files/{file['id']}")).status == 404
    await desk.post(f"{path}/assign", users="expert")
    assert (await expert.upload(f"{path}/files", NOTES)).status == 303
    assert f"{file['id']}/show" not in await seen(expert, f"{path}/files")
    assert (await expert.get(f"{path}/files/{file['id']}/show")).status == 404


async def test_files_go_with_the_answer_and_who_asked_sees_them_then(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    await desk.upload(f"{path}/files", NOTES, ("not this one.txt", b"Only for us"))
    goes, _stays = await files_of(served, path)
    assert NOTES[0] in await seen(desk, f"{path}/answer")

    sent = await desk.post(f"{path}/answer", text="See the file.", attach=goes["id"], do="save")

    assert sent.status == 303, sent.body
    assert [each["shown"] for each in await files_of(served, path)] == [True, False]


@pytest.mark.parametrize(("fields", "named"), [({}, False), ({"with_names": "yes"}, True)])
async def test_files_go_with_a_copy_and_their_names_only_if_chosen(
    served: ServedHub, desk: Browser, fields: dict[str, str], named: bool
) -> None:
    now = served.node.clock.now()
    await served.node.database.write(lambda db: _approve(db, now))
    path = await opened(served, consents={"escalate": "yes"}, sensitivity="data-none")
    await desk.upload(f"{path}/files", NOTES)
    [file] = await files_of(served, path)
    assert NOTES[0] in await seen(desk, f"{path}/offer")
    offer = {"to": HOSTS[0], "title": "Clauses", "question": "Which?", "attach": file["id"]}

    shown = await desk.post(f"{path}/offer", {**offer, **fields})

    assert shown.status == 200
    assert (NOTES[0].encode() in shown.body) is named


def _approve(db: sqlite_utils.Database, now: datetime) -> None:
    PeerStore(db).add(peer_of(HOSTS[0], now))


async def test_a_text_that_nobody_touched_is_kept_with_its_line_ends(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)

    await desk.post(f"{path}/note", text="One line\r\nand another")

    case = await served.get(path.replace("/desk/", "/api/v1/"), "operator")
    assert case.json["messages"][-1]["text"] == "One line\nand another"
