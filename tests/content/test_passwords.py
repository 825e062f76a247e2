"""Passwords as they are kept and compared (SECURITY.md S39)."""

import unicodedata
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from content.people.passwords import hash_password, is_password
from tests.seams import SeededChance


def test_an_unknown_name_costs_as_much_work_as_a_wrong_password() -> None:
    """Measured in time of the processor, which other programs do not lengthen (S39)."""
    kept = hash_password("four quiet words here", SeededChance("passwords"))

    def cost(phc: str | None) -> float:
        spent = []
        for _ in range(3):
            began = process_time()
            assert not is_password("not the password", phc)
            spent.append(process_time() - began)
        return min(spent)

    assert 0.5 < cost(kept) / cost(None) < 2


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=4, deadline=None)
def test_a_password_is_known_again_however_its_signs_are_composed(password: str) -> None:
    kept = hash_password(unicodedata.normalize("NFD", password), SeededChance("passwords"))

    assert is_password(unicodedata.normalize("NFC", password), kept)
    assert not is_password(password + "x", kept)
