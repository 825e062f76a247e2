"""Who asks is told in a second step: by consent, to one hub, and gone with the copy."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.cases.case import Label
from content.cases.store import CaseErased, CaseStore
from content.changes import ChangeStore
from content.labels import Sensitivity
from federation.escalation.answering import accept_offer, answer_origin, ask_origin, decline_offer
from federation.escalation.escalation import Escalation
from federation.escalation.offering import confirm, offer_case, withdraw
from federation.escalation.recipients import recipients_of
from federation.escalation.revealing import (
    IdentityConsentMissing,
    IdentityElsewhere,
    NothingToReveal,
    Part,
    reveal,
)
from federation.escalation.states import MoveRefused
from federation.outbox import Outbox
from federation.policy import StaysHere
from tests.federation.escalation.pair import CANARIES, FILED, Pair, Side
from tests.federation.escalation.test_requesters import filed, seen

WEEK = timedelta(days=7)
AGREED: dict[str, Any] = {
    "consents": {"escalate": "yes", "share_name": True, "share_contact": True}
}


def accepted(pair: Pair, **changes: Any) -> tuple[Escalation, str]:
    """Offer a case that the second hub accepts; return our side, and the id of its case."""
    outgoing = pair.a.do(offer_case, pair.a.has_case(**changes).id, pair.b.host)
    pair.carry()
    theirs = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    return outgoing, str(theirs.case_id)


def quiet(pair: Pair) -> None:
    """Check that nothing is ready to be sent."""
    assert pair.a.read(lambda db: Outbox(db).waiting()) == []


def test_what_the_requester_agreed_to_is_told_noted_and_shown_at_both_hubs(pair: Pair) -> None:
    outgoing, theirs = accepted(pair, **AGREED)

    told = pair.a.do(reveal, outgoing.id, [Part.CONTACT, Part.NAME])
    pair.carry()

    who = pair.b.case(theirs).requester
    assert (who.name, who.contact) == (FILED["requester"]["name"], FILED["requester"]["contact"])
    assert who.organisation == ""
    assert told.revealed == pair.b.only_offer().revealed == ("name", "contact")
    assert told.state == pair.b.only_offer().state == "esc-accepted"
    changes = pair.a.read(lambda db: ChangeStore(db).recent(20)).items
    noted = [each for each in changes if each.what == "case.reveal"]
    assert [(each.subject, each.note) for each in noted] == [
        (outgoing.case_id, f"to {pair.b.host}: name, contact")
    ]
    assert "OSPREY" not in repr(changes)
    messages = pair.b.read(lambda db: CaseStore(db, pair.b.hub.vault).messages(theirs))
    assert any("learns: name, contact" in each.text for each in messages)


def test_the_requester_sees_what_the_other_hub_knows(pair: Pair) -> None:
    taken = filed(pair, **AGREED)
    outgoing = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()

    pair.a.do(reveal, outgoing.id, [Part.NAME, Part.CONTACT])

    [_, other] = seen(pair, taken).held_by
    assert other.says == "accepted your request; it knows your name, how to reach you"
    [recipient] = pair.a.read(
        lambda db: recipients_of(db, pair.a.hub, taken.case_id, pair.a.now, WEEK)
    )
    assert recipient.fields[-2:] == ("identity.name", "identity.contact")
    assert recipient.what.endswith("; and of who asks: name, contact")


def test_nothing_of_it_is_on_the_wire_or_on_disk_in_plain(pair: Pair) -> None:
    outgoing, _ = accepted(pair, **AGREED)
    pair.a.do(reveal, outgoing.id, list(Part)[:2])
    pair.carry()

    for place in (b"".join(pair.tapped), pair.a.file_bytes(), pair.b.file_bytes()):
        assert not any(canary in place for canary in CANARIES)


@pytest.mark.parametrize(
    ("consents", "parts", "option"),
    [
        ({}, [Part.NAME], "--share-name"),
        ({"share_contact": True}, [Part.ORGANISATION], "--share-name"),
        ({"share_name": True}, [Part.NAME, Part.CONTACT], "--share-contact"),
    ],
)
def test_what_they_did_not_agree_to_stays(
    pair: Pair, consents: dict[str, Any], parts: list[Part], option: str
) -> None:
    outgoing, theirs = accepted(pair, consents={"escalate": "yes", **consents})

    with pytest.raises(IdentityConsentMissing, match=option):
        pair.a.do(reveal, outgoing.id, parts)

    quiet(pair)
    assert pair.b.case(theirs).requester.name == ""


def test_it_is_personal_data_whatever_the_case_is(pair: Pair) -> None:
    pair.a.sets_peer(pair.b, country="KE")
    outgoing, _ = accepted(pair, **AGREED)

    with pytest.raises(StaysHere, match="--transfer-basis"):
        pair.a.do(reveal, outgoing.id, [Part.NAME])
    quiet(pair)


def test_only_one_hub_is_told_until_its_copy_is_gone(pair: Pair, tmp_path: Path) -> None:
    third = Side("third.example", tmp_path)
    pair.a.knows(third)
    third.knows(pair.a)
    outgoing, _ = accepted(pair, **AGREED)
    other = pair.a.do(offer_case, outgoing.case_id, third.host)
    pair.carry(third)
    third.do(accept_offer, third.only_offer().id)
    pair.carry(third)
    pair.a.do(reveal, outgoing.id, [Part.NAME])
    pair.carry(third)

    with pytest.raises(IdentityElsewhere, match=pair.b.host):
        pair.a.do(reveal, other.id, [Part.NAME])
    pair.a.do(withdraw, outgoing.id)
    pair.carry(third)
    assert pair.a.do(reveal, other.id, [Part.NAME]).revealed == ("name",)
    third.database.close_now()


def test_what_the_case_does_not_know_cannot_be_told(pair: Pair) -> None:
    outgoing, _ = accepted(pair, **AGREED, requester={"role": "who-ngo", "name": "Ana Ruiz"})

    for parts in ([], [Part.CONTACT]):
        with pytest.raises(NothingToReveal):
            pair.a.do(reveal, outgoing.id, parts)


def test_it_is_told_while_somebody_works_on_it_and_not_before_or_after(pair: Pair) -> None:
    outgoing = pair.a.do(offer_case, pair.a.has_case(**AGREED).id, pair.b.host)
    with pytest.raises(MoveRefused):
        pair.a.do(reveal, outgoing.id, [Part.NAME])
    pair.carry()
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(answer_origin, incoming.id, "Three clauses.")
    pair.carry()
    pair.a.do(reveal, outgoing.id, [Part.NAME])
    pair.a.do(confirm, outgoing.id)
    with pytest.raises(MoveRefused):
        pair.a.do(reveal, outgoing.id, [Part.NAME])
    pair.carry()

    assert pair.states(outgoing) == ("esc-confirmed", "esc-confirmed")


def test_it_is_not_kept_where_the_case_was_given_back_meanwhile(pair: Pair) -> None:
    outgoing, theirs = accepted(pair, **AGREED)

    pair.b.do(decline_offer, pair.b.only_offer().id, reason="No time.")
    pair.a.do(reveal, outgoing.id, [Part.NAME])
    pair.carry()

    with pytest.raises(CaseErased):
        pair.b.case(theirs)
    assert pair.states(outgoing) == ("esc-declined", "esc-declined")
    assert pair.b.only_offer().revealed == ()


def test_it_is_gone_with_the_copy(pair: Pair) -> None:
    outgoing, theirs = accepted(pair, **AGREED)
    pair.a.do(reveal, outgoing.id, [Part.NAME])
    pair.carry()

    pair.a.do(withdraw, outgoing.id)
    pair.carry()

    with pytest.raises(CaseErased):
        pair.b.case(theirs)
    keys = pair.b.read(
        lambda db: db.execute(
            "select wrapped_key from cases union select wrapped_key from escalations"
            " union select wrapped_key from sealed_in"
        ).fetchall()
    )
    assert {key for (key,) in keys} == {None}
    # Both still know that it was told, and what of it.
    assert pair.a.escalation(outgoing.id).revealed == ("name",)
    assert json.dumps(pair.b.only_offer().revealed) == '["name"]'


@pytest.mark.parametrize(
    "stricter", [(Label.RED, Sensitivity.NONE), (Label.AMBER, Sensitivity.SPECIAL)]
)
def test_the_receiver_sends_nothing_back_of_a_copy_that_it_holds_more_strictly(
    pair: Pair, stricter: tuple[Label, Sensitivity]
) -> None:
    outgoing, theirs = accepted(pair)
    incoming, act = pair.b.only_offer(), pair.b.act()
    raised = pair.b.case(theirs).relabel(*stricter, act)
    pair.b.write(lambda db: CaseStore(db, pair.b.hub.vault).replace(raised, act))

    with pytest.raises(StaysHere):
        pair.b.do(ask_origin, incoming.id, "Who else?")
    with pytest.raises(StaysHere):
        pair.b.do(answer_origin, incoming.id, "Three clauses.")
    assert pair.carry() == 0
    assert pair.states(outgoing) == ("esc-accepted", "esc-accepted")
    pair.b.do(decline_offer, incoming.id, reason="It is not for us.")
