"""Which of two histories of keys holds, and who may sign a log after keys have changed."""

from datetime import timedelta

import pytest

from protocol.errors import LogInvalid, ManifestInvalid
from protocol.json import JsonObject
from protocol.keys import SigningKey
from protocol.log_entries import LogEntry, check_page, header_hash, log_name, make_entry
from protocol.log_errors import LogKeyNotInForce, LogRecoveryMisplaced
from protocol.manifest import (
    LastGood,
    check_successor,
    first_manifest,
    name_of,
    next_manifest,
    recovered_manifest,
)
from protocol.manifest_history import check_history, supersedes
from tests.protocol.samples import NOW, RECOVERY_A, RECOVERY_A2, REF, SIGNING_A, A

OWN_2 = SigningKey.from_seed(f"{A}/actor#ed25519-2", b"2" * 32)
OWN_3 = SigningKey.from_seed(f"{A}/actor#ed25519-3", b"3" * 32)
THIEF = SigningKey.from_seed(f"{A}/actor#ed25519-2", b"t" * 32)
FIRST = first_manifest(origin=A, signing=SIGNING_A, sealing=(), recovery=RECOVERY_A.public, now=NOW)
G = name_of(FIRST)
NETWORK = log_name(G, "network")
LATER = NOW + timedelta(hours=1)


def rotated(previous: JsonObject, signer: SigningKey, *keys: SigningKey) -> JsonObject:
    return next_manifest(previous, signer=signer, now=LATER, keys=tuple(k.public for k in keys))


def recovered(previous: JsonObject, *after: LastGood) -> JsonObject:
    """Return what the owner makes with the paper from the safe: one new key, all others void."""
    return recovered_manifest(
        previous,
        recovery=RECOVERY_A,
        next_recovery=RECOVERY_A2.public,
        origin=A,
        keys=(OWN_3.public,),
        sealing=(),
        after=after or (LastGood(log=G, seq=1, hash="u" + "A" * 43),),
        now=LATER,
    )


def test_a_history_goes_on_where_one_knew_it() -> None:
    second = rotated(FIRST, SIGNING_A, OWN_2, SIGNING_A)
    third = rotated(second, OWN_2, OWN_3)

    check_history([FIRST, second, third], G)

    assert supersedes([FIRST, second, third], FIRST)
    assert supersedes([FIRST, second, third], second)
    assert not supersedes([FIRST, second], second)
    assert not supersedes([FIRST, second], third)


def test_two_manifests_signed_by_the_same_key_take_a_person() -> None:
    owners = rotated(FIRST, SIGNING_A, OWN_2)
    thiefs = rotated(FIRST, SIGNING_A, THIEF)

    assert not supersedes([FIRST, thiefs], owners)
    assert not supersedes([FIRST, owners], thiefs)


def test_a_recovery_beats_a_thief_however_often_he_changed_the_keys() -> None:
    stolen = rotated(FIRST, SIGNING_A, THIEF)
    again = rotated(stolen, THIEF, THIEF)
    owners = [FIRST, recovered(FIRST)]

    check_history(owners, G)

    assert supersedes(owners, stolen)
    assert supersedes(owners, again)
    assert not supersedes([FIRST, stolen, again], owners[-1])


def test_a_recovery_stands_also_when_the_thief_wrote_into_our_own_log() -> None:
    stolen = rotated(FIRST, SIGNING_A, THIEF)

    assert check_successor(stolen, recovered(stolen)).version == 3
    with pytest.raises(ManifestInvalid):
        check_history([FIRST, recovered(stolen)], G)
    with pytest.raises(ManifestInvalid):
        check_history([stolen, recovered(stolen)], G)
    with pytest.raises(ManifestInvalid):
        check_history([], G)


def entry(seq: int, before: LogEntry | None, key: SigningKey, log: str = NETWORK) -> LogEntry:
    document = {"type": "Create", "id": f"{A}/activities/{seq}"}
    prev = None if before is None else header_hash(before.h)
    return make_entry(
        log=log, seq=seq, prev=prev, at=NOW, op="Create", ref=REF, document=document, key=key
    )


def manifest_entry(document: JsonObject, before: LogEntry | None, key: SigningKey) -> LogEntry:
    return make_entry(
        log=G,
        seq=1 if before is None else before.h.seq + 1,
        prev=None if before is None else header_hash(before.h),
        at=NOW,
        op="Manifest",
        ref=REF,
        document=document,
        key=key,
    )


def test_what_an_earlier_key_signed_in_the_network_log_stays_proven() -> None:
    one = entry(1, None, SIGNING_A)
    second = rotated(FIRST, SIGNING_A, OWN_2)

    page = check_page([one], log=NETWORK, manifest=second, after=None, history=(FIRST, second))

    assert page.head == one.h
    with pytest.raises(LogKeyNotInForce):
        check_page([one], log=NETWORK, manifest=second, after=None)


def test_after_a_recovery_the_network_log_ends_where_the_recovery_says() -> None:
    one = entry(1, None, SIGNING_A)
    two = entry(2, one, SIGNING_A)
    void = make_entry(
        log=NETWORK,
        seq=2,
        prev=header_hash(one.h),
        at=LATER,
        op="Create",
        ref=REF,
        document={"type": "Create", "id": f"{A}/activities/thief"},
        key=SIGNING_A,
    )
    three = entry(3, two, OWN_3)
    public = LastGood(log=G, seq=1, hash="u" + "A" * 43)
    good = LastGood(log=NETWORK, seq=2, hash=header_hash(two.h))
    history = (FIRST, recovered(FIRST, public, good))

    def check(*entries: LogEntry) -> None:
        check_page(entries, log=NETWORK, manifest=history[-1], after=None, history=history)

    check(one)
    check(one, two)
    check(one, two, three)
    with pytest.raises(LogRecoveryMisplaced):
        check(one, void)
    with pytest.raises(LogRecoveryMisplaced):
        check(one, void, entry(3, void, OWN_3))
    with pytest.raises(LogKeyNotInForce):
        check(one, two, entry(3, two, SIGNING_A))


def test_a_recovery_stands_behind_the_entry_that_it_vouches_for() -> None:
    one = manifest_entry(FIRST, None, SIGNING_A)
    place = LastGood(log=G, seq=1, hash=header_hash(one.h))
    right = manifest_entry(recovered(FIRST, place), one, OWN_3)
    assert check_page([one, right], log=G, manifest=None, after=None).hub.version == 2

    for wrong in (
        replace_place(place, seq=2),
        replace_place(place, hash="u" + "B" * 43),
        replace_place(place, log=NETWORK),
    ):
        misplaced = manifest_entry(recovered(FIRST, wrong), one, OWN_3)
        with pytest.raises(LogInvalid):
            check_page([one, misplaced], log=G, manifest=None, after=None)


def replace_place(place: LastGood, **fields: object) -> LastGood:
    return place.model_copy(update=fields)
