"""RFC 8785: the reference implementation's documents and the numbers of appendix B."""

import json
import struct
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from protocol.canonical import canonicalize
from protocol.errors import NotCanonical

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("rfc8785.json").read_text())


@pytest.mark.parametrize("case", VECTORS["documents"], ids=lambda case: case["name"])
def test_a_published_document_has_its_published_canonical_form(case: dict[str, str]) -> None:
    document = json.loads(b64decode(case["input_base64"]))

    assert canonicalize(document) == b64decode(case["canonical_base64"])


@pytest.mark.parametrize("case", VECTORS["numbers"], ids=lambda case: case["ieee754_hex"])
def test_a_published_number_is_written_as_published_or_refused(case: dict[str, str]) -> None:
    number = struct.unpack(">d", bytes.fromhex(case["ieee754_hex"]))[0]

    if case["json"] == "ERROR":
        with pytest.raises(NotCanonical):
            canonicalize(number)
    else:
        assert canonicalize(number) == case["json"].encode()
