"""What the law asks of a hub: holds, the calendar of retention, and what is held about a person."""

from datetime import timedelta

import sqlite_utils
from aiohttp import web

from content.cases.holds import HoldStore, new_hold
from content.cases.store import CaseStore
from content.changes import ChangeStore
from content.ids import new_id
from content.people.permissions import Right
from federation.law.retention import local_day, plan
from federation.law.subject_export import export_subject
from federation.law.subjects import Sought, Subject, find_subject
from node.api.cases import unknown_case
from node.api.models.common import Listing
from node.api.models.law import (
    HoldAnswer,
    HoldBody,
    ReleasedAnswer,
    RetentionItemAnswer,
    RetentionQuery,
    SoughtBody,
    SubjectAnswer,
)
from node.api.routes import ApiRoute, Call, shaped
from node.refusals import NotHeld
from node.subject_file import packed
from node.uploads import file_answer

SUBJECT = "Law"


async def list_holds(call: Call) -> Listing[HoldAnswer]:
    """Return the holds that last, the one that ends first first."""
    now = call.node.clock.now()
    lasting = await call.read_noted(
        lambda db: HoldStore(db, call.hub.vault).lasting(now), "case.holds", "all"
    )
    return Listing(items=[shaped(HoldAnswer, each) for each in lasting])


async def hold_case(call: Call) -> HoldAnswer:
    """Keep a case although its time is over or somebody asks to erase it."""
    body: HoldBody = call.body
    act, hub = call.act(), call.hub
    made = new_hold(
        call.path["id"],
        body.reason,
        body.until,
        act,
        hold_id=new_id(act.at, hub.chance),
        timezone=hub.identity.timezone,
    )

    def work(db: sqlite_utils.Database) -> None:
        CaseStore(db, hub.vault).open_key(made.case_id)
        HoldStore(db, hub.vault).place(made, act)

    await call.write(work)
    return shaped(HoldAnswer, made)


async def release_case(call: Call) -> ReleasedAnswer:
    """End every hold on a case; what is due is erased at the next run."""
    act, case_id = call.act(), call.path["id"]
    count = await call.write(lambda db: HoldStore(db, call.hub.vault).release(case_id, act))
    return ReleasedAnswer(released=count)


async def preview_retention(call: Call) -> Listing[RetentionItemAnswer]:
    """Return what goes on which day, why, and which hold stops it; nothing is done."""
    query: RetentionQuery = call.query
    now = call.node.clock.now()
    items = await call.read(lambda db: plan(db, call.hub, call.settings.periods, now))
    last = local_day(call.hub, now) + timedelta(days=query.days)
    ahead = [each for each in items if each.day <= last]
    return Listing(
        items=[shaped(RetentionItemAnswer, each, what=each.what.value) for each in ahead],
        total=len(ahead),
    )


async def find_person(call: Call) -> SubjectAnswer:
    """Return what is held about a person: a proposal, since two people may have one name."""
    found = await person_meant(call)
    await call.write(
        lambda db: ChangeStore(db).record_access(call.act(), "subject.find", "", "api")
    )
    names = SubjectAnswer.model_fields
    return SubjectAnswer(**{name: list(getattr(found, name)) for name in names})


async def export_person(call: Call) -> web.Response:
    """
    Return all that is held about a person as a zip archive, to be handed to them.

    Make sure first that it is them who ask, and read the notes of staff in it. It is not encrypted.
    """
    subject = await person_meant(call)
    if subject.empty:
        raise NotHeld
    act = call.act()
    exported = await call.write(lambda db: export_subject(db, call.hub, subject, act))
    return file_answer("person.zip", "application/zip", packed(exported))


async def person_meant(call: Call) -> Subject:
    """Return what is held about who is looked for; of that, what is named. Raises NobodySought."""
    body: SoughtBody = call.body
    who = Sought(name=body.name, contact=body.contact, user=body.user, code=body.code)
    found = await call.read(lambda db: find_subject(db, call.hub, who))
    return found.only(tuple(body.only))


ROUTES = (
    ApiRoute(
        "GET",
        "/holds",
        list_holds,
        "Which cases the law asks to keep",
        SUBJECT,
        Listing[HoldAnswer],
        right=Right.OPERATE,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/hold",
        hold_case,
        "Keep a case",
        SUBJECT,
        HoldAnswer,
        right=Right.OPERATE,
        hidden=unknown_case,
        body=HoldBody,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/release",
        release_case,
        "End the holds on a case",
        SUBJECT,
        ReleasedAnswer,
        right=Right.OPERATE,
        hidden=unknown_case,
    ),
    ApiRoute(
        "GET",
        "/retention",
        preview_retention,
        "What will be erased, when and why",
        SUBJECT,
        Listing[RetentionItemAnswer],
        right=Right.OPERATE,
        query=RetentionQuery,
    ),
    ApiRoute(
        "POST",
        "/subjects/find",
        find_person,
        "What is held about a person",
        SUBJECT,
        SubjectAnswer,
        right=Right.OPERATE,
        body=SoughtBody,
    ),
    ApiRoute(
        "POST",
        "/subjects/export",
        export_person,
        "All that is held about a person, as a file",
        SUBJECT,
        "file",
        right=Right.OPERATE,
        body=SoughtBody,
    ),
)
