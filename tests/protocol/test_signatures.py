"""Signatures of requests, both schemes: S1 to S7, and what honest servers send."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from protocol import cavage, message_signatures
from protocol.claims import SignatureClaim
from protocol.digests import content_digest, digest
from protocol.errors import (
    ClockSkew,
    DigestMismatch,
    Misdirected,
    ProtocolError,
    SignatureAmbiguous,
    SignatureCoverage,
    SignatureInvalid,
    SignatureMissing,
)
from protocol.http import HttpRequest
from protocol.keys import PublicKey
from protocol.signatures import check_request, verify_request
from tests.protocol.samples import NOW, SIGNING_A, SIGNING_B, A, B, post, rsa_key

HOST = "b.example"
Signer = Callable[[HttpRequest], HttpRequest]


def by_cavage(request: HttpRequest) -> HttpRequest:
    return cavage.sign(request, rsa_key(), NOW)


def by_hub(request: HttpRequest) -> HttpRequest:
    return message_signatures.sign_for_hub(request, SIGNING_A, NOW)


def by_rsa_rfc9421(request: HttpRequest) -> HttpRequest:
    return message_signatures.sign_for_stranger(request, rsa_key(), NOW)


SIGNERS: list[tuple[Signer, Callable[[], PublicKey]]] = [
    (by_cavage, lambda: rsa_key().public),
    (by_hub, lambda: SIGNING_A.public),
    (by_rsa_rfc9421, lambda: rsa_key().public),
]
each_scheme = pytest.mark.parametrize(
    ("sign", "key"), SIGNERS, ids=["cavage", "rfc9421-hub", "rfc9421-rsa"]
)


def check(request: HttpRequest, now: datetime = NOW) -> SignatureClaim:
    return check_request(request, now=now, authority=HOST)


@each_scheme
def test_what_we_sign_verifies(sign: Signer, key: Callable[[], PublicKey]) -> None:
    get = HttpRequest("GET", f"{B}/hub/log/u?after=1&limit=2", (("Host", HOST),))
    for request in (sign(post()), sign(get), sign(post(b"")), sign(post(url=f"{B}/inbox?x=%20y"))):
        claim = check(request)

        verify_request(request, claim, key(), now=NOW)
        assert claim.key_id == key().id


def test_between_hubs_the_signature_has_our_label_tag_and_coverage() -> None:
    request = by_hub(post())

    claim = check(request)

    assert (request.header("signature-input") or "").startswith("hub=(")
    assert claim.tag == "hub-v1"
    assert claim.covered == ("@method", "@target-uri", "content-type", "content-digest")
    assert claim.algorithm == "ed25519"
    assert claim.expires == NOW + timedelta(minutes=5)


@each_scheme
def test_another_key_does_not_verify(sign: Signer, key: Callable[[], PublicKey]) -> None:
    request = sign(post())
    other: list[PublicKey] = [SIGNING_B.public, rsa_key(B).public]

    for wrong in other:
        with pytest.raises(SignatureInvalid):
            verify_request(request, check(request), wrong, now=NOW)


def test_a_query_that_was_added_breaks_a_message_signature() -> None:
    request = replace(by_hub(post()), url=f"{B}/inbox?x=1")

    with pytest.raises(SignatureInvalid):
        verify_request(request, check(request), SIGNING_A.public, now=NOW)


@each_scheme
def test_an_altered_request_is_refused(sign: Signer, key: Callable[[], PublicKey]) -> None:
    request = sign(post())
    kind = ("Content-Type", "text/html")
    altered = [
        replace(request, method="PUT"),
        replace(request, url=f"{B}/other"),
        request.with_headers(kind),
    ]

    for changed in altered:
        with pytest.raises(SignatureInvalid):
            verify_request(changed, check(changed), key(), now=NOW)
    with pytest.raises(DigestMismatch):
        check(replace(request, body=b'{"type":"Delete"}'))


# S1


def test_a_request_without_signature_is_told_so() -> None:
    with pytest.raises(SignatureMissing):
        check(post())


# S2


@pytest.mark.parametrize(
    "field",
    [
        "",
        " ",
        "x",
        'keyId="https://a.example/actor#main-key"',
        'keyId="https://a.example/k",signature=""',
        'keyId="https://a.example/k",signature="not base64!"',
        'keyId="https://a.example/k",signature="AAAA",algorithm="hmac-sha256"',
        'keyId="https://a.example/k",signature="AAAA",algorithm="none"',
        'keyId="https://a.example/k",signature="AAAA",algorithm="rsa-sha1"',
        'keyId="https://a.example/k",signature="AAAA",algorithm=""',
        'keyId="ftp://a.example/k",signature="AAAA"',
        'keyId="file:///etc/passwd",signature="AAAA"',
        'keyId="main-key",signature="AAAA"',
        'keyId="https://u:p@a.example/k",signature="AAAA"',
        'keyId="https://a.example/k",signature="AAAA",created="1"',
        'keyId="https://a.example/k",signature="AAAA",created=99999999999999',
        'keyId="https://a.example/k",signature="AAAA",keyid="x"',
        'keyId="https://a.example/k" signature="AAAA"',
        'keyId="https://a.example/k",signature="AAAA",',
        'keyId="https://a.example/k",signature="AAAA",headers=""',
        'keyId="https://a.example/k",signature="AAAA",headers="host  date"',
        'keyId="https://a.example/k",signature="AAAA",headers="host\tdate"',
        'keyId="' + "x" * 9000,
    ],
)
def test_a_malformed_or_unknown_cavage_signature_is_invalid(field: str) -> None:
    with pytest.raises(SignatureInvalid):
        check(by_cavage(post()).with_headers(("Signature", field)))


@pytest.mark.parametrize(
    ("inputs", "signature"),
    [
        ("", ""),
        ("x", "x"),
        ("sig=()", "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k"', "sig=::"),
        ('sig=("@method");keyid="https://a.example/k"', "sig=AAAA"),
        ('sig=("@method");keyid="https://a.example/k"', "other=:AAAA:"),
        ('sig="text";keyid="https://a.example/k"', "sig=:AAAA:"),
        ('sig=(1 2);keyid="https://a.example/k"', "sig=:AAAA:"),
        ('sig=("@method");keyid="main"', "sig=:AAAA:"),
        ('sig=("@method");keyid=1', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";alg="hmac-sha256"', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";alg="none"', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";alg="ecdsa-p256-sha256"', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";alg=1', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";created="1"', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";created=1.5', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";created=999999999999999', "sig=:AAAA:"),
        ('sig=("@method");keyid="https://a.example/k";strange=1', "sig=:AAAA:"),
        ('sig=("é");keyid="https://a.example/k"', "sig=:AAAA:"),
        ("sig=(" + '"x" ' * 3000 + ")", "sig=:AAAA:"),
    ],
)
def test_a_malformed_or_unknown_message_signature_is_invalid(inputs: str, signature: str) -> None:
    request = by_hub(post()).with_headers(("Signature-Input", inputs), ("Signature", signature))

    with pytest.raises(SignatureInvalid):
        check(request)


def test_an_rsa_signature_cannot_pass_for_another_algorithm() -> None:
    request = by_rsa_rfc9421(post())
    renamed = (request.header("signature-input") or "") + ';alg="rsa-pss-sha512"'
    request = request.with_headers(("Signature-Input", renamed))

    with pytest.raises(SignatureInvalid):
        verify_request(request, check(request), rsa_key().public, now=NOW)


# S3


def signed_by_cavage(covered: str, request: HttpRequest | None = None) -> HttpRequest:
    """Sign exactly these headers, whatever the rules say."""
    plain = by_cavage(request or post()).with_headers()
    claim = SignatureClaim("cavage", rsa_key().id, None, tuple(covered.split()), b"", NOW, None)
    target = "/inbox"
    value = b64encode(rsa_key().sign(cavage.signing_string(plain, claim, target))).decode()
    seconds = int(NOW.timestamp())
    times = f",created={seconds}" if "(created)" in covered else ""
    return plain.with_headers(
        (
            "Signature",
            f'keyId="{rsa_key().id}",algorithm="hs2019",headers="{covered}"{times},'
            f'signature="{value}"',
        )
    )


@pytest.mark.parametrize(
    "covered",
    [
        "host date digest",
        "(request-target) date digest",
        "(request-target) host digest",
        "(request-target) host date",
        "date",
    ],
)
def test_a_cavage_signature_must_cover_target_host_time_and_digest(covered: str) -> None:
    with pytest.raises(SignatureCoverage):
        check(signed_by_cavage(covered))


@pytest.mark.parametrize(
    "covered",
    [
        "(request-target) host date digest",
        "(request-target) host (created) digest",
        "(request-target) host date digest content-type",
        "digest date host (request-target)",
    ],
)
def test_every_cavage_coverage_that_suffices_is_taken(covered: str) -> None:
    request = signed_by_cavage(covered)

    verify_request(request, check(request), rsa_key().public, now=NOW)


def signed_by_rfc9421(
    covered: list[str], *, url: str = f"{B}/inbox?x=1", created: bool = True
) -> HttpRequest:
    """Sign exactly these components, whatever the rules say."""
    body = post(url=url)
    request = body.with_headers(
        ("Content-Digest", content_digest(body.body)), ("Date", format_datetime(NOW, usegmt=True))
    )
    resolver = MappingKeyResolver(public_keys={}, private_keys={SIGNING_A.id: SIGNING_A.private})
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=resolver)
    message = message_signatures.Message(request)
    signer.sign(
        message,
        key_id=SIGNING_A.id,
        created=NOW,
        covered_component_ids=covered,
        use_existing_digest=True,
    )
    return HttpRequest(request.method, request.url, tuple(message.headers.pairs), request.body)


@pytest.mark.parametrize(
    "covered",
    [
        ["@target-uri", "content-digest"],
        ["@method", "content-digest"],
        ["@method", "@target-uri"],
        ["@method", "@authority", "content-digest"],
        ["@method", "@authority", "@path", "content-digest"],
        ["@method", "@path", "@query", "content-digest"],
        ["@method", "@request-target", "content-digest"],
        ["@method", "@target-uri", '"content-digest";key="sha-256"'],
        [],
    ],
    ids=repr,
)
def test_a_message_signature_must_cover_method_target_and_digest(covered: list[str]) -> None:
    with pytest.raises(SignatureCoverage):
        check(signed_by_rfc9421(covered))


@pytest.mark.parametrize(
    "covered",
    [
        ["@method", "@target-uri", "content-digest"],
        ["@method", "@target-uri", "@authority", "host", "date", "content-digest"],
        ["@method", "@authority", "@request-target", "content-digest"],
        ["@method", "@authority", "@path", "@query", "content-digest"],
        ["@method", "host", "@path", "@query", "content-digest", "content-type"],
    ],
    ids=repr,
)
def test_every_coverage_that_suffices_is_taken(covered: list[str]) -> None:
    request = signed_by_rfc9421(covered)

    verify_request(request, check(request), SIGNING_A.public, now=NOW)


def test_the_path_alone_suffices_where_there_is_no_query() -> None:
    covered = ["@method", "@authority", "@path", "content-digest"]
    request = signed_by_rfc9421(covered, url=f"{B}/inbox")

    verify_request(request, check(request), SIGNING_A.public, now=NOW)


def test_a_message_signature_without_creation_time_is_refused() -> None:
    request = by_hub(post())
    inputs = (request.header("signature-input") or "").replace(
        f";created={int(NOW.timestamp())}", ""
    )

    with pytest.raises(SignatureCoverage):
        check(request.with_headers(("Signature-Input", inputs)))


# S4


@pytest.mark.parametrize(
    "field",
    [
        "",
        "md5=:AAAA:",
        "sha-256=:AAAA:",
        "sha-256=AAAA",
        "sha-256=::",
        content_digest(b"other"),
        f"{content_digest(post().body)}, sha-512=:AAAA:",
        digest(post().body),
    ],
)
def test_a_weak_wrong_or_malformed_content_digest_is_refused(field: str) -> None:
    with pytest.raises(DigestMismatch):
        check(by_hub(post()).with_headers(("Content-Digest", field)))


@pytest.mark.parametrize(
    "field", ["", "MD5=AAAA", "SHA-256=AAAA", "SHA=AAAA", digest(b"other"), "SHA-256=!"]
)
def test_a_weak_wrong_or_malformed_digest_is_refused(field: str) -> None:
    with pytest.raises(DigestMismatch):
        check(by_cavage(post()).with_headers(("Digest", field)))


@each_scheme
def test_an_absent_digest_is_refused(sign: Signer, key: Callable[[], PublicKey]) -> None:
    request = sign(post())
    without = tuple(pair for pair in request.headers if "digest" not in pair[0].lower())

    with pytest.raises(DigestMismatch):
        check(replace(request, headers=without))


def test_the_name_of_the_digest_algorithm_may_have_any_case() -> None:
    lower = digest(post().body).replace("SHA-256", "sha-256")
    request = by_cavage(post()).with_headers(("Digest", lower))

    assert check(request)


# S5


@pytest.mark.parametrize(
    ("sign", "limit"),
    [(by_cavage, timedelta(hours=1)), (by_hub, timedelta(minutes=5))],
    ids=["cavage", "rfc9421"],
)
def test_a_signature_out_of_its_time_window_is_refused(sign: Signer, limit: timedelta) -> None:
    request, moment = sign(post()), timedelta(seconds=1)

    assert check(request, NOW - limit)
    assert check(request, NOW + limit)
    for now in (NOW - limit - moment, NOW + limit + moment):
        with pytest.raises(ClockSkew):
            check(request, now)


def test_an_expired_message_signature_is_refused_also_when_it_is_verified_late() -> None:
    request = by_hub(post())
    claim = check(request)

    with pytest.raises(ClockSkew):
        verify_request(request, claim, SIGNING_A.public, now=NOW + timedelta(minutes=6))


def test_an_expired_cavage_signature_is_refused() -> None:
    request = signed_by_cavage("(request-target) host (created) digest")
    field = (request.header("signature") or "") + f",expires={int(NOW.timestamp()) - 1}"

    with pytest.raises(ClockSkew):
        check(request.with_headers(("Signature", field)))


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2026 09:30:00 GMT", "0"])
def test_an_unreadable_date_is_refused(date: str) -> None:
    with pytest.raises(ClockSkew):
        check(by_cavage(post()).with_headers(("Date", date)))


# S6


@each_scheme
def test_a_request_for_another_host_is_misdirected(
    sign: Signer, key: Callable[[], PublicKey]
) -> None:
    elsewhere = sign(post(url="https://other.example/inbox"))
    wrong_host = sign(post()).with_headers(("Host", "other.example"))
    odd = ["b.example/@x", "", "b.example b", "b\u00fccher.example", "b.example:port"]
    odd_hosts = [sign(post()).with_headers(("Host", host)) for host in odd]

    for request in (elsewhere, wrong_host, *odd_hosts):
        with pytest.raises(Misdirected):
            check(request)


def test_case_and_default_port_of_the_host_do_not_matter() -> None:
    for host in ("B.example", "b.example:443"):
        request = by_cavage(post()).with_headers(("Host", host))

        assert check(request)


def test_an_address_with_a_port_is_another_host_than_one_without() -> None:
    request = by_hub(post(url="http://127.0.0.2:9802/inbox"))

    assert check_request(request, now=NOW, authority="127.0.0.2:9802")
    with pytest.raises(Misdirected):
        check_request(request, now=NOW, authority="127.0.0.2")


# S7


@each_scheme
def test_repeated_fields_are_ambiguous(sign: Signer, key: Callable[[], PublicKey]) -> None:
    request = sign(post())
    names = {"signature", "signature-input", "digest", "content-digest", "date", "host"}
    repeated = [pair for pair in request.headers if pair[0].lower() in names]
    assert len(repeated) >= 3

    for pair in repeated:
        with pytest.raises(SignatureAmbiguous):
            check(replace(request, headers=(*request.headers, (pair[0].upper(), pair[1]))))


def test_two_labels_are_ambiguous() -> None:
    request = by_hub(post())
    inputs = request.header("signature-input") or ""
    signature = request.header("signature") or ""
    two = request.with_headers(
        ("Signature-Input", f"{inputs}, {inputs.replace('hub=', 'two=', 1)}"),
        ("Signature", f"{signature}, {signature.replace('hub=', 'two=', 1)}"),
    )

    with pytest.raises(SignatureAmbiguous):
        check(two)


def test_parameters_and_labels_given_twice_are_ambiguous() -> None:
    cavage_field = by_cavage(post()).header("signature") or ""
    hub = by_hub(post())

    with pytest.raises(SignatureAmbiguous):
        check(by_cavage(post()).with_headers(("Signature", f'{cavage_field},keyId="x"')))
    with pytest.raises(SignatureAmbiguous):
        check(hub.with_headers(("Signature", ", ".join([hub.header("signature") or ""] * 2))))
    with pytest.raises(SignatureAmbiguous):
        check(signed_by_cavage("(request-target) host date digest host"))


# What other servers do


def test_a_target_signed_without_its_query_is_taken_too() -> None:
    request = by_cavage(post(url=f"{B}/inbox?x=1"))
    covered = ("(request-target)", "host", "date", "digest", "content-type")
    claim = SignatureClaim("cavage", rsa_key().id, "rsa-sha256", covered, b"", None, None)
    bare = b64encode(rsa_key().sign(cavage.signing_string(request, claim, "/inbox")))
    field = (
        f'keyId="{rsa_key().id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
        f'signature="{bare.decode()}"'
    )
    request = request.with_headers(("Signature", field))

    verify_request(request, check(request), rsa_key().public, now=NOW)


def test_white_space_after_commas_is_taken() -> None:
    request = by_cavage(post())
    spaced = (request.header("signature") or "").replace('",', '" , ')

    assert check(request.with_headers(("Signature", spaced))).key_id == rsa_key().id


# Nothing crashes


@given(st.text(max_size=120))
def test_any_cavage_field_gives_a_claim_or_a_refusal(field: str) -> None:
    with suppress(ProtocolError):
        cavage.parse(field)


PARTS = """
    keyId=" signature=" headers=" created= " , AAAA https://a.example/k = 1 \\ (request-target)
    sig=( ) :AAAA: ;keyid= ;alg= é date
"""
FRAGMENTS = st.sampled_from(PARTS.split())


@given(st.lists(FRAGMENTS, max_size=12).map("".join), st.lists(FRAGMENTS, max_size=6).map("".join))
def test_any_fields_made_of_plausible_parts_give_a_claim_or_a_refusal(one: str, two: str) -> None:
    for request in (
        by_cavage(post()).with_headers(("Signature", one)),
        by_hub(post()).with_headers(("Signature-Input", one), ("Signature", two)),
    ):
        with suppress(ProtocolError):
            verify_request(request, check(request), SIGNING_A.public, now=NOW)


@given(st.text(max_size=40))
def test_any_date_digest_or_host_gives_a_claim_or_a_refusal(value: str) -> None:
    for name in ("Date", "Digest", "Host", "Content-Digest"):
        for request in (by_cavage(post()), by_hub(post())):
            with suppress(ProtocolError):
                check(request.with_headers((name, value)))


def test_a_key_id_names_its_origin() -> None:
    assert check(by_hub(post())).key_id.startswith(A)
    assert check(by_hub(post())).created == NOW.astimezone(UTC)
