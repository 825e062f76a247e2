"""Files of a resource on the pages of the desk."""

import hashlib
import html

import pytest

from tests.content.sample_files import PDF
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import publish

DIGEST = hashlib.sha256(PDF).hexdigest()


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


async def test_a_file_is_attached_fetched_and_taken_off_when_one_is_sure(
    served: ServedHub, desk: Browser
) -> None:
    ulid = await publish(served)
    path = f"/desk/catalogue/{ulid}/files"
    assert "There is no file yet." in await seen(desk, path)

    attached = await desk.upload(path, ("clauses.pdf", PDF))

    assert attached.status == 303
    assert "clauses.pdf" in await seen(desk, path)
    assert "Its files (1)" in await seen(desk, f"/desk/catalogue/{ulid}")
    assert "clauses.pdf" in await seen(desk, f"/resources/{ulid}")
    fetched = await desk.get(f"{path}/{DIGEST}")
    assert fetched.body == PDF
    assert fetched.headers["Content-Disposition"].startswith("attachment; ")
    assert (await desk.post(f"{path}/{DIGEST}/remove")).status == 422
    assert (await desk.post(f"{path}/{DIGEST}/remove", sure="yes")).status == 303
    assert "There is no file yet." in await seen(desk, path)
    assert (await desk.get(f"{path}/{DIGEST}/remove")).status == 404


async def test_without_a_file_or_with_one_that_is_not_taken_the_page_says_so(
    served: ServedHub, desk: Browser
) -> None:
    path = f"/desk/catalogue/{await publish(served)}/files"

    none = await desk.upload(path)
    wrong = await desk.upload(path, ("a.html", b"<script>\x00"))

    assert [none.status, wrong.status] == [422, 422]
    assert b"Choose at least one file." in none.body
    assert "There is no file yet." in await seen(desk, path)


async def test_a_file_of_a_draft_is_seen_by_staff_alone(served: ServedHub, desk: Browser) -> None:
    fields = {"title": "Draft", "summary": "Text.", "language": "en", "kind": "guide"}
    made = await desk.post("/desk/catalogue/new", {**fields, "topics": "privacy"}, do="draft")
    path = f"{made.headers['Location']}/files"

    await desk.upload(path, ("clauses.pdf", PDF))

    assert "seen by nobody else until the draft is published" in await seen(desk, path)
    assert (await desk.get(f"{path}/{DIGEST}")).body == PDF
    stranger = Browser(served)
    ulid = made.headers["Location"].rpartition("/")[2]
    assert (await stranger.get(f"/resources/{ulid}/files/{DIGEST}")).status == 404
