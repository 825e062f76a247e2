"""From an answered case to a case study, and statistics of a quarter, over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlite_utils

from content.cases.case import Case, read_case_content
from content.cases.store import CaseStore
from content.changes import Act
from content.ids import new_id
from federation.statistics import publish_statistics, statistics_of
from node.problems import TYPES
from tests.node.conftest import Answered, ServedHub

CASE: dict[str, Any] = {
    "title": "Chatbot for the housing office",
    "question": "We buy a chatbot for the housing office of our town and need clauses by Friday.",
    "topics": ["procurement"],
    "language": "en",
    "country": "NL",
    "requester": {
        "role": "who-city-official",
        "name": "Ana Ruiz",
        "organisation": "Town of Canaryville",
        "contact": "ana@city.example",
    },
    "consents": {"publish_lesson": True},
}
GUIDE = {
    "title": {"en": "Buying AI"},
    "summary": {"en": "Clauses."},
    "language": "en",
    "kind": "guide",
    "topics": ["procurement"],
    "url": "https://docs.example/guide",
}
GOOD = "A city asked how to buy a language model. Keep logs short, and agree on an exit."


def code(answer: Answered) -> str:
    return str(answer.json["type"]).removeprefix(TYPES)


async def answered(served: ServedHub, **other: Any) -> str:
    guide = await served.post("/api/v1/resources", GUIDE)
    opened = await served.post("/api/v1/cases", {**CASE, **other})
    path = f"/api/v1/cases/{opened.json['id']}"
    cites = [guide.json["ulid"]] if guide.status == 201 else []
    done = await served.post(f"{path}/answer", {"text": "Keep logs short.", "cites": cites})
    assert done.status == 200, done.body
    return path


async def written(served: ServedHub, path: str, summary: str) -> dict[str, Any]:
    empty = (await served.get(f"{path}/study", "caseworker")).json["record"]
    return {**empty, "title": {"en": "Buying a chatbot"}, "summary": {"en": summary}}


async def test_an_answered_case_becomes_a_case_study_on_the_usual_way(served: ServedHub) -> None:
    path = await answered(served)
    empty = await served.get(f"{path}/study", "caseworker")
    assert empty.json["record"]["kind"] == "case-study"
    assert empty.json["record"]["summary"] == {"en": ""}
    for word in (b"housing", b"Ana", b"Canaryville", b"ana@"):
        assert word not in empty.body
    record = await written(served, path, GOOD)

    shown = await served.post(f"{path}/study/preview", {"record": record}, "caseworker")
    assert shown.json["findings"] == []
    kept = await served.post(f"{path}/study", {"record": record}, "caseworker")

    assert (kept.status, kept.json["state"]) == (201, "draft")
    (related,) = kept.json["record"]["related"]
    assert related.startswith(f"{served.settings.origin}/resources/")
    ulid = kept.json["ulid"]
    assert (await served.get(f"/api/v1/resources/{ulid}")).status == 404
    await served.post(f"/api/v1/resources/{ulid}/publish", role="caseworker")
    public = await served.get(f"/api/v1/resources/{ulid}")
    assert public.json["document"]["hub:resource"]["related"] == [related]
    page = await served.get(f"/resources/{ulid}")
    assert related.encode() in page.body
    assert path.rpartition("/")[2].encode() not in public.body + page.body


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("Ask ana.ruiz@ciudad.example for more.", "mail-address"),
        ("Ring +31 20 624 1111 for more.", "phone-number"),
        ("File AB-1234567 has it.", "number-of-a-person"),
        ("Ms. Ruiz asked.", "name-of-the-requester"),
        ("Canaryville asked.", "name-of-the-requester"),
        ("The town of Canaryville asked.", "name-of-the-requester"),
        ("They buy a chatbot for the housing office of our town.", "words-of-the-case"),
    ],
)
async def test_what_may_tell_who_asked_stays_until_a_person_confirms(
    served: ServedHub, text: str, trace: str
) -> None:
    path = await answered(served)
    record = await written(served, path, text)

    shown = await served.post(f"{path}/study/preview", {"record": record})
    refused = await served.post(f"{path}/study", {"record": record})

    assert trace in {found["trace"] for found in shown.json["findings"]}
    assert (refused.status, code(refused)) == (422, "traces-found")
    assert trace in refused.json["detail"]
    assert b"Ruiz" not in refused.body
    assert (await served.get("/api/v1/drafts", "operator")).json["items"] == []
    confirmed = await served.post(f"{path}/study", {"record": record, "confirmed": True})
    assert confirmed.status == 201
    history = await served.get(f"{path}/history", "operator")
    assert "places confirmed" in history.json["items"][0]["note"]


async def test_without_consent_or_answer_there_is_no_case_study(served: ServedHub) -> None:
    silent = await answered(served, consents={})
    opened = await served.post("/api/v1/cases", CASE)
    early = f"/api/v1/cases/{opened.json['id']}"
    record = {**GUIDE, "kind": "case-study", "url": None}

    for path, reason in ((silent, "no-consent-to-publish"), (early, "nothing-learned-yet")):
        for method, end, body in (
            ("GET", "", None),
            ("POST", "", {"record": record, "confirmed": True}),
            ("POST", "/preview", {"record": record}),
        ):
            refused = await served.call(method, f"{path}/study{end}", role="operator", body=body)
            assert (refused.status, code(refused)) == (409, reason)
    assert (await served.get("/api/v1/drafts", "operator")).json["items"] == []


async def test_statistics_are_shown_and_published_only_if_the_hub_chose_to(
    served: ServedHub,
) -> None:
    shown = await served.get("/api/v1/statistics?period=2026-Q1", "caseworker")
    assert shown.json["record"]["statistics"] == {
        "period": "2026-Q1",
        "requests": "under-5",
        "topics": [],
        "escalations": None,
    }
    assert shown.json["published"] is None
    refused = await served.post("/api/v1/statistics", {"period": "2026-Q1"})
    assert (refused.status, code(refused)) == (409, "statistics-off")
    bad = await served.get("/api/v1/statistics?period=2026", "caseworker")
    assert code(bad) == "period-wrong"
    found = await served.get("/api/v1/resources?kind=dataset")
    assert found.json["items"] == []


def file_cases(db: sqlite_utils.Database, served: ServedHub, count: int, **other: Any) -> list[str]:
    """File cases in the middle of a quarter that is over."""
    made = []
    for number in range(count):
        act = Act("operator", datetime(2026, 5, 15, tzinfo=UTC) + timedelta(minutes=number))
        case_id = new_id(act.at, served.node.hub.chance)
        escalated = other.get("escalated_from")
        fields = {**CASE, **{k: v for k, v in other.items() if k != "escalated_from"}}
        case = Case.received(
            read_case_content(fields), act, case_id=case_id, escalated_from=escalated
        )
        CaseStore(db, served.node.hub.vault).add(case, act)
        made.append(case_id)
    return made


async def test_a_quarter_is_published_once_in_bands_and_travels_as_a_resource(
    served: ServedHub,
) -> None:
    node = served.node
    act = Act("operator", node.clock.now())
    today = node.clock.now().date()

    def work(db: sqlite_utils.Database) -> Any:
        file_cases(db, served, 6, topics=["contract-clauses"])
        file_cases(db, served, 4, topics=["procurement", "privacy"])
        file_cases(db, served, 20, topics=["biometrics"], label="tlp-red")
        file_cases(db, served, 20, topics=["biometrics"], escalated_from="x")
        for case in file_cases(db, served, 3, topics=["privacy"])[:1]:
            CaseStore(db, node.hub.vault).erase(case, act)
        before = statistics_of(db, node.hub.identity, "2026-Q2")
        made = publish_statistics(db, node.hub, "2026-Q2", act, today, chosen=True)
        return before, made

    before, made = await node.database.write(work)

    public = await served.get(f"/api/v1/resources/{made.id}")
    assert public.json["document"]["hub:resource"]["statistics"] == {
        "period": "2026-Q2",
        "requests": "10-or-more",
        "topics": [
            {"topic": "contract-clauses", "requests": "5-9", "unmet": True},
            {"topic": "privacy", "requests": "5-9", "unmet": True},
            {"topic": "procurement", "requests": "10-or-more", "unmet": True},
        ],
    }
    assert public.json["record"]["statistics"] == before.model_dump(mode="json")
    feed = await served.get("/feed.json")
    assert made.id.encode() in feed.body
    await served.call("DELETE", f"/api/v1/resources/{made.id}", role="operator")

    def again(db: sqlite_utils.Database) -> None:
        publish_statistics(db, node.hub, "2026-Q2", act, today, chosen=True)

    with pytest.raises(Exception, match="published already"):
        await node.database.write(again)

    def early(db: sqlite_utils.Database) -> None:
        period = f"{today.year}-Q{(today.month - 1) // 3 + 1}"
        publish_statistics(db, node.hub, period, act, today, chosen=True)

    with pytest.raises(Exception, match="not over yet"):
        await node.database.write(early)
