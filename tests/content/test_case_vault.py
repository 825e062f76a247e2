"""The vault: texts open with the right key, in the right place, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cases.vault import CaseTextDamaged, CaseVault, WrongHubKey
from tests.seams import SeededChance

HUB_KEY = bytes(range(32))


def vault(hub_key: bytes = HUB_KEY, seed: str = "vault") -> CaseVault:
    return CaseVault(hub_key, SeededChance(seed))


@given(st.text())
def test_what_was_encrypted_comes_back(text: str) -> None:
    wrapped = vault().new_key("case/1")

    stored = vault().open_key("case/1", wrapped).encrypt("title", text)

    assert vault(seed="another").open_key("case/1", wrapped).decrypt("title", stored) == text


def test_the_same_text_is_stored_differently_each_time() -> None:
    one = vault()
    key = one.open_key("case/1", one.new_key("case/1"))

    assert key.encrypt("title", "text") != key.encrypt("title", "text")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_single_changed_byte_is_noticed(place: int, flip: int) -> None:
    one = vault()
    key = one.open_key("case/1", one.new_key("case/1"))
    stored = bytearray(key.encrypt("title", "a text"))
    stored[place % len(stored)] ^= flip

    with pytest.raises(CaseTextDamaged):
        key.decrypt("title", bytes(stored))


@given(st.binary(max_size=60))
def test_no_other_bytes_open(stored: bytes) -> None:
    one = vault()
    key = one.open_key("case/1", one.new_key("case/1"))

    with pytest.raises(CaseTextDamaged):
        key.decrypt("title", stored)
    with pytest.raises((CaseTextDamaged, WrongHubKey)):
        one.open_key("case/1", stored)


def test_a_text_moved_to_another_field_or_case_does_not_open() -> None:
    one = vault()
    wrapped = one.new_key("case/1")
    key = one.open_key("case/1", wrapped)
    stored = key.encrypt("title", "a text")

    with pytest.raises(CaseTextDamaged):
        key.decrypt("question", stored)
    with pytest.raises(CaseTextDamaged):
        one.open_key("case/2", wrapped)


def test_the_border_between_owner_and_field_cannot_be_moved() -> None:
    one = vault()
    same_key = SeededChance("one key")
    short = CaseVault(HUB_KEY, same_key)
    wrapped_a, wrapped_b = short.new_key("a"), vault().new_key("ab")
    stored = one.open_key("a", wrapped_a).encrypt("bc", "text")

    with pytest.raises(CaseTextDamaged):
        one.open_key("ab", wrapped_b).decrypt("c", stored)


def test_another_hub_key_is_told_from_damage() -> None:
    wrapped = vault().new_key("case/1")

    with pytest.raises(WrongHubKey, match="Restore the keys"):
        vault(hub_key=bytes(32)).open_key("case/1", wrapped)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_hub_key_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        vault(hub_key=bytes(size))


@given(st.text(max_size=20), st.binary(max_size=20), st.binary(max_size=20))
def test_a_mark_knows_a_secret_again_and_nothing_else(
    purpose: str, secret: bytes, other: bytes
) -> None:
    mark = vault().mark_of(purpose, secret)

    assert vault(seed="another").mark_of(purpose, secret) == mark
    assert vault(hub_key=b"x" * 32).mark_of(purpose, secret) != mark
    assert vault().mark_of(purpose + "x", secret) != mark
    assert (vault().mark_of(purpose, other) == mark) == (other == secret)
    assert vault().mark_of(purpose, secret, b"") != mark


def test_a_key_of_secrets_opens_with_all_of_them_only() -> None:
    stored = vault().key_of("filing", b"one", b"two").encrypt("answer", "a text")

    assert vault().key_of("filing", b"one", b"two").decrypt("answer", stored) == "a text"
    for purpose, *secrets in [
        ("filing", b"one"),
        ("filing", b"onetwo"),
        ("filing", b"one", b"two "),
        ("other", b"one", b"two"),
    ]:
        with pytest.raises(CaseTextDamaged):
            vault().key_of(purpose, *secrets).decrypt("answer", stored)
