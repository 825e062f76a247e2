"""Duplicates: records of the same document, found, merged, parted again, kept apart."""

from typing import Any

import sqlite_utils

from content.catalogue import own_url
from content.people.permissions import Right
from content.resources.duplicates import find_duplicates
from content.resources.held import HeldResourceStore
from content.resources.merged import MergedStore
from content.resources.same import Origin, SameStore
from content.resources.store import ResourceStore
from federation.merging import (
    keep_apart,
    merge_resources,
    prepare_duplicates,
    unmerge_resource,
)
from node.api.models.common import Listing
from node.api.models.duplicates import (
    DuplicateAnswer,
    DuplicatesQuery,
    MergeAnswer,
    MergeBody,
    MergedAnswer,
    MergedQuery,
    OriginAnswer,
    PairBody,
    UnmergeBody,
)
from node.api.records import labels_for
from node.api.routes import ApiRoute, Call, Handler, shaped

SUBJECT = "Duplicates"


async def list_duplicates(call: Call) -> Listing[DuplicateAnswer]:
    """Return groups of records that describe the same document, certain ones first."""
    query: DuplicatesQuery = call.query
    labels = labels_for(call.principal)
    await prepare_duplicates(call.node)
    page = await call.read(
        lambda db: find_duplicates(
            db, labels, certain_only=query.certain, limit=query.limit, cursor=query.cursor
        )
    )
    items = [
        DuplicateAnswer(
            certain=each.certain, why=each.why, records=tuple(map(_origin, each.records))
        )
        for each in page.items
    ]
    return Listing(items=items, total=page.total, next=page.next_cursor)


async def merge_records(call: Call) -> MergeAnswer:
    """Merge two records: one of our own is taken back, another hub's is joined in lists only."""
    body: MergeBody = call.body
    act = call.act()
    done = await call.write(lambda db: merge_resources(db, call.hub, body.kept, body.other, act))
    return MergeAnswer(how=done.how, kept=_origin(done.kept), other=_origin(done.other))


async def list_merged(call: Call) -> Listing[MergedAnswer]:
    """Return merges and joins that can be undone, the newest first."""
    query: MergedQuery = call.query
    origin = call.hub.identity.origin

    def work(db: sqlite_utils.Database) -> list[MergedAnswer]:
        found = [
            MergedAnswer(
                how="merged",
                kept=own_url(origin, each.target),
                other=own_url(origin, each.ref),
                title=each.record.title,
                language=each.record.language,
                by=by,
                at=at,
            )
            for each, by, at in MergedStore(db).newest(query.limit)
        ]
        for leader, url, by, at in SameStore(db).newest(query.limit):
            record = _record_at(db, origin, url)
            if record is not None:
                found.append(
                    MergedAnswer(
                        how="joined",
                        kept=leader,
                        other=url,
                        title=record.title,
                        language=record.language,
                        by=by,
                        at=at,
                    )
                )
        return sorted(found, key=lambda each: each.at, reverse=True)[: query.limit]

    items = await call.read(work)
    return Listing(items=items, total=len(items))


async def unmerge_record(call: Call) -> OriginAnswer:
    """Undo a merge. One of our own comes back under a new id: use the one in the answer."""
    body: UnmergeBody = call.body
    act = call.act()
    return _origin(await call.write(lambda db: unmerge_resource(db, call.hub, body.merged, act)))


async def keep_records_apart(call: Call) -> None:
    """Note that two records are not the same document."""
    body: PairBody = call.body
    act = call.act()
    await call.write(lambda db: keep_apart(db, call.hub, body.one, body.other, act))


def _record_at(db: sqlite_utils.Database, origin: str, url: str) -> Any:
    """Return the record of ours or of another hub that has this address, or None."""
    own = ResourceStore(db).find(url.removeprefix(own_url(origin, "")))
    found = own or HeldResourceStore(db).by_url(url)
    return None if found is None else found.record


def _origin(origin: Origin) -> OriginAnswer:
    return shaped(OriginAnswer, origin)


def _step(verb: str, handler: Handler, summary: str, body: type, answer: Any) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/duplicates/{verb}",
        handler,
        summary,
        SUBJECT,
        answer,
        right=Right.CATALOGUE_EDIT,
        body=body,
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/duplicates",
        list_duplicates,
        "Records of the same document",
        SUBJECT,
        Listing[DuplicateAnswer],
        right=Right.CATALOGUE_EDIT,
        query=DuplicatesQuery,
    ),
    ApiRoute(
        "GET",
        "/duplicates/merged",
        list_merged,
        "Merges that can be undone",
        SUBJECT,
        Listing[MergedAnswer],
        right=Right.CATALOGUE_EDIT,
        query=MergedQuery,
    ),
    _step("merge", merge_records, "Merge two records", MergeBody, MergeAnswer),
    _step("unmerge", unmerge_record, "Undo a merge", UnmergeBody, OriginAnswer),
    _step("apart", keep_records_apart, "Not the same document", PairBody, None),
)
