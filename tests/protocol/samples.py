"""Two hubs, their keys and their requests, as the tests of protocol/ use them. Keys are made up."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from protocol.authority import Facts, KeyOwner, Standing
from protocol.canonical import canonicalize
from protocol.documents.activities import create
from protocol.documents.resource import ResourceDocument, ResourceFacts, write_resource
from protocol.http import HttpRequest
from protocol.ids import activity_id, actor_id, resource_id, rsa_key_id, signing_key_id
from protocol.json import JsonObject
from protocol.keys import (
    HYBRID_SUITE,
    SEALING_SEED_SIZES,
    X25519_SUITE,
    RsaKey,
    SealingKey,
    SealingSuite,
    SigningKey,
)
from protocol.proofs import add_proof

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
AT = "2026-11-24T09:30:00.000Z"
A = "https://a.example"
B = "https://b.example"
REF = "01KAV3X5B0ABCDEFGHJKMNPQRS"
OTHER_REF = "01KAV3X5B1ABCDEFGHJKMNPQRS"

SIGNING_A = SigningKey.from_seed(signing_key_id(A), b"a" * 32)
SIGNING_B = SigningKey.from_seed(signing_key_id(B), b"b" * 32)
RECOVERY_A = SigningKey.from_seed("recovery", b"r" * 32)
RECOVERY_A2 = SigningKey.from_seed("recovery", b"s" * 32)


@cache
def rsa_key(origin: str = A) -> RsaKey:
    """Return an RSA key of a hub; made once, since that takes time."""
    return RsaKey(rsa_key_id(origin), rsa.generate_private_key(65537, 2048))


def sealing_key(origin: str = B, suite: SealingSuite = X25519_SUITE) -> SealingKey:
    """Return a sealing key that lasts a month."""
    name = "mlkem768x25519" if suite == HYBRID_SUITE else "x25519"
    seed = b"q" * SEALING_SEED_SIZES[suite]
    key_id = f"{origin}/actor#{name}-202611"
    return SealingKey.from_seed(key_id, suite, seed, NOW + timedelta(days=30))


def resource(origin: str = A, ref: str = REF) -> ResourceDocument:
    """Return a small resource."""
    return ResourceDocument(
        id=resource_id(origin, ref),
        actor=actor_id(origin),
        title={"en": "A guide", "ca": "Una guia"},
        summary={"en": "How <b>residents</b> get online & stay safe."},
        facts=ResourceFacts(
            language="en",
            kind="guide",
            topics=("privacy", "smart-city"),
            sdgs=(11, 16),
            publisher="City of A",
            year=2024,
            link="https://a.example/guide?x=1&y=2",
        ),
        label="tlp-clear",
        sensitivity="data-none",
        salt="u" + "A" * 22,
        published=AT,
    )


def create_activity(origin: str = A, ref: str = REF) -> JsonObject:
    """Return a Create of that resource, both with proofs."""
    key = SIGNING_A if origin == A else SIGNING_B
    article = add_proof(write_resource(resource(origin, ref)), key, NOW)
    activity = create(
        activity_id(origin, ref),
        actor_id(origin),
        article,
        to=tuple(article["to"]),
        cc=(f"{origin}/followers",),
        at=AT,
    )
    return add_proof(activity, key, NOW)


def post(body: bytes = b'{"type":"Create"}', url: str = f"{B}/inbox") -> HttpRequest:
    """Return an unsigned delivery."""
    return HttpRequest(
        "POST",
        url,
        (("Host", url.split("/")[2]), ("Content-Type", "application/activity+json")),
        body,
    )


def owner(origin: str = A) -> KeyOwner:
    """Return who signs for a hub."""
    return KeyOwner(actor_id(origin), signing_key_id(origin), origin)


def facts(standing: Standing = Standing.PEER, **known: Any) -> Facts:
    """Return what hub B knows about the sender."""
    return Facts(standing, B, **known)


def as_bytes(document: JsonObject) -> bytes:
    """Return a document as it travels."""
    return canonicalize(document)
