"""
HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530).

http-message-signatures builds and checks the signature base; what must be covered, which algorithms
count, and the time are decided here (docs/adr/0006-signatures.md). Between hubs: Ed25519, label
`hub`, tag `hub-v1`, five minutes. The activity id is the replay memory, so there is no nonce.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import http_sf
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ED25519, RSA_PSS_SHA512, RSA_V1_5_SHA256

from protocol.claims import SignatureClaim
from protocol.digests import check_content_digest, content_digest
from protocol.errors import (
    ClockSkew,
    DigestMismatch,
    SignatureAmbiguous,
    SignatureCoverage,
    SignatureInvalid,
)
from protocol.http import HttpRequest
from protocol.ids import is_url
from protocol.keys import PublicKey, RsaKey, SigningKey, VerifyKey
from protocol.signature_base import signature_base

WINDOW: Final = timedelta(minutes=5)
"""How far `created` may be from our time, either way (S5)."""
LIFETIME: Final = timedelta(minutes=5)
"""How long a signature of ours is good for."""
HUB_LABEL: Final = "hub"
HUB_TAG: Final = "hub-v1"

_ALGORITHMS: Final[dict[str, type[HTTPSignatureAlgorithm]]] = {
    "ed25519": ED25519,
    "rsa-v1_5-sha256": RSA_V1_5_SHA256,
    "rsa-pss-sha512": RSA_PSS_SHA512,
}
_PARAMETERS = frozenset({"created", "expires", "keyid", "alg", "tag", "nonce"})
_FIELD_LIMIT = 8192


def check(request: HttpRequest, now: datetime) -> SignatureClaim:
    """
    Return what the signature claims, after every check that needs no key.

    Raises SignatureInvalid, SignatureAmbiguous, SignatureCoverage, DigestMismatch or ClockSkew.
    """
    claim, covered = _parse(request)
    if request.body or request.method not in ("GET", "HEAD"):
        field = request.header("content-digest")
        if field is None:
            raise DigestMismatch("The request has no Content-Digest field.")
        check_content_digest(field, request.body)
        _require("content-digest" in covered, "content-digest")
    _require("@method" in covered, "@method")
    _check_target_coverage(request, covered)
    if claim.created is None:
        raise SignatureCoverage("The signature must say when it was created.")
    _check_time(claim, claim.created, now)
    return claim


def _check_target_coverage(request: HttpRequest, covered: frozenset[str]) -> None:
    """Accept @target-uri, or the parts that say the same together."""
    if "@target-uri" in covered:
        return
    _require("@authority" in covered or "host" in covered, "@target-uri or @authority")
    if "@request-target" in covered:
        return
    _require("@path" in covered, "@target-uri or @path")
    _require("@query" in covered or "?" not in request.url, "@target-uri or @query")


def _require(covered: bool, what: str) -> None:
    if not covered:
        raise SignatureCoverage(f"The signature must cover {what}.")


def _check_time(claim: SignatureClaim, created: datetime, now: datetime) -> None:
    if abs(created - now) > WINDOW:
        raise ClockSkew("The signature was created more than five minutes from our time.")
    if claim.expires is not None and claim.expires < now:
        raise ClockSkew("The signature has expired.")


def _parse(request: HttpRequest) -> tuple[SignatureClaim, frozenset[str]]:
    """Return the claim, and the names that are covered as they are, without parameters."""
    inputs = _dictionary(request, "signature-input")
    signatures = _dictionary(request, "signature")
    if len(inputs) > 1 or len(signatures) > 1:
        raise SignatureAmbiguous("Send one signature only.")
    if not inputs or inputs.keys() != signatures.keys():
        raise SignatureInvalid("Signature-Input and Signature name different signatures.")
    label = next(iter(inputs))
    components, parameters = inputs[label]
    signature = signatures[label][0]
    if not isinstance(components, list) or not isinstance(signature, bytes) or not signature:
        raise SignatureInvalid("The signature is malformed.")
    if parameters.keys() - _PARAMETERS:
        raise SignatureInvalid("The signature has a parameter we do not know.")
    if not all(isinstance(name, str) for name, _ in components):
        raise SignatureInvalid("The list of covered components is malformed.")
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg")
    if not is_url(key_id):
        raise SignatureInvalid("keyid must be the http or https URL of a key.")
    if algorithm is not None and algorithm not in _ALGORITHMS:
        raise SignatureInvalid(f"The algorithm must be one of {', '.join(_ALGORITHMS)}.")
    tag = parameters.get("tag")
    if not isinstance(tag, str | None):
        raise SignatureInvalid("The tag must be text.")
    claim = SignatureClaim(
        scheme="rfc9421",
        key_id=key_id,
        algorithm=algorithm,
        covered=tuple(name for name, _ in components),
        signature=signature,
        created=_time(parameters.get("created")),
        expires=_time(parameters.get("expires")),
        tag=tag,
    )
    return claim, frozenset(name for name, details in components if not details)


def _dictionary(request: HttpRequest, name: str) -> dict[str, Any]:
    field = request.header(name)
    if field is None or len(field) > _FIELD_LIMIT:
        raise SignatureInvalid(f"The field {name} is missing or too long.")

    def refuse_duplicates(_key: str, _where: str) -> None:
        raise SignatureAmbiguous(f"The field {name} says something twice.")

    try:
        parsed = http_sf.parse(
            field.encode("ascii"), tltype="dictionary", on_duplicate_key=refuse_duplicates
        )
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise SignatureInvalid(f"The field {name} is malformed.") from error
    return dict(parsed) if isinstance(parsed, dict) else {}


def _time(seconds: object) -> datetime | None:
    if seconds is None:
        return None
    if type(seconds) is not int:
        raise SignatureInvalid("created and expires must be whole seconds.")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureInvalid("A time of the signature is out of range.") from error


class Headers:
    """The library's view of header fields: repeated ones apart, in order, and writable."""

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self.pairs = list(pairs)

    def items(self) -> list[tuple[str, str]]:
        return list(self.pairs)

    def __iter__(self) -> Any:
        return iter([name for name, _ in self.pairs])

    def __contains__(self, name: str) -> bool:
        return any(have.lower() == name.lower() for have, _ in self.pairs)

    def __setitem__(self, name: str, value: str) -> None:
        self.pairs.append((name, value))

    def __delitem__(self, name: str) -> None:
        self.pairs = [pair for pair in self.pairs if pair[0].lower() != name.lower()]


