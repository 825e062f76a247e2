"""What a request asks for, by its Accept field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.shell import wants_activity, wants_html

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        "application/activity+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "application/activity+json, application/ld+json",
        "text/html;q=0.1, application/activity+json",
    ],
)
def test_programs_of_the_fediverse_get_the_document(accept: str) -> None:
    assert wants_activity(accept)


@pytest.mark.parametrize(
    "accept",
    [BROWSER, "", "*/*", "application/json", "application/activity+json;q=0, text/html"],
)
def test_everybody_else_gets_the_page(accept: str) -> None:
    assert not wants_activity(accept)


def test_browsers_get_problems_as_pages_and_programs_do_not() -> None:
    assert wants_html(BROWSER)
    assert not wants_html("*/*")
    assert not wants_html("application/json, text/html;q=0.5")


@given(st.text())
def test_no_accept_field_is_too_strange(accept: str) -> None:
    wants_activity(accept)
    wants_html(accept)
