"""
Data about people and borders: labels, sensitivities, grounds and countries against the rule.

`lawful` is written from the text of docs/federation.md: it asks one question after the other, and
names a few countries by hand.
"""

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.cases.case import Label, Sensitivity
from content.cases.store import CaseStore
from federation.escalation.answering import accept_offer
from federation.escalation.offering import give_info, offer_case, preview_offer
from federation.outbox import Outbox
from federation.peers import TransferBasis
from federation.policy import StaysHere
from tests.federation.escalation.pair import Pair

GROUNDS = ("adequacy", "clauses", "arrangement")
EUROPE = ("NL", "ES", "BG", "NO", "IS", "LI")
ABROAD = ("KE", "ZA", "BR", "KR", "US", "GB", "CH", "")
"""Here "" is a peer of which nobody knows where it is."""
PERSONAL: dict[str, Any] = {"sensitivity": "data-personal"}


def nothing_waits(pair: Pair) -> bool:
    """Say whether the origin has nothing ready to send."""
    return pair.a.read(lambda db: Outbox(db).waiting()) == []


def lawful(label: str, sensitivity: str, country: str, basis: str) -> bool:
    """Say whether a hub in the Netherlands may send such a case to such a hub."""
    if label == "tlp-red" or sensitivity == "data-special":
        return False
    if sensitivity == "data-none":
        return True
    if basis == "none":
        return False
    return country in EUROPE or basis in GROUNDS


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    label=st.sampled_from(Label),
    sensitivity=st.sampled_from(Sensitivity),
    country=st.sampled_from((*EUROPE, *ABROAD)),
    basis=st.sampled_from(get_args(TransferBasis)),
)
def test_data_about_people_crosses_a_border_only_on_a_noted_ground(
    pair: Pair, label: Label, sensitivity: Sensitivity, country: str, basis: str
) -> None:
    pair.a.sets_peer(pair.b, country=country, transfer_basis=basis)
    case = pair.a.has_case(label=label, sensitivity=sensitivity)

    if lawful(label, sensitivity, country, basis):
        copy = pair.a.do(preview_offer, case.id, pair.b.host).document
        assert copy["hub:sensitivity"] == sensitivity
    else:
        with pytest.raises(StaysHere):
            pair.a.do(preview_offer, case.id, pair.b.host)
        with pytest.raises(StaysHere):
            pair.a.do(offer_case, case.id, pair.b.host)
        assert nothing_waits(pair)


def test_the_refusal_says_how_to_note_a_ground_and_then_the_case_goes(pair: Pair) -> None:
    pair.a.sets_peer(pair.b, country="KE")
    case = pair.a.has_case(**PERSONAL)

    with pytest.raises(StaysHere, match="--transfer-basis") as refusal:
        pair.a.do(offer_case, case.id, pair.b.host)
    pair.a.sets_peer(pair.b, transfer_basis="clauses")
    offered = pair.a.do(offer_case, case.id, pair.b.host)

    assert "CANARY" not in str(refusal.value)
    assert offered.state == "esc-offered"


def test_information_stops_when_the_ground_is_taken_away(pair: Pair) -> None:
    pair.a.sets_peer(pair.b, country="KE", transfer_basis="clauses")
    offered = pair.a.do(offer_case, pair.a.has_case(**PERSONAL).id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    pair.a.sets_peer(pair.b, transfer_basis="none")

    with pytest.raises(StaysHere):
        pair.a.do(give_info, offered.id, "It is about Friday.")
    assert nothing_waits(pair)

    pair.a.sets_peer(pair.b, transfer_basis="clauses")
    pair.a.do(give_info, offered.id, "It is about Friday.")
    assert not nothing_waits(pair)


def test_information_stops_when_the_case_has_become_red(pair: Pair) -> None:
    case = pair.a.has_case()
    offered = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    act = pair.a.act()
    red = pair.a.case(case.id).relabel(Label.RED, Sensitivity.SPECIAL, act)
    pair.a.write(lambda db: CaseStore(db, pair.a.hub.vault).replace(red, act))

    with pytest.raises(StaysHere):
        pair.a.do(give_info, offered.id, "Their health is at stake.")
    assert nothing_waits(pair)
