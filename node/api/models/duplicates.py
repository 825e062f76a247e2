"""Records that describe the same document, as the API shows them to staff."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from content.labels import Label
from content.resources.duplicates import Why
from node.api.models.common import PageQuery
from node.api.routes import Answer, Body, Query

Named = Annotated[str, Field(min_length=1, max_length=2048)]


class OriginAnswer(Answer):
    """A record by its address at its origin."""

    url: str
    hub: str
    ref: str
    own: bool
    label: Label


class DuplicateAnswer(Answer):
    """
    Records that are the same document, for certain or most likely. why: what they share.
    """

    certain: bool
    why: tuple[Why, ...]
    records: tuple[OriginAnswer, ...]


class DuplicatesQuery(PageQuery):
    """certain: without those that share only title, publisher and year."""

    certain: bool = False


class MergeBody(Body):
    """kept, other: a ULID of ours, the address of a record, or HOST/ULID."""

    kept: Named
    other: Named


class PairBody(Body):
    """one, other: two records that are not the same document, named as in a merge."""

    one: Named
    other: Named


class UnmergeBody(Body):
    """merged: the record that was merged into the other."""

    merged: Named


class MergeAnswer(Answer):
    """how: "merged" if other, one of our own, was taken back; else "joined" in lists only."""

    how: Literal["merged", "joined"]
    kept: OriginAnswer
    other: OriginAnswer


class MergedAnswer(Answer):
    """
    A merge that can be undone. kept, other: addresses of the records. title: of the other one.

    how: as in `MergeAnswer`.
    """

    how: Literal["merged", "joined"]
    kept: str
    other: str
    title: dict[str, str]
    language: str
    by: str
    at: datetime


class MergedQuery(Query):
    """limit: how many, the newest first."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100
