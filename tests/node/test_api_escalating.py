"""Several hubs, corrections and what is over, over the API; the other hubs are never reached."""

from typing import Any

import pytest

from federation.peers import PeerStore
from tests.node.cli.test_escalate_several import HOSTS, peer_of
from tests.node.conftest import ServedHub

CASE: dict[str, Any] = {
    "title": "Clauses for a chatbot",
    "question": "Which clauses do we need?",
    "topics": ["procurement"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official"},
    "sensitivity": "data-none",
    "consents": {"escalate": "yes"},
}


@pytest.fixture
async def case(served: ServedHub) -> str:
    """Give the address of a case that may go to two hubs."""
    now = served.node.clock.now()
    for host in HOSTS:
        await served.node.database.write(
            lambda db, host=host: PeerStore(db).add(peer_of(host, now))
        )
    made = await served.post("/api/v1/cases", CASE, "caseworker")
    assert made.status == 201, made.body
    return f"/api/v1/cases/{made.json['id']}"


async def test_several_hubs_are_asked_at_once_or_none(served: ServedHub, case: str) -> None:
    path = f"{case}/escalations/several"
    unknown = {"asked": [{"to": HOSTS[0]}, {"to": "nobody.example"}]}

    refused = await served.post(path, unknown, "caseworker")
    none = await served.get(f"{case}/recipients", "caseworker")
    made = await served.post(path, {"asked": [{"to": host} for host in HOSTS]}, "caseworker")
    first = made.json["items"][0]["id"]
    shown = await served.get(f"/api/v1/escalations/{first}", "caseworker")
    back = await served.post(f"/api/v1/escalations/{first}/withdraw-others", None, "caseworker")
    after = await served.get(f"/api/v1/escalations/{first}", "caseworker")

    assert (refused.status, none.json["items"]) == (409, [])
    assert "nobody.example" in refused.json["detail"]
    assert (made.status, {each["peer"] for each in made.json["items"]}) == (201, set(HOSTS))
    assert [each["peer"] for each in shown.json["also_open"]] == [HOSTS[1]]
    assert [each["state"] for each in back.json["items"]] == ["esc-withdrawn"]
    assert (after.json["state"], after.json["also_open"]) == ("esc-offered", [])
    assert after.json["says"].startswith(f"{HOSTS[0]} decides by ")


async def test_a_case_is_put_right_at_the_hubs_that_have_it(served: ServedHub, case: str) -> None:
    outside = {"question": "Which clauses, in all?"}
    for host, words in zip(HOSTS, ({}, outside), strict=True):
        await served.post(f"{case}/escalations", {"to": host, **words}, "caseworker")
    right = {"question": "Which clauses does one need who rents?"}
    worded = {**right, "outside": {"question": "Which clauses when renting?"}}

    stopped = await served.post(f"{case}/correction", right, "caseworker")
    shown = await served.post(f"{case}/correction/preview", worded, "caseworker")
    digests = [each["sha256"] for each in shown.json["items"]]
    done = await served.post(f"{case}/correction", {**worded, "expect": digests}, "caseworker")
    hubs = (await served.get(f"{case}/recipients", "caseworker")).json["items"]

    assert stopped.status == 409
    assert HOSTS[1] in stopped.json["detail"]
    assert [each["corrected"] for each in shown.json["items"]] == [["content"], ["content"]]
    assert (done.status, sorted(done.json["told"])) == (200, sorted(HOSTS))
    assert [(each["version"], each["newest"]) for each in hubs] == [(0, 2), (0, 2)]


async def test_a_hub_that_was_left_behind_is_told_later(served: ServedHub, case: str) -> None:
    made = await served.post(f"{case}/escalations", {"to": HOSTS[0]}, "caseworker")
    path = f"/api/v1/escalations/{made.json['id']}/correct"

    done = await served.post(
        f"{case}/correction", {"title": "Clauses for two", "here_only": True}, "caseworker"
    )
    [behind] = (await served.get(f"{case}/recipients", "caseworker")).json["items"]
    shown = await served.post(f"{path}/preview", {}, "caseworker")
    told = await served.post(path, {"expect": [shown.json["sha256"]]}, "caseworker")
    nothing = await served.post(path, {}, "caseworker")

    assert (done.json["told"], done.json["behind"]) == ([], [HOSTS[0]])
    assert behind["behind_since"] is not None
    assert (shown.json["corrected"], told.status) == (["name"], 200)
    assert nothing.status == 409
    assert nothing.json["type"].endswith("nothing-to-correct")
