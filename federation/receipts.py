"""
Erasure between hubs: what a hub does that is asked to erase, and the receipt that it gives.

What is dropped and that a receipt is owed commit together; the receipt is made once the file holds
no trace any more (sweeping.py), so it says the truth, and a power cut cannot lose it.
"""

from dataclasses import replace

import sqlite_utils

from content.changes import Act
from federation.escalation.channel import AboutCopy, send_inner, send_receipt_again
from federation.escalation.letters import receipt_letter
from federation.hub import Hub
from federation.log import Log
from federation.outbox import Destination
from federation.owed import Owed, OwedStore
from federation.peers import Peer, PeerStore
from federation.sending import new_activity_id, send, signed
from protocol.canonical import canonicalize
from protocol.documents.erasure import erasure_receipt
from protocol.ids import actor_id, is_url, origin_of, same_origin
from protocol.json import JsonObject
from protocol.log_entries import CheckedPage, LogEntry, log_name, name_in_log
from protocol.moments import stamp


def owe_to_peer(
    db: sqlite_utils.Database,
    peer: Peer,
    request: str,
    subject: str,
    ref: str,
    act: Act,
    *,
    held: bool,
    asked: bool,
) -> None:
    """
    Drop what the logs of a hub hold of one of its records, and owe it a receipt.

    request: id of its Delete. held: whether its record was held. asked: whether the Delete was sent
    to us; one that we merely read in the log is answered only where there was something to drop.
    """
    log = Log(db)
    names = [log_name(str(peer.g), kind) for kind in ("public", "network")]
    dropped = {name: log.forget_record(name, ref) for name in names}
    held = held or any(dropped.values())
    if not held and not asked:
        return
    name = next((each for each in names if log.has(each, ref)), names[0])
    OwedStore(db).owe(
        Owed(request, peer.actor, peer.inbox, subject, str(peer.g), name, ref, held, act.at)
    )
    if asked:
        OwedStore(db).asked_again(request, peer.actor, act.at)


def owe_to_log(
    db: sqlite_utils.Database, page: CheckedPage, entry: LogEntry, dropped: int, act: Act
) -> None:
    """
    Owe a receipt for a Delete that was read in a log, if content of it was held until then.

    The hub need be no peer: its log says who it is. dropped: entries that lost their content.
    """
    said = entry.a or {}
    request, inner = said.get("id"), said.get("object")
    subject = inner.get("id") if isinstance(inner, dict) else inner
    if not dropped or not (is_url(request) and is_url(subject)):
        return
    request, subject = str(request), str(subject)
    actor = actor_id(page.hub.origin)
    if not same_origin(request, subject) or origin_of(request) not in page.hub.origins:
        return
    peer = PeerStore(db).by_actor(actor)
    inbox = f"{page.hub.origin}/inbox" if peer is None else peer.inbox
    g = name_in_log(entry.h.log)[0]
    OwedStore(db).owe(
        Owed(request, actor, inbox, subject, g, entry.h.log, entry.h.ref, True, act.at)
    )


def without_erased(db: sqlite_utils.Database, entries: tuple[LogEntry, ...]) -> list[LogEntry]:
    """Return the entries without content that was erased here: a copy must not bring it back."""
    refs = {entry.h.ref for entry in entries if entry.a is not None and _is_content(entry)}
    if not refs:
        return list(entries)
    erased = OwedStore(db).among(name_in_log(entries[0].h.log)[0], refs)
    return [
        replace(entry, a=None) if entry.h.ref in erased and _is_content(entry) else entry
        for entry in entries
    ]


def send_receipts(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """Sign and queue the receipts that can be given now; return how many."""
    store = OwedStore(db)
    ready = store.ready()
    for owed, swept_at, again in ready:
        identity = new_activity_id(hub, act.at)
        document = erasure_receipt(
            identity,
            hub.identity.actor,
            owed.request,
            asker=owed.actor,
            subject=owed.subject,
            log=owed.log or None,
            held=owed.held,
            erased_at=stamp(swept_at),
            at=stamp(act.at),
        )
        receipt = signed(hub, document, act.at)
        if owed.kind == "case":
            _send_sealed(db, hub, owed, receipt, act, again=again)
        else:
            to = [Destination(owed.inbox, is_hub=True)]
            send(db, identity, canonicalize(receipt), to, act.at)
        store.sent(owed.request, identity, act.at)
    return len(ready)


def _send_sealed(
    db: sqlite_utils.Database, hub: Hub, owed: Owed, receipt: JsonObject, act: Act, *, again: bool
) -> None:
    """Send the receipt for a copy of a case by the channel, which sends it until it is there."""
    if again:
        peer = PeerStore(db).get(owed.actor)
        send_receipt_again(db, hub, peer, owed.request, owed.subject, receipt, act)
        return
    letter = receipt_letter(owed.request, receipt)
    about = AboutCopy(owed.ref or None, owed.subject)
    send_inner(db, hub, PeerStore(db).get(owed.actor), letter, act, escalation=about)


def _is_content(entry: LogEntry) -> bool:
    return entry.h.op in ("Create", "Update")
