"""Who calls, and whose cases an expert sees; test_route_role_matrix.py goes through all routes."""

from datetime import timedelta

import pytest

from content.changes import Act
from content.people.tokens import TokenStore
from node.problems import TYPES
from tests.node.conftest import Answered, ServedHub

UNKNOWN = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
CASE = {
    "title": "Facial recognition at the station",
    "question": "May the city do this?",
    "topics": [],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official", "name": "Canary Person"},
}


def code(answer: Answered) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == answer.status
    return answer.json["type"].removeprefix(TYPES)


async def test_a_case_and_no_case_look_alike_to_those_who_may_not_read_cases(
    served: ServedHub,
) -> None:
    opened = await served.post("/api/v1/cases", CASE)
    assert opened.status == 201, opened.body
    real = opened.json["id"]

    for method, path in [
        ("GET", ""),
        ("POST", "/answer"),
        ("POST", "/assign"),
        ("GET", "/matches"),
        ("POST", "/escalations"),
        ("POST", "/escalations/preview"),
    ]:
        for role in ("", "reader", "expert"):
            answers = [
                await served.call(
                    method, f"/api/v1/cases/{number}{path}", role=role, body={"text": "x"}
                )
                for number in (real, UNKNOWN)
            ]
            if method == "POST" and path == "/answer" and role == "expert":
                assert [each.status for each in answers] == [404, 404]
            assert answers[0].body == answers[1].body
            assert answers[0].status == answers[1].status == 404
            for answer in answers:
                answer.headers.pop("Date", None)
            assert answers[0].headers == answers[1].headers


async def test_an_expert_reads_and_answers_the_cases_that_are_theirs(served: ServedHub) -> None:
    case = (await served.post("/api/v1/cases", CASE)).json["id"]
    assert (await served.get(f"/api/v1/cases/{case}", "expert")).status == 404

    await served.post(f"/api/v1/cases/{case}/assign", {"users": ["expert"]})

    assert (await served.get(f"/api/v1/cases/{case}", "expert")).status == 200
    listed = await served.get("/api/v1/cases", "expert")
    assert [item["id"] for item in listed.json["items"]] == [case]
    answer = await served.post(f"/api/v1/cases/{case}/answer", {"text": "No."}, "expert")
    assert answer.json["status"] == "case-answered"


async def test_without_a_token_one_is_asked_for(served: ServedHub) -> None:
    answer = await served.get("/api/v1/cases")

    assert (answer.status, code(answer)) == (401, "token-missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "field", ["Bearer hub_wrong", "Bearer", "Basic b3A6b3A=", "hub_x", f"Bearer hub_{'A' * 43}"]
)
async def test_a_token_that_is_none_is_refused_even_where_none_is_needed(
    served: ServedHub, field: str
) -> None:
    answer = await served.get("/api/v1/hubs", Authorization=field)

    assert (answer.status, code(answer)) == (401, "not-authenticated")
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("name", ["token", "access_token", "anything"])
async def test_a_token_in_an_address_is_refused(served: ServedHub, name: str) -> None:
    answer = await served.get(f"/api/v1/me?{name}={served.tokens['operator']}")

    assert (answer.status, code(answer)) == (401, "token-in-query")
    assert served.tokens["operator"] not in answer.body.decode()


async def test_expired_and_revoked_tokens_do_not_work(served: ServedHub) -> None:
    node = served.node
    act = Act("operator", node.clock.now() - timedelta(days=2))

    def issue(db):
        return TokenStore(db).issue(
            "operator",
            act,
            chance=node.hub.chance,
            label="old",
            expires_at=act.at + timedelta(days=1),
        )

    old = await node.database.write(issue)
    assert (await served.get("/api/v1/me", Authorization=f"Bearer {old.secret}")).status == 401

    tokens = (await served.get("/api/v1/tokens", "operator")).json["items"]
    mine = next(each["id"] for each in tokens if each["user"] == "reader")
    revoked = await served.call("DELETE", f"/api/v1/tokens/{mine}", role="operator")
    assert revoked.json["revoked_at"] is not None
    assert (await served.get("/api/v1/me", "reader")).status == 401


async def test_too_many_wrong_tokens_are_held_off(served: ServedHub) -> None:
    fields = {"Authorization": "Bearer hub_wrong", "X-Forwarded-For": "192.0.2.7"}
    answers = [await served.get("/api/v1/me", **fields) for _ in range(25)]

    assert answers[0].status == 401
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    other = {**fields, "X-Forwarded-For": "192.0.2.8"}
    assert (await served.get("/api/v1/me", **other)).status == 401


async def test_me_says_who_i_am(served: ServedHub) -> None:
    answer = await served.get("/api/v1/me", "caseworker")

    assert (answer.json["name"], answer.json["role"]) == ("caseworker", "caseworker")
    assert "cases-work" in answer.json["rights"]
