"""
Whom to ask instead of a hub that declined, did not decide or proposes another: the best after it.

Only active peers can be asked. Of a hub that is none, people learn what to do before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import sqlite_utils

from content.cases.status import AT_WORK
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.matching import DEFAULT_RULES
from content.matching_rules import MatchingRules
from federation.escalation.escalation import Escalation
from federation.escalation.matching import match_case
from federation.escalation.states import OPEN
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from federation.policy import Audience

MOST_MATCHED: Final = 3
_OVER: Final = frozenset({"esc-declined", "esc-expired", "esc-withdrawn"})
Standing = Literal["can-be-asked", "asked", "not-approved", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHub:
    """
    A hub that could be asked instead.

    suggested_by: host of the hub that named it, None if it is the best match here. standing:
    asked means that it has this case, or had it; unknown that it is no peer. says: the same in
    words. reasons: why it fits, of a match.
    """

    host: str
    name: str
    suggested_by: str | None
    standing: Standing
    says: str
    reasons: tuple[str, ...] = field(default=(), repr=False)


def next_hubs(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    now: datetime,
    *,
    rules: MatchingRules = DEFAULT_RULES,
) -> tuple[NextHub, ...]:
    """
    Return whom to ask instead: nobody once the case is at rest, or while it is under way; but then
    the hub to which the other proposes to hand it on.
    """
    proposed = escalation.state == "esc-info-needed" and bool(escalation.refer)
    asks = escalation.state in _OVER or proposed
    if escalation.direction == "in" or not asks or escalation.case_id is None:
        return ()
    try:
        case = CaseStore(db, hub.vault).get(escalation.case_id)
    except (CaseErased, CaseNotFound):
        return ()
    if case.status not in AT_WORK:
        return ()
    had = {
        other.peer: other
        for other in EscalationStore(db, hub.vault).of_case(case.id)
        if other.direction == "out"
    }
    named = [
        _named(db, escalation.peer, host, had)
        for host in dict.fromkeys(escalation.refer)
        if host != hub.identity.host
    ]
    if proposed:
        return tuple(named)
    known = {each.host for each in named} | set(had)
    matched = _matched(db, hub, case.id, now, rules, known)
    return (*named, *(each for each, _ in zip(matched, range(MOST_MATCHED), strict=False)))


def _named(db: sqlite_utils.Database, by: str, host: str, had: dict[str, Escalation]) -> NextHub:
    peer = PeerStore(db).find(host)
    before = had.get(host)
    standing: Standing
    if before is not None:
        standing, says = "asked", f"Has this case already ({before.state})."
        if before.state not in OPEN:
            says = f"Was asked before; that ended as {before.state}."
    elif peer is None or not peer.is_hub:
        standing = "unknown"
        says = "Is not known here. It can be asked once both hubs have approved each other."
    elif peer.audience is not Audience.PEER:
        standing, says = "not-approved", f"Cannot be asked yet. {peer.words}"
    else:
        standing, says = "can-be-asked", "Can be asked."
    return NextHub(host=host, name=_name(peer, host), suggested_by=by, standing=standing, says=says)


def _matched(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    now: datetime,
    rules: MatchingRules,
    known: set[str],
) -> Iterator[NextHub]:
    for found in match_case(db, hub, case_id, now, rules=rules).items:
        if found.hub not in known and found.hub != hub.identity.host:
            known.add(found.hub)
            peer = PeerStore(db).find(found.hub)
            yield NextHub(
                host=found.hub,
                name=_name(peer, found.hub),
                suggested_by=None,
                standing="can-be-asked",
                says="Can be asked.",
                reasons=found.reasons,
            )


def _name(peer: Peer | None, host: str) -> str:
    return host if peer is None else peer.name
