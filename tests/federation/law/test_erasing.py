"""Erasing a case whole: at its hub, and the copies at others."""

from datetime import timedelta

import pytest

from content.cases.holds import CaseHeld, HoldStore, new_hold
from content.cases.store import CaseErased, CaseNotFound
from content.ids import new_id
from federation.escalation.answering import accept_offer, answer_origin
from federation.escalation.escalation import Escalation
from federation.escalation.offering import confirm, offer_case, withdraw
from federation.law.erasing import Erasure, erase_case
from federation.notices import NoticeStore
from tests.federation.escalation.pair import CANARIES, Pair, Side


def hold(side: Side, case_id: str, days: int = 30) -> None:
    until = side.now.date() + timedelta(days=days)
    made = new_hold(
        case_id,
        "court order",
        until,
        side.act(),
        hold_id=new_id(side.now, side.chance),
        timezone=side.hub.identity.timezone,
    )
    side.write(lambda db: HoldStore(db, side.hub.vault).place(made, side.act()))


def erase(side: Side, case_id: str, *, asked: bool = True) -> Erasure:
    return side.do(erase_case, case_id, asked=asked)


def notices(side: Side) -> list[tuple[str, str]]:
    return side.read(lambda db: [(n.kind, n.text) for n in NoticeStore(db).all()])


def copied(pair: Pair) -> tuple[str, Escalation, str]:
    """Let `a` escalate a case that `b` accepts; return both cases and the escalation."""
    case = pair.a.has_case()
    outgoing = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    accepted = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    assert accepted.case_id is not None
    return case.id, outgoing, accepted.case_id


def test_an_accepted_copy_is_destroyed_at_the_other_hub_too(pair: Pair) -> None:
    case, outgoing, copy = copied(pair)

    done = erase(pair.a, case)
    pair.carry()

    assert [each.peer for each in done.taken_back] == [pair.b.host]
    assert done.to_tell == ()
    with pytest.raises(CaseErased):
        pair.a.case(case)
    with pytest.raises(CaseErased):
        pair.b.case(copy)
    assert pair.states(outgoing) == ("esc-erased", "esc-erased")


def test_nothing_of_the_texts_can_be_decrypted_afterwards_at_either_hub(pair: Pair) -> None:
    case, _, _ = copied(pair)

    erase(pair.a, case)
    pair.carry()

    for side in (pair.a, pair.b):
        keys = side.read(
            lambda db: [
                db.execute(f"select count(wrapped_key) from {table}").fetchone()[0]  # noqa: S608
                for table in ("cases", "escalations", "offers", "sealed_out", "sealed_in")
            ]
        )
        # The last acknowledgements are of messages without a text of the case.
        assert keys[:3] == [0, 0, 0]
        assert not any(canary in side.file_bytes() for canary in CANARIES)


def test_a_copy_that_is_kept_elsewhere_after_the_end_is_destroyed_too(pair: Pair) -> None:
    case, outgoing, copy = copied(pair)
    pair.b.do(answer_origin, pair.b.only_offer().id, "Three clauses.")
    pair.carry()
    pair.a.do(confirm, outgoing.id)
    pair.carry()

    done = erase(pair.a, case)
    pair.carry()

    assert [(each.peer, each.state) for each in done.taken_back] == [(pair.b.host, "esc-confirmed")]
    assert done.to_tell == ()
    with pytest.raises(CaseErased):
        pair.b.case(copy)


def test_a_hub_that_is_no_peer_any_more_cannot_be_told_by_the_program(pair: Pair) -> None:
    case, outgoing, _ = copied(pair)
    pair.a.sets_peer(pair.b, state="ended")

    done = erase(pair.a, case)

    assert [each.escalation_id for each in done.to_tell] == [outgoing.id]
    text = f"Tell {pair.b.host} to erase what it got by escalation {outgoing.id}."
    assert ("tell-erasure", text) in notices(pair.a)
    with pytest.raises(CaseErased):
        pair.a.case(case)


def test_who_erases_a_copy_gives_the_escalation_back(pair: Pair) -> None:
    case, outgoing, copy = copied(pair)

    erase(pair.b, copy)
    pair.carry()

    assert pair.states(outgoing) == ("esc-declined", "esc-declined")
    assert pair.a.case(case).status == "case-open"


def test_a_message_that_the_other_hub_lacks_is_counted(pair: Pair) -> None:
    case = pair.a.has_case()
    pair.a.do(offer_case, case.id, pair.b.host)

    done = erase(pair.a, case.id)

    # What stands in for the offer, and the request to erase.
    assert done.under_way == 2
    pair.carry()
    left = pair.a.read(lambda db: db.execute("select count(inner) from sealed_out").fetchone()[0])
    assert left == 0


def test_a_hold_stops_it_before_anything_is_sent(pair: Pair) -> None:
    case, outgoing, _ = copied(pair)
    hold(pair.a, case)

    with pytest.raises(CaseHeld):
        erase(pair.a, case)

    assert pair.a.letters_out() == []
    assert pair.states(outgoing) == ("esc-accepted", "esc-accepted")


def test_a_held_copy_stays_although_its_origin_takes_the_offer_back(pair: Pair) -> None:
    _, outgoing, copy = copied(pair)
    hold(pair.b, copy)

    pair.a.do(withdraw, outgoing.id)
    pair.carry()

    assert pair.states(outgoing) == ("esc-withdrawn", "esc-withdrawn")
    assert pair.b.case(copy).title
    assert [kind for kind, _ in notices(pair.b)] == ["hold"]
    pair.later(days=31)
    erase(pair.b, copy, asked=False)
    with pytest.raises(CaseErased):
        pair.b.case(copy)
    assert pair.b.only_offer().title is None


def test_erasing_again_changes_nothing(pair: Pair) -> None:
    case, _, _ = copied(pair)
    first = erase(pair.a, case)
    pair.carry()

    again = erase(pair.a, case)

    assert again.tombstone == first.tombstone
    assert (again.taken_back, again.to_tell, again.under_way) == ((), (), 0)
    assert pair.a.letters_out() == []


def test_there_is_nothing_to_erase_of_a_case_that_never_was(pair: Pair) -> None:
    with pytest.raises(CaseNotFound):
        erase(pair.a, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH")


def test_erasing_because_time_is_over_tells_nobody(pair: Pair) -> None:
    case, outgoing, _ = copied(pair)
    pair.b.do(answer_origin, pair.b.only_offer().id, "Three clauses.")
    pair.carry()
    pair.a.do(confirm, outgoing.id)
    pair.carry()

    erase(pair.a, case, asked=False)

    assert notices(pair.a) == []


def test_what_is_damaged_can_be_erased_too(pair: Pair) -> None:
    case, outgoing, _ = copied(pair)
    pair.a.write(lambda db: db.execute("update escalations set title = x'00'"))
    pair.a.write(lambda db: db.execute("update cases set wrapped_key = x'00', title = x'00'"))

    done = erase(pair.a, case)

    # What the other hub is told needs none of the texts.
    assert [each.escalation_id for each in done.taken_back] == [outgoing.id]
    pair.carry()
    assert pair.b.only_offer().state == "esc-erased"
    with pytest.raises(CaseErased):
        pair.a.case(case)
