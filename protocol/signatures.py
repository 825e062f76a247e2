"""
The signature of an incoming request, whichever of the two schemes it uses.

First `check_request`: everything that needs no key (S1, S3 to S7), so that a bad request costs no
look-up. Then the caller finds the key that the claim names, and `verify_request` proves the claim.
"""

from datetime import datetime

from protocol import cavage, message_signatures
from protocol.claims import SignatureClaim
from protocol.errors import InvalidUrl, Misdirected, SignatureAmbiguous, SignatureMissing
from protocol.http import HttpRequest
from protocol.ids import host_of
from protocol.keys import PublicKey

__all__ = ["SignatureClaim", "check_request", "verify_request"]

_ONCE = ("signature", "signature-input", "digest", "content-digest", "date", "host")


def check_request(request: HttpRequest, *, now: datetime, authority: str) -> SignatureClaim:
    """
    Return what the request's signature claims, after every check that needs no key.

    request: its url is our public address of what was asked for. now: timezone-aware.
    authority: our own host, with the port where it is not the scheme's own.

    Raises SignatureMissing (S1), SignatureInvalid (S2: malformed, unknown algorithm),
    SignatureCoverage (S3), DigestMismatch (S4), ClockSkew (S5), Misdirected (S6) and
    SignatureAmbiguous (S7).
    """
    for name in _ONCE:
        if len(request.all(name)) > 1:
            raise SignatureAmbiguous(f"The field {name} may stand only once in a signed request.")
    by_rfc9421 = request.header("signature-input") is not None
    if not by_rfc9421 and request.header("signature") is None:
        raise SignatureMissing("Sign the request: RFC 9421, or draft-cavage-http-signatures-12.")
    _check_authority(request, authority)
    if by_rfc9421:
        return message_signatures.check(request, now)
    return cavage.check(request, now)


def verify_request(
    request: HttpRequest, claim: SignatureClaim, key: PublicKey, *, now: datetime
) -> None:
    """
    Raise SignatureInvalid unless this key made the signature that was claimed.

    claim: from `check_request` of this very request. key: the one whose id is claim.key_id.
    """
    if claim.scheme == "rfc9421":
        message_signatures.verify(request, claim, key, now)
    else:
        cavage.verify(request, claim, key)


def _check_authority(request: HttpRequest, authority: str) -> None:
    """Compare the host that was asked for with ours (S6), as hosts: case and default port aside."""
    scheme = request.url.partition("://")[0]
    ours = f"{scheme}://{authority}"
    host = request.header("host")
    asked = request.url if host is None else f"{scheme}://{host}"
    if host is not None and any(character in host for character in "/?#@\\"):
        raise Misdirected("The Host field is malformed.")
    try:
        same = host_of(ours) == host_of(asked) == host_of(request.url)
    except InvalidUrl as error:
        raise Misdirected("The address of this request is malformed.") from error
    if not same:
        raise Misdirected("This request was made for another host.")
