"""Who may send what: S11 to S16, S37, type by type and standing by standing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.activity import OTHER_TYPES, TAKEN_TYPES, Activity, read_activity
from protocol.authority import (
    Facts,
    Standing,
    Verified,
    authorize,
    authorize_fetched,
    authorize_proven,
)
from protocol.context import PEER_OF
from protocol.documents.activities import offer_peering
from protocol.errors import (
    ActorMismatch,
    InvalidActivity,
    NoSuchRequest,
    NotAPeer,
    NotOwner,
    ObjectUnverified,
    OriginMismatch,
    ProofInvalid,
    ProtocolError,
)
from protocol.proofs import add_proof
from tests.protocol.samples import AT, NOW, SIGNING_A, SIGNING_B, A, B, facts, owner

ACTOR = f"{A}/actor"
US = f"{B}/actor"
BLOCKED, STRANGER, SOURCE, PEER = Standing


def note(**changes: Any) -> dict[str, Any]:
    return {"id": f"{A}/1", "type": "Note", "attributedTo": ACTOR, **changes}


REPLY = note(inReplyTo=f"{B}/resources/1")
SEALED = note(type=["Object", "hub:Sealed"], to=[US])
RELATION = {"type": "Relationship", "subject": ACTOR, "relationship": PEER_OF, "object": US}
PROPOSAL = {"type": "Update", "object": f"{B}/resources/1", "hub:proposal": {}}
OWN_FOLLOW = {"id": f"{A}/f", "type": "Follow", "actor": ACTOR, "object": US}
OUR_FOLLOW = {"id": f"{B}/f", "type": "Follow", "actor": US, "object": ACTOR}


def activity(kind: str, obj: Any, **changes: Any) -> Activity:
    document = {"id": f"{A}/activities/1", "type": kind, "actor": ACTOR, "object": obj, **changes}
    return read_activity(document)


def send(
    kind: str, obj: Any, standing: Standing, *, known: Facts | None = None, **changes: Any
) -> Verified[Activity]:
    return authorize(activity(kind, obj, **changes), owner(), known or facts(standing))


# The table of DESIGN.md 6: what is lawful, and for whom.

LAWFUL: list[tuple[str, Any, set[Standing]]] = [
    ("Follow", US, {STRANGER, PEER}),
    ("Follow", "https://c.example/actor", {STRANGER, PEER}),
    ("Like", f"{B}/resources/1", {STRANGER, PEER}),
    ("Flag", [US, f"{B}/resources/1"], {STRANGER, PEER}),
    ("Announce", f"{B}/resources/1", {STRANGER, SOURCE, PEER}),
    ("Announce", "https://c.example/1", {STRANGER, SOURCE, PEER}),
    ("Undo", OWN_FOLLOW, {STRANGER, PEER}),
    ("Undo", f"{A}/f", {STRANGER, PEER}),
    ("Create", REPLY, {STRANGER, SOURCE, PEER}),
    ("Create", note(), {SOURCE, PEER}),
    ("Create", f"{A}/1", {SOURCE, PEER}),
    ("Update", note(), {SOURCE, PEER}),
    ("Update", {"id": ACTOR, "type": "Organization"}, {SOURCE, PEER}),
    ("Update", f"{A}/1", {SOURCE, PEER}),
    ("Delete", f"{A}/1", {STRANGER, SOURCE, PEER}),
    ("Delete", {"id": f"{A}/1", "type": "Tombstone"}, {STRANGER, SOURCE, PEER}),
    ("Delete", ACTOR, {STRANGER, SOURCE, PEER}),
    ("Offer", RELATION, {STRANGER, PEER}),
]


@pytest.mark.parametrize("standing", list(Standing), ids=lambda standing: standing.value)
@pytest.mark.parametrize(("kind", "obj", "allowed"), LAWFUL)
def test_who_may_send_what(kind: str, obj: Any, allowed: set[Standing], standing: Standing) -> None:
    if standing in allowed:
        verified = send(kind, obj, standing)
        assert verified.value.type == kind
        assert verified.owner == owner()
        assert verified.standing is standing
    else:
        with pytest.raises(NotAPeer):
            send(kind, obj, standing)


@pytest.mark.parametrize("standing", [STRANGER, SOURCE, PEER])
@pytest.mark.parametrize("kind", ["Accept", "Reject"])
def test_an_answer_to_an_open_request_of_ours_is_taken(kind: str, standing: Standing) -> None:
    known = facts(standing, answers_our_request=True)

    for request in (OUR_FOLLOW, OUR_FOLLOW["id"]):
        assert send(kind, request, standing, known=known)


@pytest.mark.parametrize("standing", list(Standing), ids=lambda standing: standing.value)
def test_a_correction_is_taken_from_a_peer_for_us_alone(standing: Standing) -> None:
    if standing is PEER:
        assert send("Offer", PROPOSAL, PEER, to=[US])
        assert send("Offer", {**PROPOSAL, "id": f"{A}/activities/1#update"}, PEER, to=[US])
    else:
        with pytest.raises(NotAPeer):
            send("Offer", PROPOSAL, standing, to=[US])


@pytest.mark.parametrize(
    ("changes", "more", "error"),
    [
        ({"object": "https://c.example/resources/1"}, {}, OriginMismatch),
        ({"object": f"{A}/resources/1"}, {}, OriginMismatch),
        ({"object": [f"{B}/resources/1", f"{B}/resources/2"]}, {}, InvalidActivity),
        ({"object": "not an address"}, {}, InvalidActivity),
        ({"object": None}, {}, InvalidActivity),
        ({"id": f"{B}/activities/1"}, {}, OriginMismatch),
        ({"id": "https://c.example/1"}, {}, OriginMismatch),
        ({}, {"to": [US, "https://c.example/actor"]}, InvalidActivity),
        ({}, {"to": ["https://c.example/actor"]}, InvalidActivity),
        ({}, {"to": []}, InvalidActivity),
        ({}, {"cc": ["https://www.w3.org/ns/activitystreams#Public"]}, InvalidActivity),
    ],
)
def test_a_correction_of_anything_else_or_for_others_too_is_refused(
    changes: dict[str, Any], more: dict[str, Any], error: type[ProtocolError]
) -> None:
    with pytest.raises(error):
        send("Offer", {**PROPOSAL, **changes}, PEER, **{"to": [US], **more})


def test_a_correction_that_is_only_named_is_refused() -> None:
    with pytest.raises(InvalidActivity):
        send("Offer", f"{A}/activities/2", PEER, to=[US])


def test_a_sealed_message_is_taken_from_a_peer_for_us_alone() -> None:
    assert send("Create", SEALED, PEER, to=[US])


# S11


@pytest.mark.parametrize(
    "actor",
    [
        f"{A}/other",
        US,
        [ACTOR, US],
        [US, ACTOR],
        {"id": US},
        [{"id": ACTOR}, {"id": f"{A}/other"}],
        "https://A.example/actor",
        f"{ACTOR}/",
        f"{ACTOR}#x",
    ],
    ids=repr,
)
@pytest.mark.parametrize("standing", list(Standing), ids=lambda standing: standing.value)
def test_an_actor_that_does_not_own_the_key_is_refused(actor: Any, standing: Standing) -> None:
    with pytest.raises(ActorMismatch):
        send("Follow", US, standing, actor=actor)


# S12


@pytest.mark.parametrize(
    ("kind", "obj"),
    [
        ("Create", note(id="https://c.example/1")),
        ("Create", "https://c.example/1"),
        ("Create", note(id="http://a.example/1")),
        ("Create", note(id="https://a.example:444/1")),
        ("Create", note(id="https://a.example.evil.example/1")),
        ("Update", note(id=f"{B}/resources/1")),
        ("Delete", f"{B}/resources/1"),
        ("Delete", {"id": "https://c.example/1", "type": "Tombstone"}),
        ("Undo", {**OWN_FOLLOW, "id": "https://c.example/f"}),
        ("Undo", f"{B}/f"),
        ("Accept", {**OUR_FOLLOW, "id": "https://c.example/f"}),
        ("Reject", f"{A}/f"),
        ("Offer", {**RELATION, "object": "https://c.example/actor"}),
    ],
    ids=repr,
)
def test_an_object_outside_the_origin_where_the_actor_may_act_is_refused(
    kind: str, obj: Any
) -> None:
    with pytest.raises(OriginMismatch):
        send(kind, obj, PEER, known=facts(PEER, answers_our_request=True))


def test_an_activity_whose_id_is_elsewhere_is_refused() -> None:
    with pytest.raises(OriginMismatch):
        send("Follow", US, PEER, id="https://c.example/activities/1")


# S14, S37


@pytest.mark.parametrize("kind", sorted(TAKEN_TYPES | OTHER_TYPES))
def test_a_blocked_actor_can_send_nothing(kind: str) -> None:
    with pytest.raises(NotAPeer):
        send(kind, REPLY, BLOCKED)


@pytest.mark.parametrize("standing", [STRANGER, SOURCE])
@pytest.mark.parametrize("kind", sorted(OTHER_TYPES))
def test_strangers_and_sources_can_send_no_other_type(kind: str, standing: Standing) -> None:
    with pytest.raises(NotAPeer):
        send(kind, note(), standing)


@pytest.mark.parametrize("standing", [BLOCKED, STRANGER, SOURCE])
@pytest.mark.parametrize("obj", [SEALED, {**SEALED, "inReplyTo": f"{B}/resources/1"}])
def test_a_sealed_message_from_anyone_but_a_peer_is_refused(obj: Any, standing: Standing) -> None:
    with pytest.raises(NotAPeer):
        send("Create", obj, standing, to=[US])


@pytest.mark.parametrize("replied", [f"{A}/1", "https://c.example/1", None, "x", [f"{A}/1"], 7])
def test_a_strangers_create_that_does_not_reply_to_us_is_refused(replied: Any) -> None:
    with pytest.raises(NotAPeer):
        send("Create", note(inReplyTo=replied), STRANGER)


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ["https://c.example/actor"]},
        {"to": [US, "https://c.example/actor"]},
        {"to": [US], "cc": ["https://c.example/actor"]},
        {},
    ],
)
def test_a_sealed_message_for_anybody_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidActivity):
        send("Create", SEALED, PEER, **changes)
    with pytest.raises(InvalidActivity):
        send("Create", {**SEALED, "to": ["https://c.example/actor"]}, PEER, to=[US])


# S15


@pytest.mark.parametrize(
    ("kind", "obj"),
    [
        ("Create", note(attributedTo=f"{A}/other")),
        ("Create", note(attributedTo=[ACTOR, f"{A}/other"])),
        ("Create", note(attributedTo=None)),
        ("Create", note(attributedTo=[])),
        ("Update", note(attributedTo=f"{A}/other")),
        ("Update", {"id": f"{A}/other", "type": "Person"}),
        ("Delete", note(attributedTo=f"{A}/other")),
        ("Delete", {"id": f"{A}/1", "type": "Tombstone", "attributedTo": US}),
        ("Undo", {**OWN_FOLLOW, "actor": f"{A}/other"}),
        ("Undo", {"id": f"{A}/f", "type": "Follow"}),
        ("Offer", {**RELATION, "subject": f"{A}/other"}),
    ],
    ids=repr,
)
def test_an_object_that_says_it_is_somebody_elses_is_refused(kind: str, obj: Any) -> None:
    with pytest.raises(NotOwner):
        send(kind, obj, PEER)


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete", "Undo", "Add", "Remove", "Move"])
def test_an_object_that_we_know_to_be_somebody_elses_is_refused(kind: str) -> None:
    known = facts(PEER, object_owner=f"{A}/other")

    with pytest.raises(NotOwner):
        send(kind, f"{A}/1", PEER, known=known)


def test_an_object_that_we_know_to_be_the_actors_is_taken() -> None:
    assert send("Delete", f"{A}/1", PEER, known=facts(PEER, object_owner=ACTOR))


# S16


@pytest.mark.parametrize("standing", [STRANGER, SOURCE, PEER])
@pytest.mark.parametrize("kind", ["Accept", "Reject"])
def test_an_answer_to_what_we_did_not_ask_is_refused(kind: str, standing: Standing) -> None:
    for request in (OUR_FOLLOW, OUR_FOLLOW["id"]):
        with pytest.raises(NoSuchRequest):
            send(kind, request, standing)


# S26


@pytest.mark.parametrize(
    ("kind", "obj"),
    [
        ("Block", US),
        ("Question", note()),
        ("Move", ACTOR),
        ("Add", note()),
        ("Create", {"type": "Note", "attributedTo": ACTOR}),
        ("Create", [note(), note(id=f"{A}/2")]),
        ("Delete", [f"{A}/1", f"{A}/2"]),
        ("Like", {"type": "Note"}),
        ("Accept", {"type": "Follow"}),
        ("Offer", note()),
        ("Offer", f"{A}/1"),
        ("Offer", {**RELATION, "relationship": "https://c.example/friendOf"}),
    ],
    ids=repr,
)
def test_what_nobody_may_send_us_is_refused(kind: str, obj: Any) -> None:
    with pytest.raises(InvalidActivity):
        send(kind, obj, PEER)


def test_our_own_offer_of_peering_is_one_that_another_hub_takes() -> None:
    offer = read_activity(offer_peering(f"{A}/activities/1", ACTOR, US, at=AT))

    assert authorize(offer, owner(), facts(STRANGER))


def test_nothing_but_the_authority_makes_a_verified_value() -> None:
    with pytest.raises(TypeError):
        Verified("value", owner(), PEER, token=object())


ORIGINS = st.sampled_from([A, B, "https://c.example", "http://a.example", "https://a.example:8443"])
IDS = st.builds(lambda origin, path: f"{origin}/{path}", ORIGINS, st.sampled_from(["actor", "1"]))


@given(st.sampled_from(["Create", "Update", "Delete"]), IDS, IDS, IDS, IDS)
def test_only_what_is_of_one_origin_and_one_owner_is_taken(
    kind: str, identity: str, actor: str, object_id: str, attributed: str
) -> None:
    obj = {"id": object_id, "type": "Note", "attributedTo": attributed}
    received = activity(kind, obj, id=identity, actor=actor)

    try:
        authorize(received, owner(), facts(PEER))
    except ProtocolError:
        return

    assert actor == ACTOR
    assert identity.startswith(f"{A}/")
    assert object_id.startswith(f"{A}/")
    assert attributed == ACTOR or (kind == "Update" and object_id == ACTOR)


# Objects that arrive by other ways


def test_a_fetched_object_is_verified_only_at_its_own_id_and_origin() -> None:
    url = f"{A}/1"

    assert authorize_fetched(note(), final_url=url, standing=STRANGER).owner.actor == ACTOR
    with pytest.raises(ObjectUnverified):
        authorize_fetched(note(id=f"{A}/2"), final_url=url, standing=STRANGER)
    with pytest.raises(OriginMismatch):
        authorize_fetched(note(attributedTo=US), final_url=url, standing=STRANGER)
    with pytest.raises(OriginMismatch):
        authorize_fetched(note(attributedTo=[]), final_url=url, standing=STRANGER)
    with pytest.raises(NotAPeer):
        authorize_fetched(note(), final_url=url, standing=BLOCKED)


def test_an_object_with_its_owners_proof_is_verified_whoever_brings_it() -> None:
    proven = add_proof(note(), SIGNING_A, NOW)
    by_another = add_proof(note(), SIGNING_B, NOW)
    key = SIGNING_A.public

    assert authorize_proven(proven, owner(), key, standing=PEER, now=NOW).value == proven
    with pytest.raises(ProofInvalid):
        authorize_proven({**proven, "x": 1}, owner(), key, standing=PEER, now=NOW)
    with pytest.raises(ObjectUnverified):
        authorize_proven(by_another, owner(), SIGNING_B.public, standing=PEER, now=NOW)
    with pytest.raises(OriginMismatch):
        authorize_proven(by_another, owner(B), SIGNING_B.public, standing=PEER, now=NOW)
    foreign = add_proof(note(attributedTo=US), SIGNING_A, NOW)
    with pytest.raises(NotOwner):
        authorize_proven(foreign, owner(), key, standing=PEER, now=NOW)
    with pytest.raises(NotAPeer):
        authorize_proven(proven, owner(), key, standing=BLOCKED, now=NOW)
