"""
Erasing a case whole: what content/ holds of it, its escalations, and what other hubs are told.

Where somebody has the right to it, every hub that got a copy is told to destroy it and owes a
signed receipt, whatever the escalation came to (escalation/erasing.py). Where only the time is
over, a copy that another hub is still working on is taken back; what is over there ends by that
hub's own periods.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import sqlite_utils

from content.cases.holds import check_not_held
from content.cases.store import CaseNotFound, CaseStore, CaseTombstone
from content.cases.vault import CaseTextDamaged, WrongHubKey
from content.changes import Act
from federation.escalation import copy_store
from federation.escalation.answering import decline_offer
from federation.escalation.channel import NoSealingKey, PeerNotActive
from federation.escalation.copy_store import CopyStore
from federation.escalation.destroying import owe_for_copy
from federation.escalation.erasing import empty_under_way, erase_at_other, post_emptied
from federation.escalation.file_store import FileStore
from federation.escalation.offering import withdraw
from federation.escalation.sealed_store import SealedStore
from federation.escalation.states import OPEN, allowed_verbs
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.notices import NoticeStore
from federation.peers import PeerNotFound, PeerStore

TABLES: Final = (
    *("escalations", "offers", "sealed_out", "sealed_in", "escalation_files", "sent_copies"),
)
"""Tables of federation/ with something of a case, by `case_id` or `escalation_id`. Their rows stay,
as who got what is a duty to know, and so that receipts can be collected; their texts and keys go
(EscalationStore.destroy_text). What another hub has not confirmed yet is emptied."""

_ERASED_HERE: Final = "The receiving hub has erased its copy of this case."


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a case at another hub. state: of the escalation by which it got there, before."""

    escalation_id: str
    peer: str
    state: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """
    What erasing a case came to.

    taken_back: copies that the other hub was told to destroy. to_tell: copies that stay until a
    person tells the other hub, as the program cannot. under_way: messages about it that another
    hub does not have yet; those of ours as the origin say nothing any more.
    """

    tombstone: CaseTombstone
    taken_back: tuple[Copy, ...] = ()
    to_tell: tuple[Copy, ...] = ()
    under_way: int = 0


def erase_case(
    db: sqlite_utils.Database, hub: Hub, case_id: str, act: Act, *, asked: bool
) -> Erasure:
    """
    Erase a case. asked: somebody has the right to it (GDPR Art. 17), so who got a copy is told.

    Whoever calls this checkpoints the database after the commit. Erasing again changes nothing.
    Raises CaseNotFound, and CaseHeld before anything is done.
    """
    cases, copies = CaseStore(db, hub.vault), CopyStore(db)
    check_not_held(db, case_id, act.at)
    with suppress(CaseNotFound):
        return Erasure(cases.tombstone(case_id))
    taken_back: list[Copy] = []
    to_tell: list[Copy] = []
    # Without their texts: what is damaged must be erased as well.
    of_case = copies.of_case(case_id)
    for copy in of_case:
        if copy.direction == "out" and asked:
            (taken_back if erase_at_other(db, hub, copy, act) else to_tell).append(_plain(copy))
        elif copy.state in OPEN and _end(db, hub, copy, act):
            taken_back.append(_plain(copy))
        elif copy.direction == "out" and copy.state in OPEN:
            to_tell.append(_plain(copy))
    # Giving an escalation back has erased the case by now; then this changes nothing.
    tombstone = cases.erase(case_id, act)
    under_way = 0
    for copy in of_case:
        if copy.direction == "in":
            _owe(db, hub, copy, act)
        EscalationStore(db, hub.vault).destroy_text(copy.id)
        FileStore(db, hub.vault).forget(copy.id)
        under_way += SealedStore(db, hub.vault).under_way(copy.id)
    _note(db, to_tell, act)
    return Erasure(tombstone, tuple(taken_back), tuple(to_tell), under_way)


def _end(db: sqlite_utils.Database, hub: Hub, copy: copy_store.Copy, act: Act) -> bool:
    """End an open escalation and tell the other hub; return whether that was possible."""
    try:
        if copy.direction == "out":
            empty_under_way(db, hub, copy.id, act)
            withdraw(db, hub, copy.id, act)
            post_emptied(db, hub, copy, act)
        elif "decline" in allowed_verbs(copy.state, "receiver"):
            decline_offer(db, hub, copy.id, act, reason=_ERASED_HERE)
        else:
            return False
    except (PeerNotActive, NoSealingKey, PeerNotFound, CaseTextDamaged, WrongHubKey):
        return False
    return True


def _owe(db: sqlite_utils.Database, hub: Hub, copy: copy_store.Copy, act: Act) -> None:
    """Owe the receipts that a hold put off: the copy is gone only now."""
    peer = PeerStore(db).find(copy.peer)
    if peer is not None:
        owe_for_copy(db, hub, peer, copy.id, copy.offer_id, act, held=True)


def _plain(copy: copy_store.Copy) -> Copy:
    return Copy(copy.id, copy.peer, copy.state)


def _note(db: sqlite_utils.Database, copies: list[Copy], act: Act) -> None:
    for copy in copies:
        text = f"Tell {copy.peer} to erase what it got by escalation {copy.escalation_id}."
        NoticeStore(db).note("tell-erasure", copy.escalation_id, text, act.at)
