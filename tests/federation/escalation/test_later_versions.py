"""A hub of a later version says more than this one knows: taken, unless that must be known."""

from typing import Any

from federation.escalation.copying import Edits
from federation.escalation.offering import offer_case
from protocol.canonical import canonicalize
from protocol.json import JsonObject
from protocol.proofs import add_proof
from tests.federation.escalation.pair import Pair
from tests.federation.escalation.test_channel import enveloped
from tests.federation.escalation.test_offering import opened


def offered_by_a_later_version(pair: Pair, **more: Any) -> str:
    """Let an offer arrive as a later version would make it; return our id of it."""
    a = pair.a
    out = a.do(offer_case, a.has_case().id, pair.b.host, edits=Edits(context="About it."))
    [body] = a.letters_out()
    inner = opened(body, pair.b)
    copy: JsonObject = {**inner["object"], "hub:mood": "CANARY-MOOD"}
    document = {name: value for name, value in inner.items() if name != "proof"}
    document |= {"object": copy, "hub:mood": ["CANARY-MOOD"], **more}
    signed = add_proof(document, a.hub.keys.signing, a.now)
    pair.b.takes(enveloped(canonicalize(signed), a, pair.b), a)
    pair.carry()
    return out.id


def test_an_offer_with_fields_of_a_later_version_is_taken_without_them(pair: Pair) -> None:
    out = offered_by_a_later_version(pair)

    came = pair.b.only_offer()
    assert (came.state, came.title) == ("esc-offered", pair.a.escalation(out).title)
    assert "hub:mood" not in came.fields
    assert b"CANARY-MOOD" not in pair.b.file_bytes()


def test_an_offer_that_needs_what_this_version_does_not_know_is_refused_and_its_sender_told(
    pair: Pair,
) -> None:
    out = offered_by_a_later_version(pair, **{"hub:needs": ["hub:escrow"]})

    tables = ("escalations", "offers")
    assert pair.b.read(lambda db: [db[table].count for table in tables]) == [0, 0]
    ours = pair.a.escalation(out)
    assert ours.delivery is not None
    assert (ours.state, ours.delivery.word) == ("esc-declined", "failed")
