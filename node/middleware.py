"""What surrounds every request: refusals as problems, security fields, limits, one log line."""

from asyncio import CancelledError
from collections.abc import Mapping
from time import perf_counter
from typing import Final

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from node.app_keys import LIMITER, PROBLEM_PAGE
from node.limits import INBOX_PER_ADDRESS, OPEN_PER_ADDRESS
from node.logs import log, where
from node.problems import MEDIA_TYPE, OUR_ERRORS, ProblemDocument, plain_problem, problem_of
from node.shell import wants_html

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FOR_PROGRAMS: Final = ("/api/", "/inbox", "/hub/", "/.well-known/", "/actor", "/metrics")


def security_fields(*, https: bool) -> Mapping[str, str]:
    """Return the fields that every answer carries (SECURITY.md S46)."""
    fields = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Server": "rights-hub",
    }
    if https:
        fields["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return fields


def surrounding(*, https: bool) -> Middleware:
    """Return the middleware around everything but the choice of a language."""
    fields = security_fields(https=https)

    @web.middleware
    async def surround(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = perf_counter()
        try:
            _limit(request)
            answer = await handler(request)
        except CancelledError:
            raise
        except web.HTTPException as error:
            answer = _of_server(request, error)
        except OUR_ERRORS as error:
            answer = _refused(request, error)
        except Exception as error:
            if isinstance(error, ConnectionError) and request.transport is None:
                raise  # who asked is gone, and the server closes the rest
            log.error("request-failed", error=type(error).__name__, at_code=where(error))
            answer = problem_answer(request, problem_of(error))
        headers = answer.headers
        for name, value in fields.items():
            if name != "Content-Security-Policy" or name not in headers:
                headers[name] = value
        if request.path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
        _note(request, answer.status, perf_counter() - began)
        return answer

    return surround


def problem_answer(request: web.Request, problem: ProblemDocument) -> web.Response:
    """Return a refusal as a page for people who asked for one, else as a problem document."""
    page = request.app.get(PROBLEM_PAGE)
    accept = request.headers.get("Accept", "")
    if page is not None and wants_html(accept) and not request.path.startswith(_FOR_PROGRAMS):
        answer = page(request, problem)
    else:
        answer = web.Response(
            status=problem.status,
            body=orjson.dumps(problem.as_json()),
            headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"},
        )
    answer.headers.update(problem.headers)
    if problem.status in (408, 413):
        answer.force_close()
    return answer


def _limit(request: web.Request) -> None:
    if request.path == "/inbox":
        request.app[LIMITER].check(INBOX_PER_ADDRESS, "inbox", request)
    else:
        request.app[LIMITER].check(OPEN_PER_ADDRESS, "open", request)


def _refused(request: web.Request, error: Exception) -> web.Response:
    problem = problem_of(error)
    if problem.status >= 500:
        log.warning("refused", code=problem.code, status=problem.status, at_code=where(error))
    return problem_answer(request, problem)


def _of_server(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """Turn what aiohttp itself raises into our own form; redirects pass as they are."""
    if error.status < 400:
        return error
    if error.status == 404:
        return problem_answer(request, plain_problem("not-found"))
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return problem_answer(request, plain_problem("method-not-allowed", Allow=allowed))
    if error.status == 413:
        return problem_answer(request, plain_problem("too-large"))
    if error.status >= 500:
        return problem_answer(request, plain_problem("server-error"))
    plain = plain_problem("request-refused")
    problem = ProblemDocument(error.status, plain.code, plain.title, plain.detail)
    return problem_answer(request, problem)


def _note(request: web.Request, status: int, seconds: float) -> None:
    """Write one line for a request: the pattern of the route, never the query."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else "(none)"
    write = log.debug if path in ("/inbox", "/healthz", "/readyz", "/metrics") else log.info
    write(
        "request",
        method=request.method,
        path=path,
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )
