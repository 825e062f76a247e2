"""
Proposing corrections, and deciding on them: the people's side (docs/adr/0062-proposals.md).

Only the hub that made a record changes it. Others offer it the change; a person there accepts it,
which is an Update like any other, or declines it with a reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import sqlite_utils

from content.changes import Act
from content.ids import new_id
from content.proposals.changes import changed, check_reason
from content.proposals.proposal import NotOursToDecide, Proposal, ProposalOutdated
from content.proposals.store import ProposalStore
from content.resources.held import HeldResourceStore
from content.resources.record import ResourceRecord
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceNotFound, ResourceStore
from federation.errors import FederationError
from federation.hub import Hub
from federation.notices import NoticeStore
from federation.peers import Peer, PeerStore
from federation.policy import Door, may_leave
from federation.publishing import update_resource
from federation.sending import new_activity_id, send_to_peer
from protocol.documents import activities
from protocol.documents.proposal import ProposalDocument, ProposalFacts, answer, offer_update
from protocol.ids import ref_of, resource_id
from protocol.moments import stamp


class NobodyToAsk(FederationError):
    """The record's hub cannot be offered a correction."""

    code: ClassVar[str] = "nobody-to-ask"


def propose_here(
    db: sqlite_utils.Database,
    hub: Hub,
    ulid: str,
    changes: Mapping[str, Any],
    reason: str,
    act: Act,
    *,
    labels: Collection[str],
) -> Proposal:
    """
    Propose a correction of a published resource of this hub to those who may edit it.

    labels: what who proposes may see. Raises ResourceNotFound, ProposalInvalid, RecordInvalid.
    """
    resource = ResourceStore(db).find(ulid)
    seen = resource is not None and resource.state is ResourceState.PUBLISHED
    if resource is None or not seen or resource.record.label not in labels:
        raise ResourceNotFound(ulid)
    changed(resource.record, changes)
    proposal = Proposal(
        id=new_id(act.at, hub.chance),
        direction="own",
        peer="",
        actor="",
        offer="",
        resource=resource_id(hub.identity.origin, ulid),
        changes=dict(changes),
        reason=check_reason(reason),
        base=resource.updated_at,
        by=act.by,
        created_at=act.at,
    )
    ProposalStore(db).add(proposal, act, "make")
    note_waiting(db, proposal, act.by, act.at)
    return proposal


def propose_there(
    db: sqlite_utils.Database,
    hub: Hub,
    host: str,
    ulid: str,
    changes: Mapping[str, Any],
    reason: str,
    act: Act,
) -> Proposal:
    """
    Offer another hub a correction of its resource. host: or its permanent name.

    Raises HeldRecordNotFound, HeldRecordGone, NobodyToAsk, StaysHere, ProposalInvalid,
    RecordInvalid.
    """
    peer = PeerStore(db).find(host)
    held = HeldResourceStore(db).get(host if peer is None else peer.host, ulid)
    if peer is None or not peer.active or not peer.is_hub:
        raise NobodyToAsk("This record is not from a hub that is a peer of ours; write to it.")
    if not isinstance(held.record, ResourceRecord):
        raise NobodyToAsk("This record is from a source, which takes no proposals; write to it.")
    may_leave(held.label.value, held.record.sensitivity.value, Door.PEERS, peer.audience)
    changed(held.record, changes)
    base = held.updated_at or held.received_at
    proposal = Proposal(
        id=new_id(act.at, hub.chance),
        direction="out",
        peer=peer.host,
        actor=peer.actor,
        offer=new_activity_id(hub, act.at),
        resource=held.url,
        changes=dict(changes),
        reason=check_reason(reason),
        base=base,
        by=act.by,
        created_at=act.at,
    )
    ProposalStore(db).add(proposal, act, "make")
    document = ProposalDocument(
        resource=held.url,
        facts=ProposalFacts(changes=proposal.changes, base=stamp(base)),
        reason=proposal.reason,
    )
    us = hub.identity.actor
    offer = offer_update(proposal.offer, us, peer.actor, document, at=stamp(act.at))
    send_to_peer(db, hub, peer, offer, act.at)
    return proposal


