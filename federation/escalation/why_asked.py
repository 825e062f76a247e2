"""Why somebody was given a case: what speaks for them, in the words of matching."""

from datetime import datetime

import sqlite_utils

from content.matching import DEFAULT_RULES
from content.matching_rules import MatchingRules
from federation.escalation.matching import match_case
from federation.hub import Hub


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
    """
    found = match_case(db, hub, case_id, now, rules=rules)
    return next(
        (each.reasons for each in found.items if each.kind == "staff" and each.id == user), ()
    )
