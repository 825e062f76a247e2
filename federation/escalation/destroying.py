"""
Destroying our copy of another hub's case when its origin says so, and the receipt that we owe.

That a receipt is owed commits with the destroying; it is given once our file holds no trace of the
copy any more (federation/sweeping.py), sealed like everything about a case
(docs/adr/0045-copies-of-cases.md).
"""

from typing import Final

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.erasing import take_copy_receipt
from federation.escalation.letters import Letter, LetterInvalid
from federation.escalation.sealed_store import SealedStore
from federation.hub import Hub
from federation.owed import Owed, OwedStore
from federation.peers import Peer
from protocol.ids import same_origin

DESTROY: Final = frozenset({"withdraw", "erase"})
"""What the origin says when we are to destroy our copy, and to confirm that."""


def owe_for_copy(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    escalation_id: str,
    offer_id: str,
    act: Act,
    *,
    held: bool,
) -> None:
    """
    Owe the origin a receipt for each message that asked us to destroy a copy. Again is nothing.

    held: whether there was anything left to destroy.
    """
    for request in SealedStore(db, hub.vault).asked_to_destroy(escalation_id):
        owe(db, peer, request, offer_id, escalation_id, act, held=held)


def never_had(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, n: int, seen: int, act: Act
) -> None:
    """Owe a receipt for a copy that never came here: its message was emptied on its way."""
    if not same_origin(peer.actor, letter.about):
        raise LetterInvalid("it is about an offer of another hub")
    SealedStore(db, hub.vault).heard(peer.host, n, letter.id, seen=seen, at=act.at, state="applied")
    owe(db, peer, letter.id, letter.about, "", act, held=False)


def take_receipt(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, n: int, seen: int, act: Act
) -> None:
    """Keep the receipt of a hub that destroyed its copy of a case of ours."""
    if letter.receipt is None:
        raise LetterInvalid("it holds no receipt")
    subject = take_copy_receipt(db, peer, letter.about, letter.receipt, act)
    SealedStore(db, hub.vault).heard(peer.host, n, letter.id, seen=seen, at=act.at, state="applied")
    ChangeStore(db).record(act, "erasure.confirm", subject, peer.host)


def pass_emptied(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, n: int, seen: int, act: Act
) -> None:
    """Go on to the next number: what had this one was erased before it came."""
    if letter.about != letter.id:
        raise LetterInvalid("it stands for another message")
    SealedStore(db, hub.vault).heard(peer.host, n, letter.id, seen=seen, at=act.at, state="applied")


def owe(
    db: sqlite_utils.Database,
    peer: Peer,
    request: str,
    offer_id: str,
    escalation_id: str,
    act: Act,
    *,
    held: bool,
) -> None:
    """Owe a receipt for a copy. request: id of the Delete or Undo; held: was there anything?"""
    owed = Owed(
        request,
        peer.actor,
        peer.inbox,
        offer_id,
        str(peer.g),
        "",
        escalation_id,
        held,
        act.at,
        kind="case",
    )
    OwedStore(db).owe(owed)
