"""Tables, fields and JSON: readable at 80 columns, and safe whatever the texts hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.cli.output import Column, plain, print_fields, print_json, print_table

CLEAR_SCREEN = "\x1b[2J\x1b[H"


@given(st.text())
def test_no_text_can_drive_the_terminal(text: str) -> None:
    shown = plain(text, lines=True)

    assert not any(ord(sign) < 32 and sign != "\n" for sign in shown)
    assert not any(127 <= ord(sign) < 160 for sign in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028")
    shown.encode()


@pytest.mark.parametrize(
    "text", ["Contratación pública", "حقوق رقمية", "दिल्ली", "東京", "a\u200fb"]
)
def test_plain_texts_in_any_script_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


def test_a_line_end_in_a_cell_does_not_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields([("name", "Good Hub\nstate  approved")])

    assert capsys.readouterr().out == "name  Good Hub state  approved\n"


def test_a_table_fits_into_the_terminal_and_keeps_ids_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ulid = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"

    print_table(
        [Column("id"), Column("title", elastic=True), Column("hub", elastic=True)],
        [(ulid, "ع" * 100, "h" * 60), (ulid, "東" * 60, "")],
    )

    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert all(ulid in line for line in lines[1:])
    assert lines[2].endswith("-")


def test_json_is_one_document_without_signs_that_drive_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {"title": CLEAR_SCREEN + "\x9b\u202e é", "items": (1, None)}

    print_json(value)

    out = capsys.readouterr().out
    assert json.loads(out) == {"title": value["title"], "items": [1, None]}
    assert not set(out) & set("\x1b\x9b\u202e")
    assert "é" in out


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_json_gives_back_what_it_was_given(value: Any) -> None:
    from click.testing import CliRunner

    with CliRunner().isolation() as (out, _, _):
        print_json(value)
        printed = out.getvalue().decode("utf-8", "surrogatepass")

    assert json.loads(printed) == value
