"""What other hubs send about proposals: an Offer of an Update, its answer, or its Undo."""

from dataclasses import replace
from typing import Final

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from content.ids import new_id
from content.proposals.changes import changed
from content.proposals.proposal import Proposal
from content.proposals.store import ProposalStore
from content.resources.resource import ResourceState
from content.resources.store import ResourceStore
from federation.hub import Hub
from federation.notices import NoticeStore
from federation.peers import Peer
from federation.policy import Door, leaves
from federation.proposals import note_waiting, send_answer
from federation.receiving import active_peer
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.documents.proposal import LONGEST_REASON, read_proposal
from protocol.foreign import ids_of, text_of
from protocol.ids import ref_of, resource_id
from protocol.moments import read_stamp

MOST_WAITING: Final = 50
"""Proposals of one hub that may wait for a decision here: nobody fills our desk."""
_UNKNOWN: Final = "There is no such record here, or it was taken back."
_CROWDED: Final = "Too many of your proposals wait for a decision here. Try again later."


def proposal_received(
    db: sqlite_utils.Database, hub: Hub, activity: Verified[Activity], act: Act
) -> None:
    """
    Keep a proposal for the people here to decide; refuse at once what could never be made.

    May run twice. Raises NotAPeer, InvalidDocument.
    """
    said, store = activity.value, ProposalStore(db)
    peer = active_peer(db, said.actor)
    if store.by_offer(said.id, said.actor) is not None:
        return
    found = read_proposal(said.raw)
    proposal = Proposal(
        id=new_id(act.at, hub.chance),
        direction="in",
        peer=peer.host,
        actor=peer.actor,
        offer=said.id,
        resource=found.resource,
        changes=dict(found.facts.changes),
        reason=found.reason,
        base=read_stamp(found.facts.base),
        by="",
        created_at=act.at,
    )
    refusal = _refusal(db, hub, peer, proposal)
    if refusal is None:
        store.add(proposal, act, "receive")
        note_waiting(db, proposal, peer.host, act.at)
        return
    # Nothing of what was proposed is kept, only that it was and was refused.
    proposal = replace(
        proposal,
        changes={},
        reason="",
        state="declined",
        decided_at=act.at,
        decided_by="system",
        answer=refusal,
    )
    proposal = replace(proposal, reply=send_answer(db, hub, peer, proposal, act, "Reject"))
    store.add(proposal, act, "receive")


def answer_received(
    db: sqlite_utils.Database, activity: Verified[Activity], act: Act, *, accepted: bool
) -> bool:
    """Note what became of a proposal of ours; return whether the answer was to one."""
    said, store = activity.value, ProposalStore(db)
    proposal = store.by_offer(said.object_id or "", said.actor)
    if proposal is None or proposal.direction != "out":
        return False
    if proposal.state != "waiting":
        return True
    results = ids_of(said.raw.get("result"))
    proposal = replace(
        proposal,
        state="accepted" if accepted else "declined",
        decided_at=act.at,
        decided_by=f"hub:{proposal.peer}",
        answer=(text_of(said.raw, "content") or "")[:LONGEST_REASON],
        result=results[0] if accepted and results else None,
    )
    store.replace(proposal, act, "answer")
    text = f"{proposal.peer} {proposal.state} our correction: hub proposal show {proposal.id}"
    NoticeStore(db).note("proposal-answered", proposal.id, text, act.at)
    return True


def proposal_undone(db: sqlite_utils.Database, activity: Verified[Activity], act: Act) -> None:
    """Forget what another hub proposed and took back, unless it was decided before."""
    said, store = activity.value, ProposalStore(db)
    proposal = store.by_offer(said.object_id or "", said.actor)
    if proposal is None or proposal.direction != "in" or proposal.state != "waiting":
        return
    proposal = replace(proposal, state="withdrawn", decided_at=act.at, changes={}, reason="")
    store.replace(proposal, act, "withdraw")
    NoticeStore(db).dismiss("proposal", proposal.id)


def _refusal(db: sqlite_utils.Database, hub: Hub, peer: Peer, proposal: Proposal) -> str | None:
    """Return why a proposal cannot be kept, None if it can. Tells nothing of what is not theirs."""
    ref = ref_of(proposal.resource) or ""
    resource = ResourceStore(db).find(ref)
    if resource is None or proposal.resource != resource_id(hub.identity.origin, ref):
        return _UNKNOWN
    record = resource.record
    theirs = leaves(record.label.value, record.sensitivity.value, Door.PEERS, peer.audience)
    if resource.state is not ResourceState.PUBLISHED or not theirs:
        return _UNKNOWN
    if ProposalStore(db).waiting_of(peer.actor) >= MOST_WAITING:
        return _CROWDED
    try:
        changed(record, proposal.changes)
    except ContentError as error:
        return str(error)[:LONGEST_REASON]
    return None
