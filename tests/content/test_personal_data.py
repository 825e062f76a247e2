"""Looking for personal data: what has a form is found, and what is harmless is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.personal_data import Trace, find_traces


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("Write to ana.ruiz@ciudad.example now", Trace.MAIL),
        ("(ana@xn--d1abbgf6aiiy.example)", Trace.MAIL),
        ("Our account @anaruiz told", Trace.HANDLE),
        ("Call +34 612 345 678", Trace.PHONE),
        ("Tel. (020) 624-1111", Trace.PHONE),
        ("0612345678", Trace.PHONE),
        ("DNI 12345678Z", Trace.ID),
        ("file X-1234567", Trace.ID),
        ("BSN 123456782", Trace.PHONE),
        ("account NL91 ABNA 0417 1643 00", Trace.ID),
    ],
)
def test_what_has_the_form_of_personal_data_is_found(text: str, trace: Trace) -> None:
    assert trace in {found.trace for found in find_traces(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Regulation (EU) 2024/1689, Art. 27",
        "Between 2023-2025 the city of 871,989 people spent 1.2 million.",
        "Since 2026-11-24, or 24.11.2026, see section 3.4.1",
        "Directive 95/46/EC; ISO 27001; WCAG 2.2",
    ],
)
def test_laws_years_dates_and_counts_are_left_alone(text: str) -> None:
    assert find_traces(text) == ()


def test_names_are_found_whole_and_in_parts_whatever_the_case_and_accents() -> None:
    names = ("María Ruiz", "Ayuntamiento de Ejemplo")

    assert find_traces("as maria asked", names=names)[0].trace is Trace.NAME
    assert find_traces("the AYUNTAMIENTO did", names=names)[0].text == names[1]
    assert find_traces("a city did, de facto", names=names) == ()


def test_sentences_of_the_case_are_found_and_words_are_not() -> None:
    question = "We buy a chatbot for the housing office and need clauses by Friday."

    copied = find_traces("They buy a chatbot for the housing office and wait.", sources=[question])

    assert [found.trace for found in copied] == [Trace.COPIED]
    assert find_traces("A chatbot for a housing office needs clauses.", sources=[question]) == ()


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_can_be_looked_through(text: str, names: list[str]) -> None:
    for found in find_traces(text, names=names, sources=[text]):
        assert isinstance(found.trace, Trace)


@given(st.emails(domains=st.just("city.example")), st.text(alphabet="abc \n", max_size=20))
def test_an_address_is_found_wherever_it_stands(local: str, around: str) -> None:
    found = find_traces(f"{around} {local} {around}")

    assert Trace.MAIL in {each.trace for each in found} or not local.isascii()
