"""What those who were given a case say to it, and how long they worked, for people of this hub."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal

import sqlite_utils
from pydantic import Field

from content.cases.access import case_seen_by
from content.cases.assignments import AssignmentState, AssignmentStore
from content.cases.dates import day_of
from content.cases.in_common import in_common
from content.cases.store import CaseStore
from content.cases.work import CaseWork
from content.people.permissions import Right
from federation.escalation.why_asked import why_asked
from node.api.cases import unknown_case
from node.api.routes import Answer, ApiRoute, Body, Call, Handler, shaped
from node.casework import begin_work

SUBJECT = "Cases"


class AssignmentAnswer(Answer):
    """
    One person on a case. state: asked until they answered. minutes: worked on it.

    no_conflict_at: when they declared that they have no conflict of interest in it; null where
    nobody asked them, as in earlier versions.
    """

    user: str
    state: AssignmentState
    answered_at: datetime | None
    minutes: int
    no_conflict_at: datetime | None


class InCommonAnswer(Answer):
    """
    What the caller has in common with a case: ids of topics, languages, countries whose law.

    hours_a_month: that their listing offers, null without one; minutes_this_month: of them worked.
    """

    topics: tuple[str, ...]
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    hours_a_month: int | None
    minutes_this_month: int


class PeopleAnswer(Answer):
    """
    Who is on a case. why_you: what speaks for the caller, of all that matching knows of them.

    in_common: the facts behind it, and the hours of the caller.
    """

    items: list[AssignmentAnswer]
    why_you: tuple[str, ...]
    in_common: InCommonAnswer


class TakingOn(Body):
    """
    What whoever takes on a case declares, staff as well as experts; it is kept with the case.

    no_conflict: true for "I have no conflict of interest in this matter". Who cannot say so
    declines, with the reason.
    """

    no_conflict: bool = False


class Declining(Body):
    """Why; a note in the case."""

    reason: Annotated[str, Field(min_length=1, max_length=64 * 1024)]


class Hours(Body):
    """How long one worked, and on which day; without it today."""

    hours: Annotated[float, Field(gt=0, le=24)]
    day: date | None = None


async def people_of_case(call: Call) -> PeopleAnswer:
    """Return who is on a case."""

    def look(db: sqlite_utils.Database) -> PeopleAnswer:
        case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])
        return _people(db, call)

    return await call.read_noted(look, "case.read", call.path["id"])


async def take_part(call: Call) -> PeopleAnswer:
    """Take on a case that was given to the caller, who has no conflict of interest in it."""
    body: TakingOn = call.body
    return await _do(call, lambda work, case: work.accept(case, no_conflict=body.no_conflict))


async def decline_part(call: Call) -> PeopleAnswer:
    """Decline a case that was given to the caller."""
    body: Declining = call.body
    return await _do(call, lambda work, case: work.decline(case, body.reason))


async def log_hours(call: Call) -> PeopleAnswer:
    """Note how long the caller worked on a case of theirs."""
    body: Hours = call.body
    return await _do(call, lambda work, case: work.log_hours(case, body.hours, body.day))


async def _do(call: Call, step: Callable[[CaseWork, str], object]) -> PeopleAnswer:
    act, case_id = call.act(), call.path["id"]

    def work(db: sqlite_utils.Database) -> PeopleAnswer:
        case_seen_by(call.caller(), CaseStore(db, call.hub.vault), case_id)
        step(begin_work(db, call.hub, call.settings, act), case_id)
        return _people(db, call)

    return await call.write(work)


def _people(db: sqlite_utils.Database, call: Call) -> PeopleAnswer:
    found = AssignmentStore(db).of(call.path["id"])
    case, me, now = call.path["id"], call.caller().name, call.node.clock.now()
    shared = in_common(
        db, CaseStore(db, call.hub.vault).get(case), me, day_of(now, call.hub.identity.timezone)
    )
    return PeopleAnswer(
        items=[shaped(AssignmentAnswer, each) for each in found],
        why_you=why_asked(db, call.hub, case, me, now, rules=call.settings.matching),
        in_common=shaped(InCommonAnswer, shared),
    )


def _route(
    method: Literal["GET", "POST"],
    path: str,
    handler: Handler,
    summary: str,
    body: type | None = None,
) -> ApiRoute:
    return ApiRoute(
        method,
        f"/cases/{{id}}/people{path}",
        handler,
        summary,
        SUBJECT,
        PeopleAnswer,
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
        body=body,
    )


ROUTES = (
    _route("GET", "", people_of_case, "Who is on a case, and how far"),
    _route("POST", "/accept", take_part, "Take on what was given to the caller", TakingOn),
    _route("POST", "/decline", decline_part, "Decline what was given to the caller", Declining),
    _route("POST", "/hours", log_hours, "Note how long the caller worked", Hours),
)
