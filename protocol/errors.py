"""The refusals of protocol/. Each names a code that a stranger may see (requirements S1 to S26)."""

from typing import ClassVar


class ProtocolError(Exception):
    """Root of all refusals in protocol/. The message is safe to show to a stranger."""

    code: ClassVar[str] = "protocol-error"


# Signatures of requests (S1 to S10)


class SignatureMissing(ProtocolError):
    """The request carries no signature (S1)."""

    code = "signature-missing"


class SignatureInvalid(ProtocolError):
    """The signature is malformed, of a kind we do not take, or does not verify (S2)."""

    code = "signature-invalid"


class SignatureCoverage(ProtocolError):
    """The signature leaves out something it must cover (S3)."""

    code = "signature-coverage"


class DigestMismatch(ProtocolError):
    """The digest of the body is absent, weak, or not the digest of this body (S4)."""

    code = "digest-mismatch"


class ClockSkew(ProtocolError):
    """The time of the signature is too far from ours, or it has expired (S5)."""

    code = "clock-skew"


class Misdirected(ProtocolError):
    """The request was made for another host than this one (S6)."""

    code = "misdirected"


class SignatureAmbiguous(ProtocolError):
    """More than one signature, digest, date or host: which one counts is not ours to guess (S7)."""

    code = "signature-ambiguous"


class KeyOwnerUnproven(ProtocolError):
    """A key document does not prove whose key it holds (S9)."""

    code = "key-owner"


# Documents as they arrive (S20 to S26)


class MalformedJson(ProtocolError):
    """The body is not the JSON object we take (S20)."""

    code = "malformed-json"


class LimitsExceeded(ProtocolError):
    """The document is deeper, longer or larger than we take (S21)."""

    code = "limits-exceeded"


class TooLarge(ProtocolError):
    """The body has more bytes than we take (S22)."""

    code = "too-large"


class UnsupportedEncoding(ProtocolError):
    """The body has a Content-Encoding (S23)."""

    code = "unsupported-encoding"


class UnsupportedMediaType(ProtocolError):
    """The body is not labelled as ActivityStreams 2.0 (S24)."""

    code = "unsupported-media-type"


class UnsupportedJsonLd(ProtocolError):
    """The document uses JSON-LD in a way that changes what plain JSON says (S25)."""

    code = "unsupported-json-ld"


class InvalidActivity(ProtocolError):
    """A field of an activity has the wrong shape, or its type is unknown (S26)."""

    code = "invalid-activity"


class InvalidDocument(ProtocolError):
    """A document is not what its type promises."""

    code = "invalid-document"


class InvalidUrl(ProtocolError):
    """Not an absolute http or https URL of the plain kind that ids are made of."""

    code = "invalid-url"


# Authority (S11 to S16, S37)


class ActorMismatch(ProtocolError):
    """The activity's actor is not the owner of the key that signed (S11)."""

    code = "actor-mismatch"


class OriginMismatch(ProtocolError):
    """The activity names something outside the origin where its actor may act (S12)."""

    code = "origin-mismatch"


class NotAPeer(ProtocolError):
    """The actor is blocked, or may not send this because it is no approved peer (S14, S37)."""

    code = "not-a-peer"


class NotOwner(ProtocolError):
    """The object belongs to somebody else than the actor (S15)."""

    code = "not-owner"


class NoSuchRequest(ProtocolError):
    """An answer to something we did not ask that actor (S16)."""

    code = "no-such-request"


class ObjectUnverified(ProtocolError):
    """Nothing proves that the object is what its owner says (S13)."""

    code = "object-unverified"


# Cryptography and our own formats


class NotCanonical(ProtocolError):
    """The value has no canonical JSON form (RFC 8785)."""

    code = "not-canonical"


class InvalidKey(ProtocolError):
    """A key is malformed, too weak, or of a kind we do not use."""

    code = "invalid-key"


class ProofMissing(ProtocolError):
    """The document carries no integrity proof that we can check."""

    code = "proof-missing"


class ProofInvalid(ProtocolError):
    """The integrity proof does not fit the document, the key or the time."""

    code = "proof-invalid"


class SealBroken(ProtocolError):
    """A sealed message cannot be opened: wrong key, wrong envelope, or altered."""

    code = "seal-broken"


class SealTooLarge(ProtocolError):
    """The content is larger than a sealed message may be."""

    code = "seal-too-large"


class ManifestInvalid(ProtocolError):
    """A manifest is malformed, or not a lawful successor of the one before."""

    code = "manifest-invalid"


class LogInvalid(ProtocolError):
    """A log entry or page does not verify."""

    code = "log-invalid"


class LogFork(ProtocolError):
    """Two different signed headers of one log have the same number."""

    code = "log-fork"
