"""How cases flow between hubs, as far as hubs chose to tell: how many hubs are in which band."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from content.coverage.reported import AT_LEAST, Reported, periods_of
from content.resources.statistics import Band, EscalationFlow

STEPS = tuple(EscalationFlow.model_fields)
"""What is told about escalations, in the order of a table."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of the flow in one quarter. hubs: how many are in which band, all bands named.

    at_least: the fewest escalations that the bands can stand for.
    """

    step: str
    hubs: Mapping[Band, int]
    at_least: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One quarter. hubs: how many told of it; telling: how many of them told about escalations."""

    period: str
    hubs: int
    telling: int
    steps: tuple[Step, ...]


def flow_of(told: Iterable[Reported], *, since: str | None = None) -> tuple[Flow, ...]:
    """
    Return the flow quarter by quarter, oldest first; since: from this quarter on.

    A hub that told nothing about escalations had under five each way, and is in the lowest bands.
    """
    everything = tuple(told)
    flows = []
    for period in periods_of(everything):
        if since is not None and period < since:
            continue
        here = [each.statistics.escalations for each in everything if each.period == period]
        steps = tuple(_step(name, here) for name in STEPS)
        telling = sum(each is not None for each in here)
        flows.append(Flow(period, len(here), telling, steps))
    return tuple(flows)


def _step(name: str, told: Iterable[EscalationFlow | None]) -> Step:
    bands = [Band.UNDER_5 if each is None else Band(getattr(each, name)) for each in told]
    counts = Counter(bands)
    return Step(name, {band: counts[band] for band in Band}, sum(AT_LEAST[band] for band in bands))
