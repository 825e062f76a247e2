"""What each hub has on each topic, hubs without anything too: where nothing is, others can help."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.coverage.matrix import Coverage
from content.hubs import HubEntry


@dataclass(frozen=True, slots=True)
class HubCover:
    """What one hub published on a topic. topic: None for all that it published."""

    host: str
    name: str
    city: str
    country: str
    topic: str | None
    resources: int
    experts: int


def covered_by_hub(
    hubs: Iterable[HubEntry], coverage: Coverage, topics: Sequence[str | None]
) -> tuple[HubCover, ...]:
    """Return what each hub has on each of the topics; topic by topic, hubs by name."""
    counts: dict[tuple[str, str | None], tuple[int, int]] = {
        (each.value, None): (each.resources, each.experts) for each in coverage.hubs
    }
    counts |= {(cell.hub, cell.topic): (cell.resources, cell.experts) for cell in coverage.by_hub}
    ordered = sorted(hubs, key=lambda each: (each.name, each.host))
    return tuple(
        HubCover(
            hub.host, hub.name, hub.city, hub.country, topic, *counts.get((hub.host, topic), (0, 0))
        )
        for topic in topics
        for hub in ordered
    )
