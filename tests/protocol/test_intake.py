"""From bytes to a JSON object: S20 to S25."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.context import AS2, CONTEXT
from protocol.errors import (
    LimitsExceeded,
    MalformedJson,
    ProtocolError,
    UnsupportedEncoding,
    UnsupportedJsonLd,
    UnsupportedMediaType,
)
from protocol.http import HttpResponse
from protocol.intake import (
    LOG_LIMITS,
    SEALED_MEDIA_TYPE,
    check_content_headers,
    is_activity_media_type,
    is_activity_response,
    parse_document,
)
from tests.protocol.samples import as_bytes, create_activity, post


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"a":1}{"b":2}',
        b'{"a":1} trailing',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e400}',
        b'{"a":9007199254740992.0}',
        b'{"a":1e20}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5_000 + b"}",
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":"\\ud800"}',
        b'{"\\ud800":1}',
        b'{"a":["\\udfff x"]}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":"\x00"}',
        b'{"a":"line\nfeed"}',
        b"{'a':1}",
        b'{"a":01}',
        b'{"a":"unterminated',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_not_one_strict_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse_document(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' + b"[" * 32 + b"]" * 32 + b"}",
        b'{"a":' + b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":[' + b",".join([b"1"] * 257) + b"]}",
        as_bytes({"a": [[0] * 200] * 30}),
        as_bytes({str(number): {} for number in range(5_001)}),
        as_bytes({"a": "x" * (64 * 1024 + 1)}),
        as_bytes({"a": "é" * (32 * 1024 + 1)}),
        as_bytes({"a": ["x" * (64 * 1024 + 1)]}),
        as_bytes({"x" * (64 * 1024 + 1): 1}),
        as_bytes({"id": "https://a.example/" + "x" * 2048}),
        as_bytes({"object": {"id": "https://a.example/" + "x" * 2048}}),
    ],
    ids=range(12),
)
def test_what_is_deeper_longer_or_larger_than_the_limits_is_refused(body: bytes) -> None:
    with pytest.raises(LimitsExceeded):
        parse_document(body)


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    body = as_bytes({"a": "[{" * 1_000, "b": '\\"[[' * 50})

    assert parse_document(body)["a"] == "[{" * 1_000


@pytest.mark.timeout(5)
def test_the_depth_check_takes_linear_time_on_hostile_text() -> None:
    for hostile in (b'{"a":"' + b'\\"' * 500_000, b"[" * 40 + b'"' * 1_000_000, b"\\" * 1_000_000):
        with pytest.raises((MalformedJson, LimitsExceeded)):
            parse_document(hostile)


def test_sealed_content_may_be_long_and_nothing_else() -> None:
    content = "A" * (700 * 1024)
    sealed = {"object": {"mediaType": SEALED_MEDIA_TYPE, "content": content}}
    plain = {"object": {"mediaType": "text/html", "content": content}}

    assert parse_document(as_bytes(sealed)) == sealed
    with pytest.raises(LimitsExceeded):
        parse_document(as_bytes(plain))


def test_a_log_line_may_be_larger_than_an_inbox_document() -> None:
    body = as_bytes({"a": {"content": "x" * (100 * 1024)}})

    assert parse_document(body, LOG_LIMITS)


@pytest.mark.parametrize(
    "document",
    [
        {"@graph": []},
        {"object": {"@included": []}},
        {"object": [{"@reverse": {}}]},
        {"@context": {"id": "https://evil.example/id"}},
        {"@context": [AS2, {"type": "https://evil.example/type"}]},
        {"@context": {"id": {"@id": "@id"}}},
        {"@context": [AS2, {"actor": "https://evil.example/actor"}]},
        {"@context": [AS2, {"actor": {"@id": "as:object"}}]},
        {"@context": [AS2, {"actor": None}]},
        {"object": {"@context": {"object": "https://evil.example/o"}}},
        {"@context": {"x": "@graph"}},
        {"@context": {"x": {"@id": "@type"}}},
        {"@context": {"x": {"@id": "https://e.example/x", "@container": ["@graph", "@id"]}}},
        {"@context": {"x": {"@reverse": "as:object"}}},
        {"@context": {"x": {"@id": "https://e.example/x", "@context": {"actor": "ex:actor"}}}},
        {"@context": {"@import": "https://evil.example/context"}},
        {"@context": {"@base": "https://evil.example/"}},
        {"@context": 7},
    ],
    ids=repr,
)
def test_json_ld_that_changes_the_meaning_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedJsonLd):
        parse_document(as_bytes(document))


MASTODON = [
    AS2,
    "https://w3id.org/security/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "Hashtag": "as:Hashtag",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "sensitive": "as:sensitive",
    },
]


@pytest.mark.parametrize(
    "context",
    [
        AS2,
        [AS2],
        None,
        MASTODON,
        CONTEXT,
        [AS2, {"@language": "und"}],
        {"id": "@id", "type": "@type"},
        {"likes": {"@id": "as:likes", "@type": "@id"}},
    ],
    ids=range(8),
)
def test_contexts_that_honest_servers_send_are_let_through(context: Any) -> None:
    document = {"@context": context, "id": "https://a.example/1"}

    assert parse_document(as_bytes(document)) == document


def test_our_own_activity_is_taken_as_it_is() -> None:
    activity = create_activity()

    assert parse_document(as_bytes(activity)) == activity


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_any_bytes_give_an_object_or_a_refusal(body: bytes) -> None:
    with suppress(ProtocolError):
        assert isinstance(parse_document(body), dict)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@context", "@graph", "id", "type", "@id", "actor"])
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["@context", "id", "a"]), JSON_VALUES, max_size=3))
def test_what_was_taken_can_always_be_written_again(document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()

    try:
        parsed = parse_document(body)
    except ProtocolError:
        return

    assert parse_document(as_bytes(parsed)) == parsed


@pytest.mark.parametrize(
    ("field", "taken"),
    [
        ("application/activity+json", True),
        ("application/activity+json; charset=utf-8", True),
        ("Application/Activity+JSON", True),
        (f'application/ld+json; profile="{AS2}"', True),
        (f"application/ld+json;profile={AS2}", True),
        (f'application/ld+json; charset=utf-8; profile="https://x.example {AS2}"', True),
        ("application/ld+json", False),
        ('application/ld+json; profile="https://x.example"', False),
        ("application/json", False),
        ("text/plain", False),
        ("application/octet-stream", False),
        ("", False),
        (None, False),
    ],
)
def test_only_activitystreams_media_types_are_taken(field: str | None, taken: bool) -> None:
    request = post() if field is None else post().with_headers(("content-type", field))

    assert is_activity_media_type(field) is taken
    if field is not None and not taken:
        with pytest.raises(UnsupportedMediaType):
            check_content_headers(request)


def test_an_encoded_body_is_refused() -> None:
    with pytest.raises(UnsupportedEncoding):
        check_content_headers(post().with_headers(("Content-Encoding", "gzip")))
    check_content_headers(post().with_headers(("Content-Encoding", "identity")))


def test_a_fetched_document_counts_only_with_one_fitting_media_type() -> None:
    fitting = ("Content-Type", "application/activity+json")

    assert is_activity_response(HttpResponse(200, (fitting,)))
    assert not is_activity_response(HttpResponse(200, (fitting, ("content-type", "text/html"))))
    assert not is_activity_response(HttpResponse(200, (fitting, ("Content-Encoding", "br"))))
    assert not is_activity_response(HttpResponse(200))
