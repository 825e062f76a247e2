"""Erasing what was proposed about a record that is gone: here, and in what waits to be sent."""

from datetime import datetime

import sqlite_utils

from content.proposals.store import ProposalStore
from federation.notices import NoticeStore
from federation.outbox import Outbox


def forget_proposals(db: sqlite_utils.Database, resource: str, at: datetime) -> None:
    """Drop what was proposed about a record that was taken back, also what waits to be sent."""
    store = ProposalStore(db)
    for proposal_id in store.forget(resource, at):
        proposal = store.get(proposal_id)
        ours = [proposal.offer] if proposal.direction == "out" else []
        Outbox(db).forget([each for each in (*ours, proposal.reply) if each], at)
        NoticeStore(db).dismiss("proposal", proposal_id)
