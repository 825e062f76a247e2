"""Erasures over the API: what was taken back, who is waited for, and how that ends."""

from datetime import timedelta

from content.changes import Act
from federation.erasures import ErasureStore, Recipient, Request
from federation.publishing import add_resource, retract_resource
from tests.hubs.running import a_record
from tests.node.conftest import ServedHub

HOST = "rights.other.example"


async def taken_back(served: ServedHub, *, days_ago: int) -> str:
    """Return a record that was taken back, of which another hub has not confirmed that."""
    node = served.node
    act = Act("operator", node.clock.now())
    added = await node.database.write(lambda db: add_resource(db, node.hub, a_record(), act))
    await node.database.write(lambda db: retract_resource(db, node.hub, added.id, act))
    told = (await node.database.read(lambda db: ErasureStore(db).get(added.id))).request
    asked_at = act.at - timedelta(days=days_ago)
    request = Request(told.request, told.subject, told.kind, told.ref, told.log, told.seq, asked_at)
    other = Recipient(f"https://{HOST}/actor", HOST, f"https://{HOST}/inbox", "delivery")
    await node.database.write(lambda db: ErasureStore(db).open(request, [other]))
    return added.id


async def test_an_operator_sees_what_is_missing_since_when_and_settles_it(
    served: ServedHub,
) -> None:
    ref = await taken_back(served, days_ago=8)

    listed = await served.get("/api/v1/erasures?state=missing", "operator")
    (erasure,) = listed.json["items"]
    (hub,) = erasure["hubs"]
    settled = await served.post(
        f"/api/v1/erasures/{ref}/settle", {"host": HOST, "note": "A letter."}, "operator"
    )
    after = await served.get(f"/api/v1/erasures/{ref}", "operator")
    none = await served.get("/api/v1/erasures?state=missing", "operator")

    assert (erasure["ref"], erasure["kind"]) == (ref, "resource")
    assert (hub["state"], hub["got"], hub["receipt"]) == ("overdue", "delivery", None)
    assert hub["missing_since"] == hub["asked_at"]
    assert settled.status == 204
    assert after.json["hubs"][0]["state"] == "settled"
    assert after.json["hubs"][0]["settled_by"] == "operator"
    assert none.json["items"] == []


async def test_the_list_is_paged_and_refuses_cursors_of_others(served: ServedHub) -> None:
    refs = [await taken_back(served, days_ago=1) for _ in range(3)]

    first = await served.get("/api/v1/erasures?limit=2", "operator")
    cursor = first.json["next"]
    second = await served.get(f"/api/v1/erasures?limit=2&cursor={cursor}", "operator")
    bad = await served.get("/api/v1/erasures?cursor=nonsense", "operator")
    unknown = await served.get("/api/v1/erasures/01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "operator")

    seen = [item["ref"] for page in (first, second) for item in page.json["items"]]
    assert sorted(seen) == sorted(refs)
    assert second.json["next"] is None
    assert (bad.status, unknown.status) == (400, 404)
