"""What is sent to the API: checked before anything is done, and never a failure of ours."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.api.routes import PREFIX
from node.api.table import ROUTES
from node.problems import TYPES
from tests.node.conftest import Answered, ServedHub

RESOURCE = {
    "title": {"en": "Guide to algorithm registers"},
    "summary": {"en": "How a city lists the algorithms it uses."},
    "language": "en",
    "kind": "guide",
    "topics": [],
}


def code(answer: Answered) -> str:
    return answer.json["type"].removeprefix(TYPES)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=%00", "cursor"),
        ("cursor=forged", "cursor"),
        ("cursor=01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "cursor"),
        ("q=" + "a" * 257, "q"),
        ("q=%00", "q"),
        ("q=a%1b%5b31m", "q"),
        ("sort=best", "sort"),
        ("colour=blue", "colour"),
        ("x%0d%0ay=1", "(unknown)"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/resources", "/api/v1/experts"])
async def test_a_bad_parameter_is_named(
    served: ServedHub, path: str, query: str, parameter: str
) -> None:
    answer = await served.get(f"{path}?{query}")

    assert (answer.status, code(answer)) == (400, "bad-parameter"), answer.body
    assert answer.json["parameter"] == parameter


async def test_lists_of_cases_refuse_forged_cursors_too(served: ServedHub) -> None:
    for path in ("/api/v1/cases", "/api/v1/escalations", "/api/v1/changes"):
        answer = await served.get(f"{path}?cursor=forged", "operator")
        assert (answer.status, code(answer)) == (400, "bad-parameter"), path


@pytest.mark.parametrize(
    "q", ['"', "a OR b", "NEAR(a b)", "title:x", "*", "'; drop table cases; --", "(((", "-"]
)
async def test_search_words_are_taken_literally(served: ServedHub, q: str) -> None:
    async with served.client.get("/api/v1/resources", params={"q": q}) as answer:
        assert answer.status in (200, 400)


@pytest.mark.parametrize(
    ("data", "kind", "status", "slug"),
    [
        (b"{", "application/json", 400, "bad-body"),
        (b"[]", "application/json", 400, "bad-body"),
        (b'"x"', "application/json", 400, "bad-body"),
        (b"\xff\xfe", "application/json", 400, "bad-body"),
        (b"[" * 100_000, "application/json", 400, "bad-body"),
        (b'{"a": NaN}', "application/json", 400, "bad-body"),
        (b"{}", "text/plain", 415, "not-json"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "not-json"),
        (b" " * (1024 * 1024 + 1), "application/json", 413, "too-large"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/users", "/api/v1/resources"])
async def test_a_body_that_is_none_is_refused(
    served: ServedHub, path: str, data: bytes, kind: str, status: int, slug: str
) -> None:
    answer = await served.call(
        "POST", path, role="operator", data=data, headers={"Content-Type": kind}
    )

    assert (answer.status, code(answer)) == (status, slug), answer.body


async def test_a_compressed_body_is_refused(served: ServedHub) -> None:
    answer = await served.call(
        "POST",
        "/api/v1/users",
        role="operator",
        data=b"\x1f\x8b",
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )

    assert (answer.status, code(answer)) == (415, "unsupported-encoding")


async def test_mistakes_in_a_body_are_named_field_by_field(served: ServedHub) -> None:
    answer = await served.post("/api/v1/users", {"name": 7, "colour": "blue"})

    assert (answer.status, code(answer)) == (400, "bad-body")
    assert {each["field"] for each in answer.json["errors"]} == {"name", "colour", "role"}
    assert "blue" not in answer.body.decode()


async def test_a_wrong_resource_is_refused_in_words_and_not_stored(served: ServedHub) -> None:
    answer = await served.post("/api/v1/resources", {**RESOURCE, "kind": "gude", "year": "x"})

    assert (answer.status, code(answer)) == (422, "resource-invalid")
    assert {each["field"] for each in answer.json["errors"]} == {"kind", "year"}
    assert (await served.get("/api/v1/resources")).json["total"] == 0


async def test_an_import_with_bad_lines_names_them_and_imports_nothing(served: ServedHub) -> None:
    lines = [json.dumps(RESOURCE), "{", json.dumps({**RESOURCE, "kind": "x"}), "[]"]
    body = "\n".join(lines).encode()
    fields = {"Content-Type": "application/jsonl"}

    refused = await served.call(
        "POST", "/api/v1/resources/import", role="operator", data=body, headers=fields
    )
    assert (refused.status, code(refused)) == (400, "bad-lines")
    assert [each["line"] for each in refused.json["errors"]] == [2, 3, 4]
    assert (await served.get("/api/v1/resources")).json["total"] == 0

    taken = await served.call(
        "POST", "/api/v1/resources/import?skip_bad=true", role="operator", data=body, headers=fields
    )
    assert (taken.status, taken.json["added"]) == (200, 1)
    assert [each["line"] for each in taken.json["skipped"]] == [2, 3, 4]
    assert (await served.get("/api/v1/resources")).json["total"] == 1


async def test_an_import_takes_csv_and_catalogues_of_others_too(served: ServedHub) -> None:
    table = "title:nl;summary;language;kind\nEen\u2028regel;Kort;nl;guide\nTwee;Kort;nl;guide\n"
    foreign = {"dataset": [{"identifier": "1", "title": "Cameras"}, {"keyword": "x"}]}

    async def sent(kind: str, body: str, query: str = "") -> Answered:
        return await served.call(
            "POST",
            f"/api/v1/resources/import{query}",
            role="operator",
            data=body.encode(),
            headers={"Content-Type": kind},
        )

    bad = await sent("text/csv", table)
    csv = await sent("text/csv; charset=utf-8", table, "?skip_bad=true")
    dcat = await sent(
        "application/ld+json",
        json.dumps(foreign),
        "?skip_bad=true&source=data.example&kind=dataset&language=en&topic=open-data",
    )
    none = await sent("application/ld+json", "{}")
    wrong = await sent("text/html", "<p>")

    assert (bad.status, [each["line"] for each in bad.json["errors"]]) == (400, [2])
    assert (csv.json["added"], [each["line"] for each in csv.json["skipped"]]) == (1, [2])
    assert (dcat.json["added"], dcat.json["skipped"]) == (
        1,
        [{"line": None, "where": "record 2", "reason": "title: is missing."}],
    )
    assert (none.status, code(none)) == (422, "format-unreadable")
    assert wrong.status == 415


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="/?#%"), min_size=1, max_size=30)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_no_endpoint_ever_fails_whatever_it_is_sent(
    served: ServedHub, data: st.DataObject
) -> None:
    route = data.draw(st.sampled_from([r for r in ROUTES if r.path != "/peers"]))
    path = re.sub(r"\{\w+\}", lambda _: data.draw(WORDS).replace(".", "x"), route.path)
    known = {} if not isinstance(route.body, type) else route.body.model_fields
    body = data.draw(st.dictionaries(st.sampled_from([*known, "x"]), VALUES) if known else VALUES)
    names = [] if route.query is None else list(route.query.model_fields)
    query = data.draw(st.dictionaries(st.sampled_from([*names, "x"]), WORDS, max_size=3))
    fields = {
        "Authorization": f"Bearer {served.tokens['operator']}",
        "Content-Type": "application/jsonl" if route.body == "jsonl" else "application/json",
    }

    async with served.client.request(
        route.method, PREFIX + path, params=query, data=json.dumps(body).encode(), headers=fields
    ) as answer:
        text = await answer.text()

    assert answer.status < 500, (route.method, path, query, body, text)


async def test_suggestions_are_for_everybody_and_taken_literally(served: ServedHub) -> None:
    answer = await served.get("/api/v1/suggest?q=proc")

    assert answer.status == 200
    assert {"kind": "topic", "text": "Procurement", "language": "en"}.items() <= answer.json[
        "items"
    ][0].items()
    for q in ("%22", "a%20OR%20b", "title:x", "*", "%00"):
        assert (await served.get(f"/api/v1/suggest?q={q}")).status in (200, 400)
