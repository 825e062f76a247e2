"""
The page of a request for its requester: what it shows, and doing what they ask before it is shown.

Every answer is this page, so that a requester always sees how things stand.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import sqlite_utils
from aiohttp import web

from content.cases.case import CaseInvalid, NotAnsweredYet
from content.cases.request import MayEscalate
from content.cases.status import CaseStatus
from content.hubs import HubDirectory
from content.redress import RedressStore
from federation import requesters
from federation.hub import Hub
from federation.requester_correcting import CORRECTED, own_details
from federation.requesters import NotPossibleNow
from node.app_keys import LIMITER, NODE, SETTINGS
from node.limits import REPLIES_PER_ADDRESS
from node.web.draft import hosts_offered
from node.web.pages import private, render
from node.web.times import times_of

SECTION = "ask"
Change = Callable[[sqlite_utils.Database, Hub], None]


async def change(
    request: web.Request, code: str, change: Change, *, said: str, typed: str = ""
) -> web.Response:
    """Do what was asked and show the request as it is then; what was typed stays if it failed."""
    node = request.app[NODE]
    try:
        await node.database.write(lambda db: change(db, node.hub))
    except (NotPossibleNow, NotAnsweredYet):
        return await shown(request, code, said="not-now", typed=typed)
    except CaseInvalid:
        return await shown(request, code, wrong=("text",), typed=typed)
    node.bell.ring()
    return await shown(request, code, said=said)


async def shown(
    request: web.Request,
    code: str,
    *,
    said: str = "",
    wrong: tuple[str, ...] = (),
    typed: str = "",
    details: Mapping[str, str] | None = None,
) -> web.Response:
    """
    Return the page. said: what was done or could not be. wrong: fields to look at again.

    typed, details: what stands in the fields of the reply, and of who asks.
    """
    node = request.app[NODE]
    view = await view_of(request, code)
    held = None
    if view.status is not CaseStatus.ERASED:
        held = await node.database.read(lambda db: own_details(db, node.hub, code))
    bodies, hubs = await node.database.read_public(
        lambda db: (RedressStore(db).named(view.bodies), HubDirectory(db).list())
    )
    known = tuple(each.host for each in hubs if each.kind == "hub")
    named = () if view.consents is None else view.consents.escalate_to
    hosts = hosts_offered(tuple(dict.fromkeys((*named, *known))))
    context = {
        "section": SECTION,
        "code": code,
        "view": view,
        "bodies": bodies,
        "hubs": [(host, next((h.name for h in hubs if h.host == host), host)) for host in hosts],
        "ways": tuple(MayEscalate),
        "details": None if held is None else details or held.model_dump(include=set(CORRECTED)),
        "words_said": own_words(view),
        "said": said,
        "wrong": wrong,
        "typed": typed,
        "times": times_of(request),
    }
    failed = said in ("reply-again", "not-now", "no-file")
    status = 422 if wrong else 409 if failed else 200
    return private(render(request, "status.html", context, status=status))


async def view_of(request: web.Request, code: str) -> requesters.RequestView:
    """Return what the code opens. Raises RequestNotFound."""
    node, overdue = request.app[NODE], timedelta(days=request.app[SETTINGS].erasure_days)
    now = node.clock.now()
    return await node.database.read(
        lambda db: requesters.see_request(db, node.hub, code, now, overdue_after=overdue)
    )


def own_words(view: requesters.RequestView) -> int:
    """Return how many messages the requester has sent: a form that is sent twice tells fewer."""
    return sum(each.by == "you" for each in view.messages)


def count(request: web.Request, operation: str) -> None:
    """Count against the same limit as the API does. Raises TooManyRequests."""
    request.app[LIMITER].check(REPLIES_PER_ADDRESS, operation, request)
