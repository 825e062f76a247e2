"""The page of one expert, as far as they agreed to be listed in public."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils
from aiohttp import web

from content.experts.expert import ExpertState
from content.experts.held import HeldExpertStore
from content.experts.record import ExpertRecord
from content.experts.store import ExpertNotFound, ExpertStore
from federation.hub import Hub
from federation.published import PublishedStore
from node.api.records import HubNames, own_document
from node.app_keys import NODE
from node.web import words
from node.web.addresses import api_path, record_path
from node.web.evidence import Evidence, evidence_of, our_entry, their_log
from node.web.pages import VISIBLE, moved, render
from node.web.said import Said, said_best
from node.web.shapes import Named, Whose, languages_of, topics_of, whose
from protocol.ids import expert_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertView:
    """What the page shows. id: address of the listing at its origin."""

    id: str
    name: str
    organisation: str | None
    bio: Said | None
    topics: tuple[Named, ...]
    languages: tuple[Said, ...]
    countries: tuple[str, ...]
    offers: tuple[str, ...]
    hours: int
    conflicts: str
    example: bool
    confirmed_at: datetime | None
    consent_at: datetime | None
    whose: Whose
    evidence: Evidence


async def expert_page(request: web.Request) -> web.Response:
    """GET /experts/{ulid}: a public listing of this hub; 410 when the expert left."""
    node, ulid = request.app[NODE], request.match_info["ulid"]

    def work(db: sqlite_utils.Database) -> ExpertView | None:
        gone = PublishedStore(db).was_public(ulid, "expert")
        return None if gone else _own(db, node.hub, ulid)

    return _page(request, await node.database.read_public(work))


async def held_expert_page(request: web.Request) -> web.Response:
    """GET /hubs/{host}/experts/{ulid}: a public listing of another hub."""
    node, host, ulid = request.app[NODE], request.match_info["host"], request.match_info["ulid"]
    if host == node.hub.identity.host:
        return moved(record_path("experts", True, host, ulid))

    def work(db: sqlite_utils.Database) -> ExpertView | None:
        store = HeldExpertStore(db)
        if store.is_gone(host, ulid):
            return None
        held = store.get(host, ulid)
        if held.label not in VISIBLE:
            raise ExpertNotFound(ulid)
        return _view(
            held.record,
            held.url,
            whose(host, HubNames(db), own=False, is_source=False),
            evidence_of(
                json.loads(held.document),
                api_path("experts", False, host, ulid),
                their_log(db, host),
            ),
        )

    return _page(request, await node.database.read_public(work))


def _page(request: web.Request, view: ExpertView | None) -> web.Response:
    if view is None:
        return render(request, "gone.html", {"section": "experts"}, status=410)
    return render(request, "expert.html", {"section": "experts", "expert": view})


def _own(db: sqlite_utils.Database, hub: Hub, ulid: str) -> ExpertView:
    expert = ExpertStore(db).get(ulid)
    if expert.state is not ExpertState.ACTIVE or expert.label not in VISIBLE:
        raise ExpertNotFound(ulid)
    identity = hub.identity
    return _view(
        expert.record,
        expert_id(identity.origin, ulid),
        whose(identity.host, HubNames(db), own=True, is_source=False),
        evidence_of(
            own_document(db, hub, ulid),
            api_path("experts", True, identity.host, ulid),
            our_entry(db, hub, ulid),
        ),
    )


def _view(record: ExpertRecord, identity: str, owner: Whose, evidence: Evidence) -> ExpertView:
    return ExpertView(
        id=identity,
        name=record.name,
        organisation=record.organisation,
        bio=said_best(record.bio, record.languages[0]),
        topics=topics_of("/experts", record.topics),
        languages=languages_of(record),
        countries=tuple(words.country(code) for code in record.jurisdictions),
        offers=tuple(words.offer(name) for name in record.offers),
        hours=record.capacity_hours,
        conflicts=record.conflicts,
        example=record.example,
        confirmed_at=record.confirmed_at,
        consent_at=record.consent_at,
        whose=owner,
        evidence=evidence,
    )