class Message:
    """The library's view of a request."""

    def __init__(self, request: HttpRequest) -> None:
        self.method = request.method
        self.url = request.url
        self.headers = Headers(request.headers)


class Verifier(HTTPMessageVerifier):
    """The library's verifier without its clock: `check` has judged the times already."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Do nothing: the times were checked against the `now` that the caller passed in."""


def verify(request: HttpRequest, claim: SignatureClaim, key: PublicKey, now: datetime) -> None:
    """
    Raise SignatureInvalid unless this key made the signature; ClockSkew if it is too old by now.

    An RSA key signs PKCS #1 v1.5 with SHA-256 unless the signature says rsa-pss-sha512.
    """
    if claim.created is not None:
        _check_time(claim, claim.created, now)
    natural = "ed25519" if isinstance(key, VerifyKey) else "rsa-v1_5-sha256"
    name = claim.algorithm or natural
    if (name == "ed25519") is not isinstance(key, VerifyKey):
        raise SignatureInvalid("The key does not fit the algorithm.")
    if isinstance(key, VerifyKey) and _verifies_as_it_stands(request, claim, key):
        return
    verify_as(request, claim.key_id, key.public, _ALGORITHMS[name])


def _verifies_as_it_stands(request: HttpRequest, claim: SignatureClaim, key: VerifyKey) -> bool:
    """Tell whether the fast path proves the signature; if not, the library has the last word."""
    base = signature_base(request, claim.covered)
    if base is None:
        return False
    try:
        key.verify(claim.signature, base)
    except SignatureInvalid:
        return False
    return True


def verify_as(
    request: HttpRequest, key_id: str, key: Any, algorithm: type[HTTPSignatureAlgorithm]
) -> None:
    """
    Raise SignatureInvalid unless the one signature verifies with exactly this algorithm and key.

    For the published test cases, which use algorithms and coverages that requests to us may not.
    Checks neither coverage nor time nor digest: use `check` and `verify`.
    """
    resolver = MappingKeyResolver(public_keys={key_id: key}, private_keys={})
    verifier = Verifier(signature_algorithm=algorithm, key_resolver=resolver)
    try:
        verifier.verify(Message(request), max_age=None)
    except HTTPMessageSignaturesException as error:
        raise SignatureInvalid("The signature does not verify.") from error


def sign_for_hub(request: HttpRequest, key: SigningKey, now: datetime) -> HttpRequest:
    """
    Return the request signed as one hub signs to another.

    Covers @method and @target-uri, with a body also content-type (if there is one) and
    content-digest, which is added. Created now, good for five minutes.
    """
    return _sign(request, key.id, key.private, ED25519, now, HUB_LABEL, HUB_TAG)


def sign_for_stranger(request: HttpRequest, key: RsaKey, now: datetime) -> HttpRequest:
    """
    Return the request signed with RSA for servers that are known to take RFC 9421.

    The same coverage as between hubs; rsa-v1_5-sha256, which is what Mastodon verifies.
    """
    return _sign(request, key.id, key.private, RSA_V1_5_SHA256, now, "sig1", None)


def _sign(
    request: HttpRequest,
    key_id: str,
    private: Any,
    algorithm: type[HTTPSignatureAlgorithm],
    now: datetime,
    label: str,
    tag: str | None,
) -> HttpRequest:
    covered = ["@method", "@target-uri"]
    has_content = bool(request.body) or request.method not in ("GET", "HEAD")
    if has_content:
        request = request.with_headers(("Content-Digest", content_digest(request.body)))
        if request.header("content-type") is not None:
            covered.append("content-type")
        covered.append("content-digest")
    resolver = MappingKeyResolver(public_keys={}, private_keys={key_id: private})
    signer = HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=resolver)
    message = Message(request)
    try:
        signer.sign(
            message,
            key_id=key_id,
            created=now,
            expires=now + LIFETIME,
            label=label,
            tag=tag,
            include_alg=tag is not None,
            covered_component_ids=covered,
            use_existing_digest=has_content,
        )
    except HTTPMessageSignaturesException as error:
        raise SignatureInvalid("The request cannot be signed: its URL or a field.") from error
    signed = {name.lower(): value for name, value in message.headers.pairs}
    return request.with_headers(
        ("Signature-Input", signed["signature-input"]), ("Signature", signed["signature"])
    )
