"""The Offer of an Update of somebody else's resource, and its answer."""

from typing import Any

import pytest

from protocol.activity import read_activity
from protocol.documents.proposal import (
    ProposalDocument,
    ProposalFacts,
    answer,
    is_proposal,
    offer_update,
    read_proposal,
)
from protocol.errors import InvalidDocument
from protocol.json import JsonObject
from tests.protocol.samples import AT, A, B

PROPOSAL = ProposalDocument(
    resource=f"{B}/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH",
    facts=ProposalFacts(changes={"year": 2026, "licence": None}, base=AT),
    reason="The second edition came out.",
)


def offer() -> JsonObject:
    return offer_update(f"{A}/activities/1", f"{A}/actor", f"{B}/actor", PROPOSAL, at=AT)


def test_what_is_written_is_read_back() -> None:
    document = offer()
    activity = read_activity(document)

    assert read_proposal(document) == PROPOSAL
    assert is_proposal(activity.object)
    assert activity.to == (f"{B}/actor",)
    assert activity.object_id == f"{A}/activities/1#update"


@pytest.mark.parametrize(
    "change",
    [
        {"content": ""},
        {"content": "x" * 5000},
        {"object": "https://a.example/1"},
        {"object": {"type": "Relationship"}},
        {"object": {"type": "Update", "object": f"{B}/1"}},
        {"object": {"type": "Update", "object": [], "hub:proposal": {}}},
    ],
)
def test_a_malformed_proposal_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_proposal({**offer(), **change})


@pytest.mark.parametrize("facts", [{}, {"changes": {}, "base": AT}, {"changes": {"a": 1}}, 3, None])
def test_what_would_change_must_be_named(facts: Any) -> None:
    document = offer()
    document["object"]["hub:proposal"] = facts

    with pytest.raises(InvalidDocument):
        read_proposal(document)


def test_an_answer_names_the_offer_and_says_only_what_is_to_be_said() -> None:
    no = answer("Reject", f"{B}/2", f"{B}/actor", f"{A}/1", asker=f"{A}/actor", said="No.")
    yes = answer("Accept", f"{B}/3", f"{B}/actor", f"{A}/1", asker=f"{A}/actor", result=f"{B}/r")

    assert (no["object"], no["content"], "result" in no) == (f"{A}/1", "No.", False)
    assert (yes["to"], yes["result"], "content" in yes) == ([f"{A}/actor"], f"{B}/r", False)
