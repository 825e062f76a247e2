"""Drafts over the API: two people at one draft, review, and one merged answer with its sources."""

from typing import Any

import pytest

from content.held import Held
from content.labels import Label
from content.resources.held import HeldResourceStore
from content.resources.record import read_record
from node.problems import TYPES
from tests.node.conftest import Answered, ServedHub

CASE: dict[str, Any] = {
    "title": "Chatbot",
    "question": "Which clauses?",
    "topics": ["procurement"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official", "name": "Canary Person"},
}
GUIDE = {
    "title": {"en": "Buying AI", "es": "Comprar IA"},
    "summary": {"en": "Clauses."},
    "language": "es",
    "kind": "guide",
    "topics": ["procurement"],
    "url": "https://docs.example/guide",
}
PEER = "barcelona.example"
HELD = f"https://{PEER}/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"


async def assigned(served: ServedHub) -> str:
    opened = await served.post("/api/v1/cases", CASE)
    path = f"/api/v1/cases/{opened.json['id']}"
    await served.post(f"{path}/assign", {"users": ["expert", "caseworker"]})
    return path


async def drafted(served: ServedHub, path: str, role: str, text: str, *cites: str) -> str:
    made = await served.post(f"{path}/drafts", {"text": text, "cites": list(cites)}, role)
    assert made.status == 201, made.body
    return f"{path}/drafts/{made.json['id']}"


def code(answer: Answered) -> str:
    return str(answer.json["type"]).removeprefix(TYPES)


async def published(served: ServedHub, **other: Any) -> str:
    made = await served.post("/api/v1/resources", {**GUIDE, **other})
    assert made.status == 201, made.body
    return str(made.json["ulid"])


async def held(served: ServedHub) -> None:
    now = served.node.clock.now()
    record = read_record({**GUIDE, "title": "Guía de Barcelona", "url": None})
    record_of_peer = Held(
        hub=PEER,
        ref=HELD.rpartition("/")[2],
        url=HELD,
        record=record,
        document="{}",
        label=Label.CLEAR,
        received_at=now,
    )
    await served.node.database.write(lambda db: HeldResourceStore(db).put(record_of_peer))


async def test_drafts_of_two_people_become_one_answer_with_its_sources(served: ServedHub) -> None:
    path = await assigned(served)
    guide = await published(served)
    await held(served)
    legal = await drafted(served, path, "expert", "Keep logs for 30 days.", guide)
    plain = await drafted(served, path, "caseworker", "Ask for an exit clause.", HELD)
    approved = await served.post(f"{legal}/approve", {"revision": 1}, "caseworker")
    assert approved.json["approved_by"] == ["caseworker"]

    merging = await served.get(f"{path}/merging", "operator")
    assert "=== expert, revision 1, approved by caseworker ===" in merging.json["text"]
    assert merging.json["cites"] == [guide, HELD]
    answered = await served.post(
        f"{path}/answer",
        {
            "text": "Keep logs, and ask for an exit.",
            "drafts": [{"id": each.rpartition("/")[2], "revision": 1} for each in (legal, plain)],
        },
        "caseworker",
    )

    assert (answered.status, answered.json["status"]) == (200, "case-answered")
    (message,) = answered.json["messages"]
    assert message["kind"] == "answer"
    assert message["authors"] == ["expert", "caseworker"]
    assert message["approved_by"] == ["caseworker"]
    own = f"{served.settings.origin}/resources/{guide}"
    assert [(each["url"], each["hub"], each["state"]) for each in message["sources"]] == [
        (own, "127.0.0.2:9802", "available"),
        (HELD, PEER, "available"),
    ]
    assert f"[1] Buying AI (127.0.0.2:9802)\n    {own}" in message["text"]
    assert "expert" not in message["text"]
    states = (await served.get(f"{path}/drafts", "expert")).json["items"]
    assert [each["state"] for each in states] == ["merged", "merged"]


async def test_a_source_that_is_taken_back_later_is_shown_as_such(served: ServedHub) -> None:
    path = await assigned(served)
    guide = await published(served)
    await held(served)
    await served.post(f"{path}/answer", {"text": "See there.", "cites": [guide, HELD]})

    await served.call("DELETE", f"/api/v1/resources/{guide}", role="operator")
    now = served.node.clock.now()
    await served.node.database.write(
        lambda db: HeldResourceStore(db).remove(PEER, HELD.rpartition("/")[2], now, url=HELD)
    )
    shown = (await served.get(path, "expert")).json["messages"][0]["sources"]
    await served.node.database.write(lambda db: HeldResourceStore(db).forget(PEER))
    forgotten = (await served.get(path, "expert")).json["messages"][0]["sources"]

    assert [each["state"] for each in shown] == ["retracted", "retracted"]
    assert [each["state"] for each in forgotten] == ["retracted", "unknown"]
    assert shown[1]["title"] == "Guía de Barcelona"


async def test_sources_are_given_as_id_address_page_or_document(served: ServedHub) -> None:
    path = await assigned(served)
    guide = await published(served)
    await held(served)
    origin = served.settings.origin
    ways = [
        *(guide, f"{origin}/resources/{guide}", "https://docs.example/guide"),
        *(HELD, f"{origin}/hubs/{PEER}/resources/{HELD.rpartition('/')[2]}"),
    ]

    answered = await served.post(f"{path}/answer", {"text": "See.", "cites": ways})

    (message,) = answered.json["messages"]
    assert [each["url"] for each in message["sources"]] == [f"{origin}/resources/{guide}", HELD]


@pytest.mark.parametrize(
    "cited", ["https://elsewhere.example/x", "01KAT3Q8T6W3Y6M0S0V4N8Z2XZ", "x", "draft", "amber"]
)
async def test_what_is_not_in_the_catalogue_or_not_public_is_not_cited(
    served: ServedHub, cited: str
) -> None:
    path = await assigned(served)
    if cited == "draft":
        made = await served.post("/api/v1/resources?publish=false", GUIDE)
        cited = made.json["ulid"]
    elif cited == "amber":
        cited = await published(served, label="tlp-amber")

    refused = await served.post(f"{path}/answer", {"text": "See.", "cites": [cited]})

    assert code(refused) in ("citation-unknown", "stays-here")
    whole = await served.get(path, "operator")
    assert (whole.json["status"], whole.json["messages"]) == ("case-open", [])


async def test_two_people_edit_one_draft_at_once_and_no_text_is_lost(served: ServedHub) -> None:
    path = await assigned(served)
    draft = await drafted(served, path, "expert", "First.")

    first = await served.call(
        "PUT", draft, role="caseworker", body={"text": "By the caseworker.", "revision": 1}
    )
    second = await served.call(
        "PUT", draft, role="expert", body={"text": "By the expert.", "revision": 1}
    )

    assert (first.status, first.json["revision"]) == (200, 2)
    assert (second.status, code(second)) == (409, "draft-changed-meanwhile")
    drafts = (await served.get(f"{path}/drafts", "expert")).json["items"]
    assert [(each["text"], each["author"]) for each in drafts] == [
        ("By the caseworker.", "expert"),
        ("By the expert.", "expert"),
    ]
    assert drafts[1]["id"] in second.json["detail"]
    assert "caseworker saved revision 2" in second.json["detail"]
    versions = (await served.get(f"{draft}/versions", "operator")).json["items"]
    assert [(each["by"], each["text"]) for each in versions] == [
        ("expert", "First."),
        ("caseworker", "By the caseworker."),
    ]


async def test_an_approval_is_of_one_version_and_by_somebody_else(served: ServedHub) -> None:
    path = await assigned(served)
    draft = await drafted(served, path, "expert", "First.")

    own = await served.post(f"{draft}/approve", {"revision": 1}, "expert")
    await served.post(f"{draft}/approve", {"revision": 1}, "caseworker")
    edited = await served.call("PUT", draft, role="expert", body={"text": "More.", "revision": 1})
    late = await served.post(f"{draft}/approve", {"revision": 1}, "operator")
    said = await served.post(
        f"{draft}/comment", {"text": "Name the law.", "revision": 2}, "caseworker"
    )

    assert (own.status, code(own)) == (409, "own-draft")
    assert edited.json["approved_by"] == []
    assert (late.status, code(late)) == (409, "draft-changed-meanwhile")
    assert [(r["kind"], r["by"], r["revision"]) for r in said.json["remarks"]] == [
        ("approval", "caseworker", 1),
        ("comment", "caseworker", 2),
    ]


async def test_one_approved_draft_is_the_answer_as_it_is(served: ServedHub) -> None:
    path = await assigned(served)
    draft = await drafted(served, path, "expert", "Just this.")
    ulid = draft.rpartition("/")[2]
    await served.call("PUT", draft, role="expert", body={"text": "Just that.", "revision": 1})

    old = await served.post(f"{path}/answer", {"drafts": [{"id": ulid, "revision": 1}]})
    answered = await served.post(f"{path}/answer", {"drafts": [{"id": ulid, "revision": 2}]})
    again = await served.post(f"{path}/answer", {"drafts": [{"id": ulid}]})
    nothing = await served.post(f"{path}/answer", {})

    assert code(old) == "draft-changed-meanwhile"
    assert answered.json["messages"][0]["text"] == "Just that."
    assert code(again) == "draft-closed"
    assert code(nothing) == "case-invalid"
    assert len((await served.get(path, "operator")).json["messages"]) == 1


async def test_who_is_not_assigned_learns_nothing_of_drafts(served: ServedHub) -> None:
    path = await assigned(served)
    draft = await drafted(served, path, "caseworker", "Secret.")
    await served.post(f"{path}/unassign", {"users": ["expert"]})
    unknown = "/api/v1/cases/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"

    for end in ("/drafts", f"/drafts/{draft.rpartition('/')[2]}/versions", "/merging"):
        here, there = [await served.get(p + end, "expert") for p in (path, unknown)]
        assert (here.status, here.body) == (404, there.body)
    refused = await served.post(f"{draft}/approve", {"revision": 1}, "expert")
    assert refused.status == 404
    other = await assigned(served)
    elsewhere = await served.post(
        f"{other}/drafts/{draft.rpartition('/')[2]}/drop", role="operator"
    )
    assert (elsewhere.status, code(elsewhere)) == (404, "draft-not-found")


async def test_no_text_of_a_draft_is_in_the_file_or_in_the_history(served: ServedHub) -> None:
    path = await assigned(served)
    draft = await drafted(served, path, "expert", "CANARY-DRAFT")
    await served.post(f"{draft}/comment", {"text": "CANARY-WORD", "revision": 1}, "caseworker")
    await served.post(
        f"{path}/answer", {"text": "CANARY-ANSWER", "drafts": [{"id": draft.rpartition("/")[2]}]}
    )

    history = await served.get(f"{path}/history", "operator")
    files = [each.read_bytes() for each in served.home.path.rglob("*") if each.is_file()]

    assert not any(b"CANARY" in content for content in (*files, history.body))
    assert "case.merge" in {each["what"] for each in history.json["items"]}


async def test_the_requester_sees_the_answer_with_its_sources_and_nothing_internal(
    served: ServedHub,
) -> None:
    filed = await served.post("/api/v1/requests", CASE, "")
    assert filed.status == 201, filed.body
    (item,) = (await served.get("/api/v1/cases", "operator")).json["items"]
    path = f"/api/v1/cases/{item['id']}"
    guide = await published(served)
    await served.post(f"{path}/assign", {"users": ["expert"]})
    await served.post(f"{path}/note", {"text": "CANARY note"})
    await served.post(f"{path}/due", {"day": None})
    draft = await drafted(served, path, "expert", "CANARY draft", guide)
    await served.post(f"{draft}/comment", {"text": "CANARY comment", "revision": 1})
    await served.post(
        f"{path}/answer",
        {"text": "Keep logs.", "drafts": [{"id": draft.rpartition("/")[2]}]},
        "caseworker",
    )
    await served.post(f"{path}/close", {"outcome": "solved", "note": "CANARY end"})

    mine = await served.call(
        "GET",
        "/api/v1/requests/mine",
        headers={"Authorization": f"Receipt {filed.json['code']}"},
    )

    assert mine.status == 200, mine.body
    assert b"Keep logs." in mine.body
    assert b"Buying AI" in mine.body
    for internal in (b"CANARY", b"caseworker", b'expert"', draft.rpartition("/")[2].encode()):
        assert internal not in mine.body, internal
