"""A backup was restored and a receipt is missing: it is asked for again, and comes."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from content.cases.holds import HoldStore, new_hold
from content.cases.store import CaseErased
from content.executors import InlineDatabase
from federation.escalation.answering import accept_offer
from federation.escalation.channel import ask_for_receipt
from federation.escalation.lost_receipts import ask_for_lost
from federation.peers import PeerStore
from protocol.documents.erasure import read_erasure_receipt
from tests.federation.escalation.pair import Pair, Side
from tests.federation.escalation.test_erasing_copies import (
    asked,
    erase,
    offered,
    receipts,
    sweeps,
)


def backs_up(side: Side, folder: Path) -> Path:
    """Copy the file of a hub as it is."""
    side.database.close_now()
    copy = folder / f"backup-{side.host}.db"
    shutil.copyfile(side.path, copy)
    side.database = InlineDatabase(side.path)
    return copy


def restores(side: Side, backup: Path) -> None:
    """Put a backup in the place of the file of a hub."""
    side.database.close_now()
    for file in side.path.parent.glob(f"{side.path.name}*"):
        file.unlink()
    shutil.copyfile(backup, side.path)
    side.database = InlineDatabase(side.path)


def asks_again(pair: Pair) -> int:
    """Let a day pass and the workers of both hubs do what they do then."""
    pair.later(days=1, minutes=1)
    count = pair.a.do(ask_for_lost)
    pair.carry()
    sweeps(pair.b)
    pair.carry()
    return count


def test_a_receipt_that_the_origin_lost_with_its_file_comes_again(
    pair: Pair, tmp_path: Path
) -> None:
    case, out = offered(pair)
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    erase(pair.a, case)
    pair.carry()
    backup = backs_up(pair.a, tmp_path)
    sweeps(pair.b)
    pair.carry()
    first = receipts(pair.a, out.offer_id)
    restores(pair.a, backup)
    lost = receipts(pair.a, out.offer_id)

    count = asks_again(pair)

    [again] = receipts(pair.a, out.offer_id)
    assert (len(first), lost, count) == (1, [], 1)
    assert read_erasure_receipt(again).erasure.held
    assert not any(each.missing_since for each in asked(pair.a, out.offer_id))
    assert asks_again(pair) == 0


def test_a_copy_that_came_back_with_the_backup_of_its_receiver_is_destroyed_again(
    pair: Pair, tmp_path: Path
) -> None:
    case, out = offered(pair)
    copy = pair.b.do(accept_offer, pair.b.only_offer().id).case_id
    pair.carry()
    backup = backs_up(pair.b, tmp_path)
    erase(pair.a, case)
    pair.carry()
    restores(pair.b, backup)
    came_back = pair.b.case(str(copy)).question

    assert asks_again(pair) == 1

    [receipt] = receipts(pair.a, out.offer_id)
    assert came_back
    assert read_erasure_receipt(receipt).erasure.held
    with pytest.raises(CaseErased):
        pair.b.case(str(copy))
    assert pair.states(out) == ("esc-erased", "esc-erased")
    assert pair.b.only_offer().title is None


def test_a_receiver_that_lost_everything_of_it_says_that_it_has_nothing(
    pair: Pair, tmp_path: Path
) -> None:
    backup = backs_up(pair.b, tmp_path)
    case, out = offered(pair)
    erase(pair.a, case)
    pair.carry()
    restores(pair.b, backup)

    assert asks_again(pair) == 1

    [receipt] = receipts(pair.a, out.offer_id)
    assert not read_erasure_receipt(receipt).erasure.held


def test_what_is_still_under_way_is_not_asked_for(pair: Pair) -> None:
    case, _ = offered(pair)
    erase(pair.a, case)
    pair.a.letters_out("no answer")
    pair.later(days=2)

    assert pair.a.do(ask_for_lost) == 0


def test_asking_is_repeated_ever_more_seldom(pair: Pair) -> None:
    case, _ = offered(pair)
    erase(pair.a, case)
    pair.carry()
    counts = []
    for _ in range(6):
        pair.later(days=1, minutes=1)
        counts.append(pair.a.do(ask_for_lost))
        pair.a.letters_out()  # lost
    assert counts == [1, 0, 1, 0, 0, 0]


def wants_receipt(side: Side, of: Side, offer_id: str) -> None:
    """Let a hub ask another for a receipt, whether or not it may."""
    request = f"https://{side.host}/activities/1"
    side.write(
        lambda db: ask_for_receipt(
            db, side.hub, PeerStore(db).get(of.host), request, offer_id, side.act()
        )
    )


def test_nobody_but_the_origin_has_a_copy_destroyed(pair: Pair, tmp_path: Path) -> None:
    third = Side("third.example", tmp_path)
    pair.b.knows(third)
    third.knows(pair.b)
    _, out = offered(pair)
    copy = str(pair.b.do(accept_offer, pair.b.only_offer().id).case_id)
    pair.carry()

    wants_receipt(third, pair.b, out.offer_id)
    pair.carry(third)

    assert pair.b.case(copy).question
    assert sweeps(pair.b) == 0
    third.database.close_now()


def test_what_a_hold_keeps_stays_and_no_receipt_is_given(pair: Pair) -> None:
    _, out = offered(pair)
    copy = str(pair.b.do(accept_offer, pair.b.only_offer().id).case_id)
    pair.carry()
    until = pair.b.now.date() + timedelta(days=30)
    hold = new_hold(copy, "A court asks.", until, pair.b.act(), hold_id="H1", timezone="UTC")
    pair.b.write(lambda db: HoldStore(db, pair.b.hub.vault).place(hold, pair.b.act()))

    wants_receipt(pair.a, pair.b, out.offer_id)
    pair.carry()

    assert pair.b.case(copy).question
    assert sweeps(pair.b) == 0
