"""Nothing of a case can be read on the wire, in a file, or at a hub that has no part in it."""

from pathlib import Path

import pytest

from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    decline_offer,
)
from federation.escalation.offering import confirm, give_info, offer_case, withdraw
from tests.federation.escalation.pair import CANARIES, Pair, Side


@pytest.mark.parametrize("ending", ["confirm", "withdraw", "decline", "expire", "decline-late"])
def test_the_text_is_in_no_bytes_that_anybody_else_sees(
    pair: Pair, tmp_path: Path, ending: str
) -> None:
    third = Side("third.example", tmp_path)
    for side in (pair.a, pair.b):
        side.knows(third)
        third.knows(side)
    escalation = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    incoming = pair.b.only_offer()
    _nowhere(pair, third)

    if ending == "decline":
        pair.b.do(decline_offer, incoming.id, reason="CANARY-REASON")
    elif ending == "expire":
        pair.later(days=30)
        pair.a.expires()
        pair.b.expires()
    else:
        pair.b.do(accept_offer, incoming.id, assigned_to=("omar",))
        pair.b.do(ask_origin, incoming.id, "CANARY-ASK")
        pair.carry()
        pair.a.do(give_info, escalation.id, "CANARY-INFO")
        pair.carry()
        _nowhere(pair, third)
    if ending == "decline-late":
        pair.b.do(decline_offer, incoming.id, reason="CANARY-REASON")
    elif ending in ("confirm", "withdraw"):
        pair.b.do(answer_origin, incoming.id, "CANARY-ANSWER")
        pair.carry()
        pair.a.do(confirm if ending == "confirm" else withdraw, escalation.id)
    pair.carry()

    _nowhere(pair, third)
    third.database.close_now()


def _nowhere(pair: Pair, third: Side) -> None:
    places = {
        "wire": b"".join(pair.tapped),
        "origin": pair.a.file_bytes(),
        "receiver": pair.b.file_bytes(),
        "third": third.file_bytes(),
    }
    assert places["wire"]
    for place, found in places.items():
        for canary in CANARIES:
            assert canary not in found, place
            assert canary.hex().encode() not in found, place


def test_after_the_end_the_receiver_has_no_key_to_any_text(pair: Pair) -> None:
    escalation = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(ask_origin, incoming.id, "CANARY-ASK")
    pair.carry()

    pair.a.do(withdraw, escalation.id)
    pair.carry()

    keys = pair.b.read(
        lambda db: db.execute(
            "select wrapped_key from escalations union all select wrapped_key from cases"
            " union all select wrapped_key from sealed_out union all select wrapped_key"
            " from sealed_in union all select wrapped_key from offers"
        ).fetchall()
    )
    assert {key for (key,) in keys} <= {None}
    assert pair.b.read(lambda db: db["case_messages"].count) == 0
