"""Mail addresses: what is taken can stand in a header and in a command of SMTP as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.mail.address import is_mail_address, mail_address, same_address


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (" ana@City.Example ", "ana@city.example"),
        ("ana.b+hub@x.example", "ana.b+hub@x.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("o'neil@x.example", "o'neil@x.example"),
    ],
)
def test_addresses_as_people_type_them(typed: str, taken: str) -> None:
    assert mail_address(typed) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "ana",
        "ana@city",
        "ana@@x.example",
        "a b@x.example",
        "ana@x.example>",
        "ana@x.example, b@x.example",
        "ana@x.example\r\nBcc: b@x.example",
        '"a b"@x.example',
        ".a@x.example",
        "a..b@x.example",
        "a@x..example",
        "a@[127.0.0.1]",
        "ä@x.example",
        "a" * 65 + "@x.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert not is_mail_address(typed)


@given(st.text(max_size=300))
def test_nothing_that_is_taken_can_leave_its_place(text: str) -> None:
    if is_mail_address(text):
        taken = mail_address(text)
        assert not set(taken) & set('\r\n <>,;:"()[]\\\t\0')
        assert taken.isascii()
        assert mail_address(taken) == taken


def test_the_same_address_in_another_case() -> None:
    assert same_address("Ana@City.example", "ana@city.EXAMPLE")
    assert not same_address("ana@city.example", "anna@city.example")
    assert not same_address("", "")
