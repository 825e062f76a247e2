"""Sealed blobs: every part opens at its place only, and nothing else opens."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.blobs import (
    PART_BYTES,
    SEALED_PART_BYTES,
    name_of_blob,
    open_part,
    parts_of,
    seal_part,
)
from protocol.errors import SealBroken

KEY = b"k" * 32


@given(
    st.sampled_from([1, 2, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES]), st.binary()
)
def test_a_file_comes_back_and_its_blob_has_whole_parts(size: int, seed: bytes) -> None:
    data = (hashlib.sha256(seed).digest() * (size // 32 + 1))[:size]
    sealed = [seal_part(data, KEY, place) for place in range(parts_of(size))]

    opened = [open_part(each, KEY, place, size) for place, each in enumerate(sealed)]

    assert b"".join(opened) == data
    assert {len(each) for each in sealed} == {SEALED_PART_BYTES}
    assert name_of_blob(data, KEY) == hashlib.sha256(b"".join(sealed)).hexdigest()


def test_a_part_opens_with_its_key_at_its_place_of_a_file_of_its_size_only() -> None:
    data = b"x" * (2 * PART_BYTES + 7)
    sealed = [seal_part(data, KEY, place) for place in range(3)]
    size = len(data)

    for part, key, place, length in (
        (sealed[0], b"z" * 32, 0, size),
        (sealed[0], KEY, 1, size),
        (sealed[2], KEY, 1, size),
        (sealed[1], KEY, 1, 2 * PART_BYTES),  # cut off behind the second part
        (sealed[2], KEY, 2, size - 1),  # what is filled up is not zeros
        (sealed[0][:-1], KEY, 0, size),
        (b"", KEY, 0, size),
    ):
        with pytest.raises(SealBroken):
            open_part(part, key, place, length)
