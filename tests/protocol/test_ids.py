"""Ids, origins and times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import InvalidDocument, InvalidUrl
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import (
    host_of,
    is_ulid,
    is_url,
    origin_of,
    ref_of,
    resource_id,
    same_origin,
    sealing_key_id,
    ulid_from,
)
from protocol.moments import read_stamp, stamp
from tests.protocol.samples import AT, NOW, REF, A

EARLY, LATE = (datetime(year, 1, 2, tzinfo=UTC).replace(tzinfo=None) for year in (1970, 9999))


@given(
    st.datetimes(EARLY, LATE, timezones=st.just(UTC)),
    st.binary(min_size=10, max_size=10),
)
def test_a_ulid_is_made_of_time_and_entropy_alone(now: datetime, entropy: bytes) -> None:
    ulid = ulid_from(now, entropy)

    assert is_ulid(ulid)
    assert ulid == ulid_from(now, entropy)
    later = now + timedelta(milliseconds=2)
    assert ulid_from(later, bytes(10)) > ulid


def test_a_ulid_needs_a_time_zone_and_ten_bytes() -> None:
    with pytest.raises(ValueError, match="entropy"):
        ulid_from(NOW, b"short")
    with pytest.raises(ValueError, match="time zone"):
        ulid_from(NOW.replace(tzinfo=None), bytes(10))
    assert not is_ulid(REF.lower())
    assert not is_ulid("8" + REF[1:])
    assert not is_ulid(REF + "\n")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example", A),
        ("https://a.example/", A),
        ("HTTPS://A.EXAMPLE/x?y#z", A),
        ("https://a.example:443/x", A),
        ("https://a.example:/x", A),
        ("http://a.example:80", "http://a.example"),
        ("https://a.example:80", "https://a.example:80"),
        ("http://127.0.0.2:9802/actor#main-key", "http://127.0.0.2:9802"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"),
    ],
)
def test_the_origin_of_a_url(url: str, origin: str) -> None:
    assert origin_of(url) == origin
    assert host_of(url) == origin.partition("://")[2]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "//a.example/x",
        "/x",
        "ftp://a.example",
        "javascript:alert(1)",
        "urn:uuid:1",
        "did:key:z6Mk",
        "acct:hub@a.example",
        "https://",
        "https:///x",
        "https://user@a.example",
        "https://a.example@evil.example/",
        "https://a.example./",
        "https://a..example/",
        "https://bücher.example/",
        "https://a.example/é",
        "https://a.example /x",
        "https://a.example/x y",
        "https://a.example/x\n",
        "https://a.example\\@evil.example",
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://a%2eexample/",
        "https://[::1/",
        "https://a.example/" + "x" * 2048,
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        origin_of(url)
    assert not is_url(url)
    assert not same_origin(url, url)


@given(st.text(max_size=40) | st.text(max_size=20).map(lambda text: f"https://{text}"))
def test_any_text_has_an_origin_or_is_refused(text: str) -> None:
    if is_url(text):
        assert origin_of(origin_of(text)) == origin_of(text)


def test_same_origin_needs_at_least_one_url_and_all_alike() -> None:
    assert same_origin(f"{A}/1", "https://A.example:443/2")
    assert not same_origin()
    assert not same_origin(f"{A}/1", "http://a.example/1")
    assert not is_url(7)


def test_our_own_ids() -> None:
    assert ref_of(resource_id(A, REF)) == REF
    assert ref_of(f"{A}/resources/x") is None
    assert sealing_key_id(A, NOW) == f"{A}/actor#x25519-202611"
    assert sealing_key_id(A, NOW, hybrid=True) == f"{A}/actor#mlkem768x25519-202611"


def test_times_are_written_in_utc_with_milliseconds() -> None:
    zone = timezone(timedelta(hours=2))

    assert stamp(NOW) == AT
    assert stamp(NOW.astimezone(zone)) == AT
    with pytest.raises(ValueError, match="time zone"):
        stamp(NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "text", [AT, "2026-11-24T09:30:00Z", "2026-11-24T10:30:00+01:00", "2026-11-24T09:30:00.000000Z"]
)
def test_times_are_read_in_any_precision_and_offset(text: str) -> None:
    assert read_stamp(text) == NOW


@pytest.mark.parametrize(
    "text", [None, 7, "", "now", "2026-11-24", "2026-11-24T09:30:00", "0001-01-01T00:00:00+23:00"]
)
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(InvalidDocument):
        read_stamp(text)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        moment = read_stamp(text)
    except InvalidDocument:
        return

    assert moment.tzinfo is UTC


def test_headers_are_found_whatever_their_case_and_replaced_whole() -> None:
    request = HttpRequest("GET", A, (("Accept", "a"), ("ACCEPT", "b"), ("Host", "a.example")))

    assert request.header("accept") == "a"
    assert request.all("Accept") == ("a", "b")
    assert request.with_headers(("accept", "c")).all("Accept") == ("c",)
    assert request.header("Date") is None
    assert HttpResponse(200, (("Age", "1"),)).header("age") == "1"
    assert HttpResponse(200, (("Age", "1"),)).all("AGE") == ("1",)


@given(
    st.from_regex(
        r"https?://[a-z0-9.-]{1,12}(:[0-9]{1,5})?(/[A-Za-z0-9/._~#-]{0,8})?", fullmatch=True
    )
)
def test_a_url_of_the_usual_shape_has_the_origin_that_a_thorough_reading_gives(url: str) -> None:
    unusual = url if "/" in url.partition("://")[2] else f"{url}/"

    try:
        origin = origin_of(url)
    except InvalidUrl:
        with pytest.raises(InvalidUrl):
            origin_of(f"{unusual}?")
    else:
        assert origin_of(f"{unusual}?") == origin
