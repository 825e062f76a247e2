"""
HTTP signatures as most of the fediverse makes them: draft-cavage-http-signatures-12.

Our own code, because libraries verify what was signed, not what should have been
(docs/adr/0006-signatures.md). A signature must cover the target, the host, a time, and the digest
of a body. RSA keys sign PKCS #1 v1.5 with SHA-256, also where the algorithm is named hs2019.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from protocol.claims import SignatureClaim
from protocol.digests import check_digest, digest
from protocol.errors import (
    ClockSkew,
    DigestMismatch,
    SignatureAmbiguous,
    SignatureCoverage,
    SignatureInvalid,
)
from protocol.http import HttpRequest
from protocol.ids import host_of, is_url
from protocol.keys import PublicKey, RsaKey

WINDOW: Final = timedelta(hours=1)
"""How far Date or (created) may be from our time, either way (S5)."""
ALGORITHMS: Final = frozenset({"rsa-sha256", "hs2019"})

_FIELD_LIMIT = 8192
_PARAMETER = re.compile(r'([A-Za-z]{1,32})=(?:"([^"\\]*+)"|([0-9]{1,12}))', re.ASCII)
_KNOWN = frozenset({"keyId", "algorithm", "headers", "signature", "created", "expires"})
_TOKEN = re.compile(r"\(?[a-z0-9!#$%&'*+.^_`|~-]{1,64}\)?", re.ASCII)


def check(request: HttpRequest, now: datetime) -> SignatureClaim:
    """
    Return what the Signature field claims, after every check that needs no key.

    Raises SignatureInvalid, SignatureAmbiguous, SignatureCoverage, DigestMismatch or ClockSkew.
    """
    claim = parse(request.header("signature") or "")
    if request.body or request.method not in ("GET", "HEAD"):
        field = request.header("digest")
        if field is None:
            raise DigestMismatch("The request has no Digest field.")
        check_digest(field, request.body)
        _require("digest" in claim.covered, "digest")
    _require("(request-target)" in claim.covered, "(request-target)")
    _require("host" in claim.covered, "host")
    _require("date" in claim.covered or "(created)" in claim.covered, "date or (created)")
    if claim.algorithm == "rsa-sha256" and {"(created)", "(expires)"} & set(claim.covered):
        raise SignatureInvalid("(created) and (expires) go with the algorithm hs2019 only.")
    _check_time(request, claim, now)
    return claim


def parse(field: str) -> SignatureClaim:
    """
    Return the parts of a Signature field. Strict: no unknown, repeated or malformed parameters.

    Raises SignatureInvalid or SignatureAmbiguous, never anything else.
    """
    if len(field) > _FIELD_LIMIT:
        raise SignatureInvalid("The Signature field is too long.")
    parameters = _parameters(field)
    key_id, text = parameters.get("keyId", ""), parameters.get("signature", "")
    if not is_url(key_id):
        raise SignatureInvalid("keyId must be the http or https URL of a key.")
    algorithm = parameters.get("algorithm")
    if algorithm is not None and algorithm not in ALGORITHMS:
        raise SignatureInvalid("The algorithm must be rsa-sha256 or hs2019.")
    try:
        signature = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise SignatureInvalid("The signature is no base64.") from error
    if not signature:
        raise SignatureInvalid("The signature is empty.")
    covered = tuple(parameters.get("headers", "date").lower().split(" "))
    if len(covered) > 32 or not all(_TOKEN.fullmatch(name) for name in covered):
        raise SignatureInvalid("The list of signed headers is malformed.")
    if len(set(covered)) != len(covered):
        raise SignatureAmbiguous("A header is listed twice in the signature.")
    return SignatureClaim(
        scheme="cavage",
        key_id=key_id,
        algorithm=algorithm,
        covered=covered,
        signature=signature,
        created=_time(parameters.get("created")),
        expires=_time(parameters.get("expires")),
    )


def _parameters(field: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while True:
        match = _PARAMETER.match(field, position)
        if match is None or match[1] not in _KNOWN:
            raise SignatureInvalid("The Signature field is malformed.")
        if match[1] in found:
            raise SignatureAmbiguous("A parameter stands twice in the Signature field.")
        quoted = match[2] is not None
        if quoted is (match[1] in ("created", "expires")):
            raise SignatureInvalid("created and expires are numbers, all else is quoted.")
        found[match[1]] = match[2] if quoted else match[3]
        position = match.end()
        rest = field[position:].lstrip(" ")
        if not rest:
            return found
        if rest[0] != ",":
            raise SignatureInvalid("The Signature field is malformed.")
        position = len(field) - len(rest[1:].lstrip(" "))


def _time(seconds: str | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureInvalid("A time of the signature is out of range.") from error


def _require(covered: bool, what: str) -> None:
    if not covered:
        raise SignatureCoverage(f"The signature must cover {what}.")


def _check_time(request: HttpRequest, claim: SignatureClaim, now: datetime) -> None:
    if "(created)" in claim.covered:
        if claim.created is None:
            raise SignatureInvalid("(created) is listed but not given.")
        _check_near(claim.created, now)
    if "date" in claim.covered:
        try:
            date = parsedate_to_datetime(request.header("date") or "")
            moment = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise ClockSkew("The Date field cannot be read.") from error
        _check_near(moment, now)
    if claim.expires is not None and claim.expires < now:
        raise ClockSkew("The signature has expired.")


def _check_near(moment: datetime, now: datetime) -> None:
    if abs(moment - now) > WINDOW:
        raise ClockSkew("The time of the signature is more than an hour from ours.")


def verify(request: HttpRequest, claim: SignatureClaim, key: PublicKey) -> None:
    """
    Raise SignatureInvalid unless this key made the signature.

    The target is tried with its query, as it should be, then without, as some servers sign it: so
    under this scheme a query proves nothing.
    """
    if claim.algorithm == "rsa-sha256" and not hasattr(key, "pem"):
        raise SignatureInvalid("The key does not fit the algorithm.")
    parts = urlsplit(request.url)
    path = parts.path or "/"
    targets = [f"{path}?{parts.query}", path] if parts.query else [path]
    for target in targets[:-1]:
        try:
            return key.verify(claim.signature, signing_string(request, claim, target))
        except SignatureInvalid:
            continue
    return key.verify(claim.signature, signing_string(request, claim, targets[-1]))


def signing_string(request: HttpRequest, claim: SignatureClaim, target: str) -> bytes:
    """
    Return the bytes that are signed (section 2.3): a line for each covered header.

    target: path, and query where it is signed. Raises SignatureInvalid if a header is missing.
    """
    lines = []
    for name in claim.covered:
        if name == "(request-target)":
            value = f"{request.method.lower()} {target}"
        elif name in ("(created)", "(expires)"):
            moment = claim.created if name == "(created)" else claim.expires
            if moment is None:
                raise SignatureInvalid(f"{name} is listed but not given.")
            value = str(int(moment.timestamp()))
        else:
            values = request.all(name)
            if name == "host" and not values:
                values = (host_of(request.url),)
            if not values:
                raise SignatureInvalid("A signed header is not in the request.")
            value = ", ".join(value.strip() for value in values)
        lines.append(f"{name}: {value}")
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise SignatureInvalid("A signed header is not Latin-1.") from error


def sign(request: HttpRequest, key: RsaKey, now: datetime) -> HttpRequest:
    """
    Return the request with Host, Date, Signature and, for a body, Digest.

    Covers (request-target) host date, with a body also digest and content-type if there is one.
    The algorithm is called rsa-sha256, which every server knows.
    """
    parts = urlsplit(request.url)
    fields = [("Host", parts.netloc), ("Date", format_datetime(now.astimezone(UTC), usegmt=True))]
    covered = ["(request-target)", "host", "date"]
    if request.body or request.method not in ("GET", "HEAD"):
        fields.append(("Digest", digest(request.body)))
        covered.append("digest")
        if request.header("content-type") is not None:
            covered.append("content-type")
    request = request.with_headers(*fields)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    claim = SignatureClaim("cavage", key.id, "rsa-sha256", tuple(covered), b"", None, None)
    signature = b64encode(key.sign(signing_string(request, claim, target))).decode()
    value = (
        f'keyId="{key.id}",algorithm="rsa-sha256",headers="{" ".join(covered)}"'
        f',signature="{signature}"'
    )
    return request.with_headers(("Signature", value))
