"""Refusals as problem documents (RFC 9457), made from node/problem_table.py."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from content.errors import ContentError
from federation.errors import FederationError
from node.errors import NodeError
from node.problem_table import PROBLEMS
from node.refusals import RequestRefused
from protocol.errors import ProtocolError

TYPES = "https://w3id.org/rights-hub/problems/"
MEDIA_TYPE = "application/problem+json"
OUR_ERRORS = (ContentError, FederationError, ProtocolError, NodeError)


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """One refusal, ready to be sent as JSON or shown on a page."""

    status: int
    code: str
    title: str
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the members of the document."""
        return {
            "type": TYPES + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


def problem_of(error: Exception) -> ProblemDocument:
    """Return what to answer for one of our errors; anything else is the hub's own failure."""
    code = getattr(error, "code", "") if isinstance(error, OUR_ERRORS) else "server-error"
    row = PROBLEMS.get(code)
    if row is None:
        code, row = "server-error", PROBLEMS["server-error"]
    members: dict[str, Any] = {}
    headers: Mapping[str, str] = {}
    if row.parameter is not None:
        members["parameter"] = row.parameter
    if isinstance(error, RequestRefused):
        members.update(error.members)
        headers = error.headers
    elif code == "not-authenticated":
        headers = {"WWW-Authenticate": 'Bearer realm="hub", error="invalid_token"'}
    elif row.retry_after is not None:
        headers = {"Retry-After": str(row.retry_after)}
    problems = getattr(error, "problems", None)
    if "errors" not in members and row.detail is None and isinstance(problems, tuple):
        members["errors"] = [{"field": field, "reason": reason} for field, reason in problems]
    return ProblemDocument(
        status=row.status,
        code=row.code or code,
        title=row.title,
        detail=str(error) if row.detail is None else row.detail,
        members=members,
        headers=headers,
    )


def plain_problem(code: str, **headers: str) -> ProblemDocument:
    """Return the problem of a code for which there is no error, such as not-found."""
    row = PROBLEMS[code]
    return ProblemDocument(row.status, code, row.title, row.detail or row.title + ".", {}, headers)


def error_classes() -> Iterator[type[Exception]]:
    """Go through every error class of ours that is imported, roots included; for tests and docs."""
    waiting: list[type[Exception]] = list(OUR_ERRORS)
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(found.__subclasses__())
