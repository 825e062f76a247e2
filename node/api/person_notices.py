"""What the caller should look at: cases that are theirs, due soon, overdue, drafts to read."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from content.people.notices import PersonNoticeKind, PersonNoticeStore
from content.people.permissions import Right
from node.api.models.common import Listing
from node.api.routes import Answer, ApiRoute, Body, Call, shaped

SUBJECT = "People"


class PersonNoticeAnswer(Answer):
    """
    A case or an escalation to look at, and why; never a text. seq: its number.

    case_id: null for an offer of another hub that nobody has accepted.
    """

    seq: int
    kind: PersonNoticeKind
    case_id: str | None
    escalation_id: str | None
    made_at: datetime


class Seen(Body):
    """upto: the number of the last notice that was looked at."""

    upto: Annotated[int, Field(ge=1, le=2**62)]


async def my_notices(call: Call) -> Listing[PersonNoticeAnswer]:
    """Return what the caller has not ticked off, newest first."""
    name = call.caller().name
    found = await call.read(lambda db: PersonNoticeStore(db).unseen(name))
    return Listing(items=[shaped(PersonNoticeAnswer, item) for item in found])


async def notices_seen(call: Call) -> None:
    """Tick off the caller's notices up to a number."""
    body: Seen = call.body
    act = call.act()
    await call.write(lambda db: PersonNoticeStore(db).see(act.by, act.at, upto=body.upto))


ROUTES = (
    ApiRoute(
        "GET",
        "/me/notices",
        my_notices,
        "Which cases want the caller",
        SUBJECT,
        Listing[PersonNoticeAnswer],
        right=Right.CASES_ASSIGNED,
    ),
    ApiRoute(
        "POST",
        "/me/notices/seen",
        notices_seen,
        "Tick notices off",
        SUBJECT,
        None,
        right=Right.CASES_ASSIGNED,
        body=Seen,
        status=204,
    ),
)
