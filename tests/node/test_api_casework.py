"""The work on cases over the API: who may do what, dates, queue, history."""

from datetime import timedelta
from typing import Any

import pytest

from content.cases.dates import day_of
from content.changes import Act
from content.people.profiles import ProfileStore
from node.problems import TYPES
from tests.node.conftest import ServedHub

CASE: dict[str, Any] = {
    "title": "Canary title",
    "question": "Canary question?",
    "topics": ["biometrics"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official", "name": "Canary Person"},
}


async def opened(served: ServedHub, **other: Any) -> str:
    answer = await served.post("/api/v1/cases", {**CASE, **other}, "caseworker")
    assert answer.status == 201, answer.body
    return f"/api/v1/cases/{answer.json['id']}"


async def test_a_case_is_triaged_given_dated_closed_and_reopened(served: ServedHub) -> None:
    path = await opened(served)
    today = day_of(served.node.clock.now(), "Europe/Amsterdam")
    friday = (today + timedelta(days=3)).isoformat()

    triaged = await served.post(f"{path}/triage", {"urgency": "urgency-high"}, "caseworker")
    assert triaged.json["status"] == "case-triage"
    assert triaged.json["due"] == (today + timedelta(days=7)).isoformat()
    given = await served.post(f"{path}/assign", {"users": ["expert"]}, "caseworker")
    assert given.json["assigned_to"] == ["expert"]
    due = await served.post(f"{path}/due", {"day": friday, "reason": "Tender"}, "caseworker")
    assert (due.json["due"], due.json["due_reason"], due.json["overdue"]) == (
        friday,
        "Tender",
        False,
    )
    asked = await served.post(f"{path}/ask", {"text": "Where?", "until": friday}, "caseworker")
    assert asked.json["reply_due"] == friday
    closed = await served.post(
        f"{path}/close", {"outcome": "no-reply", "note": "Tried twice"}, "caseworker"
    )
    assert (closed.json["outcome"], closed.json["reply_due"]) == ("no-reply", None)
    again = await served.post(f"{path}/reopen", {"reason": "They wrote"}, "caseworker")
    assert (again.json["status"], again.json["outcome"]) == ("case-open", None)

    history = await served.get(f"{path}/history", "caseworker")
    steps = [each["what"] for each in history.json["items"]][::-1]
    assert steps[0] == "case.receive"
    assert {"case.triage", "case.assign", "case.due", "case.close", "case.reopen"} <= set(steps)
    assert b"anary" not in history.body
    assert b"Tried" not in history.body


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("triage", {"label": "tlp-clear"}, 422, "reason-missing"),
        ("triage", {"label": "tlp-purple"}, 400, "bad-body"),
        ("triage", {"consents": {"publish_lesson": True}}, 400, "bad-body"),
        ("assign", {"users": ["reader"]}, 422, "cannot-be-assigned"),
        ("assign", {"users": ["nobody"]}, 404, "user-not-found"),
        ("unassign", {"users": ["expert"]}, 422, "case-invalid"),
        ("due", {"day": "2020-01-01"}, 422, "due-day-wrong"),
        ("due", {"day": "tomorrow"}, 400, "bad-body"),
        ("close", {}, 400, "bad-body"),
        ("close", {"outcome": "withdrawn"}, 422, "case-invalid"),
        ("reopen", {"reason": "no"}, 409, "case-move-not-allowed"),
    ],
)
async def test_what_cannot_be_is_refused_and_stores_nothing(
    served: ServedHub, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    path = await opened(served)
    before = await served.get(path, "operator")

    refused = await served.post(f"{path}/{verb}", body)

    assert (refused.status, refused.json["type"]) == (status, f"{TYPES}{code}")
    after = await served.get(path, "operator")
    assert {**after.json, "updated_at": ""} == {**before.json, "updated_at": ""}


async def test_an_expert_sees_and_works_on_assigned_cases_only(served: ServedHub) -> None:
    given, other = await opened(served), await opened(served)
    await served.post(f"{given}/assign", {"users": ["expert"]})

    assert (await served.get(given, "expert")).status == 200
    assert (await served.post(f"{given}/note", {"text": "Seen"}, "expert")).status == 200
    missing = await served.get("/api/v1/cases/01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "expert")
    for path in (other, f"{other}/history"):
        assert (await served.get(path, "expert")).body == missing.body
    assert (await served.post(f"{other}/note", {"text": "x"}, "expert")).status == 404
    assert (await served.post(f"{given}/close", {"outcome": "solved"}, "expert")).status == 404
    listed = await served.get("/api/v1/cases?sort=queue", "expert")
    assert [item["id"] for item in listed.json["items"]] == [given.rpartition("/")[2]]
    counts = await served.get("/api/v1/cases/counts", "expert")
    assert sum(counts.json["by_status"].values()) == 1


async def test_the_queue_is_counted_and_filtered(served: ServedHub) -> None:
    path = await opened(served, request_type="req-training")
    await opened(served, country="TN", requester={"role": "who-ngo"})

    counts = await served.get("/api/v1/cases/counts?at_work=true", "caseworker")
    assert counts.json["by_status"]["case-received"] == 2
    assert (counts.json["overdue"], counts.json["unassigned"]) == (0, 2)
    today = day_of(served.node.clock.now(), "Europe/Amsterdam").isoformat()
    for query, found in (
        ("request_type=req-training", 1),
        ("requester_role=who-ngo", 1),
        ("country=TN", 1),
        ("label=tlp-amber", 2),
        ("unassigned=true", 2),
        ("overdue=true", 0),
        (f"created_from={today}", 2),
        (f"created_to={today}", 2),
        ("created_to=2020-01-01", 0),
        ("at_work=true&sort=due&limit=1", 1),
    ):
        listed = await served.get(f"/api/v1/cases?{query}", "caseworker")
        assert len(listed.json["items"]) == found, query
    page = await served.get("/api/v1/cases?sort=queue&limit=1", "caseworker")
    rest = await served.get(
        f"/api/v1/cases?sort=queue&limit=1&cursor={page.json['next']}", "caseworker"
    )
    assert {page.json["items"][0]["id"], rest.json["items"][0]["id"]} >= {path.rpartition("/")[2]}
    for bad in ("created_from=today", "at_work=true&status=case-open", "sort=luck"):
        assert (await served.get(f"/api/v1/cases?{bad}", "caseworker")).status == 400


async def test_people_see_their_own_notices_and_tick_them_off(served: ServedHub) -> None:
    path = await opened(served)
    await served.post(f"{path}/assign", {"users": ["expert"]}, "caseworker")

    mine = await served.get("/api/v1/me/notices", "expert")
    assert [(each["kind"], each["case_id"]) for each in mine.json["items"]] == [
        ("assigned", path.rpartition("/")[2])
    ]
    assert (await served.get("/api/v1/me/notices", "caseworker")).json["items"] == []
    seen = await served.post("/api/v1/me/notices/seen", {"upto": 99}, "caseworker")
    assert seen.status == 204
    assert len((await served.get("/api/v1/me/notices", "expert")).json["items"]) == 1
    await served.post("/api/v1/me/notices/seen", {"upto": mine.json["items"][0]["seq"]}, "expert")
    assert (await served.get("/api/v1/me/notices", "expert")).json["items"] == []


async def test_who_was_given_a_case_reads_why(served: ServedHub) -> None:
    path = await opened(served)
    await served.post(f"{path}/assign", {"users": ["expert"]}, "caseworker")
    now = served.node.clock.now()
    await served.node.database.write(
        lambda db: ProfileStore(db).put("expert", Act("system", now), topics=["biometrics"])
    )

    people = await served.get(f"{path}/people", "expert")

    assert [each["user"] for each in people.json["items"]] == ["expert"]
    assert [each for each in people.json["why_you"] if "iometric" in each], people.json


async def test_nobody_takes_on_a_case_without_ruling_out_a_conflict(served: ServedHub) -> None:
    path = await opened(served)
    await served.post(f"{path}/assign", {"users": ["expert"]}, "caseworker")

    for said in ({}, {"no_conflict": False}):
        refused = await served.post(f"{path}/people/accept", said, "expert")
        assert refused.status == 422
        assert refused.json["type"].endswith("conflict-not-ruled-out")
        assert "decline the case with the reason" in refused.json["detail"]
    taken = await served.post(f"{path}/people/accept", {"no_conflict": True}, "expert")

    assert taken.status == 200, taken.body
    [expert] = taken.json["items"]
    assert expert["state"] == "accepted"
    assert expert["no_conflict_at"] == expert["answered_at"]
