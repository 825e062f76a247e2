"""
The page behind the link that an expert gets: the listing, and what the expert decides about it.

Looking changes nothing, since programs that check mails open links too; only the forms do. The link
is all that opens the page, so wrong ones count against the address, and it is kept nowhere.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import sqlite_utils
from aiohttp import web

from content.cases.dates import day_of
from content.experts.expert import Expert, ExpertMoveNotAllowed, ExpertState
from content.experts.links import NoSuchLink
from content.experts.pauses import ExpertPause, ExpertPauseStore, PauseInvalid
from federation.listing_care import (
    confirm_by_link,
    leave_by_link,
    listing_of,
    pause_by_link,
)
from node.app_keys import LIMITER, NODE
from node.refusals import BadParameter
from node.web import words
from node.web.pages import private, render
from node.web.said import said_best
from node.web.shapes import languages_of, topics_of
from node.web.speaking import N_
from node.web.speaking import gettext as _

_Opened = tuple[Expert, ExpertPause | None]
_SEEN_BY: Final = {
    "hub": N_("The staff of this hub only"),
    "network": N_("The staff of this hub, and of hubs that it works with"),
    "public": N_("Everybody"),
}


async def listing_page(request: web.Request) -> web.Response:
    """GET /listing/{token}: what the listing says, and what can be done about it."""
    node, token = request.app[NODE], request.match_info["token"]
    now = node.clock.now()
    opened = await _opening(request, lambda db: _seen(db, listing_of(db, node.hub, token, now)))
    return _gone(request) if opened is None else _shown(request, *opened)


async def decide_listing(request: web.Request) -> web.Response:
    """POST /listing/{token}: the expert confirms the listing, pauses it, or leaves."""
    node, token = request.app[NODE], request.match_info["token"]
    now = node.clock.now()
    opened = await _opening(request, lambda db: _seen(db, listing_of(db, node.hub, token, now)))
    if opened is None:
        return _gone(request)
    form = await request.post()
    decision = str(form.get("decision", ""))
    try:
        work = _work(request, decision, form, token)
    except PauseInvalid as error:
        return _shown(request, *opened, wrong=_(str(error)))
    if work is None:
        return _shown(request, *opened, wrong=_("Tick the box, if you really want to leave."))
    try:
        expert = await node.database.write(work)
    except NoSuchLink:
        return _gone(request)
    except (PauseInvalid, ExpertMoveNotAllowed) as error:
        return _shown(request, *opened, wrong=_(str(error)))
    node.bell.ring()
    pause = await node.database.read(lambda db: ExpertPauseStore(db).find(expert.id))
    context = {"decision": decision, "expert": expert, "pause": pause}
    return private(render(request, "listing_done.html", context))


def _work(
    request: web.Request, decision: str, form: Any, token: str
) -> Callable[[sqlite_utils.Database], Expert] | None:
    """Return what the form asks for; None if it asks to leave without being sure."""
    node = request.app[NODE]
    hub, now = node.hub, node.clock.now()
    if decision == "confirm":
        return lambda db: confirm_by_link(db, hub, token, now)
    if decision == "pause":
        starts, until = _day(form, "from"), _day(form, "until")
        return lambda db: pause_by_link(db, hub, token, now, starts=starts, until=until)
    if decision == "leave":
        sure = form.get("sure") == "yes"
        return (lambda db: leave_by_link(db, hub, token, now)) if sure else None
    raise BadParameter("decision", "must be confirm, pause or leave.")


def _day(form: Any, name: str) -> date | None:
    text = str(form.get(name, "")).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PauseInvalid("Write a day as YYYY-MM-DD.") from None


async def _opening(
    request: web.Request, work: Callable[[sqlite_utils.Database], _Opened]
) -> _Opened | None:
    """Return the listing with its pause, or None for a wrong link, which is counted."""
    limiter = request.app[LIMITER]
    limiter.check_codes(request)
    try:
        return await request.app[NODE].database.read(work)
    except NoSuchLink:
        limiter.count_wrong_code(request)
        return None


def _seen(db: sqlite_utils.Database, expert: Expert) -> _Opened:
    return expert, ExpertPauseStore(db).find(expert.id)


def _shown(
    request: web.Request, expert: Expert, pause: ExpertPause | None, *, wrong: str = ""
) -> web.Response:
    record, node = expert.record, request.app[NODE]
    context = {
        "expert": expert,
        "record": record,
        "bio": said_best(record.bio, record.languages[0]),
        "topics": topics_of("/experts", record.topics),
        "languages": languages_of(record),
        "countries": [words.country(code) for code in record.jurisdictions],
        "offers": [words.offer(name) for name in record.offers],
        "seen_by": _(_SEEN_BY[record.scope.value]),
        "paused": expert.state is ExpertState.PAUSED,
        "pause": pause,
        "today": day_of(node.clock.now(), node.hub.identity.timezone).isoformat(),
        "wrong": wrong,
    }
    return private(render(request, "listing.html", context, status=422 if wrong else 200))


def _gone(request: web.Request) -> web.Response:
    return private(render(request, "listing_gone.html", {}, status=404))
