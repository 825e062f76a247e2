"""Why somebody was given a case: what speaks for them, in the words of matching."""

from datetime import datetime

import sqlite_utils

from content.experts.accounts import ExpertAccountStore
from content.matching import DEFAULT_RULES
from content.matching_rules import MatchingRules
from federation.escalation.matching import match_case
from federation.hub import Hub
from protocol.ids import expert_id


def why_asked(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    user: str,
    now: datetime,
    *,
    rules: MatchingRules = DEFAULT_RULES,
) -> tuple[str, ...]:
    """
    Return what speaks for a user of this hub, perhaps nothing. Raises CaseNotFound, CaseErased.

    Who is a listed expert is known by the listing, too.
    """
    found = match_case(db, hub, case_id, now, rules=rules)
    listing = ExpertAccountStore(db).listing_of(user)
    them = {("staff", user)}
    if listing is not None:
        them.add(("expert", expert_id(hub.identity.origin, listing)))
    reasons = (why for each in found.items if (each.kind, each.id) in them for why in each.reasons)
    return tuple(dict.fromkeys(reasons))
