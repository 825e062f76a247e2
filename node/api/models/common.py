"""What several subjects of the API share: pages of lists, and words for parameters."""

from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, Field

from node.api.routes import Answer, Body, Query

T = TypeVar("T")
LONGEST_QUERY = 256
LONGEST_CURSOR = 1024


def _plain(text: str) -> str:
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise ValueError("must not hold control signs.")
    return text


Word = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]
"""A short parameter: an id of the vocabulary, a host, a name."""
Text = Annotated[str, Field(max_length=LONGEST_QUERY), AfterValidator(_plain)]
Host = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_plain)]


class Listing(Answer, Generic[T]):
    """One page. next: what the parameter cursor takes to go on, null at the end."""

    items: list[T]
    next: str | None = None
    total: int | None = None
    """How many there are in all, where that is known."""


class PageQuery(Query):
    """The parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: (
        Annotated[str, Field(min_length=1, max_length=LONGEST_CURSOR), AfterValidator(_plain)]
        | None
    ) = None


class Said(Body):
    """A text of a person."""

    text: Annotated[str, Field(min_length=1, max_length=64 * 1024)]
