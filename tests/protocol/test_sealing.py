"""Sealing: bound to its envelope, padded, opened by one key only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.documents.sealed import SealedEnvelope, is_sealed, read_sealed, sealed_create
from protocol.errors import InvalidDocument, SealBroken, SealTooLarge
from protocol.intake import parse_document
from protocol.keys import HYBRID_SUITE, X25519_SUITE, SealingKey, SealingSuite
from protocol.sealing import (
    SEALED_LIMIT,
    SIZE_CLASSES,
    SealInfo,
    choose_key,
    open_sealed,
    pad,
    seal,
    unpad,
)
from tests.protocol.samples import AT, NOW, A, B, as_bytes, sealing_key

SUITES: list[SealingSuite] = [X25519_SUITE, HYBRID_SUITE]


def envelope_for(key: SealingKey) -> SealInfo:
    return SealInfo(f"{A}/s/1", f"{A}/actor", f"{B}/actor", key.id, key.suite)


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_sealed_opens_with_its_key_and_envelope(suite: SealingSuite) -> None:
    key = sealing_key(suite=suite)
    info = envelope_for(key)

    sealed = seal(b"canary", to=key.public, info=info)

    assert open_sealed(sealed, key=key, info=info) == b"canary"
    assert b"canary" not in sealed
    assert seal(b"canary", to=key.public, info=info) != sealed


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("field", ["id", "from_", "to"])
def test_a_sealed_text_cannot_be_moved_into_another_envelope(
    suite: SealingSuite, field: str
) -> None:
    key = sealing_key(suite=suite)
    info = envelope_for(key)
    sealed = seal(b"text", to=key.public, info=info)

    with pytest.raises(SealBroken):
        open_sealed(sealed, key=key, info=replace(info, **{field: "https://c.example/x"}))


@pytest.mark.parametrize("suite", SUITES)
def test_another_key_or_altered_bytes_open_nothing(suite: SealingSuite) -> None:
    key = sealing_key(suite=suite)
    info = envelope_for(key)
    sealed = seal(b"text", to=key.public, info=info)
    other = SealingKey.from_seed(key.id, suite, b"z" * len(key.seed), key.expires)

    with pytest.raises(SealBroken):
        open_sealed(sealed, key=other, info=info)
    for altered in (sealed[:-1], sealed + b"x", b"", sealed[:40], bytes(len(sealed))):
        with pytest.raises(SealBroken):
            open_sealed(altered, key=key, info=info)
    with pytest.raises(SealBroken):
        open_sealed(sealed, key=key, info=replace(info, kid="https://c.example/actor#k"))
    with pytest.raises(ValueError, match="another sealing key"):
        seal(b"text", to=key.public, info=replace(info, suite="ROT13"))


@given(st.binary(max_size=5000))
def test_padding_comes_off_again_and_hides_the_length(text: bytes) -> None:
    padded = pad(text)

    assert unpad(padded) == text
    assert len(padded) in SIZE_CLASSES


def test_content_beyond_the_limit_is_refused() -> None:
    assert len(pad(b"x" * (SEALED_LIMIT - 4))) == SEALED_LIMIT
    with pytest.raises(SealTooLarge):
        pad(b"x" * (SEALED_LIMIT - 3))


@given(st.binary(max_size=1100))
def test_any_padding_is_right_or_refused(padded: bytes) -> None:
    try:
        text = unpad(padded)
    except SealBroken:
        return

    assert pad(text) == padded


def test_the_hybrid_key_is_chosen_when_both_ends_have_one_and_the_one_that_lasts_longest() -> None:
    curve, hybrid = sealing_key().public, sealing_key(suite=HYBRID_SUITE).public
    later = replace(curve, id=f"{B}/actor#x25519-202612", expires=NOW + timedelta(days=60))
    both: frozenset[SealingSuite] = frozenset({X25519_SUITE, HYBRID_SUITE})
    one: frozenset[SealingSuite] = frozenset({X25519_SUITE})

    assert choose_key((curve, hybrid), both) == hybrid
    assert choose_key((curve, hybrid, later), one) == later
    assert choose_key((hybrid,), one) is None


def sealed_document() -> dict[str, object]:
    key = sealing_key()
    info = envelope_for(key)
    envelope = SealedEnvelope(info, seal(b"x" * 500_000, to=key.public, info=info))
    return sealed_create(envelope, activity=f"{A}/activities/1", at=AT)


def test_the_largest_sealed_message_passes_the_intake_and_opens() -> None:
    document = parse_document(as_bytes(sealed_document()))

    envelope = read_sealed(document["object"])

    assert is_sealed(document["object"])
    assert document["to"] == document["object"]["to"] == [f"{B}/actor"]
    assert open_sealed(envelope.content, key=sealing_key(), info=envelope.info) == b"x" * 500_000
    assert len(as_bytes(sealed_document())) < 1024 * 1024


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Object"},
        {"attributedTo": []},
        {"attributedTo": [f"{A}/actor", f"{B}/actor"]},
        {"to": [f"{A}/actor", f"{B}/actor"]},
        {"to": []},
        {"id": f"{B}/s/1"},
        {"id": None},
        {"mediaType": "text/plain"},
        {"encoding": "hex"},
        {"hub:kid": "key"},
        {"hub:kid": 7},
        {"hub:suite": None},
        {"content": ""},
        {"content": "é"},
        {"content": "A"},
        {"content": 7},
    ],
    ids=repr,
)
def test_a_malformed_envelope_is_refused(changes: dict[str, object]) -> None:
    document = sealed_document()["object"]
    assert isinstance(document, dict)

    with pytest.raises(InvalidDocument):
        read_sealed({**document, **changes})
