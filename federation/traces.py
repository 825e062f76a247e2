"""Does a text that is to leave tell who asked? What is known of the requester is looked for too."""

from collections.abc import Iterable
from typing import ClassVar

from content.cases.case import Requester
from content.personal_data import Finding, find_traces
from federation.errors import FederationError


class TracesFound(FederationError):
    """The text looks as if it told who asked. findings: where, for the person who decides."""

    code: ClassVar[str] = "traces-found"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        kinds = ", ".join(sorted({finding.trace.value for finding in findings}))
        super().__init__(
            f"The text may tell who asked: {kinds}. Take it out, or confirm that it may stay."
        )
        self.findings = findings


def traces_in(text: str, who: Requester, sources: Iterable[str] = ()) -> tuple[Finding, ...]:
    """
    Return what in a text looks like personal data, or names the requester, their body or address.

    sources: texts whose sentences must not be copied. A person decides about what is found.
    """
    return find_traces(
        text, names=[who.name], bodies=[who.organisation], phrases=[who.contact], sources=sources
    )
