"""Receipts: signed, checkable field by field by who kept the text, and silent to everybody else."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.document_verdicts import verdict_on_document, with_kept
from protocol.documents.receipt import (
    SALT_BYTES,
    Kept,
    check_kept,
    make_receipt,
    read_kept,
    read_receipt,
)
from protocol.errors import InvalidDocument
from protocol.ids import actor_id
from protocol.json import JsonObject
from protocol.keyrings import ring_of_document
from protocol.proofs import add_proof
from tests.protocol.samples import AT, NOW, SIGNING_A, SIGNING_B, A
from tests.protocol.test_log_entries import MANIFEST, G

SALT = b"s" * SALT_BYTES
FIELDS: dict[str, Any] = {
    "title": "CANARY chatbot clauses",
    "country": "ES",
    "topics": ["procurement"],
    "deadline": None,
    "requester": {"role": "who-dpo", "name": "CANARY Ana"},
    "attachments": [{"name": "CANARY.pdf", "size": 3, "sha256": "ab"}],
}
KEPT = Kept(SALT, FIELDS)
RING = ring_of_document(MANIFEST)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def receipt(kept: Kept = KEPT) -> JsonObject:
    """Return a receipt of hub A."""
    identity = f"{A}/receipts/01KAV3X5B0ABCDEFGHJKMNPQRS"
    return make_receipt(kept, receipt=identity, actor=actor_id(A), key=SIGNING_A, at=NOW)


def test_a_receipt_proves_when_a_hub_took_a_request_in() -> None:
    verdict = verdict_on_document(receipt(), RING, NOW)

    assert (verdict.kind, verdict.state, verdict.hub) == ("receipt", "valid", G)
    assert "took a request in on 2026-11-24" in verdict.says
    assert verdict.facts["taken_at"] == AT


def test_a_receipt_alone_tells_nothing_of_the_request() -> None:
    text = json.dumps(receipt())

    assert "CANARY" not in text
    assert "procurement" not in text
    assert SALT.hex() not in text
    # Even a field that has few values cannot be guessed without the salt.
    guesses = [Kept(bytes(SALT_BYTES), {"country": code}) for code in ("ES", "NL", "DE")]
    assert not any(
        check.passed for guess in guesses for check in check_kept(read_receipt(receipt()), guess)
    )


def test_two_receipts_for_one_text_have_nothing_in_common() -> None:
    other = receipt(Kept(b"t" * SALT_BYTES, FIELDS))["hub:digests"]

    assert not set(receipt()["hub:digests"].values()) & set(other.values())


def test_what_was_kept_is_proven_field_by_field() -> None:
    verdict = with_kept(verdict_on_document(receipt(), RING, NOW), receipt(), KEPT.as_json())

    assert verdict.state == "valid"
    assert {f"field {name}" for name in FIELDS} <= {check.what for check in verdict.checks}


def test_a_part_of_what_was_kept_can_be_shown_without_the_rest() -> None:
    part = {**KEPT.as_json(), "filed": {"title": FIELDS["title"]}}

    assert with_kept(verdict_on_document(receipt(), RING, NOW), receipt(), part).state == "valid"


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ({"salt": SALT.hex(), "filed": {**FIELDS, "title": "Another"}}, "field-differs"),
        ({"salt": SALT.hex(), "filed": {"deadline": "2026-12-01"}}, "field-differs"),
        ({"salt": SALT.hex(), "filed": {"surprise": 1}}, "field-not-in-receipt"),
        ({"salt": (b"t" * SALT_BYTES).hex(), "filed": FIELDS}, "field-differs"),
        ({"salt": "ab", "filed": FIELDS}, "invalid-document"),
        ({"salt": "no hex", "filed": FIELDS}, "invalid-document"),
        ({"filed": FIELDS}, "invalid-document"),
        ({"salt": SALT.hex(), "filed": {}}, "invalid-document"),
        ({"salt": SALT.hex(), "filed": {"title": 1e400}}, "not-canonical"),
    ],
)
def test_what_was_not_filed_is_not_proven(kept: JsonObject, code: str) -> None:
    verdict = with_kept(verdict_on_document(receipt(), RING, NOW), receipt(), kept)

    assert (verdict.state, verdict.code) == ("invalid", code)
    assert "CANARY" not in verdict.says


@pytest.mark.parametrize(
    "forge",
    [
        lambda r: r.update(published="2026-11-20T09:30:00.000Z"),
        lambda r: r["hub:digests"].update(title=r["hub:digests"]["country"]),
        lambda r: r.pop("hub:digests"),
        lambda r: r.update(id="https://elsewhere.example/receipts/1"),
        lambda r: r.update(surprise=True),
        lambda r: r["hub:digests"].update(title="short"),
        lambda r: r.update(add_proof(r, SIGNING_B, NOW)),
    ],
)
def test_a_forged_receipt_is_not_valid(forge: Callable[[JsonObject], object]) -> None:
    forged = deepcopy(receipt())
    forge(forged)

    assert verdict_on_document(forged, RING, NOW).state == "invalid"


def test_without_the_keys_of_the_hub_nothing_is_proven() -> None:
    assert verdict_on_document(receipt(), None, NOW).state == "unproven"


@given(
    st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES),
    st.dictionaries(st.text(min_size=1, max_size=20), json_values, min_size=1, max_size=6),
)
def test_any_fields_are_covered(salt: bytes, fields: dict[str, Any]) -> None:
    kept = Kept(salt, fields)

    checks = check_kept(
        read_receipt(receipt(kept)), read_kept(json.loads(json.dumps(kept.as_json())))
    )

    assert [check.passed for check in checks] == [True] * len(fields)


@given(json_values)
def test_whatever_was_kept_is_read_or_refused(value: Any) -> None:
    try:
        read_kept(value if isinstance(value, dict) else {"salt": value, "filed": value})
    except InvalidDocument:
        return
    raise AssertionError("No such value is a salt of 32 bytes.")
