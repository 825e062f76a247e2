"""
The coalition's view: coverage, gaps, freshness, progress, flow and trends, out of what is held.

A pure function of the logs, for whoever asks, staff too: only what may be shown to everybody is
counted, so two coalitions that hold the same logs tell the same (DESIGN.md 4). The one exception
is when a hub was last heard, which is this node's own. docs/coverage.md tells the method.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.coverage.flow import Flow, flow_of
from content.coverage.frameworks import FrameworkProgress, Shown, held_items, progress
from content.coverage.freshness import Held, HubFreshness, age_of
from content.coverage.gaps import Gaps, find_gaps
from content.coverage.matrix import Coverage, cover
from content.coverage.places import HubCover, covered_by_hub
from content.coverage.reported import Reported, reported
from content.coverage.trends import Done, Trends, quarter_of, trends
from content.hubs import HubDirectory, HubEntry
from federation.figures import Figure
from federation.forks import ForkStore
from federation.hub import Hub, Node
from federation.log import Log
from federation.policy import Audience, Door, visible_labels
from federation.shared_frameworks import own_items
from federation.shorter import ShorterStore
from federation.withheld import WithheldStore
from protocol.log_entries import read_header
from protocol.moments import read_stamp

PUBLIC = visible_labels(Door.API, Audience.EVERYONE)
"""All that is counted, whoever asks."""


@dataclass(frozen=True, slots=True)
class CoalitionView:
    """Everything at once, as `hub report` prints it."""

    coverage: Coverage
    by_hub: tuple[HubCover, ...]
    gaps: Gaps
    hubs: tuple[HubFreshness, ...]
    framework: FrameworkProgress
    flow: tuple[Flow, ...]
    trends: Trends


def view(
    db: sqlite_utils.Database, node: Node, now: datetime, *, since: str | None = None
) -> CoalitionView:
    """Return the whole view. since: a month, such as 2026-01, from which on trends are told."""
    return CoalitionView(
        coverage(db, node, now).value,
        by_hub(db, node, now).value,
        gaps(db, node, now),
        freshness(db, node.hub, now),
        framework(db, node.hub),
        flow(db, node.hub, since=since),
        development(db, node, now, since=since),
    )


def coverage(db: sqlite_utils.Database, node: Node, now: datetime) -> Figure[Coverage]:
    """Return the coverage matrix, and when it was counted."""

    def count(db: sqlite_utils.Database) -> Coverage:
        sources = {entry.host for entry in HubDirectory(db).list("source")}
        return cover(db, PUBLIC, host=node.hub.identity.host, without=sources)

    return node.memory.figures.get(db, "coverage", now, count)


def by_hub(
    db: sqlite_utils.Database, node: Node, now: datetime, topic: str | None = None
) -> Figure[tuple[HubCover, ...]]:
    """Return what each hub has on a topic, or on all; coalitions and sources are no hubs."""
    found = coverage(db, node, now)
    topics = [each.value for each in found.value.topics] if topic is None else [topic]
    return Figure(covered_by_hub(_hubs(db, node.hub), found.value, [None, *topics]), found.at)


def gaps(db: sqlite_utils.Database, node: Node, now: datetime, period: str | None = None) -> Gaps:
    """Return the gaps of a quarter, the newest that anybody told of if none is named."""
    return find_gaps(_told(db, node.hub), coverage(db, node, now).value, period)


def freshness(db: sqlite_utils.Database, hub: Hub, now: datetime) -> tuple[HubFreshness, ...]:
    """Return how fresh what is held of each hub is, by name; coalitions and sources are no hubs."""
    found = [_fresh(db, entry, now) for entry in _hubs(db, hub)]
    return tuple(sorted(found, key=lambda each: (each.name, each.host)))


def framework(db: sqlite_utils.Database, hub: Hub) -> FrameworkProgress:
    """Return how far hubs are with the framework, as far as they show it to everybody."""
    ours = [
        Shown(
            hub.identity.host,
            item.shared.item.id,
            None if item.shared.score is None else item.shared.score.level,
        )
        for item in own_items(db, hub, PUBLIC)
    ]
    return progress([*ours, *held_items(db, PUBLIC)])


def flow(db: sqlite_utils.Database, hub: Hub, *, since: str | None = None) -> tuple[Flow, ...]:
    """Return how cases flow between hubs, as far as they tell. since: a month."""
    return flow_of(_told(db, hub), since=None if since is None else quarter_of(since))


def development(
    db: sqlite_utils.Database, node: Node, now: datetime, *, since: str | None = None
) -> Trends:
    """Return what was published month by month, and asked quarter by quarter. since: a month."""
    done = node.memory.figures.get(db, "months", now, lambda db: tuple(_done(db, node.hub)))
    return trends(done.value, _told(db, node.hub), now, since=since)


def _told(db: sqlite_utils.Database, hub: Hub) -> tuple[Reported, ...]:
    return reported(db, PUBLIC, host=hub.identity.host, language=hub.identity.language)


def _hubs(db: sqlite_utils.Database, hub: Hub) -> list[HubEntry]:
    others, us = list(HubDirectory(db).list("hub")), hub.identity
    if us.kind == "coalition":
        return others
    own = HubEntry(
        host=us.host,
        name=us.name,
        city=us.city,
        country=us.country,
        language=us.language,
        kind="self",
        g=us.g,
        actor=us.actor,
    )
    return [own, *others]


def _done(db: sqlite_utils.Database, hub: Hub) -> Iterator[Done]:
    """Count the entries of the public logs of all who are known here, month by month."""
    rows = db.execute(
        "select log, substr(header, 8, 7), op, count(*) from log_entries"
        " where log in (select g from hubs where g is not null union select ?)"
        " and op in ('Create', 'Update', 'Delete')"
        " group by log, substr(header, 8, 7), op",
        (hub.identity.g,),
    )
    yield from (Done(*row) for row in rows.fetchall())


def _fresh(db: sqlite_utils.Database, entry: HubEntry, now: datetime) -> HubFreshness:
    head = None if entry.g is None else Log(db).head(entry.g)
    published = None if entry.g is None else _last_said(db, entry.g)
    return HubFreshness(
        host=entry.host,
        name=entry.name,
        city=entry.city,
        country=entry.country,
        entries=0 if head is None else head.seq,
        newest_at=None if head is None else read_stamp(head.header.at),
        published_at=published,
        age=age_of(published, now),
        verified=_verified(db, entry.g, 0 if head is None else head.seq),
        last_contact_at=entry.last_heard_at,
    )


def _last_said(db: sqlite_utils.Database, g: str) -> datetime | None:
    """Return when a hub last published, changed or took back anything, by its public log."""
    row = db.execute(
        "select header from log_entries where log = ? and op <> 'Manifest'"
        " and document is not null order by seq desc limit 1",
        (g,),
    ).fetchone()
    return None if row is None else read_stamp(read_header(json.loads(row[0])).at)


def _verified(db: sqlite_utils.Database, g: str | None, seq: int) -> Held:
    """Return how much of a log is here. What is stored was proven before, entry by entry."""
    if g is None or not seq:
        return "nothing"
    if ForkStore(db).frozen_at(g) is not None or ShorterStore(db).open_of(g) is not None:
        return "disputed"
    (count,) = db.execute("select count(*) from log_entries where log = ?", (g,)).fetchone()
    return "whole" if count == seq and not WithheldStore(db).of(g, 1) else "incomplete"
