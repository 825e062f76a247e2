"""What a glance at the bytes lets through, a walk over the values lets through too."""

from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.context import CONTEXT
from protocol.errors import ProtocolError
from protocol.glance import glance_at
from protocol.intake import Limits, _check_values, _surely_within
from protocol.json_ld import refuse_json_ld
from tests.protocol.samples import create_activity

SMALL = Limits(depth=5, nodes=40, members=8, string=400, identity=2_048)
KEYS = st.sampled_from(["id", "@id", "@context", "@graph", "a", 'x"@context', "é"]) | st.text()
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from([CONTEXT, "x" * 2_100, '"@context":', "1e300", "[{,"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=10) | st.dictionaries(KEYS, inner, max_size=10),
    max_leaves=30,
)


def walked(document: dict[str, Any], body: bytes, limits: Limits) -> bool:
    try:
        _check_values(document, limits, escapes=b"\\u" in body)
        refuse_json_ld(document)
    except ProtocolError:
        return False
    return True


@given(st.dictionaries(KEYS, VALUES, max_size=10), st.sampled_from([SMALL, Limits(string=90_000)]))
@example({"id": "a" * 2_049}, Limits())
@example({"@id": '"' * 2_049}, Limits())
@example({"a": 1e300}, Limits())
@example({"a": [-1e300]}, Limits())
@example({"a": 9007199254740993.0}, Limits())
@example({"a": 2**53}, Limits())
@example({"a": {"@context": CONTEXT, "b": {"@context": [{"id": "as:name"}]}}}, Limits())
def test_what_a_glance_lets_through_a_walk_lets_through(
    document: dict[str, Any], limits: Limits
) -> None:
    body = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    glance = glance_at(body)

    if _surely_within(glance, limits) and not glance.has_keywords:
        assert walked(document, body, limits)


@pytest.mark.parametrize("contexts", [0, 1, 4])
def test_usual_activities_need_no_walk(contexts: int) -> None:
    activity = create_activity()
    activity.pop("@context", None)
    for number in range(contexts):
        activity[f"part{number}"] = {"@context": CONTEXT}
    body = orjson.dumps(activity, option=orjson.OPT_SORT_KEYS)

    glance = glance_at(body)

    assert glance.is_plain
    assert _surely_within(glance, Limits())
    assert not glance.has_keywords
