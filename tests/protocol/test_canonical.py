"""Canonical JSON: the fast path says what rfc8785 says; what has no canonical form is refused."""

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.canonical import SAFE_INTEGER, canonicalize
from protocol.errors import NotCanonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-SAFE_INTEGER, SAFE_INTEGER),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
)
KEYS = st.one_of(TEXT, st.text('abz\x7f"\\/ \n\x00', max_size=4))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)


@given(VALUES)
@example({"\x7f": "\x7f\u2028é😀", '"': "\b\f\n\r\t\\/\x1f", "a": [True, 1, -0, 1e21]})
@example({"\ue000": 1, "😀": 2, "a": 3})
@example({'"\ue000': 1, '"😀': 2, "a\\\ue000": 3, "a\\😀": 4})
@example({"a,": {"\ue000": "x", "😀": "y"}})
@example([9007199254740991, -1e15, 1e15, 0.5, [-0.0], {"a": 1e-7}])
@example(-0.0)
@example({"text": "[1.5,12345678901234567890"})
def test_every_value_has_the_form_that_rfc8785_gives_it(value: Any) -> None:
    assert canonicalize(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        {"a": [2**53]},
        float("nan"),
        float("inf"),
        {"a": [float("-inf")]},
        "\ud800",
        {"\ud800": 1},
        {"a": "\udfff"},
        {1: "a"},
        pytest.param({"a": object()}, id="an object"),
        {"a": b"bytes"},
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonicalize(value)


def test_nesting_beyond_any_walk_is_refused_and_breaks_nothing() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(NotCanonical):
        canonicalize(value)


def test_the_largest_safe_integer_is_kept_exactly() -> None:
    assert canonicalize([SAFE_INTEGER, -SAFE_INTEGER]) == b"[9007199254740991,-9007199254740991]"
