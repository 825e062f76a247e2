"""Readings of cases are on record before they are answered; operators read and check the record."""

import re

import pytest
import sqlite_utils

from content.audit import AuditRow, list_audit
from tests.node.conftest import ServedHub
from tests.node.test_api_access import CASE, UNKNOWN, code


async def accesses(served: ServedHub) -> list[tuple[str | None, str, str | None, str | None]]:
    rows: tuple[AuditRow, ...] = await served.node.database.read(
        lambda db: list_audit(db, kind="access")
    )
    return [(row.by, row.what, row.subject, row.note) for row in reversed(rows)]


async def a_case(served: ServedHub) -> str:
    opened = await served.post("/api/v1/cases", CASE)
    assert opened.status == 201, opened.body
    return str(opened.json["id"])


async def test_who_read_which_case_by_which_way_is_recorded(served: ServedHub) -> None:
    case = await a_case(served)

    await served.get(f"/api/v1/cases/{case}", "caseworker")
    await served.get(f"/api/v1/cases/{case}/matches", "operator")
    await served.get(f"/api/v1/cases/{case}/history", "operator")

    assert await accesses(served) == [
        ("caseworker", "case.read", case, "api"),
        ("operator", "case.match", case, "api"),
        ("operator", "case.history", case, "api"),
    ]


async def test_lists_and_refused_readings_are_not_recorded(served: ServedHub) -> None:
    case = await a_case(served)

    assert (await served.get("/api/v1/cases", "caseworker")).status == 200
    assert (await served.get(f"/api/v1/cases/{UNKNOWN}", "caseworker")).status == 404
    assert (await served.get(f"/api/v1/cases/{case}", "expert")).status == 404

    assert await accesses(served) == []


async def test_a_case_is_not_shown_when_the_reading_cannot_be_recorded(served: ServedHub) -> None:
    case = await a_case(served)

    def full(db: sqlite_utils.Database) -> None:
        db.execute(
            "create trigger full before insert on changes begin select raise(abort, 'no room'); end"
        )

    await served.node.database.write(full)
    answer = await served.get(f"/api/v1/cases/{case}", "caseworker")

    assert answer.status >= 500
    assert CASE["title"].encode() not in answer.body


async def test_operators_list_the_audit_and_page_through_it(served: ServedHub) -> None:
    case = await a_case(served)
    for _ in range(3):
        await served.get(f"/api/v1/cases/{case}", "caseworker")

    seen, cursor = [], ""
    while cursor is not None:
        page = await served.get(f"/api/v1/audit?subject={case}&limit=3{cursor}", "operator")
        seen += page.json["items"]
        cursor = None if page.json["next"] is None else f"&cursor={page.json['next']}"

    assert [row["what"] for row in seen[:3]] == ["case.read"] * 3
    assert "case.receive" in [row["what"] for row in seen[3:]]
    assert len({row["seq"] for row in seen}) == len(seen)
    only = await served.get("/api/v1/audit?kind=access&by=caseworker", "operator")
    assert [row["access"] for row in only.json["items"]] == [True] * 3
    assert CASE["title"].encode() not in only.body


@pytest.mark.parametrize("query", ["cursor=x", "cursor=0", "kind=all", "by=", "limit=0"])
async def test_wrong_parameters_of_the_audit_are_refused(served: ServedHub, query: str) -> None:
    answer = await served.get(f"/api/v1/audit?{query}", "operator")

    assert answer.status == 400
    assert code(answer) in ("bad-parameter", "bad-change-cursor")


async def test_operators_check_the_audit_and_are_told_the_first_row_that_is_wrong(
    served: ServedHub,
) -> None:
    whole = (await served.post("/api/v1/audit/verify")).json
    assert (whole["whole"], whole["broken"], whole["gaps"]) == (True, None, [])
    assert re.fullmatch(r"\d+:[0-9a-f]{64}", whole["head"])

    def edit(db: sqlite_utils.Database) -> None:
        db.execute("update changes set by = 'somebody' where seq = 2")

    await served.node.database.write(edit)
    broken = (await served.post("/api/v1/audit/verify")).json

    assert broken["whole"] is False
    assert (broken["broken"]["seq"], broken["broken"]["reason"]) == (2, "details-differ")
    checks = (await served.get("/api/v1/changes?subject=audit", "operator")).json["items"]
    assert [each["note"] for each in checks] == [f"whole, {whole['rows']} rows"]
    notices = (await served.get("/api/v1/notices", "operator")).json["items"]
    assert [each["text"][:6] for each in notices] == ["Row 2:"]


async def test_what_an_operator_does_about_queues_is_recorded(served: ServedHub) -> None:
    for path in ("deliveries/7/retry", "deliveries/7/drop", "quarantine/7/drop"):
        assert (await served.post(f"/api/v1/{path}")).status == 404

    whats = [row["what"] for row in (await served.get("/api/v1/changes", "operator")).json["items"]]
    assert not any(what.startswith(("delivery", "quarantine")) for what in whats)
