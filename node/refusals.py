"""What the server itself refuses: requests that no function of the hub should see."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from node.errors import NodeError


class RequestRefused(NodeError):
    """A request that is refused before anything is done."""

    code: ClassVar[str] = "request-refused"
    headers: Mapping[str, str] = {}
    """Fields that the answer must carry."""

    @property
    def members(self) -> Mapping[str, Any]:
        """Members that the problem document has besides those of RFC 9457."""
        return {}


class BadParameter(RequestRefused):
    """A parameter of the query or the path is unknown or unusable (SECURITY.md S48)."""

    code: ClassVar[str] = "bad-parameter"

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"The parameter {parameter} {reason}")
        self.parameter = parameter

    @property
    def members(self) -> Mapping[str, Any]:
        """Name the parameter; its value is not repeated."""
        return {"parameter": self.parameter}


class BadBody(RequestRefused):
    """The body is not what this endpoint takes. problems: (field, reason) of each mistake."""

    code: ClassVar[str] = "bad-body"

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("The body of the request is not usable; see errors.")
        self.problems = problems

    @property
    def members(self) -> Mapping[str, Any]:
        """List field and reason of each mistake; the values are not repeated."""
        return {"errors": [{"field": field, "reason": reason} for field, reason in self.problems]}


class BadLines(RequestRefused):
    """Lines of an import that cannot be read; nothing of it was stored."""

    code: ClassVar[str] = "bad-lines"

    def __init__(self, problems: tuple[tuple[int | None, str], ...]) -> None:
        super().__init__(
            f"{len(problems)} lines cannot be imported, so nothing was. "
            "Correct them, or import the others with skip_bad=true."
        )
        self.problems = problems

    @property
    def members(self) -> Mapping[str, Any]:
        """List number and reason of each bad line."""
        return {"errors": [{"line": line, "reason": reason} for line, reason in self.problems]}


class TokenMissing(RequestRefused):
    """The endpoint needs a token."""

    code: ClassVar[str] = "token-missing"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="hub"'}

    def __init__(self) -> None:
        super().__init__("Send a token: Authorization: Bearer hub_…")


class TokenInQuery(RequestRefused):
    """A token in the address ends up in logs and histories (SECURITY.md S44)."""

    code: ClassVar[str] = "token-in-query"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="hub"'}

    def __init__(self) -> None:
        super().__init__(
            "A token belongs in the Authorization field. This one was in an address, where logs "
            "may have kept it: revoke it."
        )


class TooManyRequests(RequestRefused):
    """One address or peer asks for more than its share (SECURITY.md S56)."""

    code: ClassVar[str] = "too-many-requests"

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many requests. Try again later.")
        self.headers = {"Retry-After": str(max(1, seconds))}


class TooSlow(RequestRefused):
    """The body did not arrive in time (SECURITY.md R16)."""

    code: ClassVar[str] = "too-slow"
    headers: Mapping[str, str] = {"Connection": "close"}

    def __init__(self) -> None:
        super().__init__("The body of the request did not arrive in time.")


class NotJson(RequestRefused):
    """The body is labelled as something else than this endpoint takes."""

    code: ClassVar[str] = "not-json"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"Send the body with Content-Type: {wanted}.")


class NotHeld(RequestRefused):
    """Nothing is held about a person, so there is nothing to hand out."""

    code: ClassVar[str] = "nothing-held"

    def __init__(self) -> None:
        super().__init__("Nothing is held under that name or address.")


class NothingToRead(RequestRefused):
    """A peer has no log to be read now: it is no hub, or no active peer."""

    code: ClassVar[str] = "nothing-to-read"

    def __init__(self) -> None:
        super().__init__("It has no log to read from: it is no hub, or no active peer.")


class PersonalMatter(RequestRefused):
    """A personal grievance, which this helpdesk does not take up. Nothing of it was kept."""

    code: ClassVar[str] = "personal-matter"

    def __init__(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(
            "This helpdesk answers questions about policy and does not take up personal matters."
            " Nothing that you sent was kept. The bodies below can help you."
        )
        self._bodies = list(bodies)

    @property
    def members(self) -> Mapping[str, Any]:
        """List who can help instead."""
        return {"bodies": self._bodies}
