"""What the tests of several hubs share."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.hubs.running import Network


@pytest.fixture
async def network(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> AsyncIterator[Network]:
    """Return a network without hubs; the test starts the ones it needs."""
    async with Network(tmp_path, unused_tcp_port_factory) as network:
        yield network
