"""What every answer carries, and how refusals look."""

import asyncio

import pytest
import structlog

from node.app import build_app
from node.http_server import HubRunner
from node.middleware import security_fields
from node.problems import TYPES
from tests.node.conftest import ServedHub

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/actor", 200),
        ("GET", "/", 200),
        ("GET", "/feed.atom", 200),
        ("GET", "/api/v1/hubs", 200),
        ("GET", "/api/v1/cases", 401),
        ("GET", "/nothing", 404),
        ("DELETE", "/actor", 405),
        ("POST", "/inbox", 415),
        ("GET", "/activities/nothing", 404),
    ],
)
async def test_every_answer_has_the_security_fields(
    served: ServedHub, method: str, path: str, status: int
) -> None:
    answer = await served.call(method, path)

    assert answer.status == status, answer.body
    for name, value in security_fields(https=False).items():
        assert answer.headers[name] == value
    assert "Strict-Transport-Security" not in answer.headers


def test_https_origins_ask_for_https_for_ever() -> None:
    assert "max-age=" in security_fields(https=True)["Strict-Transport-Security"]
    assert "unsafe" not in security_fields(https=True)["Content-Security-Policy"]


async def test_the_api_is_never_cached(served: ServedHub) -> None:
    for path in ("/api/v1/hubs", "/api/v1/cases", "/api/v1/nothing"):
        assert (await served.get(path)).headers["Cache-Control"] == "no-store"


async def test_programs_get_problem_documents_for_everything(served: ServedHub) -> None:
    for method, path, code in [
        ("GET", "/nothing", "not-found"),
        ("PATCH", "/api/v1/cases", "method-not-allowed"),
        ("PUT", "/inbox", "method-not-allowed"),
    ]:
        answer = await served.call(method, path)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["type"] == TYPES + code
        assert set(answer.json) == {"type", "title", "status", "detail"}


async def test_a_wrong_method_says_which_are_possible(served: ServedHub) -> None:
    answer = await served.call("DELETE", "/inbox")

    assert answer.headers["Allow"] == "POST"


async def test_people_get_pages(served: ServedHub) -> None:
    answer = await served.get("/nothing", Accept=BROWSER)

    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_programs_that_talk_to_the_api_never_get_pages(served: ServedHub) -> None:
    answer = await served.get("/api/v1/nothing", Accept=BROWSER)

    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_nothing_of_a_strange_address_is_repeated(served: ServedHub) -> None:
    answer = await served.get("/<script>alert(1)</script>/canary", Accept=BROWSER)

    assert b"canary" not in answer.body
    assert b"<script>alert" not in answer.body


async def test_host_and_forwarding_fields_change_no_link(served: ServedHub) -> None:
    fields = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
    }

    for path in ("/actor", "/feed.json", "/api/v1/openapi.json", "/"):
        answer = await served.get(path, **fields)
        assert b"evil.example" not in answer.body, path


async def test_one_busy_address_is_held_off_and_others_are_not(served: ServedHub) -> None:
    busy = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7"}
    statuses = {(await served.get("/healthz", **busy)).status for _ in range(610)}

    assert statuses == {200, 429}
    held_off = await served.get("/healthz", **busy)
    assert int(held_off.headers["Retry-After"]) >= 1
    other = {"X-Forwarded-For": "192.0.2.1, 198.51.100.8"}
    assert (await served.get("/healthz", **other)).status == 200


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
async def test_an_activity_that_is_too_large_is_refused_while_it_arrives(
    served: ServedHub, size: int
) -> None:
    async def parts():
        for _ in range(size // 65536 + 1):
            yield b"x" * 65536

    async with served.client.post(
        "/inbox", data=parts(), headers={"Content-Type": "application/activity+json"}
    ) as answer:
        assert answer.status == 413
        assert (await answer.json(content_type=None))["type"] == f"{TYPES}too-large"


async def test_whoever_hangs_up_while_sending_is_no_failure_of_ours(served: ServedHub) -> None:
    runner = HubRunner(build_app(served.node, served.settings, served.home))
    await runner.setup()
    await runner.listen("127.0.0.1", 0, 16)
    with structlog.testing.capture_logs() as logged:
        reader, writer = await asyncio.open_connection(*runner.addresses[0])
        writer.write(
            b"POST /inbox HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(b"{")
        writer.transport.abort()
        await runner.cleanup()

    assert "request-failed" not in {line["event"] for line in logged}


async def test_a_compressed_activity_is_refused(served: ServedHub) -> None:
    answer = await served.call(
        "POST",
        "/inbox",
        data=b"\x1f\x8b\x08",
        headers={"Content-Type": "application/activity+json", "Content-Encoding": "gzip"},
    )

    assert answer.status == 415
