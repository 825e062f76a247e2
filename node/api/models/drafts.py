"""Drafts of answers, as the API shows them to those who work on a case."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from content.cases.drafts import DraftState, RemarkKind
from node.api.routes import Answer, Body

Texts = Annotated[str, Field(max_length=64 * 1024)]
Cited = Annotated[tuple[Annotated[str, Field(max_length=2048)], ...], Field(max_length=20)]
Revision = Annotated[int, Field(ge=1)]


class RemarkAnswer(Answer):
    """What somebody said to one version of a draft: a comment, or that they approve it."""

    revision: int
    kind: RemarkKind
    by: str
    at: datetime
    text: str


class DraftAnswer(Answer):
    """
    A draft with its newest text.

    cites: what it rests on, as typed. approved_by: who approved this very version.
    """

    id: str
    case_id: str
    author: str
    revision: int
    state: DraftState
    created_at: datetime
    updated_at: datetime
    text: str
    cites: tuple[str, ...]
    written_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    remarks: list[RemarkAnswer]


class VersionAnswer(Answer):
    """One version of a draft, and who saved it."""

    revision: int
    by: str
    at: datetime
    text: str
    cites: tuple[str, ...]


class MergingAnswer(Answer):
    """All open drafts; text: one after the other, to be made into one answer by a person."""

    drafts: list[DraftAnswer]
    text: str
    cites: tuple[str, ...]


class DraftBody(Body):
    """A new draft. cites: ids or addresses of resources in the catalogue."""

    text: Texts
    cites: Cited = ()


class DraftEdit(DraftBody):
    """A new version. revision: the one that was read before."""

    revision: Revision


class CommentBody(Body):
    """What to say to a version."""

    text: Annotated[str, Field(min_length=1, max_length=16 * 1024)]
    revision: Revision


class ApprovalBody(Body):
    """Which version is approved; a word with it may be left out."""

    revision: Revision
    text: Annotated[str, Field(max_length=16 * 1024)] = ""


class UsedDraft(Body):
    """A draft that goes into the answer; with a revision, only if that is the newest."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    revision: Revision | None = None


class Answering(Body):
    """
    The one answer. text: may be left out with exactly one draft. cites: null for those of the
    drafts. attach: ids of files of the case that go with it; another hub learns no names but those
    of attach_named, and a requester of this hub sees the files from now on.
    """

    text: Texts | None = None
    drafts: Annotated[tuple[UsedDraft, ...], Field(max_length=20)] = ()
    cites: Cited | None = None
    attach: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    attach_named: Annotated[tuple[str, ...], Field(max_length=20)] = ()
