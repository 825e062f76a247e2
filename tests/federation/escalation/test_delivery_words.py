"""Whether the other hub has it, in sentences: for staff and experts, and for the requester."""

from content.changes import Act
from federation.escalation.answering import accept_offer
from federation.escalation.delivery_words import says_of
from federation.escalation.offering import offer_case
from federation.escalation.receiving import send_refusal
from federation.peers import PeerStore
from tests.federation.escalation.pair import Pair
from tests.federation.escalation.test_requesters import filed, seen


def test_staff_and_requester_read_how_far_it_got(pair: Pair) -> None:
    taken = filed(pair)
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)
    staff, requester = [says_of(out)], [seen(pair, taken).held_by[1].delivery]
    letters = pair.a.letters_out()
    staff.append(says_of(pair.a.escalation(out.id)))
    requester.append(seen(pair, taken).held_by[1].delivery)
    for body in letters:
        pair.b.takes(body, pair.a)
    pair.carry()
    staff.append(says_of(pair.a.escalation(out.id)))
    requester.append(seen(pair, taken).held_by[1].delivery)

    on_its_way, there, opened = (text or "" for text in staff)
    assert "on its way to amsterdam.example" in on_its_way
    assert "server of amsterdam.example has our last message" in there
    assert "has opened our last message" in opened
    assert requester == ["It is on its way.", "It has arrived.", "They have opened what we sent."]


def test_a_silent_server_is_said_to_be_one_and_that_nothing_is_lost(pair: Pair) -> None:
    taken = filed(pair)
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)

    pair.a.letters_out("503")

    said = says_of(pair.a.escalation(out.id)) or ""
    assert "does not answer" in said
    assert "Nothing is lost" in said
    assert "keep trying" in seen(pair, taken).held_by[1].delivery


def test_a_refused_message_says_why_and_what_to_do(pair: Pair) -> None:
    taken = filed(pair)
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    refused = pair.b.read(
        lambda db: db.execute("select inner_id from sealed_out where verb = 'accept'").fetchone()
    )[0]

    act = Act("ana", pair.a.now)
    pair.a.write(
        lambda db: send_refusal(
            db, pair.a.hub, PeerStore(db).get(pair.b.host), refused, "made-up", "No.", act
        )
    )
    pair.carry()

    said = says_of(pair.b.escalation(pair.b.only_offer().id)) or ""
    assert "does not have our last message" in said
    assert "made-up" in said
    assert out.case_id is not None
