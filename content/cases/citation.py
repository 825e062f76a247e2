"""What an answer rests on: resources of the catalogue, as they were when they were cited."""

from dataclasses import dataclass
from typing import Literal

CitedState = Literal["available", "retracted", "unknown"]
"""retracted: its hub took it back. unknown: this hub no longer holds anything of it."""
MOST_CITED = 20


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited resource. url: its id in the world. hub: the host it comes from."""

    url: str
    title: str
    hub: str


@dataclass(frozen=True, slots=True)
class CitedNow:
    """A citation, and what became of the resource since."""

    url: str
    title: str
    hub: str
    state: CitedState


def with_list(text: str, citations: tuple[Citation, ...]) -> str:
    """Return an answer as the requester reads it: the text, then each source with its origin."""
    if not citations:
        return text
    lines = [f"[{n}] {c.title} ({c.hub})\n    {c.url}" for n, c in enumerate(citations, 1)]
    return "\n".join([text, "", *lines])
