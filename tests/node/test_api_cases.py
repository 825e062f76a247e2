"""Cases over the API, from the request to the end."""

from node.problems import TYPES
from tests.node.conftest import ServedHub

CASE = {
    "title": "Facial recognition at the station",
    "question": "May the city do this?",
    "topics": ["biometrics"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official", "name": "Canary Person"},
}


async def test_a_case_goes_its_way(served: ServedHub) -> None:
    case = {**CASE, "topics": []}
    opened = await served.post("/api/v1/cases", case, "caseworker")
    assert (opened.status, opened.json["status"]) == (201, "case-received")
    path = f"/api/v1/cases/{opened.json['id']}"
    mine = {"Authorization": f"Receipt {opened.json['code']}"}
    assert (await served.get("/api/v1/requests/mine", **mine)).json["title"] == case["title"]

    assigned = await served.post(f"{path}/assign", {"users": ["caseworker"]}, "caseworker")
    assert assigned.json["assigned_to"] == ["caseworker"]
    asked = await served.post(f"{path}/ask", {"text": "Which station?"}, "caseworker")
    assert asked.json["status"] == "case-waiting"
    replied = await served.post(f"{path}/reply", {"text": "Centraal."}, "caseworker")
    assert replied.json["messages"][-1]["author"] == "requester"
    answered = await served.post(f"{path}/answer", {"text": "No, because."}, "caseworker")
    assert answered.json["status"] == "case-answered"
    closed = await served.post(f"{path}/close", {"outcome": "solved"}, "caseworker")
    assert closed.json["status"] == "case-closed"

    whole = await served.get(path, "caseworker")
    assert [each["kind"] for each in whole.json["messages"]] == ["question", "reply", "answer"]
    assert whole.json["requester"]["name"] == "Canary Person"
    changes = await served.get(f"/api/v1/changes?subject={opened.json['id']}", "operator")
    assert {each["by"] for each in changes.json["items"]} == {"caseworker"}
    assert b"Canary" not in changes.body


async def test_lists_have_no_questions_and_no_requesters(served: ServedHub) -> None:
    await served.post("/api/v1/cases", {**CASE, "topics": []})

    listed = await served.get("/api/v1/cases", "operator")

    assert len(listed.json["items"]) == 1
    assert b"Canary" not in listed.body
    assert b"May the city" not in listed.body


async def test_a_parent_topic_finds_a_case(served: ServedHub) -> None:
    opened = await served.post("/api/v1/cases", {**CASE, "topics": ["generative-ai"]})
    assert opened.status == 201, opened.body

    assert (
        len((await served.get("/api/v1/cases?topic=algorithms-ai", "operator")).json["items"]) == 1
    )
    assert (await served.get("/api/v1/cases?topic=procurement", "operator")).json["items"] == []
    assert (await served.get("/api/v1/cases?topic=nothing", "operator")).status == 400


async def test_a_move_that_does_not_fit_is_refused_and_nothing_is_stored(
    served: ServedHub,
) -> None:
    opened = await served.post("/api/v1/cases", {**CASE, "topics": []})
    path = f"/api/v1/cases/{opened.json['id']}"
    await served.post(f"{path}/close", {"outcome": "not-answered"})

    refused = await served.post(f"{path}/answer", {"text": "Too late."})

    assert (refused.status, refused.json["type"]) == (409, f"{TYPES}case-move-not-allowed")
    assert (await served.get(path, "operator")).json["messages"] == []


async def test_a_wrong_case_names_its_mistakes_without_the_values(served: ServedHub) -> None:
    answer = await served.post(
        "/api/v1/cases", {**CASE, "country": "XX", "language": "no tag", "title": "canary" * 99}
    )

    assert (answer.status, answer.json["type"]) == (422, f"{TYPES}case-invalid")
    assert {each["field"] for each in answer.json["errors"]} == {"country", "language", "title"}
    assert b"canary" not in answer.body


async def test_a_case_is_not_offered_to_a_hub_that_is_no_peer(served: ServedHub) -> None:
    opened = await served.post("/api/v1/cases", {**CASE, "topics": []})
    path = f"/api/v1/cases/{opened.json['id']}/escalations"

    for end in ("", "/preview"):
        answer = await served.post(f"{path}{end}", {"to": "hub.nowhere.example"})
        assert (answer.status, answer.json["type"]) == (404, f"{TYPES}peer-not-found")
    assert (await served.get("/api/v1/escalations", "operator")).json["items"] == []


async def test_an_unknown_escalation_is_not_there(served: ServedHub) -> None:
    for verb in ("accept", "withdraw", "confirm"):
        answer = await served.post(
            f"/api/v1/escalations/01KAT3Q8T6W3Y6M0S0V4N8Z2XH/{verb}",
            {} if verb == "accept" else None,
        )
        assert answer.status == 404
