"""Inner messages: every verb reads back, and nothing else does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.documents.inner import (
    VERBS,
    AcceptOffer,
    Acknowledgement,
    AssignCase,
    CaseCopy,
    CaseRead,
    CorrectCase,
    CorrectNote,
    Emptied,
    EraseCase,
    Identity,
    InnerMessage,
    NoteText,
    OfferCase,
    ProposeHub,
    Receipt,
    ReceiptWanted,
    Refusal,
    RejectOffer,
    ReopenCase,
    ResolveCase,
    RevealIdentity,
    Say,
    WithdrawOffer,
    read_inner,
    write_inner,
)
from protocol.errors import InvalidDocument, ProofInvalid
from protocol.intake import parse_document
from protocol.proofs import add_proof, verify_proof
from tests.protocol.samples import AT, NOW, SIGNING_A, A, B, as_bytes

OFFER = f"{A}/inner/1"
CASE = CaseCopy(
    title="A camera in the lobby",
    question="May the landlord film the entrance?",
    language="en",
    topics=("privacy",),
    label="tlp-amber",
    sensitivity="data-pseudonymous",
    country="US",
    request="req-legal-question",
    role="who-resident",
    due="2026-12-31",
    consent="Agreed on the phone.",
)
NOTE = NoteText(id=f"{A}/notes/1", text="Only if …", citations=(f"{B}/resources/1",))


def common(n: int = 1, identity: str = f"{A}/inner/2") -> dict[str, Any]:
    return {
        "id": identity,
        "actor": f"{A}/actor",
        "to": f"{B}/actor",
        "published": AT,
        "n": n,
        "ack": 0,
        "offer": OFFER,
    }


MESSAGES: list[InnerMessage] = [
    OfferCase(**common(identity=OFFER), case=CASE),
    CaseRead(**common(), object=OFFER),
    AcceptOffer(**common(), object=OFFER, result=f"{A}/cases/1"),
    RejectOffer(**common(), object=OFFER, reason="No time.", refer=(f"{B}/actor",)),
    RejectOffer(**common(), object=OFFER),
    AssignCase(**common(), assignee="Legal desk"),
    Say(**common(), verb="ask", note=NOTE),
    Say(**common(), verb="info", note=NOTE),
    Say(**common(), verb="answer", note=NOTE),
    CorrectCase(**common(), case=CASE, corrected=("name", "hub:context")),
    CorrectCase(
        **common(),
        case=CASE,
        corrected=("identity.contact",),
        identity=Identity(contact="ana@a.example"),
    ),
    CorrectNote(**common(), note=NOTE),
    ResolveCase(**common(), object=OFFER, note="Thank you."),
    ReopenCase(**common(), object=f"{A}/inner/3", reason="It goes on."),
    ProposeHub(**common(), object=OFFER, target="https://c.example/actor", reason="Theirs."),
    WithdrawOffer(**common(), object=OFFER),
    WithdrawOffer(**common(), object=OFFER, handed_to="https://c.example/actor"),
    RevealIdentity(**common(), identity=Identity(name="Ana", contact="ana@a.example")),
    EraseCase(**common(), object=OFFER),
    Receipt(**common(), object=f"{B}/inner/9", receipt={"type": "Accept"}),
    Receipt(**common(n=0), object=f"{B}/inner/9", receipt={"type": "Accept"}),
    ReceiptWanted(**common(n=0), object=f"{A}/inner/2"),
    Emptied(**common(), object=f"{A}/inner/2"),
    Refusal(**common(n=0), object=f"{B}/inner/9", code="wrong-state", reason="Not now."),
    Acknowledgement(**common(n=0), object=f"{B}/inner/9"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.verb)
def test_every_message_reads_back_exactly_through_its_signed_text(message: InnerMessage) -> None:
    signed = add_proof(write_inner(message), SIGNING_A, NOW)

    document = parse_document(as_bytes(signed))

    verify_proof(document, SIGNING_A.public, NOW)
    assert read_inner(document) == message
    assert document["to"] == [f"{B}/actor"]
    assert document["hub:n"] == message.n


def test_every_verb_has_a_message() -> None:
    assert {message.verb for message in MESSAGES} == set(VERBS)


@pytest.mark.parametrize(
    "changes",
    [
        {"hub:verb": None},
        {"hub:verb": "dance"},
        {"hub:verb": ["offer"]},
        {"hub:verb": "accept"},
        {"type": "Create"},
        {"to": [f"{B}/actor", "https://c.example/actor"]},
        {"to": []},
        {"to": None},
        {"hub:n": 0},
        {"hub:n": -1},
        {"hub:n": "1"},
        {"hub:n": True},
        {"hub:n": 2**53},
        {"hub:n": None},
        {"hub:ack": -1},
        {"id": f"{B}/inner/1"},
        {"context": f"{A}/inner/7"},
        {"context": "x"},
        {"published": "now"},
        {"hub:needs": ["hub:escrow"]},
        {"hub:needs": "hub:escrow"},
        {"object": None},
        {"object": {}},
        {"object": {**CASE.wire(), "hub:due": "31-12-2026"}},
        {"object": {**CASE.wire(), "hub:due": "20261231"}},
        {"object": {**CASE.wire(), "content": ""}},
        {"object": {**CASE.wire(), "content": "x" * 60_001}},
        {"object": {**CASE.wire(), "hub:topics": ["A B"]}},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_a_malformed_message_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_inner({**write_inner(MESSAGES[0]), **changes})


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.verb)
def test_what_a_later_version_added_is_passed_over_and_was_signed_all_the_same(
    message: InnerMessage,
) -> None:
    document = {**write_inner(message), "hub:mood": {"of": ["the sender"]}}
    for part in ("object", "hub:identity"):
        if isinstance(document.get(part), dict):
            document[part] = {**document[part], "hub:mood": "fine"}
    signed = parse_document(as_bytes(add_proof(document, SIGNING_A, NOW)))

    read = read_inner(signed)

    assert read == message
    assert "mood" not in str(read.wire())
    verify_proof(signed, SIGNING_A.public, NOW)
    with pytest.raises(ProofInvalid):
        verify_proof({**signed, "hub:mood": "changed"}, SIGNING_A.public, NOW)


def test_what_is_said_has_an_id_of_its_sender() -> None:
    document = write_inner(MESSAGES[6])
    document["object"]["id"] = f"{B}/notes/1"

    with pytest.raises(InvalidDocument):
        read_inner(document)


def test_refusals_and_acknowledgements_are_never_numbered() -> None:
    for message in MESSAGES[-2:]:
        with pytest.raises(InvalidDocument):
            read_inner({**write_inner(message), "hub:n": 1})


def test_no_text_of_a_case_shows_in_a_refusal_or_in_what_is_logged_of_a_message() -> None:
    document = write_inner(MESSAGES[0])
    document["object"] = {**document["object"], "content": 7, "name": ["canary"], "x": "canary"}

    with pytest.raises(InvalidDocument) as refused:
        read_inner(document)

    assert "canary" not in str(refused.value)
    assert "canary" not in str(refused.value.__cause__)
    assert "landlord" not in repr(MESSAGES[0])


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(f"{A}/x"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@given(st.sampled_from(MESSAGES), st.data())
def test_any_field_is_read_or_refused(message: InnerMessage, data: st.DataObject) -> None:
    document = write_inner(message)
    name = data.draw(st.sampled_from(sorted(document)))
    document[name] = data.draw(ODD)

    try:
        read = read_inner(document)
    except InvalidDocument:
        return

    assert read_inner(write_inner(read)) == read
