"""
A hub's statistics of one quarter: made from its cases, shown before, published once if at all.

What is told is computed by content/resources/statistics.py alone, in bands; it leaves as a
resource of kind dataset on the usual way (docs/adr/0037-statistics.md).
"""

from collections import Counter
from datetime import date
from typing import ClassVar

import sqlite_utils

from content.cases.dates import begin_of
from content.cases.outcome import UNMET
from content.cases.status import AT_WORK
from content.changes import Act
from content.resources.record import MOST_IDS, ResourceRecord, read_record
from content.resources.resource import Resource
from content.resources.statistics import (
    Band,
    EscalationFlow,
    HubStatistics,
    PeriodWrong,
    days_of,
    summarise,
)
from content.times import to_text
from content.vocabulary import Vocabulary
from federation.errors import FederationError
from federation.hub import Hub, Identity
from federation.publishing import add_resource

SOURCE = "statistics"
_BECAME = {
    "esc-answered": "answered",
    "esc-confirmed": "answered",
    "esc-declined": "declined",
    "esc-expired": "declined",
}
_IN_WORDS = {Band.UNDER_5: "under 5", Band.FROM_5_TO_9: "5 to 9", Band.FROM_10: "10 or more"}


class StatisticsOff(FederationError):
    """This hub has not chosen to publish statistics."""

    code: ClassVar[str] = "statistics-off"

    def __init__(self) -> None:
        super().__init__(
            "This hub publishes no statistics. To choose otherwise, write "
            "publish_statistics = true in hub.toml."
        )


def statistics_of(db: sqlite_utils.Database, identity: Identity, period: str) -> HubStatistics:
    """
    Return what may be told of a quarter, as it stands now.

    Counted are requests that came to this hub itself, by the day they came; not those passed on
    by other hubs, not tlp-red, not those that are erased. Raises PeriodWrong.
    """
    first, following = days_of(period)
    zone = identity.timezone
    rows = db.execute(
        "select c.id, c.status, o.outcome from cases c"
        " left join case_outcomes o on o.case_id = c.id"
        " where c.wrapped_key is not null and c.escalated_from is null and c.label <> 'tlp-red'"
        " and c.created_at >= ? and c.created_at < ?",
        (to_text(begin_of(first, zone)), to_text(begin_of(following, zone))),
    ).fetchall()
    vocabulary = Vocabulary.load()
    asked: Counter[str] = Counter()
    unmet: Counter[str] = Counter()
    for case_id, status, outcome in rows:
        topics = db.execute("select topic from case_topics where case_id = ?", (case_id,))
        about = {
            each
            for (topic,) in topics.fetchall()
            if topic in vocabulary
            for each in (topic, *vocabulary.broader(topic))
        }
        asked.update(about)
        if outcome in UNMET or (outcome is None and status in AT_WORK):
            unmet.update(about)
    return summarise(period, len(rows), asked, unmet, _escalations(db, first, following, zone))


def _escalations(
    db: sqlite_utils.Database, first: date, following: date, zone: str
) -> Counter[str]:
    """Count the offers of a quarter, by the names of the fields of `EscalationFlow`."""
    rows = db.execute(
        "select direction, state, count(*) from escalations where label <> 'tlp-red'"
        " and created_at >= ? and created_at < ? group by direction, state",
        (to_text(begin_of(first, zone)), to_text(begin_of(following, zone))),
    )
    counts: Counter[str] = Counter()
    for direction, state, times in rows.fetchall():
        way = "sent" if direction == "out" else "received"
        counts[way] += times
        if state in _BECAME:
            counts[f"{way}_{_BECAME[state]}"] += times
    return counts


def statistics_record(identity: Identity, statistics: HubStatistics) -> ResourceRecord:
    """Return the record as it would be published: for people in words, the same for machines."""
    vocabulary = Vocabulary.load()
    said = [
        f"{vocabulary.label(each.topic)}: {_IN_WORDS[each.requests]}"
        + (" (5 or more without a full answer)" if each.unmet else "")
        for each in statistics.topics
    ]
    words = (
        f"Requests to {identity.name} in {statistics.period}: {_IN_WORDS[statistics.requests]}. "
        + (f"By topic: {'; '.join(said)}. " if said else "")
        + _flow_in_words(statistics.escalations)
        + "Every other topic: under 5, perhaps none. Counts are published in bands, once a quarter."
    )
    return read_record(
        {
            "title": {"en": f"Requests to {identity.name}, {statistics.period}"},
            "summary": {"en": words},
            "language": "en",
            "country": identity.country,
            "city": identity.city,
            "publisher": identity.name,
            "year": int(statistics.period[:4]),
            "kind": "dataset",
            "topics": [each.topic for each in statistics.topics][:MOST_IDS],
            "source": SOURCE,
            "source_id": statistics.period,
            "statistics": statistics.model_dump(mode="json", exclude_none=True),
        }
    )


def _flow_in_words(flow: EscalationFlow | None) -> str:
    if flow is None:
        return ""
    return (
        f"Cases offered to other hubs: {_IN_WORDS[flow.sent]} (answered: "
        f"{_IN_WORDS[flow.sent_answered]}; declined or not answered in time: "
        f"{_IN_WORDS[flow.sent_declined]}). Cases that other hubs offered: "
        f"{_IN_WORDS[flow.received]} (answered: {_IN_WORDS[flow.received_answered]}; declined or "
        f"not answered in time: {_IN_WORDS[flow.received_declined]}). "
    )


def publish_statistics(
    db: sqlite_utils.Database, hub: Hub, period: str, act: Act, today: date, *, chosen: bool
) -> Resource:
    """
    Publish the statistics of a quarter that is over, once for ever.

    chosen: whether this hub publishes statistics at all. today: in the time zone of the hub.
    Raises StatisticsOff, PeriodWrong, and what `add_resource` raises.
    """
    if not chosen:
        raise StatisticsOff
    _, following = days_of(period)
    if today < following:
        raise PeriodWrong(f"{period} is not over yet; its statistics can be published then.")
    if db.execute("select 1 from statistics_periods where period = ?", (period,)).fetchone():
        raise PeriodWrong(
            f"{period} was published already. A second version could tell of a single request."
        )
    record = statistics_record(hub.identity, statistics_of(db, hub.identity, period))
    resource = add_resource(db, hub, record, act)
    db.execute(
        "insert into statistics_periods (period, resource_id) values (?, ?)", (period, resource.id)
    )
    return resource
