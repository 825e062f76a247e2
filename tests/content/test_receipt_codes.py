"""Receipt codes: strong, readable aloud, and typing errors are noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cases.receipt_code import (
    ALPHABET,
    ReceiptCodeMistyped,
    new_receipt_code,
    read_receipt_code,
)
from tests.seams import SeededChance


class GivenChance:
    """Hands out bytes that the test chose."""

    def __init__(self, given: bytes) -> None:
        self._given = given

    def bytes(self, count: int) -> bytes:
        return self._given[:count]

    def uniform(self) -> float:
        raise AssertionError("A code is drawn from bytes.")


codes = st.binary(min_size=12, max_size=12).map(lambda drawn: new_receipt_code(GivenChance(drawn)))


@given(codes)
def test_a_code_is_read_as_it_was_shown(code: str) -> None:
    signs = read_receipt_code(code)

    assert len(signs) == 20
    assert set(signs) <= set(ALPHABET)
    assert code == "-".join((signs[:5], signs[5:10], signs[10:15], signs[15:]))


@given(codes, st.sampled_from(["-", " ", "  ", "", ".", "–", "\n", "_"]), st.booleans())
def test_people_may_type_it_their_way(code: str, between: str, small: bool) -> None:
    typed = code.replace("-", between).replace("0", "O").replace("1", "l")

    assert read_receipt_code(typed.lower() if small else typed) == read_receipt_code(code)


@given(codes, st.integers(0, 19), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(code: str, place: int, sign: str) -> None:
    signs = read_receipt_code(code)
    wrong = signs[:place] + sign + signs[place + 1 :]

    if wrong != signs:
        with pytest.raises(ReceiptCodeMistyped):
            read_receipt_code(wrong)


@given(codes, st.integers(0, 16))
def test_two_signs_in_the_wrong_order_are_noticed(code: str, place: int) -> None:
    signs = read_receipt_code(code)
    turned = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]

    if turned != signs:
        with pytest.raises(ReceiptCodeMistyped):
            read_receipt_code(turned)


@given(st.text(max_size=100))
def test_whatever_is_typed_is_a_code_or_refused(typed: str) -> None:
    try:
        signs = read_receipt_code(typed)
    except ReceiptCodeMistyped:
        return
    assert len(signs) == 20


@pytest.mark.parametrize("typed", ["", "U" * 20, "A" * 19, "A" * 21, "A" * 10_000, "ÀÀÀÀÀ" * 4])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(ReceiptCodeMistyped):
        read_receipt_code(typed)


def test_codes_differ_in_every_place() -> None:
    chance = SeededChance("codes")
    drawn = [read_receipt_code(new_receipt_code(chance)) for _ in range(2000)]

    assert len(set(drawn)) == 2000
    for place in range(18):
        assert len({signs[place] for signs in drawn}) == 32
