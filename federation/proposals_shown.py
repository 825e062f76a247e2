"""A proposal beside the record as it is now, and how far it has come: for those who look at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlite_utils

from content.proposals.proposal import Proposal
from content.resources.held import HeldResourceStore
from content.resources.record import ResourceRecord
from content.resources.store import ResourceStore
from federation.hub import Identity
from federation.outbox import Outbox
from protocol.ids import ref_of, resource_id


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """
    before: the fields that would change, as they are now; None where the record is gone.

    changed_since: the record is another version than the one that was looked at. delivery: state of
    what we sent about it, None if nothing was.
    """

    proposal: Proposal
    title: str
    before: dict[str, Any] | None
    changed_since: bool
    delivery: str | None


def shown(db: sqlite_utils.Database, identity: Identity, proposal: Proposal) -> ShownProposal:
    """Return a proposal with the record as it is here now."""
    sent = proposal.offer if proposal.direction == "out" else proposal.reply
    states = Outbox(db).state_of(sent) if sent else []
    record, updated_at = _record(db, identity, proposal.resource)
    if record is None:
        return ShownProposal(proposal, "", None, False, states[0].state if states else None)
    values = record.model_dump(mode="json")
    before = {name: values.get(name) for name in proposal.changes}
    title = record.title.get(record.language) or record.title[min(record.title)]
    since = updated_at != proposal.base and proposal.state == "waiting"
    return ShownProposal(proposal, title, before, since, states[0].state if states else None)


def _record(
    db: sqlite_utils.Database, identity: Identity, url: str
) -> tuple[ResourceRecord | None, datetime | None]:
    ref = ref_of(url) or ""
    if url == resource_id(identity.origin, ref):
        own = ResourceStore(db).find(ref)
        return (None, None) if own is None else (own.record, own.updated_at)
    held = HeldResourceStore(db).by_url(url)
    if held is None or not isinstance(held.record, ResourceRecord):
        return None, None
    return held.record, held.updated_at
