"""
Whom to ask about a case: own staff and experts, experts of active peer hubs, and those hubs.

Experts of peers are seen here also when they are listed for the network only (tlp-green): the case
is matched by staff. The rules and their words are in content/matching.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import sqlite_utils

from content.cases.case import Case
from content.cases.request import Wanted
from content.cases.store import CaseStore
from content.experts.held import HeldExpertStore
from content.experts.hours import ExpertHoursStore
from content.experts.record import ExpertRecord
from content.experts.store import ExpertStore
from content.matching import DEFAULT_RULES, Candidate, Kind, Needs, match
from content.matching_rules import MatchingRules
from content.people.profiles import ProfileStore
from content.people.store import UserStore
from content.search import ResourceQuery, search_resources
from content.vocabulary import Vocabulary
from federation.escalation.answer_times import answer_times
from federation.escalation.exits import check_exit
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from federation.policy import Audience, Door, StaysHere, visible_labels
from protocol.ids import expert_id

MOST_MATCHES: Final = 20
MOST_LISTED: Final = 500
"""Of those who are only listed by name, as nobody is ranked."""
_ASKED_BY_TYPE: Final = {
    "req-training": Wanted.TRAINING,
    "req-policy-review": Wanted.REVIEW,
    "req-peer-contact": Wanted.INTRODUCTION,
}
"""What a request of that type wants, where it does not say so itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMatch:
    """
    Somebody who could answer a case.

    id: name of the user, URL of the expert, or host of the hub: what to escalate to is always
    `hub`. score: None where nobody is ranked. reasons: in words, the weightiest first. cautions:
    what speaks against it. A match tells what a case is about, so it is as confidential as the
    case.
    """

    kind: Kind
    id: str
    name: str
    hub: str
    score: float | None
    reasons: tuple[str, ...] = field(default=(), repr=False)
    cautions: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMatches:
    """
    Who could answer a case, the best first; or by name alone, if this hub ranks nobody.

    total: how many there are, of whom `items` are the first.
    """

    ranked: bool
    total: int
    items: tuple[CaseMatch, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    candidate: Candidate
    name: str
    hub: str


def match_case(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    now: datetime,
    *,
    rules: MatchingRules = DEFAULT_RULES,
) -> CaseMatches:
    """
    Return who could answer the case, at most 20 of them, the best first; nobody with no points.

    Where the rules are switched off: all who could be asked, by name. Raises CaseNotFound,
    CaseErased.
    """
    case = CaseStore(db, hub.vault).get(case_id)
    peers = PeerStore(db).active("hub")
    known = [
        *_own_staff(db, hub),
        *_own_experts(db, hub, now),
        *_peers_and_experts(db, hub, case, peers, now),
    ]
    if not rules.enabled:
        return _by_name(known)
    of = {(found.candidate.kind, found.candidate.id): found for found in known}
    matches = [
        found
        for found in match(_needs(case), [each.candidate for each in of.values()], rules)
        if found.score > 0
    ]
    items = []
    for found in matches[:MOST_MATCHES]:
        who = of[found.candidate.kind, found.candidate.id]
        items.append(
            CaseMatch(
                kind=found.candidate.kind,
                id=found.candidate.id,
                name=who.name,
                hub=who.hub,
                score=found.score,
                reasons=found.reasons,
                cautions=found.cautions,
            )
        )
    return CaseMatches(ranked=True, total=len(matches), items=tuple(items))


def _by_name(known: list[_Known]) -> CaseMatches:
    known.sort(key=lambda who: (who.name.casefold(), who.candidate.kind, who.candidate.id))
    items = tuple(
        CaseMatch(
            kind=who.candidate.kind, id=who.candidate.id, name=who.name, hub=who.hub, score=None
        )
        for who in known[:MOST_LISTED]
    )
    return CaseMatches(ranked=False, total=len(known), items=items)


def _needs(case: Case) -> Needs:
    wanted = case.wanted
    if not wanted and case.request_type in _ASKED_BY_TYPE:
        wanted = (_ASKED_BY_TYPE[case.request_type],)
    return Needs(
        topics=case.topics,
        languages=(case.language,),
        country=case.country,
        place=case.jurisdiction,
        wanted=wanted,
        organisation=case.requester.organisation,
    )


def _own_staff(db: sqlite_utils.Database, hub: Hub) -> Iterator[_Known]:
    users = UserStore(db)
    for name, profile in ProfileStore(db).of_active().items():
        candidate = Candidate(
            id=name,
            kind="staff",
            here=True,
            topics=profile.topics,
            languages=profile.languages,
            countries=(hub.identity.country,),
        )
        yield _Known(candidate, users.get(name).display_name, hub.identity.host)


def _own_experts(db: sqlite_utils.Database, hub: Hub, now: datetime) -> Iterator[_Known]:
    worked = ExpertHoursStore(db).of_month(now.astimezone(ZoneInfo(hub.identity.timezone)).date())
    for expert in ExpertStore(db).active():
        candidate = _candidate(
            expert_id(hub.identity.origin, expert.id),
            expert.record,
            now,
            here=True,
            minutes_logged=worked.get(expert.id, 0),
        )
        yield _Known(candidate, expert.record.name, hub.identity.host)


def _peers_and_experts(
    db: sqlite_utils.Database, hub: Hub, case: Case, peers: list[Peer], now: datetime
) -> Iterator[_Known]:
    """Experts of other hubs, and the hubs as a whole: what their experts and resources cover."""
    covered, times = _covered_by_resources(db, case.topics), answer_times(db)
    for peer in peers:
        hindrance = _hindrance(db, case, hub, peer)
        topics = list(covered.get(peer.host, ()))
        for held in HeldExpertStore(db).of(peer.host):
            topics.extend(held.record.topics)
            candidate = _candidate(held.url, held.record, now, hindrance=hindrance)
            yield _Known(candidate, held.record.name, peer.host)
        whole = Candidate(
            id=peer.host,
            kind="hub",
            topics=tuple(dict.fromkeys(topics)),
            languages=(peer.language,) if peer.language else (),
            countries=(peer.country,) if peer.country else (),
            city=peer.city,
            times=times.get(peer.host),
            hindrance=hindrance,
        )
        yield _Known(whole, peer.name, peer.host)


def _covered_by_resources(
    db: sqlite_utils.Database, topics: tuple[str, ...]
) -> dict[str, list[str]]:
    """Return for each host on which of these topics, or narrower ones, it has resources."""
    labels = visible_labels(Door.API, Audience.STAFF)
    known = frozenset(Vocabulary.load().ids("topics"))
    covered: dict[str, list[str]] = {}
    for topic in topics:
        if topic not in known:
            continue
        found = search_resources(db, ResourceQuery(topic=topic, labels=labels, limit=1))
        for facet in found.facets["hub"]:
            covered.setdefault(facet.value, []).append(topic)
    return covered


def _hindrance(db: sqlite_utils.Database, case: Case, hub: Hub, peer: Peer) -> str:
    """Return why the exit rule would keep the case from that hub, or "" if it would not."""
    try:
        check_exit(db, hub, case, peer)
    except StaysHere as stays:
        return stays.reason
    return ""


def _candidate(
    url: str,
    record: ExpertRecord,
    now: datetime,
    *,
    here: bool = False,
    minutes_logged: int | None = None,
    hindrance: str = "",
) -> Candidate:
    confirmed = record.confirmed_at or record.consent_at
    return Candidate(
        id=url,
        here=here,
        topics=record.topics,
        languages=record.languages,
        countries=record.jurisdictions,
        organisation=record.organisation or "",
        offers=record.offers,
        hours_a_month=record.capacity_hours or None,
        minutes_logged=minutes_logged,
        conflicts=record.conflicts,
        days_unconfirmed=None if confirmed is None else (now - confirmed).days,
        hindrance=hindrance,
    )
