"""What somebody tries with sealed messages that they hold: move, repeat, unpack, measure."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from federation.escalation.answering import accept_offer, answer_origin, ask_origin
from federation.escalation.offering import offer_case
from protocol.canonical import canonicalize
from protocol.errors import ActorMismatch, InvalidActivity
from protocol.keys import HYBRID_SUITE, X25519_SUITE
from protocol.sealing import SIZE_CLASSES
from tests.federation.escalation.pair import Pair, Side
from tests.federation.escalation.test_channel import enveloped, offered, word
from tests.federation.escalation.test_offering import opened


def nothing_was_taken(side: Side) -> bool:
    """Tell whether no trace of a case is in the tables of a hub."""
    tables = ("escalations", "offers", "sealed_in", "cases")
    return not any(side.read(lambda db: [db[table].count for table in tables]))


def third_hub(pair: Pair, folder: Path) -> Side:
    """Return a hub that is a peer of both."""
    third = Side("third.example", folder)
    for side in (pair.a, pair.b):
        third.knows(side)
        side.knows(third)
    return third


def test_an_envelope_that_is_passed_on_whole_is_not_taken_at_the_door(
    pair: Pair, tmp_path: Path
) -> None:
    third = third_hub(pair, tmp_path)
    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    [body] = pair.a.letters_out()

    for carrier in (pair.a, pair.b):
        with pytest.raises((InvalidActivity, ActorMismatch)):
            third.takes(body, carrier)

    assert nothing_was_taken(third)
    assert third.letters_out() == []
    third.database.close_now()


def test_what_a_third_hub_seals_anew_to_its_true_reader_is_not_taken(
    pair: Pair, tmp_path: Path
) -> None:
    """C got hold of what A signed for B, and hands it to B in an envelope of its own."""
    third = third_hub(pair, tmp_path)
    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    [body] = pair.a.letters_out()
    stolen = canonicalize(opened(body, pair.b))

    pair.b.takes(enveloped(stolen, third, pair.b), third)

    assert nothing_was_taken(pair.b)
    [answer] = pair.b.letters_out()
    assert opened(answer, third)["hub:code"] == "not-for-us"
    third.database.close_now()


def test_what_a_reader_sends_back_to_its_author_is_not_taken(pair: Pair) -> None:
    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    [body] = pair.a.letters_out()
    inner = canonicalize(opened(body, pair.b))

    pair.a.takes(enveloped(inner, pair.b, pair.a), pair.b)

    assert pair.a.read(lambda db: db["sealed_in"].count) == 0
    assert pair.a.read(lambda db: db["offers"].count) == 0


def test_an_old_message_in_a_new_envelope_has_no_second_effect(pair: Pair) -> None:
    escalation = offered(pair)
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(ask_origin, incoming.id, "Which law?")
    accepted, asked = pair.b.letters_out()
    for body in (accepted, asked):
        pair.a.takes(body, pair.b)
    pair.carry()
    before = pair.a.read(lambda db: (db["case_messages"].count, db["sealed_in"].count))

    for days in (0, 40, 400):
        pair.later(days=days)
        again = enveloped(canonicalize(opened(asked, pair.a)), pair.b, pair.a)
        pair.a.takes(again, pair.b)

    assert pair.a.read(lambda db: (db["case_messages"].count, db["sealed_in"].count)) == before
    assert pair.a.escalation(escalation.id).state == "esc-info-needed"


def test_a_message_under_a_later_number_than_it_was_signed_with_does_not_exist(pair: Pair) -> None:
    """The number is inside what is signed: to change it breaks the proof."""
    offered(pair)
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(ask_origin, incoming.id, "Which law?")
    accepted, asked = pair.b.letters_out()
    for body in (accepted, asked):
        pair.a.takes(body, pair.b)
    before = pair.a.read(lambda db: db["sealed_in"].count)
    moved = {**opened(asked, pair.a), "hub:n": 7}

    pair.a.takes(enveloped(canonicalize(moved), pair.b, pair.a), pair.b)

    assert pair.a.read(lambda db: db["sealed_in"].count) == before


def test_the_size_on_the_wire_tells_one_of_ten_sizes_and_no_more(pair: Pair) -> None:
    offered(pair)
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    short, long = "No.", "A much longer answer, " * 12
    sizes = []

    for text in (short, long, "x" * 40_000):
        pair.b.do(answer_origin, incoming.id, text)
        [body] = pair.b.letters_out()
        sizes.append(len(json.loads(body)["object"]["content"]) * 3 // 4)
        pair.carry()

    overhead = sizes[0] - max(size for size in SIZE_CLASSES if size <= sizes[0])
    assert sizes[0] == sizes[1] < sizes[2]
    assert overhead < 100
    assert all(any(abs(size - overhead - each) <= 3 for each in SIZE_CLASSES) for size in sizes)


def test_who_has_no_hybrid_key_itself_seals_without_one(pair: Pair) -> None:
    """Hybrid is used when both ends have it; a peer may publish one before we do."""
    both = pair.b.hub.keys.sealing
    pair.b.rotates_sealing_key(hybrid=True)
    keys = (*pair.b.hub.keys.sealing, *both)
    pair.b.hub = replace(pair.b.hub, keys=replace(pair.b.hub.keys, sealing=keys))
    pair.a.sets_peer(pair.b, sealing_keys=tuple(key.public for key in keys))

    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    [plain] = pair.a.letters_out()
    pair.a.rotates_sealing_key(hybrid=True)
    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    [hybrid] = pair.a.letters_out()

    assert json.loads(plain)["object"]["hub:suite"] == X25519_SUITE
    assert json.loads(hybrid)["object"]["hub:suite"] == HYBRID_SUITE
    for body in (plain, hybrid):
        pair.b.takes(body, pair.a)
    assert pair.b.read(lambda db: db["offers"].count) == 2


@pytest.mark.parametrize("months", [1, 3])
def test_what_was_under_way_while_keys_changed_more_than_once_arrives(
    pair: Pair, months: int
) -> None:
    escalation = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.a.letters_out("no answer")
    for number in range(1, months + 1):
        pair.later(days=3)
        pair.b.rotates_sealing_key(number=number)

    pair.carry()

    assert pair.states(escalation) == ("esc-offered", "esc-offered")
    assert word(pair.a, escalation) == "read"
