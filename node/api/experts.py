"""Experts: who can be asked, here and at other hubs, as far as they agreed to be listed."""

import sqlite_utils

from content.experts.expert import Expert, ExpertState
from content.experts.held import HeldExpertStore
from content.experts.record import ExpertInvalid, ExpertRecord, read_expert
from content.experts.store import ExpertNotFound, ExpertStore
from content.json_lines import read_object
from content.people.permissions import Right
from content.search import ExpertQuery, search_experts
from federation.experts_in_files import import_experts as add_all
from federation.publishing_experts import (
    add_expert,
    confirm_expert,
    pause_expert,
    remove_expert,
    update_expert,
)
from node.api.models.catalogue import (
    ExpertAnswer,
    ExpertListing,
    ExpertSearch,
    ImportAnswer,
    ImportQuery,
    SkippedLine,
)
from node.api.records import (
    HubNames,
    expert_item,
    facets,
    held_expert,
    labels_for,
    own_expert,
    read_as,
)
from node.api.routes import ApiRoute, Call
from node.refusals import BadLines
from protocol.ids import expert_id

SUBJECT = "Experts"


async def find_experts(call: Call) -> ExpertListing:
    """Search the experts of this hub and of others, with facets and the reasons for each hit."""
    query: ExpertSearch = call.query
    wanted = ExpertQuery(**query.model_dump(), labels=labels_for(call.principal))

    def work(db: sqlite_utils.Database) -> ExpertListing:
        page = search_experts(db, wanted)
        names = HubNames(db)
        return ExpertListing(
            items=[expert_item(found, call.hub.identity, names) for found in page.items],
            next=page.next_cursor,
            total=page.total,
            total_is_exact=page.total_is_exact,
            facets=facets(page.facets),
            with_all_words=page.with_all_words,
            missing=page.missing,
            read_as=read_as(page),
        )

    return await call.read(work)


async def show_expert(call: Call) -> ExpertAnswer:
    """Return one of our own experts, with the document as it was published."""

    def work(db: sqlite_utils.Database) -> ExpertAnswer:
        expert = ExpertStore(db).get(call.path["ulid"])
        staff = call.principal is not None and call.principal.may(Right.EXPERTS_EDIT)
        listed = expert.state is ExpertState.ACTIVE and expert.label in labels_for(call.principal)
        if not staff and not listed:
            raise ExpertNotFound(expert.id)
        return own_expert(db, call.hub, expert, staff=staff)

    return await call.read(work)


async def show_held_expert(call: Call) -> ExpertAnswer:
    """Return an expert of another hub, with the document as it was received."""

    def work(db: sqlite_utils.Database) -> ExpertAnswer:
        held = HeldExpertStore(db).get(call.path["host"], call.path["ulid"])
        if held.label not in labels_for(call.principal):
            raise ExpertNotFound(held.ref)
        return held_expert(db, call.hub.identity, held)

    return await call.read(work)


async def new_expert(call: Call) -> ExpertAnswer:
    """Add an expert, who is listed as far as the scope says."""
    record: ExpertRecord = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ExpertAnswer:
        return _staff(db, call, add_expert(db, call.hub, record, act))

    return await call.write(work)


async def replace_expert(call: Call) -> ExpertAnswer:
    """Correct an expert. What was out is deleted everywhere: use the id in the answer."""
    record: ExpertRecord = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ExpertAnswer:
        return _staff(db, call, update_expert(db, call.hub, call.path["ulid"], record, act))

    return await call.write(work)


async def confirm_listing(call: Call) -> ExpertAnswer:
    """Note that the expert found the listing right today."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> ExpertAnswer:
        return _staff(db, call, confirm_expert(db, call.hub, call.path["ulid"], act))

    return await call.write(work)


async def pause_listing(call: Call) -> ExpertAnswer:
    """Take an expert off the lists for a while."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> ExpertAnswer:
        return _staff(db, call, pause_expert(db, call.hub, call.path["ulid"], act))

    return await call.write(work)


async def delete_expert(call: Call) -> None:
    """Delete an expert here and at everybody who got the listing."""
    act = call.act()
    await call.write(lambda db: remove_expert(db, call.hub, call.path["ulid"], act))


async def import_experts(call: Call) -> ImportAnswer:
    """
    Add many experts, one JSON object a line. With a bad line none, unless skip_bad is set.

    Who is listed already with the same name and organisation is left alone.
    """
    query: ImportQuery = call.query
    records, problems = _read_lines(call.body.decode("utf-8", "surrogateescape"))
    if problems and not query.skip_bad:
        raise BadLines(problems)
    act = call.act()

    done = await call.write(lambda db: add_all(db, call.hub, records, act))
    return ImportAnswer(
        added=done.added,
        updated=done.updated,
        unchanged=done.unchanged,
        ids=tuple(expert_id(call.hub.identity.origin, each) for each in done.ids),
        skipped=[
            SkippedLine(line=line, where=f"line {line}", reason=reason) for line, reason in problems
        ],
    )


def _read_lines(text: str) -> tuple[list[ExpertRecord], tuple[tuple[int, str], ...]]:
    """Return what the lines say. What was not UTF-8 is a lone surrogate, which no record takes."""
    records: list[ExpertRecord] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(read_expert(read_object(line)))
        except (ValueError, ExpertInvalid) as error:
            problems.append((number, str(error)))
    return records, tuple(problems)


def _staff(db: sqlite_utils.Database, call: Call, expert: Expert) -> ExpertAnswer:
    return own_expert(db, call.hub, expert, staff=True)


_EDIT = Right.EXPERTS_EDIT
ROUTES = (
    ApiRoute(
        "GET",
        "/experts",
        find_experts,
        "Search experts",
        SUBJECT,
        ExpertListing,
        query=ExpertSearch,
    ),
    ApiRoute(
        "POST",
        "/experts",
        new_expert,
        "Add an expert",
        SUBJECT,
        ExpertAnswer,
        right=_EDIT,
        body=ExpertRecord,
        reader=read_expert,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/experts/import",
        import_experts,
        "Import many experts",
        SUBJECT,
        ImportAnswer,
        right=_EDIT,
        body="jsonl",
        query=ImportQuery,
    ),
    ApiRoute("GET", "/experts/{ulid}", show_expert, "One of our experts", SUBJECT, ExpertAnswer),
    ApiRoute(
        "PUT",
        "/experts/{ulid}",
        replace_expert,
        "Correct an expert",
        SUBJECT,
        ExpertAnswer,
        right=_EDIT,
        body=ExpertRecord,
        reader=read_expert,
    ),
    ApiRoute(
        "DELETE",
        "/experts/{ulid}",
        delete_expert,
        "Delete an expert",
        SUBJECT,
        None,
        right=_EDIT,
        status=204,
    ),
    ApiRoute(
        "POST",
        "/experts/{ulid}/confirm",
        confirm_listing,
        "The listing is right",
        SUBJECT,
        ExpertAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "POST",
        "/experts/{ulid}/pause",
        pause_listing,
        "Take off the lists for a while",
        SUBJECT,
        ExpertAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "GET",
        "/hubs/{host}/experts/{ulid}",
        show_held_expert,
        "An expert of another hub",
        SUBJECT,
        ExpertAnswer,
    ),
)
