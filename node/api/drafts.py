"""Drafts of answers: written, commented, approved, and seen side by side."""

from collections.abc import Callable
from typing import Literal, TypeVar

import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.draft_store import DraftStore
from content.cases.drafts import Draft, RemarkKind, read_draft_content
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.answering import merging
from node.api.cases import unknown_case
from node.api.models.common import Listing
from node.api.models.drafts import (
    ApprovalBody,
    CommentBody,
    DraftAnswer,
    DraftBody,
    DraftEdit,
    MergingAnswer,
    RemarkAnswer,
    VersionAnswer,
)
from node.api.routes import Answer, ApiRoute, Call, Handler, shaped

SUBJECT = "Cases"
T = TypeVar("T")


async def list_drafts_of_case(call: Call) -> Listing[DraftAnswer]:
    """Return the drafts of a case, the oldest first."""
    case = call.path["id"]

    def look(drafts: DraftStore) -> Listing[DraftAnswer]:
        return Listing(items=[_shown(draft) for draft in drafts.of(case)])

    return await call.read_noted(_seen(call, look), "case.read-draft", case)


async def show_versions(call: Call) -> Listing[VersionAnswer]:
    """Return all versions of a draft, the oldest first."""
    case, draft = call.path["id"], call.path["draft"]

    def look(drafts: DraftStore) -> Listing[VersionAnswer]:
        found = drafts.versions(case, draft)
        return Listing(items=[shaped(VersionAnswer, version) for version in found])

    return await call.read_noted(_seen(call, look), "case.read-draft", case)


async def show_merging(call: Call) -> MergingAnswer:
    """Return the open drafts side by side."""

    def look(db: sqlite_utils.Database) -> MergingAnswer:
        case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])
        found = merging(db, call.hub, call.path["id"])
        shown = [_shown(draft) for draft in found.drafts]
        return MergingAnswer(drafts=shown, text=found.text, cites=found.cites)

    return await call.read_noted(look, "case.read-draft", call.path["id"])


async def begin_draft(call: Call) -> DraftAnswer:
    """Begin a draft of an answer."""
    body: DraftBody = call.body
    act = call.act()
    content = read_draft_content(body.model_dump())
    return await call.write(
        _seen(
            call,
            lambda drafts: _shown(drafts.begin(call.path["id"], content, act, call.hub.chance)),
        )
    )


async def write_draft(call: Call) -> DraftAnswer:
    """
    Save a new version of a draft.

    If somebody else saved meanwhile, the text is kept as a draft of its own, and 409 names it.
    """
    body: DraftEdit = call.body
    act = call.act()
    content = read_draft_content(body.model_dump(exclude={"revision"}))
    case, draft = call.path["id"], call.path["draft"]
    written = await call.write(
        _seen(
            call,
            lambda drafts: drafts.write(case, draft, body.revision, content, act, call.hub.chance),
        )
    )
    if written.conflict is not None:
        raise written.conflict
    return _shown(written.draft)


async def comment_on_draft(call: Call) -> DraftAnswer:
    """Say something to a version of a draft."""
    body: CommentBody = call.body
    return await _remark(call, RemarkKind.COMMENT, body.text, body.revision)


async def approve_draft(call: Call) -> DraftAnswer:
    """Approve the newest version of a draft that somebody else wrote."""
    body: ApprovalBody = call.body
    return await _remark(call, RemarkKind.APPROVAL, body.text, body.revision)


async def drop_draft(call: Call) -> DraftAnswer:
    """Put a draft aside."""
    act = call.act()
    case, draft = call.path["id"], call.path["draft"]
    return await call.write(_seen(call, lambda drafts: _shown(drafts.drop(case, draft, act))))


async def _remark(call: Call, kind: RemarkKind, text: str, read: int) -> DraftAnswer:
    act = call.act()
    case, draft = call.path["id"], call.path["draft"]
    return await call.write(
        _seen(call, lambda drafts: _shown(drafts.remark(case, draft, kind, text, act, read=read)))
    )


def _seen(call: Call, work: Callable[[DraftStore], T]) -> Callable[[sqlite_utils.Database], T]:
    """Return work on the drafts of a case that the caller may see."""

    def checked(db: sqlite_utils.Database) -> T:
        case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])
        return work(DraftStore(db, call.hub.vault))

    return checked


def _shown(draft: Draft) -> DraftAnswer:
    remarks = [shaped(RemarkAnswer, remark) for remark in draft.remarks]
    return shaped(DraftAnswer, draft, remarks=remarks)


def _route(
    method: Literal["GET", "POST", "PUT"],
    path: str,
    handler: Handler,
    summary: str,
    answer: type[Answer],
    body: type | None = None,
    *,
    status: int = 200,
) -> ApiRoute:
    return ApiRoute(
        method,
        f"/cases/{{id}}/{path}",
        handler,
        summary,
        SUBJECT,
        answer,
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
        body=body,
        status=status,
    )


_ONE = "drafts/{draft}"
ROUTES = (
    _route("GET", "drafts", list_drafts_of_case, "Drafts of its answer", Listing[DraftAnswer]),
    _route("POST", "drafts", begin_draft, "Begin a draft", DraftAnswer, DraftBody, status=201),
    _route("PUT", _ONE, write_draft, "Save a new version of a draft", DraftAnswer, DraftEdit),
    _route(
        "GET",
        f"{_ONE}/versions",
        show_versions,
        "All versions of a draft",
        Listing[VersionAnswer],
    ),
    _route(
        "POST", f"{_ONE}/comment", comment_on_draft, "Comment on a draft", DraftAnswer, CommentBody
    ),
    _route("POST", f"{_ONE}/approve", approve_draft, "Approve a draft", DraftAnswer, ApprovalBody),
    _route("POST", f"{_ONE}/drop", drop_draft, "Put a draft aside", DraftAnswer),
    _route("GET", "merging", show_merging, "The open drafts side by side", MergingAnswer),
)
