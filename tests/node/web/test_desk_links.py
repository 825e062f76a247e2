"""The report on links of our resources, on the pages of the desk."""

import html

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.test_api_duplicates import RECORD
from tests.node.test_api_links import noted

NEW = "https://new.example/guide"


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


@pytest.fixture
async def ulid(served: ServedHub) -> str:
    """A published resource with a link."""
    made: str = (await served.post("/api/v1/resources", RECORD)).json["ulid"]
    return made


async def test_a_hub_without_links_says_so(desk: Browser) -> None:
    assert "There is none yet." in await seen(desk, "/desk/links")


async def test_a_link_that_nobody_looked_at_is_not_called_broken(desk: Browser, ulid: str) -> None:
    page = await seen(desk, "/desk/links")

    assert "Not looked at yet" in page
    assert "As far as we know, all documents are there." in page


async def test_a_document_that_is_gone_is_told_with_the_answer_and_since_when(
    served: ServedHub, desk: Browser, ulid: str
) -> None:
    await noted(served, ulid, "gone")

    page = await seen(desk, "/desk/links")

    assert "1 of 1 links does not lead to its document." in page
    assert "The server says that the document is not there." in page
    assert "Since " in page
    assert "Because." in page
    assert f'href="/desk/catalogue/{ulid}"' in page
    assert RECORD["title"] in page
    assert "The document is no longer at its address" in await seen(desk, f"/desk/catalogue/{ulid}")


async def test_only_links_in_one_state_are_asked_for(
    served: ServedHub, desk: Browser, ulid: str
) -> None:
    await noted(served, ulid, "unreachable")

    assert RECORD["title"] in await seen(desk, "/desk/links?status=unreachable")
    assert RECORD["title"] not in await seen(desk, "/desk/links?status=gone")
    assert (await desk.get("/desk/links?status=lost")).status == 400


async def test_a_link_to_a_site_that_wants_no_programs_is_neither_broken_nor_there(
    served: ServedHub, desk: Browser, ulid: str
) -> None:
    await noted(served, ulid, "disallowed")

    to_mend = await seen(desk, "/desk/links")
    listed = await seen(desk, "/desk/links?status=disallowed")
    page = await seen(desk, f"/resources/{ulid}")
    record = (await served.get(f"/api/v1/resources/{ulid}")).json

    assert RECORD["title"] not in to_mend
    assert 'href="/desk/links?status=disallowed"' in to_mend
    assert "Not checked: the site asks programs to stay away, so open it yourself." in listed
    assert "badge-wrong" not in listed
    assert "Last looked at" not in listed
    assert "Not checked: the site asks programs to stay away." in page
    assert record["link_status"] == "unchecked"
    assert record["link_check"]["status"] == "disallowed"


async def test_the_new_address_of_a_moved_document_is_put_in_and_kept(
    served: ServedHub, desk: Browser, ulid: str
) -> None:
    await noted(served, ulid, "moved", moved_to=NEW)
    path = f"/desk/catalogue/{ulid}"
    assert f'href="{path}?moved=yes#url"' in await seen(desk, "/desk/links")
    assert f'value="{RECORD["url"]}"' in await seen(desk, path)

    page = await seen(desk, f"{path}?moved=yes")
    fields = {"title": "Guide", "summary": "Text.", "language": "en", "kind": "guide"}
    kept = await desk.post(path, {**fields, "url": NEW, "topics": "privacy"}, do="publish")

    assert f'value="{NEW}"' in page
    assert kept.status == 303
    assert (await served.get(f"/api/v1/resources/{ulid}")).json["record"]["url"] == NEW


async def test_nobody_is_led_to_an_address_that_the_server_did_not_name(
    desk: Browser, ulid: str
) -> None:
    page = await seen(desk, f"/desk/catalogue/{ulid}?moved=yes&url=https://evil.example/")

    assert "evil.example" not in page.partition("<main")[2].partition("</main>")[0]
