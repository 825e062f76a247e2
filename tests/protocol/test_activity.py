"""The view on an activity: every allowed shape, and S26 for all others."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.activity import read_activity, without_blind_copies
from protocol.context import AS_PUBLIC
from protocol.errors import InvalidActivity

FOLLOW: dict[str, Any] = {
    "id": "https://a.example/activities/1",
    "type": "Follow",
    "actor": "https://a.example/actor",
    "object": "https://b.example/actor",
}


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({}, "object_id", "https://b.example/actor"),
        ({"object": {"id": "https://b.example/actor"}}, "object_id", "https://b.example/actor"),
        ({"object": ["https://b.example/actor"]}, "object_ids", ("https://b.example/actor",)),
        ({"object": {"type": "Note"}}, "object_id", None),
        ({"object": {"type": "Note"}}, "object", {"type": "Note"}),
        ({"actor": {"id": "https://a.example/actor"}}, "actor", "https://a.example/actor"),
        ({"actor": ["https://a.example/actor"]}, "actors", ("https://a.example/actor",)),
        ({"type": ["Follow"]}, "type", "Follow"),
        ({"type": ["Follow", "ex:Special"]}, "type", "Follow"),
        ({"to": AS_PUBLIC}, "is_public", True),
        ({"cc": ["as:Public"]}, "is_public", True),
        ({"to": [{"id": "Public"}]}, "is_public", True),
        ({"to": []}, "is_public", False),
        ({"to": ["https://b.example/actor"]}, "to", ("https://b.example/actor",)),
        ({"target": "https://b.example/x"}, "target_id", "https://b.example/x"),
        ({"object": {"type": ["Note", "x"]}}, "object_types", ("Note", "x")),
    ],
)
def test_every_allowed_shape_is_read(changes: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(read_activity({**FOLLOW, **changes}), field) == value


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": 7},
        {"id": "activities/1"},
        {"id": "urn:uuid:1"},
        {"id": ["https://a.example/1"]},
        {"type": None},
        {"type": 7},
        {"type": "Dance"},
        {"type": "Note"},
        {"type": []},
        {"type": ["Follow", "Create"]},
        {"type": ["Follow", 7]},
        {"actor": None},
        {"actor": 7},
        {"actor": []},
        {"actor": {"name": "nobody"}},
        {"actor": "nobody"},
        {"object": None},
        {"object": 7},
        {"object": []},
        {"object": [7]},
        {"object": [[]]},
        {"object": "not a url"},
        {"object": {"id": 7}},
        {"object": {"id": "relative"}},
        {"to": 7},
        {"to": [7]},
        {"to": [""]},
        {"cc": [None]},
        {"cc": {"name": "x"}},
        {"to": ["https://a.example/x"] * 257},
        {"target": 7},
    ],
    ids=repr,
)
def test_a_field_of_the_wrong_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidActivity):
        read_activity({**FOLLOW, **changes})


SHAPES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.just("https://a.example/1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "object", "actor"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FOLLOW, "to", "cc", "target"]), SHAPES))
def test_any_document_gives_an_activity_or_a_refusal(changes: dict[str, Any]) -> None:
    with suppress(InvalidActivity):
        read_activity({**FOLLOW, **changes})
        read_activity(changes)


def test_blind_copies_are_stripped_inside_and_out() -> None:
    blind = {"bto": ["https://c.example/x"], "bcc": "https://c.example/y"}
    document = {**FOLLOW, **blind, "object": {"id": "https://b.example/1", **blind}}

    stripped = without_blind_copies(document)

    assert stripped == {**FOLLOW, "object": {"id": "https://b.example/1"}}
    assert document["bcc"] == "https://c.example/y"
