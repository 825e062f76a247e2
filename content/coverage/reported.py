"""What hubs told of their requests: the statistics that they chose to publish, by quarter."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlite_utils

from content.hubs import HubDirectory
from content.language import primary_language
from content.resources.record import ResourceRecord
from content.resources.statistics import Band, HubStatistics

HAS_STATISTICS = "instr(record, '\"statistics\":{') > 0"
"""As in the indexes of the migration: in a text of JSON the signs would be escaped."""
AT_LEAST = {Band.UNDER_5: 0, Band.FROM_5_TO_9: 5, Band.FROM_10: 10}
"""The fewest requests that a band can stand for: what may be added up."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What one hub told about one quarter. language: the first part of the hub's own."""

    hub: str
    language: str
    statistics: HubStatistics

    @property
    def period(self) -> str:
        """The quarter, such as 2026-Q3."""
        return self.statistics.period


def reported(
    db: sqlite_utils.Database, labels: Collection[str], *, host: str, language: str
) -> tuple[Reported, ...]:
    """
    Return what hubs told, by quarter and hub. Of two records of one hub for one quarter the first
    counts, so that nobody counts twice. Reads only.

    labels: what may be counted, from policy.visible_labels. host, language: of this hub.
    """
    languages = {entry.host: primary_language(entry.language) for entry in HubDirectory(db).list()}
    languages[host] = primary_language(language)
    found: dict[tuple[str, str], Reported] = {}
    for whose, label, stored in _records(db, host):
        record = ResourceRecord.model_validate_json(stored)
        if record.statistics is None or (label or record.label.value) not in labels:
            continue
        each = Reported(whose, languages.get(whose, ""), record.statistics)
        found.setdefault((each.period, whose), each)
    return tuple(found[key] for key in sorted(found))


def periods_of(told: Iterable[Reported]) -> tuple[str, ...]:
    """Return the quarters that anybody told of, the oldest first."""
    return tuple(sorted({each.period for each in told}))


def _records(db: sqlite_utils.Database, own: str) -> Iterable[tuple[str, str | None, str]]:
    ours = db.execute(
        "select record from resources indexed by resources_with_statistics"  # noqa: S608
        f" where state = 'published' and {HAS_STATISTICS} order by id"
    )
    yield from [(own, None, row[0]) for row in ours.fetchall()]
    theirs = db.execute(
        f"select hub, label, record from held_resources where {HAS_STATISTICS}"  # noqa: S608 - our words
        " and origin_kind = 'hub' order by hub, ref"
    )
    yield from theirs.fetchall()
