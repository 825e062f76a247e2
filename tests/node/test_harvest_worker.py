"""The server harvests by itself."""

from node.clock import WallClock
from node.workers import Workers
from tests.federation.harvesting.conftest import Harvester, harvester
from tests.harvest_source import FileServer

__all__ = ["harvester"]
FEED = (
    b"<rss version='2.0'><channel><title>C</title>"
    b"<item><title>One</title><guid>1</guid></item></channel></rss>"
)


async def test_the_server_asks_a_new_source_by_itself(harvester: Harvester) -> None:
    async with FileServer(body=FEED) as server:
        await harvester.add(server, "/feed", "feed")
        node = harvester.node
        node.clock = WallClock()
        workers = Workers(node, alone=True)

        workers.start()
        try:
            while not (seen := node.bell.rings) or not await harvester.count("harvest_runs"):
                await node.bell.heard(seen)
        finally:
            await workers.stop()

        assert await harvester.titles() == ["One"]
        assert server.asked == ["/feed"]
