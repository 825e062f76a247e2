"""A node on the real stack, and servers of others on this machine that it may talk to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.hub import Node
from tests.nodes_at_work import open_node
from tests.seams import FixedClock
from tests.strangers_at_work import HubStranger, Stranger


@pytest.fixture
async def ann() -> AsyncIterator[Stranger]:
    async with await Stranger.start("ann") as server:
        yield server


@pytest.fixture
async def bob() -> AsyncIterator[Stranger]:
    async with await Stranger.start("bob", "127.0.0.2") as server:
        yield server


@pytest.fixture
async def peer() -> AsyncIterator[HubStranger]:
    """Start the server of a hub; with make_peer it becomes one that the node knows."""
    async with await HubStranger.start("barcelona", "127.0.0.2") as server:
        yield server


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def node(
    tmp_path: Path, ann: Stranger, bob: Stranger, peer: HubStranger, clock: FixedClock
) -> AsyncIterator[Node]:
    async with open_node(tmp_path, trusting=[ann, bob, peer], clock=clock) as node:
        yield node
