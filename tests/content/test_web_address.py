"""Addresses on the web: what is taken, what is refused, and that a glance never takes more."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.web_address import LONGEST_ADDRESS, as_iri, web_address

SIGNS = "ab0./:@?#[]%&=~-_ \\\t\u00e9"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\\evil",
        "https://example.org/" + "a" * LONGEST_ADDRESS,
    ],
)
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        web_address(text)


@given(st.sampled_from(["http://", "https://", "HTTPS://", ""]), st.text(SIGNS, max_size=40))
@example("https://", "a:65536")
@example("https://", "a@b/")
@example("https://", "a.b:80/c?d=e#f")
def test_what_is_taken_names_a_host_and_nobody(scheme: str, rest: str) -> None:
    try:
        taken = web_address(scheme + rest)
    except ValueError:
        return

    parts = urlsplit(taken)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert parts.username is None
    assert parts.password is None
    assert parts.port is None or parts.port <= 65535
    assert " " not in taken
    assert "\\" not in taken
    assert taken == (scheme + rest).strip()


@pytest.mark.parametrize(
    ("address", "iri"),
    [
        ("https://city.example/màgia,'(x)'", "https://city.example/màgia,'(x)'"),
        ("https://city.example/a|b{c}", "https://city.example/a%7Cb%7Bc%7D"),
        ('https://city.example/<b>"^`', "https://city.example/%3Cb%3E%22%5E%60"),
        ("https://city.example/100%/%2f", "https://city.example/100%25/%2f"),
        ("https://city.example/#a#b", "https://city.example/#a%23b"),
        ("https://[::1]/a", "https://[::1]/a"),
    ],
)
def test_what_no_iri_may_hold_is_encoded_and_the_rest_stays(address: str, iri: str) -> None:
    assert as_iri(address) == iri
    assert as_iri(iri) == iri
