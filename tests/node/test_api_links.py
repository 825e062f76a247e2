"""What was seen behind links, over the API and on the page."""

from content.resources.link_checks import LinkState, LinkStore, OwnLink, Seen, first_check
from tests.node.conftest import ServedHub
from tests.node.test_api_duplicates import RECORD


async def noted(served: ServedHub, ulid: str, status: LinkState, **more: str) -> None:
    now = served.node.clock.now()
    link = OwnLink(RECORD["url"], (ulid,))
    check = first_check(link.link, Seen(status, "Because.", **more), now, 0.5)
    await served.node.database.write(lambda db: LinkStore(db).put(check, link.ids))


async def test_the_page_says_where_a_record_was_taken_over_from(served: ServedHub) -> None:
    for source in ("https://data.city.example/oai?set=law", "Our old <b>list</b>"):
        given = {**RECORD, "source": source, "source_id": "1"}
        ulid = (await served.post("/api/v1/resources", given)).json["ulid"]
        page = (await served.get(f"/resources/{ulid}")).body.decode()

        assert "Taken over from" in page
        assert ("data.city.example</a>" in page) == source.startswith("https")
        assert "<b>list" not in page


async def test_a_broken_link_is_told_to_staff_and_on_the_page(served: ServedHub) -> None:
    ulid = (await served.post("/api/v1/resources", RECORD)).json["ulid"]
    before = await served.get(f"/api/v1/resources/{ulid}")
    page_before = await served.get(f"/resources/{ulid}")
    await noted(served, ulid, "gone")
    shown = await served.get(f"/api/v1/resources/{ulid}")
    page = await served.get(f"/resources/{ulid}")
    listed = await served.get("/api/v1/links", "caseworker")
    found = await served.get("/api/v1/resources?q=registers")
    await noted(served, ulid, "moved", moved_to="https://new.example/guide")
    moved = await served.get(f"/resources/{ulid}")
    only_gone = await served.get("/api/v1/links?status=gone", "caseworker")

    assert (before.json["link_status"], before.json["link_check"]) == ("unchecked", None)
    assert b"not yet checked" in page_before.body
    assert (shown.json["link_status"], shown.json["link_check"]["status"]) == ("broken", "gone")
    assert b"no longer there" in page.body
    assert (listed.json["counts"], listed.json["items"][0]["ulids"]) == ({"gone": 1}, [ulid])
    assert found.json["items"][0]["link_status"] == "broken"
    assert b'href="https://new.example/guide"' in moved.body
    assert only_gone.json["items"] == []
