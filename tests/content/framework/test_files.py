"""A framework as a file: what was written is read back as it was."""

import json

import pytest
from hypothesis import given

from content.framework.customizing import drop_item, reword
from content.framework.files import (
    FORMAT,
    FrameworkFile,
    NoFrameworkFile,
    read_file,
    shipped,
    write_file,
)
from content.framework.item import Framework, FrameworkInvalid
from content.framework.store import Base
from content.framework.upstream import upstream
from tests.content.framework.frameworks import edited, small


@given(edited(), edited())
def test_reading_what_was_written_is_the_identity(ours: Framework, base: Framework) -> None:
    file = FrameworkFile("amsterdam.example", ours, Base("2026-05", base))

    assert read_file(json.dumps(write_file(file))) == file


def test_the_shipped_framework_survives_a_file_with_all_its_languages() -> None:
    text = json.dumps(write_file(shipped()), ensure_ascii=False)

    assert read_file(text) == shipped()
    assert json.dumps(write_file(read_file(text)), ensure_ascii=False) == text


GOOD = write_file(FrameworkFile("here", small(), Base("1", small())))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "format"),
        (json.dumps({**GOOD, "format": "rights-hub-framework/2"}), FORMAT),
        (json.dumps({**GOOD, "color": "red"}), "color"),
        (json.dumps({**GOOD, "origin": ""}), "origin"),
        (json.dumps({**GOOD, "upstream": {"items": []}}), "version"),
        (json.dumps({**GOOD, "upstream": {"version": "a\nb", "items": []}}), "one line"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NoFrameworkFile, match=reason):
        read_file(text)


def test_items_that_are_none_are_refused_too() -> None:
    with pytest.raises(FrameworkInvalid):
        read_file(json.dumps({**GOOD, "items": "all"}))


def test_a_customized_framework_carries_what_it_came_from() -> None:
    known = upstream()
    ours = reword(drop_item(known.framework, "tool-hria"), "tool-dpia", responsible="DPO")
    file = FrameworkFile("amsterdam.example", ours, Base(known.version, known.framework))

    assert read_file(json.dumps(write_file(file))).base.framework == known.framework
