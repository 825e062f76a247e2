"""
Who sees which case: all of them, the assigned ones, or none.

To somebody who may not see a case it does not exist: the same refusal as for an id that was
never given out (SECURITY.md S35).
"""

from dataclasses import replace

from content.cases.case import Case
from content.cases.listing import CaseFilter
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.people.authentication import Principal
from content.people.permissions import NotAllowed, Right


def case_seen_by(principal: Principal, cases: CaseStore, case_id: str) -> Case:
    """Return the case if the principal may read it. Raises CaseNotFound; CaseErased to staff."""
    if principal.may(Right.CASES_READ):
        return cases.get(case_id)
    if not principal.may(Right.CASES_ASSIGNED):
        raise CaseNotFound(case_id)
    try:
        case = cases.get(case_id)
    except CaseErased:
        raise CaseNotFound(case_id) from None
    if principal.name not in case.assigned_to:
        raise CaseNotFound(case_id)
    return case


def seen_by(principal: Principal, wanted: CaseFilter) -> CaseFilter:
    """Return the filter, narrowed to what the principal may see. Raises NotAllowed."""
    if principal.may(Right.CASES_READ):
        return wanted
    if not principal.may(Right.CASES_ASSIGNED) or wanted.assigned_to not in (None, principal.name):
        raise NotAllowed(Right.CASES_READ)
    return replace(wanted, assigned_to=principal.name)
