"""Where needs are and help is missing: topics that hubs marked as unmet, beside what there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from content.coverage.matrix import Coverage
from content.coverage.reported import AT_LEAST, Reported, periods_of


@dataclass(frozen=True, slots=True)
class Gap:
    """
    A topic on which requests stayed open, or on which there are requests and no resource.

    hubs: how many told of five requests or more on it; hubs_unmet: how many of them marked it as
    unmet. requests_at_least: the fewest that their bands can stand for. rising: more than in the
    quarter before, by the same measure; None where nobody told of that. missing_languages: own
    languages of hubs that marked it, in which no resource on it is known.
    """

    topic: str
    hubs: int
    hubs_unmet: int
    requests_at_least: int
    rising: bool | None
    resources: int
    experts: int
    missing_languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of one quarter; period None: no hub told anything. periods: all that are told of."""

    period: str | None
    periods: tuple[str, ...]
    hubs: int
    gaps: tuple[Gap, ...]


def find_gaps(told: Iterable[Reported], coverage: Coverage, period: str | None = None) -> Gaps:
    """
    Return the gaps of a quarter, the newest if none is named: the most hubs that marked it first.

    A pure function: the same records give the same gaps, wherever it is asked.
    """
    everything = tuple(told)
    periods = periods_of(everything)
    period = period or (periods[-1] if periods else None)
    if period is None:
        return Gaps(None, (), 0, ())
    here = [each for each in everything if each.period == period]
    before = [each for each in everything if each.period == quarter_before(period)]
    found = [
        gap
        for topic in sorted({line.topic for each in here for line in each.statistics.topics})
        if (gap := _gap(topic, here, before, coverage)).hubs_unmet or not gap.resources
    ]
    found.sort(key=lambda gap: (-gap.hubs_unmet, gap.resources, -gap.requests_at_least, gap.topic))
    return Gaps(period, periods, len(here), tuple(found))


def quarter_before(period: str) -> str:
    """Return the name of the quarter before one such as 2026-Q1."""
    year, quarter = int(period[:4]), int(period[-1])
    return f"{year}-Q{quarter - 1}" if quarter > 1 else f"{year - 1}-Q4"


def _gap(topic: str, here: list[Reported], before: list[Reported], coverage: Coverage) -> Gap:
    lines = [
        (each, line) for each in here for line in each.statistics.topics if line.topic == topic
    ]
    known, spoken = coverage.on(topic), coverage.languages_of(topic)
    missing = {each.language for each, line in lines if line.unmet} - spoken - {""}
    requests = _requests(topic, here)
    return Gap(
        topic=topic,
        hubs=len(lines),
        hubs_unmet=sum(line.unmet for _, line in lines),
        requests_at_least=requests,
        rising=requests > _requests(topic, before) if before else None,
        resources=known.resources,
        experts=known.experts,
        missing_languages=tuple(sorted(missing)),
    )


def _requests(topic: str, told: list[Reported]) -> int:
    return sum(
        AT_LEAST[line.requests]
        for each in told
        for line in each.statistics.topics
        if line.topic == topic
    )
