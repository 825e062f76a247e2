"""Proposals: corrections that are suggested to the hub that made a record, and its decision."""

from typing import Any

import sqlite_utils

from content.people.authentication import Principal
from content.people.permissions import Right
from content.proposals.proposal import Proposal, ProposalNotFound
from content.proposals.store import ProposalStore
from federation.hub import Hub
from federation.proposals import (
    accept_proposal,
    decline_proposal,
    propose_here,
    propose_there,
    withdraw_proposal,
)
from federation.proposals_shown import shown
from node.api.models.common import Listing
from node.api.models.proposals import (
    AcceptBody,
    DeclineBody,
    ProposalAnswer,
    ProposalBody,
    ProposalQuery,
)
from node.api.records import labels_for
from node.api.routes import ApiRoute, Call, shaped

SUBJECT = "Proposals"


async def propose_for_own(call: Call) -> ProposalAnswer:
    """Propose a correction of a resource of this hub to those who may edit it."""
    body: ProposalBody = call.body
    act, labels = call.act(), labels_for(call.principal)

    def work(db: sqlite_utils.Database) -> ProposalAnswer:
        ulid = call.path["ulid"]
        made = propose_here(db, call.hub, ulid, body.changes, body.reason, act, labels=labels)
        return _answer(db, call.hub, made)

    return await call.write(work)


async def propose_for_held(call: Call) -> ProposalAnswer:
    """Offer another hub a correction of its resource; it goes out in the name of this hub."""
    body: ProposalBody = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ProposalAnswer:
        host, ulid = call.path["host"], call.path["ulid"]
        made = propose_there(db, call.hub, host, ulid, body.changes, body.reason, act)
        return _answer(db, call.hub, made)

    return await call.write(work)


async def list_proposals(call: Call) -> Listing[ProposalAnswer]:
    """Return proposals, newest first; who may not edit sees their own."""
    query: ProposalQuery = call.query
    by = None if _edits(call.caller()) else call.caller().name

    def work(db: sqlite_utils.Database) -> Listing[ProposalAnswer]:
        page = ProposalStore(db).list(
            state=query.state, by=by, limit=query.limit, cursor=query.cursor
        )
        items = [_answer(db, call.hub, each) for each in page.items]
        return Listing(items=items, next=page.next_cursor)

    return await call.read(work)


async def show_proposal(call: Call) -> ProposalAnswer:
    """Return one proposal, beside the record as it is now."""
    return await call.read(lambda db: _answer(db, call.hub, _seen(db, call)))


async def take_proposal(call: Call) -> ProposalAnswer:
    """Make the change, tell everybody who has the record, and the hub that proposed it."""
    body: AcceptBody = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ProposalAnswer:
        done, _ = accept_proposal(
            db, call.hub, call.path["id"], act, credit=body.credit, anyway=body.anyway
        )
        return _answer(db, call.hub, done)

    return await call.write(work)


async def refuse_proposal(call: Call) -> ProposalAnswer:
    """Leave the record as it is, and tell who proposed why."""
    body: DeclineBody = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ProposalAnswer:
        return _answer(
            db, call.hub, decline_proposal(db, call.hub, call.path["id"], body.reason, act)
        )

    return await call.write(work)


async def take_proposal_back(call: Call) -> ProposalAnswer:
    """Take back what was proposed here, unless it is decided."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> ProposalAnswer:
        _seen(db, call)
        return _answer(db, call.hub, withdraw_proposal(db, call.hub, call.path["id"], act))

    return await call.write(work)


def _edits(principal: Principal) -> bool:
    return principal.may(Right.CATALOGUE_EDIT)


def _seen(db: sqlite_utils.Database, call: Call) -> Proposal:
    """Return a proposal that the caller may see. Raises ProposalNotFound."""
    found = ProposalStore(db).get(call.path["id"])
    if not _edits(call.caller()) and found.by != call.caller().name:
        raise ProposalNotFound
    return found


def _answer(db: sqlite_utils.Database, hub: Hub, proposal: Proposal) -> ProposalAnswer:
    found = shown(db, hub.identity, proposal)
    return shaped(
        ProposalAnswer,
        proposal,
        before=found.before,
        changed_since=found.changed_since,
        delivery=found.delivery,
    )


_MAKE: dict[str, Any] = {"body": ProposalBody, "status": 201}
ROUTES = (
    ApiRoute(
        "POST",
        "/resources/{ulid}/proposals",
        propose_for_own,
        "Propose a correction here",
        SUBJECT,
        ProposalAnswer,
        right=Right.NETWORK_READ,
        **_MAKE,
    ),
    ApiRoute(
        "POST",
        "/hubs/{host}/resources/{ulid}/proposals",
        propose_for_held,
        "Propose a correction to another hub",
        SUBJECT,
        ProposalAnswer,
        right=Right.CATALOGUE_EDIT,
        **_MAKE,
    ),
    ApiRoute(
        "GET",
        "/proposals",
        list_proposals,
        "Proposals",
        SUBJECT,
        Listing[ProposalAnswer],
        right=Right.NETWORK_READ,
        query=ProposalQuery,
    ),
    ApiRoute(
        "GET",
        "/proposals/{id}",
        show_proposal,
        "One proposal",
        SUBJECT,
        ProposalAnswer,
        right=Right.NETWORK_READ,
    ),
    ApiRoute(
        "POST",
        "/proposals/{id}/accept",
        take_proposal,
        "Accept a proposal",
        SUBJECT,
        ProposalAnswer,
        right=Right.CATALOGUE_EDIT,
        body=AcceptBody,
    ),
    ApiRoute(
        "POST",
        "/proposals/{id}/decline",
        refuse_proposal,
        "Decline a proposal",
        SUBJECT,
        ProposalAnswer,
        right=Right.CATALOGUE_EDIT,
        body=DeclineBody,
    ),
    ApiRoute(
        "POST",
        "/proposals/{id}/withdraw",
        take_proposal_back,
        "Withdraw a proposal",
        SUBJECT,
        ProposalAnswer,
        right=Right.NETWORK_READ,
    ),
)
