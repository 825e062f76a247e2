"""Harvest sources over the API."""

from contextlib import AsyncExitStack

from federation.harvesting.running import run_due
from federation.transport import GuardedTransport
from tests.harvest_source import FileServer
from tests.node.conftest import ServedHub

FEED = (
    b"<rss version='2.0'><channel><title>C</title>"
    b"<item><title>One</title><guid>1</guid></item></channel></rss>"
)


async def test_a_source_is_added_asked_approved_and_removed(served: ServedHub) -> None:
    async with FileServer(body=FEED) as server, AsyncExitStack() as closing:
        await served.node.transport.close()
        transport = GuardedTransport(frozenset({server.authority}), "RightsHub/test")
        closing.push_async_callback(transport.close)
        served.node.transport = transport
        given = {"url": f"{server.origin}/f", "kind": "feed", "review": True, "label": "tlp-green"}
        added = await served.post("/api/v1/harvest", given)
        path = f"/api/v1/harvest/{added.json['id']}"
        await run_due(served.node, "system")
        shown = await served.get(path, "caseworker")
        waits = (await served.get(f"{path}/waiting", "caseworker")).json["items"]
        decision = {"ulids": [waits[0]["ulid"]]}
        approved = await served.post(f"{path}/approve", decision, "caseworker")
        twice = await served.post(f"{path}/approve", decision, "caseworker")
        due = await served.post(f"{path}/run", role="caseworker")
        runs = await served.get(f"{path}/runs", "caseworker")
        paused = await served.post(f"{path}/pause")
        removed = await served.call("DELETE", f"{path}?take_back=true", role="operator")

        assert (added.status, added.json["records"], added.json["label"]) == (201, 0, "tlp-green")
        assert shown.json["last_run"]["report"]["added"] == 1
        assert (approved.json, twice.status) == ({"count": 1}, 409)
        assert due.json["next_at"] < shown.json["next_at"]
        assert runs.json["total"] == 1
        assert paused.json["state"] == "paused"
        assert removed.json == {"taken_back": 1}
        assert (await served.get("/api/v1/harvest", "caseworker")).json["items"] == []


async def test_a_source_that_cannot_be_is_refused(served: ServedHub) -> None:
    given = {"url": "https://a.example/", "kind": "feed"}
    first = await served.post("/api/v1/harvest", given)
    twice = await served.post("/api/v1/harvest", given)
    wrong = await served.post("/api/v1/harvest", {**given, "url": "javascript:alert(1)"})
    unknown = await served.post("/api/v1/harvest/NONE/run")

    assert [a.status for a in (first, twice, wrong, unknown)] == [201, 409, 422, 404]
    assert twice.json["type"].endswith("harvest-source-exists")


async def test_a_source_is_decided_about_anew_but_its_address_stays(served: ServedHub) -> None:
    given = {"url": "https://a.example/", "kind": "feed", "name": "A", "topics": ["privacy"]}
    path = f"/api/v1/harvest/{(await served.post('/api/v1/harvest', given)).json['id']}"
    changed = await served.call("PUT", path, role="operator", body={"review": True})
    moved = await served.call("PUT", path, role="operator", body={"url": "https://b.example/"})
    denied = await served.call("PUT", path, role="caseworker", body={"review": True})

    assert (changed.json["name"], changed.json["topics"]) == ("A", [])
    assert (changed.json["review"], changed.json["url"]) == (True, "https://a.example/")
    assert [moved.status, denied.status] == [400, 403]
