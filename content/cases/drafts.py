"""
Drafts of an answer: written in versions, commented and approved by others, merged into one answer.

Texts are encrypted under the key of the case. Nothing of a draft is ever shown to the requester.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from content.cases.case import CaseInvalid, LongText
from content.cases.citation import MOST_CITED
from content.errors import ContentError
from content.validation import problems_of
from content.web_address import LONGEST_ADDRESS


class DraftState(StrEnum):
    """open: being written. merged: part of an answer. dropped: put aside."""

    OPEN = "open"
    MERGED = "merged"
    DROPPED = "dropped"


class RemarkKind(StrEnum):
    """What somebody else says to one version of a draft."""

    COMMENT = "comment"
    APPROVAL = "approval"


class DraftNotFound(ContentError):
    """The case has no such draft."""

    code: ClassVar[str] = "draft-not-found"

    def __init__(self, draft_id: str) -> None:
        super().__init__(f"There is no draft {draft_id[:64]!r} in this case.")


class DraftClosed(ContentError):
    """The draft is part of an answer, or put aside."""

    code: ClassVar[str] = "draft-closed"

    def __init__(self, draft_id: str, state: DraftState) -> None:
        super().__init__(f"Draft {draft_id} is {state.value}. Begin a new one.")


class DraftChangedMeanwhile(ContentError):
    """Somebody else saved the draft since it was read. kept_as: the draft that holds one's text."""

    code: ClassVar[str] = "draft-changed-meanwhile"

    def __init__(self, draft_id: str, revision: int, by: str, kept_as: str | None) -> None:
        kept = f" Your text is kept as draft {kept_as}." if kept_as else ""
        super().__init__(
            f"{by} saved revision {revision} of draft {draft_id} meanwhile.{kept}"
            " Read that revision, then bring the two together."
        )
        self.kept_as = kept_as


class OwnDraft(ContentError):
    """Who wrote a version cannot approve it."""

    code: ClassVar[str] = "own-draft"

    def __init__(self) -> None:
        super().__init__("You wrote this version; somebody else has to approve it.")


class DraftContent(BaseModel):
    """What a version says. cites: what it rests on, as people type it: ids or addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    text: LongText
    cites: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)], ...],
        Field(max_length=MOST_CITED),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """One version. by: who saved it."""

    revision: int
    by: str
    at: datetime
    text: str = field(repr=False)
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRemark:
    """A comment on a version, or its approval; text may be empty for an approval."""

    draft_id: str
    revision: int
    kind: RemarkKind
    by: str
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A draft as it stands.

    author: who began it. written_by: all who saved a version, in the order of their first one.
    approved_by: who approved the newest version; earlier approvals do not count.
    """

    id: str
    case_id: str
    author: str
    revision: int
    state: DraftState
    created_at: datetime
    updated_at: datetime
    text: str = field(repr=False)
    cites: tuple[str, ...]
    written_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    remarks: tuple[DraftRemark, ...]

    def still_open(self) -> "Draft":
        """Return the draft itself. Raises DraftClosed."""
        if self.state is not DraftState.OPEN:
            raise DraftClosed(self.id, self.state)
        return self


@dataclass(frozen=True, slots=True)
class Written:
    """What saving came to. beside: the text was kept as a draft of its own: see `conflict`."""

    draft: Draft
    conflict: DraftChangedMeanwhile | None = None


def read_draft_content(values: Mapping[str, Any]) -> DraftContent:
    """Return what a version says, out of plain values. Raises CaseInvalid."""
    try:
        return DraftContent.model_validate(dict(values))
    except ValidationError as error:
        raise CaseInvalid(problems_of(error, "draft")) from None


def side_by_side(drafts: tuple[Draft, ...]) -> str:
    """Return the drafts one after the other, as the text from which a person makes one answer."""
    parts = []
    for draft in drafts:
        approved = f", approved by {', '.join(draft.approved_by)}" if draft.approved_by else ""
        head = f"=== {', '.join(draft.written_by)}, revision {draft.revision}{approved} ==="
        parts.append(f"{head}\n{draft.text}")
    return "\n\n".join(parts)
