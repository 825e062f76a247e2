"""The fast path of RFC 9421 says what the library says, or nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import message_signatures
from protocol.errors import SignatureInvalid
from protocol.http import HttpRequest
from protocol.message_signatures import ED25519, check, sign_for_hub, verify_as
from protocol.signature_base import signature_base
from tests.protocol.samples import NOW, SIGNING_A, B, post

paths = st.text("abcXYZ019-._~/", max_size=40).map(lambda text: f"{B}/{text}")
queries = st.text("abc=&19-._~+", max_size=30).map(lambda text: f"?{text}" if text else "")
types = st.sampled_from(
    [
        None,
        "application/activity+json",
        ' application/ld+json; profile="https://x.example" ',
        "a, b",
    ]
)


@given(path=paths, query=queries, body=st.binary(max_size=50), media_type=types)
def test_what_the_library_signed_verifies_against_the_same_base(
    path: str, query: str, body: bytes, media_type: str | None
) -> None:
    headers = () if media_type is None else (("Content-Type", media_type),)
    request = HttpRequest("POST", path + query, (("Host", "b.example"), *headers), body)

    signed = sign_for_hub(request, SIGNING_A, NOW)
    claim = check(signed, NOW)
    base = signature_base(signed, claim.covered)

    assert base is not None
    SIGNING_A.public.verify(claim.signature, base)
    verify_as(signed, SIGNING_A.id, SIGNING_A.public.public, ED25519)


def test_a_base_is_not_guessed_where_a_component_has_parameters_or_a_field_stands_twice() -> None:
    signed = sign_for_hub(post(), SIGNING_A, NOW)
    twice = signed.with_headers(("Content-Type", "text/plain"))
    doubled = replace(twice, headers=(*signed.headers, ("Content-Type", "text/plain")))
    listed = signed.header("signature-input") or ""
    with_parameters = signed.with_headers(
        ("Signature-Input", listed.replace('"@method"', '"@method";req', 1))
    )
    covered = ("@method", "@target-uri", "content-type", "content-digest")

    assert signature_base(signed, covered) is not None
    assert signature_base(doubled, covered) is None
    assert signature_base(with_parameters, covered) is None
    assert signature_base(signed, (*covered, "x-other")) is None
    assert signature_base(signed, covered[:3]) is None


def test_an_altered_request_fails_on_both_paths() -> None:
    signed = sign_for_hub(post(), SIGNING_A, NOW)
    claim = check(signed, NOW)
    elsewhere = replace(signed, url=f"{signed.url}?x=1")

    with pytest.raises(SignatureInvalid):
        message_signatures.verify(elsewhere, claim, SIGNING_A.public, NOW)
