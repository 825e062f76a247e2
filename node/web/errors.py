"""Refusals as pages for people."""

from typing import Final

from aiohttp import web

from node.problems import ProblemDocument
from node.web.pages import render
from node.web.said import said, said_here
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PERSON, frame_of

_GONE, _MISSING, _BAD, _BUSY = 410, 404, 400, 429
_HEADINGS: Final = {
    _BAD: N_("We cannot use that address"),
    _MISSING: N_("There is no such page"),
    _GONE: N_("This was taken back"),
    _BUSY: N_("Please wait a moment"),
}


def render_problem(request: web.Request, problem: ProblemDocument) -> web.Response:
    """Return the page of a refusal. It repeats nothing of the request, and reads no database."""
    heading = _(_HEADINGS.get(problem.status, problem.title))
    if problem.status >= web.HTTPInternalServerError.status_code:
        heading = _("This hub has a problem")
    detail = _(problem.detail)
    # What is in no catalogue holds a value, or is for programs: it stays English, and says so.
    shown = said(detail, "en") if detail == problem.detail else said_here(detail)
    frame = "base.html" if request.get(PERSON) is None else "staff.html"
    context = {"problem": problem, "heading": heading, "detail": shown, "frame": frame}
    context.update(frame_of(request))
    return render(request, "problem.html", context, status=problem.status)
