"""Who is in the story: four hubs, and who tells it."""

from collections.abc import Sequence

from node.demo.network import RunningHub
from node.demo.telling import Teller


class Cast:
    """The hubs by name, and who tells."""

    def __init__(self, hubs: Sequence[RunningHub], teller: Teller) -> None:
        self.hubs = hubs
        self.teller = teller
        self.amsterdam, self.barcelona, self.new_york, self.coalition = hubs
