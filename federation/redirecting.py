"""Redirecting a personal matter: the case is erased, and its requester is shown who can help."""

from datetime import timedelta
from typing import ClassVar, Final

import sqlite_utils

from content.cases.case import RequesterRole
from content.cases.receipt_store import ReceiptStore
from content.cases.store import CaseStore
from content.changes import Act
from content.redress import RedressBody, RedressStore
from federation.errors import FederationError
from federation.hub import Hub
from federation.law.erasing import erase_case

SHOWN_DAYS: Final = 90
"""How long somebody who was redirected can look up where to turn."""


GRIEVANCE: Final = "req-individual-complaint"
"""The kind of request that is a complaint of one person."""


def is_personal(request_type: str | None, role: RequesterRole, *, personal_matter: bool) -> bool:
    """
    Return whether a request is a personal grievance, which no helpdesk for policy takes up.

    One rule for every door: it is redirected to the redress bodies, and not kept.
    """
    return request_type == GRIEVANCE or (personal_matter and role is RequesterRole.RESIDENT)


class NobodyToTurnTo(FederationError):
    """The list of redress bodies has nobody for the country and topics of the case."""

    code: ClassVar[str] = "nobody-to-turn-to"

    def __init__(self) -> None:
        super().__init__(
            "The list of redress bodies has nobody for this case. Name one of another country, or"
            " add one: hub redress add"
        )


def bodies_for(
    db: sqlite_utils.Database, hub: Hub, case_id: str, named: tuple[str, ...] = ()
) -> tuple[RedressBody, ...]:
    """
    Return who can help: those named by id, else those for country and topics of the case.

    Raises RedressNotFound, NobodyToTurnTo, CaseNotFound, CaseErased.
    """
    case, bodies = CaseStore(db, hub.vault).get(case_id), RedressStore(db)
    if named:
        return tuple(bodies.get(each) for each in named)
    found = bodies.find(case.country, case.topics)
    if not found:
        raise NobodyToTurnTo
    return found


def redirect_case(
    db: sqlite_utils.Database, hub: Hub, case_id: str, named: tuple[str, ...], act: Act
) -> tuple[RedressBody, ...]:
    """
    Erase a case, and let its receipt code show these bodies for 90 days; return them.

    Whoever calls this writes the file anew after the commit. Raises as `bodies_for`, and
    CaseHeld.
    """
    bodies = bodies_for(db, hub, case_id, named)
    erase_case(db, hub, case_id, act, asked=False)
    ids = tuple(body.id for body in bodies)
    until = act.at + timedelta(days=SHOWN_DAYS)
    ReceiptStore(db, hub.vault).redirect(case_id, ids, until, act)
    return bodies
