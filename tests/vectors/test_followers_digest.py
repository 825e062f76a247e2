"""FEP-8fcf: the published digest of two followers."""

import json
from pathlib import Path
from typing import Any

import pytest

from protocol.followers_digest import followers_digest

CASES: list[Any] = json.loads(Path(__file__).with_name("fep-8fcf.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES)
def test_the_published_followers_have_their_published_digest(case: dict[str, Any]) -> None:
    assert followers_digest(case["followers"]) == case["digest"]
    assert followers_digest(reversed(case["followers"])) == case["digest"]
    assert followers_digest(case["followers"][:1]) == case["sha256"][0]
