"""Multikey: FEP-521a, and the key pair of W3C vc-di-eddsa."""

import json
from pathlib import Path
from typing import Any

from protocol.key_documents import keys_of_actor
from protocol.keys import SigningKey, VerifyKey
from protocol.multikey import ED25519_PUBLIC, ED25519_SECRET, decode_key, encode_key

CASES: list[Any] = json.loads(Path(__file__).with_name("multikey.json").read_text())["cases"]


def test_the_published_public_key_reads_and_writes_as_published() -> None:
    case = CASES[0]
    raw = bytes.fromhex(case["raw_hex"])

    assert decode_key(case["multikey"]["publicKeyMultibase"], ED25519_PUBLIC, 32) == raw
    assert encode_key(ED25519_PUBLIC, raw) == case["multikey"]["publicKeyMultibase"]


def test_the_published_key_is_found_in_an_actor() -> None:
    case = CASES[0]
    actor = {"id": case["actor"], "type": "Person", "assertionMethod": [case["multikey"]]}

    (key,) = keys_of_actor(actor)

    assert isinstance(key, VerifyKey)
    assert key.id == case["multikey"]["id"]
    assert key.multibase == case["multikey"]["publicKeyMultibase"]


def test_the_published_secret_key_has_its_published_public_half() -> None:
    case = CASES[1]
    seed = decode_key(case["secretKeyMultibase"], ED25519_SECRET, 32)

    assert SigningKey.from_seed("k", seed).public.multibase == case["publicKeyMultibase"]
