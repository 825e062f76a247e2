"""Copies of cases at other hubs: who is told to destroy them, and who says so with a receipt."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.cases.case import Case
from content.cases.store import CaseErased
from content.changes import Act
from federation.erasures import Asked, ErasureStore
from federation.escalation.answering import accept_offer, answer_origin, decline_offer
from federation.escalation.copying import Edits
from federation.escalation.erasing import await_receipt
from federation.escalation.escalation import Escalation
from federation.escalation.grounds import Ground
from federation.escalation.letters import erase_letter, receipt_letter
from federation.escalation.moves import send_inner
from federation.escalation.offering import confirm, give_info, offer_case, withdraw
from federation.escalation.store import EscalationStore
from federation.law.erasing import Erasure, erase_case
from federation.owed import OwedStore
from federation.peers import PeerStore
from federation.receipts import send_receipts
from protocol.documents.erasure import erasure_receipt, read_erasure_receipt
from protocol.json import JsonObject
from protocol.moments import stamp
from protocol.proofs import add_proof, verify_proof
from tests.federation.escalation.pair import CANARIES, Pair, Side
from tests.federation.escalation.test_offering import opened


def offered(pair: Pair) -> tuple[Case, Escalation]:
    case = pair.a.has_case()
    outgoing: Escalation = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    return case, outgoing


def erase(side: Side, case: Case, *, asked: bool = True) -> Erasure:
    done: Erasure = side.do(erase_case, case.id, asked=asked)
    return done


def sweeps(side: Side) -> int:
    """Make the file clean as the worker does, as far as receipts see it; return how many go out."""
    act = Act("system", side.now)

    def work(db: Any) -> int:
        OwedStore(db).swept(OwedStore(db).unswept(), side.now)
        return send_receipts(db, side.hub, act)

    return side.write(work)


def asked(side: Side, offer_id: str) -> list[Asked]:
    """Return who was asked to destroy a copy, the newest request first."""
    page = side.read(lambda db: ErasureStore(db).list())
    return [each for item in page.items if item.request.subject == offer_id for each in item.asked]


def receipts(side: Side, offer_id: str) -> list[JsonObject]:
    return [each.receipt for each in asked(side, offer_id) if each.receipt is not None]


def ends(pair: Pair, outgoing: Escalation, ending: str) -> None:
    """Bring an offer to where the name says."""
    incoming = pair.b.only_offer()
    if ending == "decline":
        pair.b.do(decline_offer, incoming.id, reason="No time.")
    elif ending == "expire":
        pair.later(days=30)
        pair.a.expires()
        pair.b.expires()
    elif ending == "withdraw":
        pair.a.do(withdraw, outgoing.id)
    elif ending != "nothing":
        pair.b.do(accept_offer, incoming.id)
        if ending != "accept":
            pair.b.do(answer_origin, incoming.id, "CANARY-ANSWER")
            pair.carry()
            pair.a.do(confirm, outgoing.id)
    pair.carry()


@pytest.mark.parametrize(
    "ending", ["nothing", "accept", "confirm", "decline", "expire", "withdraw"]
)
def test_whoever_got_the_case_destroys_it_and_gives_a_receipt(pair: Pair, ending: str) -> None:
    case, outgoing = offered(pair)
    ends(pair, outgoing, ending)
    copy = pair.b.only_offer().case_id

    erase(pair.a, case)
    pair.carry()
    assert [each.receipt for each in asked(pair.a, outgoing.offer_id)][:1] == [None]
    sweeps(pair.b)
    pair.carry()

    assert pair.states(outgoing) == ("esc-erased", "esc-erased")
    if copy is not None:
        with pytest.raises(CaseErased):
            pair.b.case(copy)
    document = receipts(pair.a, outgoing.offer_id)[0]
    receipt = read_erasure_receipt(document)
    assert receipt.actor == pair.b.hub.identity.actor
    assert receipt.erasure.subject == outgoing.offer_id
    assert receipt.erasure.log is None
    # Withdrawn, it is asked twice: the first receipt is of the copy, the second of nothing.
    held = {
        "nothing": [True],
        "accept": [True],
        "confirm": [True],
        "withdraw": [False, True],
    }.get(ending, [False])
    given = receipts(pair.a, outgoing.offer_id)
    assert sorted(read_erasure_receipt(each).erasure.held for each in given) == held
    verify_proof(document, pair.b.hub.keys.signing.public, None)
    assert not any(each.missing_since for each in asked(pair.a, outgoing.offer_id))


def test_a_receipt_travels_sealed_and_says_nothing_to_others(pair: Pair) -> None:
    case, outgoing = offered(pair)
    erase(pair.a, case)
    pair.carry()
    sweeps(pair.b)

    bodies = pair.b.letters_out()

    assert bodies
    for told in (b"erasedAt", outgoing.offer_id.encode(), b"Accept"):
        assert not any(told in body for body in bodies)


def test_who_takes_an_offer_back_gets_a_receipt_as_well(pair: Pair) -> None:
    _, outgoing = offered(pair)

    pair.a.do(withdraw, outgoing.id)
    pair.carry()
    assert [each.missing_since is None for each in asked(pair.a, outgoing.offer_id)] == [False]
    sweeps(pair.b)
    pair.carry()

    [document] = receipts(pair.a, outgoing.offer_id)
    assert read_erasure_receipt(document).erasure.held


def test_no_receipt_is_given_before_the_file_is_clean(pair: Pair) -> None:
    case, outgoing = offered(pair)
    erase(pair.a, case)
    pair.carry()

    act = Act("system", pair.b.now)
    assert pair.b.write(lambda db: send_receipts(db, pair.b.hub, act)) == 0

    assert receipts(pair.a, outgoing.offer_id) == []


def test_an_offer_that_never_arrived_leaves_no_text_here_and_never_comes_there(pair: Pair) -> None:
    """The other hub is down: what waits for it is emptied, and it still learns what to erase."""
    case = pair.a.has_case()
    outgoing = pair.a.do(offer_case, case.id, pair.b.host)
    pair.a.letters_out("no answer")

    erase(pair.a, case)
    kept = pair.a.read(lambda db: db.execute("select inner_id from sealed_out").fetchall())
    pair.later(days=7)
    bodies = pair.a.letters_out()
    inners = [opened(body, pair.b) for body in bodies]
    for body in bodies:
        pair.b.takes(body, pair.a)
    pair.carry()
    sweeps(pair.b)
    pair.carry()

    assert len(kept) == 2
    assert sorted((inner["hub:n"], inner["hub:verb"]) for inner in inners) == [
        (1, "emptied"),
        (2, "erase"),
    ]
    assert not any("CANARY" in str(inner) for inner in inners)
    assert pair.b.read(lambda db: (db["offers"].count, db["escalations"].count)) == (0, 0)
    [document] = receipts(pair.a, outgoing.offer_id)
    assert not read_erasure_receipt(document).erasure.held


def test_what_is_emptied_may_have_arrived_all_the_same(pair: Pair) -> None:
    """The confirmation was lost, not the message: the emptied one is a double there."""
    case, outgoing = offered(pair)
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    pair.a.do(give_info, outgoing.id, "CANARY-INFO")
    [info] = pair.a.letters_out()
    pair.b.takes(info, pair.a)
    pair.b.letters_out()  # lost

    erase(pair.a, case)
    pair.carry()
    sweeps(pair.b)
    pair.carry()

    assert pair.states(outgoing) == ("esc-erased", "esc-erased")
    assert len(receipts(pair.a, outgoing.offer_id)) == 1
    for side in (pair.a, pair.b):
        left = "select count(*) from sealed_out where inner is not null"
        assert side.read(lambda db: db.execute(left).fetchone()) == (0,)  # noqa: B023
        assert not any(word in side.file_bytes() for word in CANARIES)


def test_who_passed_a_copy_on_tells_the_hub_that_has_it_now(pair: Pair, tmp_path: Path) -> None:
    third = Side("third.example", tmp_path)
    third.knows(pair.b)
    pair.b.knows(third)
    case = pair.a.has_case(label="tlp-clear")
    outgoing = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    copy = pair.b.do(accept_offer, pair.b.only_offer().id).case_id
    pair.carry()
    rests_on = Edits(ground=Ground.PUBLIC_TASK, ground_reason="It is our task.")
    onward = pair.b.do(offer_case, copy, third.host, edits=rests_on)
    pair.carry(third)
    assert third.only_offer().state == "esc-offered"

    erase(pair.a, case)
    pair.carry(third)

    assert third.only_offer().state == "esc-erased"
    assert third.read(lambda db: db["offers"].count) == 0
    assert [each.host for each in asked(pair.b, onward.offer_id)] == [third.host]
    assert outgoing.id
    third.database.close_now()


def test_a_hub_that_cannot_be_told_stays_on_the_list(pair: Pair) -> None:
    case, outgoing = offered(pair)
    pair.a.sets_peer(pair.b, state="ended")

    done = erase(pair.a, case)

    assert [each.peer for each in done.to_tell] == [pair.b.host]
    assert pair.a.letters_out() == []
    [missing] = asked(pair.a, outgoing.offer_id)
    late = missing.asked_at + timedelta(days=7)
    assert missing.state(late, timedelta(days=7)) == "overdue"


def test_erasing_because_time_is_over_takes_back_what_is_open_and_empties_it(pair: Pair) -> None:
    case = pair.a.has_case()
    outgoing = pair.a.do(offer_case, case.id, pair.b.host)
    pair.a.letters_out("no answer")

    erase(pair.a, case, asked=False)
    pair.later(days=1)
    inners = [opened(body, pair.b) for body in pair.a.letters_out()]

    assert sorted(inner["hub:verb"] for inner in inners) == ["emptied", "withdraw"]
    assert pair.a.escalation(outgoing.id).state == "esc-withdrawn"


def forged(pair: Pair, outgoing: Escalation, asked_by: str, **changes: str) -> JsonObject:
    """Return a receipt of `b`, with what it should not say."""
    said = {
        "actor": pair.b.hub.identity.actor,
        "asker": pair.a.hub.identity.actor,
        "request": asked_by,
        "subject": outgoing.offer_id,
        **changes,
    }
    at = stamp(pair.b.now)
    return erasure_receipt(
        "https://amsterdam.example/activities/1", log=None, held=True, erased_at=at, at=at, **said
    )


@pytest.mark.parametrize(
    "wrong", ["proof", "subject", "request", "actor", "nothing asked", "not a receipt"]
)
def test_a_receipt_that_proves_nothing_is_refused(pair: Pair, wrong: str) -> None:
    case, outgoing = offered(pair)
    request = f"{pair.a.hub.identity.origin}/activities/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
    other = f"{pair.a.hub.identity.origin}/activities/01KAT3Q8T6W3Y6M0S0V4N8Z2XX"
    if wrong != "nothing asked":
        pair.a.write(
            lambda db: await_receipt(db, pair.b.host, outgoing.offer_id, request, pair.a.act())
        )
    changes = {
        "subject": {"subject": other},
        "request": {"request": other},
        "actor": {"actor": "https://third.example/actor"},
    }.get(wrong, {})
    document = forged(pair, outgoing, request, **changes)
    signer = pair.a if wrong == "proof" else pair.b
    receipt = add_proof(document, signer.hub.keys.signing, pair.b.now)
    if wrong == "not a receipt":
        receipt = {"type": "Accept"}

    pair.b.write(
        lambda db: send_inner(
            db,
            pair.b.hub,
            PeerStore(db).get(pair.a.host),
            receipt_letter(request, receipt),
            pair.b.act(),
            escalation=EscalationStore(db, pair.b.hub.vault).get(pair.b.only_offer().id),
        )
    )
    pair.carry()

    assert receipts(pair.a, outgoing.offer_id) == []
    state = "select state from sealed_in order by n desc limit 1"
    assert pair.a.read(lambda db: db.execute(state).fetchone()) == ("refused",)
    assert case.id


def test_only_the_origin_can_ask_to_erase(pair: Pair) -> None:
    """The receiver sends the Delete of an offer that is not its own."""
    case, outgoing = offered(pair)

    for about in (outgoing.offer_id, "https://third.example/activities/1"):
        pair.b.write(
            lambda db, about=about: send_inner(  # type: ignore[misc]
                db,
                pair.b.hub,
                PeerStore(db).get(pair.a.host),
                erase_letter(about),
                pair.b.act(),
                escalation=EscalationStore(db, pair.b.hub.vault).get(pair.b.only_offer().id),
            )
        )
    pair.carry()

    assert pair.a.case(case.id).title
    assert pair.a.escalation(outgoing.id).state == "esc-offered"


def test_a_withdrawal_that_never_arrived_is_not_waited_for_once_the_case_is_erased(
    pair: Pair,
) -> None:
    case, outgoing = offered(pair)
    pair.a.do(withdraw, outgoing.id)
    withdrawn = asked(pair.a, outgoing.offer_id)

    erase(pair.a, case)
    pair.carry()
    sweeps(pair.b)
    pair.carry()

    assert [each.missing_since is None for each in withdrawn] == [False]
    assert [each.missing_since for each in asked(pair.a, outgoing.offer_id)] == [None, None]
    assert len(receipts(pair.a, outgoing.offer_id)) == 1
