"""Attachments of cases, for those who may read the case."""

import sqlite_utils
from aiohttp import web

from content.cases.access import case_seen_by
from content.cases.attachment import Attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.policy import Audience, Door, may_leave
from node.api.cases import unknown_case
from node.api.models.common import Listing
from node.api.models.requests import AttachmentAnswer
from node.api.routes import ApiRoute, Call, shaped
from node.uploads import file_answer

SUBJECT = "Cases"


async def list_attachments(call: Call) -> Listing[AttachmentAnswer]:
    """Return the attachments of a case, oldest first, without their bytes."""

    def work(db: sqlite_utils.Database) -> tuple[Attachment, ...]:
        return AttachmentStore(db, call.hub.vault).list(_readable(db, call).id)

    found = await call.read_noted(work, "case.read", call.path["id"])
    return _listing(found)


async def add_attachments(call: Call) -> Listing[AttachmentAnswer]:
    """Add files to a case, all of them or none; answer what was stored."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> tuple[Attachment, ...]:
        case = _readable(db, call)
        store = AttachmentStore(db, call.hub.vault)
        return store.add(case.id, call.files, act, call.hub.chance, shown=False)

    return _listing(await call.write(work))


async def download_attachment(call: Call) -> web.Response:
    """Return the bytes of an attachment, to be saved and not to be shown."""

    def work(db: sqlite_utils.Database) -> tuple[Attachment, bytes]:
        case = _readable(db, call)
        may_leave(case.label, case.sensitivity, Door.API, Audience.STAFF)
        return AttachmentStore(db, call.hub.vault).get(case.id, call.path["attachment"])

    found, data = await call.read_noted(work, "case.download", call.path["id"])
    return file_answer(found.name, found.media_type, data)


async def show_attachment(call: Call) -> AttachmentAnswer:
    """Let the requester see a file of their case."""
    act = call.act()
    found = await call.write(
        lambda db: AttachmentStore(db, call.hub.vault).show(
            call.path["id"], call.path["attachment"], act
        )
    )
    return shaped(AttachmentAnswer, found)


def _readable(db: sqlite_utils.Database, call: Call) -> Case:
    return case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])


def _listing(found: tuple[Attachment, ...]) -> Listing[AttachmentAnswer]:
    return Listing(items=[shaped(AttachmentAnswer, each) for each in found], next=None)


ROUTES = (
    ApiRoute(
        "GET",
        "/cases/{id}/attachments",
        list_attachments,
        "Attachments of a case",
        SUBJECT,
        Listing[AttachmentAnswer],
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/attachments",
        add_attachments,
        "Add files to a case",
        SUBJECT,
        Listing[AttachmentAnswer],
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
        files=True,
        status=201,
    ),
    ApiRoute(
        "GET",
        "/cases/{id}/attachments/{attachment}",
        download_attachment,
        "The bytes of one attachment",
        SUBJECT,
        "file",
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/attachments/{attachment}/show",
        show_attachment,
        "Let the requester see a file",
        SUBJECT,
        AttachmentAnswer,
        right=Right.CASES_WORK,
        hidden=unknown_case,
    ),
)
