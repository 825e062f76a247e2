"""Experts that come in as JSON lines over the API: each line whole, whatever its texts hold."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from content.experts.record import ExpertInvalid, read_expert
from node.api.experts import _read_lines
from tests.content.shelf import EXPERT
from tests.node.conftest import Answered, ServedHub

LINES = {"Content-Type": "application/jsonl"}
AWKWARD = st.sampled_from("=+-@'\"\\;, \t\u200f\u202e\ufeff\u2028\u2029\x85\u00a0\r\n|#{}")


async def sent(served: ServedHub, body: bytes) -> Answered:
    path = "/api/v1/experts/import"
    return await served.call("POST", path, role="operator", data=body, headers=LINES)


async def test_a_text_with_every_end_of_line_there_is_comes_in_whole(served: ServedHub) -> None:
    bio = "One\u2028two\u2029three\nfour"
    line = json.dumps({**EXPERT, "bio": {"en": bio}, "scope": "public"}, ensure_ascii=False)

    done = await sent(served, b"\xef\xbb\xbf" + line.encode() + b"\r\n\r\n")
    shown = await served.get(f"/api/v1/experts/{done.json['ids'][0].rpartition('/')[2]}")

    assert done.json["added"] == 1
    assert shown.json["record"]["bio"] == {"en": bio}


async def test_a_line_that_is_not_utf_8_is_named_and_not_guessed(served: ServedHub) -> None:
    line = json.dumps({**EXPERT, "name": "Jos\u00e9"}, ensure_ascii=False)

    refused = await sent(served, b"\n" + line.encode("latin-1"))

    assert refused.status == 400
    assert [each["line"] for each in json.loads(refused.body)["errors"]] == [2]


@given(
    name=st.text(AWKWARD | st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20),
    bio=st.text(AWKWARD | st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40),
)
@settings(max_examples=200, deadline=None)
def test_a_listing_that_is_written_as_a_line_is_read_as_it_was(name: str, bio: str) -> None:
    given_fields: dict[str, Any] = {**EXPERT, "name": name, "bio": {"und": bio}}
    try:
        record = read_expert(given_fields)
    except ExpertInvalid:
        return

    records, problems = _read_lines(record.model_dump_json(exclude_defaults=True) + "\n")

    assert (records, problems) == ([record], ())
