"""A pair of peers on real files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.federation.escalation.pair import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Give two hubs that are active peers of each other."""
    found = Pair(tmp_path)
    yield found
    found.close()