def accept_proposal(
    db: sqlite_utils.Database,
    hub: Hub,
    proposal_id: str,
    act: Act,
    *,
    credit: bool = False,
    anyway: bool = False,
) -> tuple[Proposal, Resource]:
    """
    Make the change that was proposed, and tell who proposed it.

    credit: the record thanks the other hub. anyway: although the record changed since. Raises
    ProposalNotFound, NotOursToDecide, ProposalDecided, ProposalOutdated, ProposalInvalid if
    nothing is left to change, and what `update_resource` raises.
    """
    store = ProposalStore(db)
    proposal = store.get(proposal_id)
    proposal.to_be_decided()
    resource = ResourceStore(db).get(ref_of(proposal.resource) or "")
    if resource.updated_at != proposal.base and not anyway:
        raise ProposalOutdated
    record = changed(resource.record, proposal.changes)
    proposal = _decided(proposal, act, state="accepted", credit=credit and proposal.peer != "")
    store.replace(proposal, act, "accept")
    resource = update_resource(db, hub, resource.id, record, act)
    result = resource_id(hub.identity.origin, resource.id)
    proposal = _answered(db, hub, proposal, act, "Accept", result=result)
    return proposal, resource


def decline_proposal(
    db: sqlite_utils.Database, hub: Hub, proposal_id: str, reason: str, act: Act
) -> Proposal:
    """
    Leave the record as it is, and tell who proposed why.

    Raises ProposalNotFound, NotOursToDecide, ProposalDecided, ProposalInvalid without a reason.
    """
    store = ProposalStore(db)
    proposal = store.get(proposal_id)
    proposal.to_be_decided()
    proposal = _decided(proposal, act, state="declined", answer=check_reason(reason))
    store.replace(proposal, act, "decline")
    return _answered(db, hub, proposal, act, "Reject")


def withdraw_proposal(db: sqlite_utils.Database, hub: Hub, proposal_id: str, act: Act) -> Proposal:
    """
    Take back a proposal that was made here. Raises ProposalNotFound, ProposalDecided.

    One of another hub is declined, not withdrawn: NotOursToDecide.
    """
    store = ProposalStore(db)
    proposal = store.get(proposal_id)
    if proposal.direction == "in":
        raise NotOursToDecide(proposal.peer)
    proposal.must_wait()
    proposal = _decided(proposal, act, state="withdrawn")
    store.replace(proposal, act, "withdraw")
    NoticeStore(db).dismiss("proposal", proposal.id)
    peer = PeerStore(db).by_actor(proposal.actor) if proposal.actor else None
    if peer is not None:
        undone = {"id": proposal.offer, "type": "Offer", "actor": hub.identity.actor}
        identity = new_activity_id(hub, act.at)
        undo = activities.undo(identity, hub.identity.actor, undone, to=(peer.actor,))
        send_to_peer(db, hub, peer, undo, act.at)
    return proposal


def note_waiting(db: sqlite_utils.Database, proposal: Proposal, who: str, at: datetime) -> None:
    """Tell those who may edit that somebody proposes a correction; not which."""
    text = f"{who} proposes a correction of a resource: hub proposal show {proposal.id}"
    NoticeStore(db).note("proposal", proposal.id, text, at)


def send_answer(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, proposal: Proposal, act: Act, kind: str
) -> str:
    """Send Accept or Reject of a proposal to the hub that made it; return the id of the answer."""
    identity = new_activity_id(hub, act.at)
    document = answer(
        kind,
        identity,
        hub.identity.actor,
        proposal.offer,
        asker=peer.actor,
        said=proposal.answer,
        result=proposal.result or "",
    )
    send_to_peer(db, hub, peer, document, act.at)
    return identity


def _decided(proposal: Proposal, act: Act, **more: Any) -> Proposal:
    return replace(proposal, decided_at=act.at, decided_by=act.by, **more)


def _answered(
    db: sqlite_utils.Database,
    hub: Hub,
    proposal: Proposal,
    act: Act,
    kind: str,
    *,
    result: str | None = None,
) -> Proposal:
    """Tell the other hub, if one proposed it and is a peer still."""
    proposal = replace(proposal, result=result)
    NoticeStore(db).dismiss("proposal", proposal.id)
    peer = PeerStore(db).by_actor(proposal.actor) if proposal.actor else None
    if peer is not None and peer.active:
        proposal = replace(proposal, reply=send_answer(db, hub, peer, proposal, act, kind))
    ProposalStore(db).replace(proposal, act, "answer")
    return proposal
