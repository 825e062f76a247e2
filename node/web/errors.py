"""Refusals as pages for people."""

from typing import Final

from aiohttp import web

from node.problems import ProblemDocument
from node.web.pages import render

_GONE, _MISSING, _BAD, _BUSY = 410, 404, 400, 429
_HEADINGS: Final = {
    _BAD: "We cannot use that address",
    _MISSING: "There is no such page",
    _GONE: "This was taken back",
    _BUSY: "Please wait a moment",
}


def render_problem(request: web.Request, problem: ProblemDocument) -> web.Response:
    """Return the page of a refusal. It repeats nothing of the request, and reads no database."""
    heading = _HEADINGS.get(problem.status, problem.title)
    if problem.status >= web.HTTPInternalServerError.status_code:
        heading = "This hub has a problem"
    return render(
        request,
        "problem.html",
        {"problem": problem, "heading": heading},
        status=problem.status,
    )
