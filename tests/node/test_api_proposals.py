"""Proposals over the API: who may propose, see and decide."""

from typing import Any

import sqlite_utils

from content.changes import Act
from content.ids import new_id
from content.proposals.proposal import Proposal
from content.proposals.store import ProposalStore
from content.resources.store import ResourceStore
from node.problems import TYPES
from tests.node.conftest import Answered, ServedHub

GUIDE = {
    "title": {"en": "Guide"},
    "summary": {"en": "How a city buys."},
    "language": "en",
    "kind": "guide",
    "topics": ["procurement"],
    "year": 2024,
}
BODY: dict[str, Any] = {"changes": {"year": 2026}, "reason": "The second edition came out."}


def code(answer: Answered) -> str:
    return str(answer.json["type"]).removeprefix(TYPES)


async def added(served: ServedHub, **fields: Any) -> str:
    made = await served.post("/api/v1/resources", {**GUIDE, **fields})
    return f"/api/v1/resources/{made.json['ulid']}"


async def test_a_reader_proposes_and_a_caseworker_decides(served: ServedHub) -> None:
    path = await added(served)

    made = await served.post(f"{path}/proposals", BODY, "reader")
    assert made.status == 201, made.body
    proposal = f"/api/v1/proposals/{made.json['id']}"
    refused = await served.post(f"{proposal}/accept", {}, "reader")
    seen = await served.get(proposal, "expert")
    accepted = await served.post(f"{proposal}/accept", {}, "caseworker")
    again = await served.post(f"{proposal}/decline", {"reason": "No."}, "caseworker")

    assert (made.json["direction"], made.json["by"], made.json["before"]) == (
        "own",
        "reader",
        {"year": 2024},
    )
    assert (refused.status, seen.status, code(seen)) == (403, 404, "proposal-not-found")
    assert (accepted.status, accepted.json["state"]) == (200, "accepted")
    assert (await served.get(path)).json["record"]["year"] == 2026
    assert (again.status, code(again)) == (409, "proposal-decided")


async def test_each_sees_their_own_and_editors_all(served: ServedHub) -> None:
    path = await added(served)
    for role, year in (("reader", 2025), ("expert", 2026)):
        body = {**BODY, "changes": {"year": year}}
        assert (await served.post(f"{path}/proposals", body, role)).status == 201

    counts = {
        role: len((await served.get("/api/v1/proposals", role)).json["items"])
        for role in ("reader", "expert", "caseworker", "operator")
    }
    notices = (await served.get("/api/v1/notices", "operator")).json["items"]

    assert counts == {"reader": 1, "expert": 1, "caseworker": 2, "operator": 2}
    assert [notice["kind"] for notice in notices].count("proposal") == 2
    assert "second edition" not in str(notices)


async def test_what_a_reader_cannot_see_a_reader_cannot_correct(served: ServedHub) -> None:
    amber = await added(served, label="tlp-amber")
    draft = await served.post(
        "/api/v1/resources?publish=false", {**GUIDE, "title": {"en": "Draft"}}
    )
    draft_path = f"/api/v1/resources/{draft.json['ulid']}"

    for path in (amber, draft_path, "/api/v1/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"):
        refused = await served.post(f"{path}/proposals", BODY, "reader")
        assert (refused.status, code(refused)) == (404, "resource-not-found")


async def test_what_could_not_be_made_is_refused_in_words(served: ServedHub) -> None:
    path = await added(served)
    bodies = (
        {**BODY, "changes": {"label": "tlp-clear"}},
        {**BODY, "changes": {"year": 2024}},
        {**BODY, "reason": "  "},
        {**BODY, "changes": {"kind": "poem"}},
    )

    codes = [code(await served.post(f"{path}/proposals", body, "reader")) for body in bodies]

    assert codes == ["proposal-invalid", "proposal-invalid", "proposal-invalid", "resource-invalid"]


async def test_who_proposed_takes_it_back_and_nobody_else_without_the_right(
    served: ServedHub,
) -> None:
    path = await added(served)
    made = await served.post(f"{path}/proposals", BODY, "reader")
    proposal = f"/api/v1/proposals/{made.json['id']}"

    refused = await served.call("POST", f"{proposal}/withdraw", role="expert")
    done = await served.call("POST", f"{proposal}/withdraw", role="reader")

    assert (refused.status, done.status, done.json["state"]) == (404, 200, "withdrawn")
    assert (await served.get("/api/v1/notices", "operator")).json["items"] == []


async def test_the_page_of_a_record_thanks_the_hub_whose_correction_went_into_it(
    served: ServedHub,
) -> None:
    path = await added(served)
    node = served.node
    act = Act("operator", node.clock.now())
    url = f"{served.settings.origin}{path.removeprefix('/api/v1')}"

    def work(db: sqlite_utils.Database) -> None:
        resource = ResourceStore(db).get(path.rpartition("/")[2])
        proposal = Proposal(
            id=new_id(act.at, node.hub.chance),
            direction="in",
            peer="hub.far.example",
            actor="https://hub.far.example/actor",
            offer="https://hub.far.example/activities/1",
            resource=url,
            changes={"year": 2026},
            reason="The second edition came out.",
            base=resource.updated_at,
            by="",
            created_at=act.at,
        )
        ProposalStore(db).add(proposal, act, "receive")

    await node.database.write(work)
    (waiting,) = (await served.get("/api/v1/proposals", "operator")).json["items"]
    before = await served.get(path.removeprefix("/api/v1"), Accept="text/html")

    done = await served.post(f"/api/v1/proposals/{waiting['id']}/accept", {"credit": True})
    after = await served.get(path.removeprefix("/api/v1"), Accept="text/html")

    assert done.json["credit"] is True
    assert b"hub.far.example" not in before.body
    assert b"hub.far.example" in after.body
    document = (await served.get(path)).json["document"]
    assert document["hub:resource"]["thanks"] == ["https://hub.far.example/actor"]
