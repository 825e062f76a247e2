"""A document is known again by its address, DOI, number in law, or title, publisher and year."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.resources.identities import (
    celex_in,
    doi_in,
    identities_of,
    is_certain,
    same_address,
)
from content.resources.record import ResourceRecord, read_record


def a_record(**more: Any) -> ResourceRecord:
    return read_record(
        {
            "title": "Guide to municipal algorithm registers",
            "summary": "Text.",
            "language": "en",
            "kind": "guide",
            "topics": [],
            "publisher": "City of Example",
            "year": 2024,
            **more,
        }
    )


@pytest.mark.parametrize(
    "other",
    [
        "http://city.example/guide",
        "https://www.city.example/guide/",
        "https://CITY.example:443/guide#page=3",
        "https://city.example/guide?utm_source=x&fbclid=y",
        "https://city.example//guide/index.html",
        "https://city.example/%67uide",
    ],
)
def test_addresses_of_one_page_are_the_same(other: str) -> None:
    assert same_address(other) == same_address("https://city.example/guide")


@pytest.mark.parametrize(
    "other",
    [
        "https://city.example/guide2",
        "https://city.example/Guide",
        "https://city.example/guide?page=2",
        "https://city.example:8443/guide",
        "https://data.city.example/guide",
    ],
)
def test_addresses_of_other_pages_are_not(other: str) -> None:
    assert same_address(other) != same_address("https://city.example/guide")


def test_the_order_of_parameters_does_not_count_and_their_values_do() -> None:
    assert same_address("https://a.example/?b=2&a=1") == same_address("https://a.example?a=1&b=2")
    assert same_address("https://a.example/?a=1") != same_address("https://a.example/?a=2")


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1234/ABC.def", "10.1234/abc.def"),
        ("http://dx.doi.org/10.1234%2Fabc.def", "10.1234/abc.def"),
        ("doi: 10.1234/abc.def.", "10.1234/abc.def"),
        ("10.1234/abc.def", "10.1234/abc.def"),
        ("https://city.example/10.1234/abc", None),
        ("https://doi.org/11.1234/abc", None),
    ],
)
def test_a_doi_is_one_however_it_is_written(text: str, doi: str | None) -> None:
    assert doi_in(text) == doi


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32016R0679", "32016R0679"),
        (
            "https://eur-lex.europa.eu/legal-content/ES/TXT/PDF/?uri=CELEX%3A32016R0679",
            "32016R0679",
        ),
        ("http://data.europa.eu/eli/reg/2016/679/oj", "32016R0679"),
        ("https://eur-lex.europa.eu/eli/dir/2019/1024/oj/eng", "32019L1024"),
        ("https://www.boe.es/eli/es/lo/2018/12/05/3", None),
        ("https://city.example/eli/reg/2016/679", None),
    ],
)
def test_eu_law_is_one_in_every_language_and_by_both_names(text: str, number: str | None) -> None:
    assert celex_in(text) == number


def test_the_same_title_of_the_same_publisher_and_year_is_likely_the_same() -> None:
    one = identities_of(a_record(url="https://a.example/1"))
    other = identities_of(
        a_record(
            title="GUIDE to Municipal Algorithm-Registers!",
            publisher="city of example",
            url="https://b.example/2",
        )
    )
    later = identities_of(a_record(year=2025, url="https://c.example/3"))

    assert [is_certain(each) for each in one & other] == [False]
    assert not one & later


def test_a_short_title_or_no_publisher_tells_nothing() -> None:
    assert identities_of(a_record(title="Report")) == frozenset()
    assert identities_of(a_record(publisher=None)) == frozenset()


@given(
    st.from_regex(
        r"https://[a-z]{1,8}\.example(/[a-zA-Z0-9%._~-]{0,8}){0,3}(\?[a-z]=[a-z0-9+%]{0,4})?",
        fullmatch=True,
    )
)
def test_what_is_the_same_stays_the_same(url: str) -> None:
    """Normalising is done once and for all, and never depends on scheme, case of host or slash."""
    known = same_address(url)

    assert same_address(f"https://{known}") == known
    assert same_address(url.replace("https://", "http://www.") + "#x") == known
