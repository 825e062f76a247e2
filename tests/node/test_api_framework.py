"""The policy framework over the API: customized, assessed, published, merged, and handed out."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from content.framework.customizing import reword
from content.framework.files import FrameworkFile, shipped, write_file
from content.framework.store import UPSTREAM, Base
from node.problems import TYPES
from tests.node.conftest import Answered, ServedHub

ROOT = "/api/v1/framework"
ITEM = f"{ROOT}/items/tool-dpia"
KNOWN = shipped().framework


def code(answer: Answered) -> str:
    return str(answer.json["type"]).removeprefix(TYPES)


async def put(served: ServedHub, path: str, body: Any, role: str = "caseworker") -> Answered:
    return await served.call("PUT", path, role=role, body=body)


async def adopted(served: ServedHub) -> None:
    answer = await served.post(f"{ROOT}/adopt", {}, role="caseworker")
    assert answer.status == 201, answer.body


async def own(served: ServedHub) -> dict[str, Any]:
    found: dict[str, Any] = (await served.get(f"{ROOT}/own", "caseworker")).json
    return found


async def items(served: ServedHub) -> dict[str, Any]:
    return {item["id"]: item for item in (await own(served))["framework"]["items"]}


async def test_a_framework_is_adopted_and_customized(served: ServedHub) -> None:
    assert code(await served.get(f"{ROOT}/own", "caseworker")) == "framework-not-adopted"
    await adopted(served)
    dpia = (await items(served))["tool-dpia"]

    done = await put(served, ITEM, {**dpia, "responsible": "Data office"})
    await put(
        served,
        f"{ROOT}/items/chatbot-rules",
        {"id": "chatbot-rules", "pillar": "tool-tools", "title": {"en": "Rules for chatbots"}},
    )
    await served.post(f"{ROOT}/items/chatbot-rules/place", {"after": "tool-dpia"})
    gone = await served.call("DELETE", f"{ROOT}/items/str-dpo", role="caseworker")

    assert (done.status, done.json["responsible"], gone.status) == (200, "Data office", 204)
    found = list(await items(served))
    assert found[found.index("tool-dpia") + 1] == "chatbot-rules"
    assert "str-dpo" not in found
    differs = (await served.get(f"{ROOT}/diff", "caseworker")).json["items"]
    assert [(each["kind"], each["item"]) for each in differs] == [
        ("changed", "tool-dpia"),
        ("added", "chatbot-rules"),
        ("dropped", "str-dpo"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "expected"),
    [
        ("PUT", ITEM, {"id": "tool-hria"}, 422, "framework-invalid"),
        (
            "PUT",
            ITEM,
            {"id": "x", "pillar": "tool-tools", "title": {"en": "x"}},
            400,
            "bad-body",
        ),
        ("DELETE", f"{ROOT}/items/tool-tools", None, 409, "pillar-stays"),
        ("DELETE", f"{ROOT}/items/nothing", None, 404, "framework-item-not-found"),
        (
            "POST",
            f"{ITEM}/place",
            {"after": "str-dpo", "pillar": "tool-tools"},
            409,
            "framework-items-apart",
        ),
        ("PUT", f"{ITEM}/score", {"level": 7}, 422, "framework-score-invalid"),
        ("PUT", f"{ITEM}/score", {"level": "2"}, 400, "bad-body"),
        ("PUT", f"{ROOT}/items/tool-tools/score", {"level": 2}, 422, "pillar-not-scored"),
        ("PUT", f"{ITEM}/publication", {"scored": True}, 409, "framework-no-score"),
        ("PUT", f"{ITEM}/publication", {"label": "tlp-red"}, 400, "bad-body"),
        ("DELETE", f"{ITEM}/publication", None, 409, "framework-not-published"),
        ("POST", f"{ROOT}/adopt", {}, 409, "framework-adopted"),
        ("PUT", f"{ROOT}/file", {"file": {"format": "x"}}, 422, "framework-file-invalid"),
        ("POST", f"{ROOT}/merge", {}, 400, "bad-body"),
        ("POST", f"{ROOT}/merge", {"other": "x.example"}, 422, "framework-unknown"),
        ("POST", f"{ROOT}/merge/finish", None, 409, "framework-no-merge"),
        ("DELETE", f"{ROOT}/merge", None, 409, "framework-no-merge"),
        ("GET", f"{ROOT}/diff?before=9", None, 404, "framework-snapshot-not-found"),
        ("POST", f"{ROOT}/snapshots", {"note": "two\nlines"}, 422, "framework-snapshot-note"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_code_and_changes_nothing(
    served: ServedHub, method: str, path: str, body: Any, status: int, expected: str
) -> None:
    await adopted(served)
    before = await own(served)

    answer = await served.call(method, path, role="caseworker", body=body)

    assert (answer.status, code(answer)) == (status, expected), answer.body
    assert await own(served) == before


async def test_scores_are_for_the_people_of_the_hub_and_lead_to_next_steps(
    served: ServedHub,
) -> None:
    await adopted(served)
    scored = await put(served, f"{ITEM}/score", {"level": 1, "note": "canary"})
    await served.post(f"{ROOT}/snapshots", {"note": "Today"}, role="caseworker")
    await served.call("DELETE", f"{ITEM}/score", role="caseworker")
    await put(served, f"{ITEM}/score", {"level": 2})

    assessment = (await served.get(f"{ROOT}/assessment", "caseworker")).json
    assert (scored.json["by"], scored.json["level"]) == ("caseworker", 1)
    assert [step["item"] for step in assessment["next_steps"]] == ["tool-dpia"]
    assert len(assessment["unscored"]) == 33
    snapshots = (await served.get(f"{ROOT}/snapshots", "caseworker")).json["items"]
    assert snapshots[0]["coverage"][2]["mean"] == 1.0
    for path in (ROOT, f"{ROOT}/hubs", "/framework"):
        assert b"canary" not in (await served.get(path)).body
    for role in ("", "reader", "expert"):
        for path in ("own", "assessment", "snapshots", "document?scores=true", "file"):
            assert (await served.get(f"{ROOT}/{path}", role)).status in (401, 403)


async def test_strangers_see_what_is_published_and_no_more(served: ServedHub) -> None:
    await adopted(served)
    await put(served, f"{ITEM}/score", {"level": 3, "note": "In force."})
    await put(served, f"{ROOT}/items/tool-hria/score", {"level": 0, "note": "canary"})

    await put(served, f"{ITEM}/publication", {"scored": True})
    await put(served, f"{ROOT}/items/tool-hria/publication", {})
    await put(served, f"{ROOT}/items/str-dpo/publication", {"label": "tlp-green"})

    shown = (await served.get(ROOT)).json["items"]
    assert [each["item"]["id"] for each in shown] == ["tool-dpia", "tool-hria"]
    assert [(each["score"] or {}).get("level") for each in shown] == [3, None]
    assert "by" not in shown[0]["score"]
    to_reader = (await served.get(ROOT, "reader")).json["items"]
    assert [each["item"]["id"] for each in to_reader] == ["str-dpo", "tool-dpia", "tool-hria"]
    document = await served.get(urlsplit(shown[0]["id"]).path, Accept="application/activity+json")
    assert document.json["hub:framework"]["score"]["level"] == 3
    await served.call("DELETE", f"{ITEM}/publication", role="caseworker")
    listed = (await served.get(f"{ROOT}/publications", "caseworker")).json["items"]
    assert [each["item"] for each in listed] == ["str-dpo", "tool-hria"]
    assert [each["item"]["id"] for each in (await served.get(ROOT)).json["items"]] == ["tool-hria"]


async def test_a_conflict_is_decided_by_a_person(served: ServedHub) -> None:
    await adopted(served)
    dpia = (await items(served))["tool-dpia"]
    await put(served, ITEM, {**dpia, "why": {"en": "Ours."}})
    later = reword(KNOWN, "tool-dpia", texts={"why": "Theirs."})
    file = write_file(FrameworkFile(UPSTREAM, later, Base("2027-03", later)))

    preview = await served.post(f"{ROOT}/merge", {"file": file, "preview": True})
    assert (await served.get(f"{ROOT}/merge", "caseworker")).status == 409
    begun = await served.post(f"{ROOT}/merge", {"file": file}, role="caseworker")
    assert begun.json == preview.json
    (conflict,) = begun.json["conflicts"]
    assert (conflict["ours"], conflict["theirs"]) == ("Ours.", "Theirs.")
    early = await served.post(f"{ROOT}/merge/finish", role="caseworker")
    assert code(early) == "framework-merge-undecided"
    decision = {"item": "tool-dpia", "place": "why/en", "side": "theirs"}
    decided = await served.post(f"{ROOT}/merge/decide", decision, role="caseworker")
    assert (decided.json["conflicts"], decided.json["decided"]) == ([], 1)
    done = await served.post(f"{ROOT}/merge/finish", role="caseworker")

    assert done.json["applied"]
    assert (await items(served))["tool-dpia"]["why"] == {"en": "Theirs."}
    assert (await own(served))["upstream"] == "2027-03"


async def test_a_file_is_taken_back_as_it_was_and_documents_are_saved_not_shown(
    served: ServedHub,
) -> None:
    await adopted(served)
    dpia = (await items(served))["tool-dpia"]
    await put(served, ITEM, {**dpia, "responsible": "<script>alert(1)</script>"})
    await put(served, f"{ITEM}/score", {"level": 2, "note": "canary"})
    before = await own(served)

    file = (await served.get(f"{ROOT}/file", "caseworker")).json
    await served.call("DELETE", ITEM, role="caseworker")
    await put(served, f"{ROOT}/file", {"file": file})

    assert (await own(served))["framework"] == before["framework"]
    assert "canary" not in json.dumps(file)
    page = await served.get(f"{ROOT}/document", "caseworker")
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert b"<script>" not in page.body
    assert b"canary" not in page.body
    with_scores = await served.get(f"{ROOT}/document?scores=true&format=markdown", "caseworker")
    assert b"canary" in with_scores.body
