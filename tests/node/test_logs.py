"""Logs: nothing confidential, and no text that leaves its line (SECURITY.md S45, S53)."""

import io
import logging

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from node.logs import REDACTED, redact, where


@pytest.mark.parametrize(
    "name",
    ["authorization", "signature", "Signature-Input", "token", "case_title", "body", "hub-key"],
)
def test_fields_with_confidential_names_are_not_logged(name: str) -> None:
    assert redact(None, "", {name: "canary"}) == {name: REDACTED}


def test_tokens_are_taken_out_of_any_text() -> None:
    event = redact(None, "", {"note": f"used hub_{'a' * 43} today", "raw": b"canary"})

    assert event == {"note": f"used {REDACTED} today", "raw": REDACTED}


def test_confidential_names_are_found_inside_of_values_too() -> None:
    assert redact(None, "", {"request": {"Authorization": "canary", "id": 1}}) == {
        "request": {"Authorization": REDACTED, "id": 1}
    }


@given(st.text())
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    event = redact(None, "", {"host": text})

    assert not any(
        sign in event["host"] for sign in ("\r", "\n", "\x1b", "\x00", "\u2028", "\u202e", "\x9b")
    )


def test_a_line_is_one_json_object(logged: io.StringIO) -> None:
    structlog.get_logger().info("delivery-failed", activity="https://hub.example/1", status=503)

    line = orjson.loads(logged.getvalue())
    assert (line["event"], line["level"], line["status"]) == ("delivery-failed", "info", 503)


def test_what_libraries_log_comes_without_their_values(logged: io.StringIO) -> None:
    try:
        raise ValueError("canary in a message")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error from %s", "canary")

    line = orjson.loads(logged.getvalue())
    assert line["error"] == "ValueError"
    assert "test_logs.py:" in line["at_code"]
    assert "canary" not in logged.getvalue()


def test_where_an_error_came_from_is_told_without_its_message() -> None:
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError("canary")

    assert where(raised.value).startswith("test_logs.py:")
