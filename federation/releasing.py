"""
The last step before the world: signed activity, log entry and deliveries of one record of ours.

publishing.py and publishing_experts.py decide what happens to a record; here it goes out. Whether
it may, and which way, is asked of the exit rule (policy.py) every time.
"""

from collections.abc import Callable
from typing import Literal

import sqlite_utils

from content.changes import Act
from content.times import to_text
from federation.erasing import open_erasure, recipients_of
from federation.hub import Hub
from federation.log import Log
from federation.outbox import Destination
from federation.pause import Pause
from federation.peers import PeerStore
from federation.policy import Audience, Door, leaves, may_leave
from federation.published import PublishedKind, PublishedStore
from federation.sending import (
    network_destinations,
    network_readers,
    new_activity_id,
    public_destinations,
    send,
    signed,
)
from protocol.context import AS_PUBLIC
from protocol.documents import activities, expert, framework, resource
from protocol.ids import expert_id, framework_item_id, resource_id
from protocol.json import JsonObject
from protocol.log_entries import LogKind, log_name

Addressed = Callable[[tuple[str, ...], tuple[str, ...]], JsonObject]
"""Makes the object, without proof, for these readers (to, cc)."""

MOST_NAMED = 200
"""Readers who are named one by one; more of them are named by the log that they read."""

_IDS = {"resource": resource_id, "expert": expert_id, "framework-item": framework_item_id}
_TYPES = {
    "resource": resource.TYPE,
    "expert": expert.TYPE,
    "framework-item": framework.TYPE,
}


def way_out(hub: Hub, label: str, sensitivity: str, *, consent: bool = False) -> LogKind | None:
    """
    Return the log by which a record leaves: public, network, or None if it stays here.

    tlp-green is shared between hubs; a coalition is none, so it has no network log.
    """
    if leaves(label, sensitivity, Door.LOG, Audience.EVERYONE, consent=consent):
        return "public"
    shares = hub.identity.kind == "hub"
    if shares and leaves(label, sensitivity, Door.LOG, Audience.PEER, consent=consent):
        return "network"
    return None


class Release:
    """
    Lets records out in one transaction. Who gets them is looked up once, so use one for a batch.

    The caller stores the record itself and keeps it in the catalogue.
    """

    def __init__(self, db: sqlite_utils.Database, hub: Hub, act: Act) -> None:
        self._db = db
        self._hub = hub
        self._act = act
        self._log = Log(db)
        self._published = PublishedStore(db)
        self._places: dict[LogKind, list[Destination]] = {}
        self._names: dict[LogKind, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def create(
        self,
        kind: PublishedKind,
        ref: str,
        label: str,
        sensitivity: str,
        addressed: Addressed,
        *,
        consent: bool = False,
    ) -> LogKind | None:
        """Publish a record for the first time; return by which log, None if it stays here."""
        way = way_out(self._hub, label, sensitivity, consent=consent)
        if way is not None:
            self._check(way, label, sensitivity, consent)
            if not self._waits(kind, ref):
                self._tell("Create", kind, ref, way, addressed)
        return way

    def update(
        self,
        kind: PublishedKind,
        ref: str,
        label: str,
        sensitivity: str,
        addressed: Addressed,
        *,
        consent: bool = False,
    ) -> None:
        """Tell everybody who has it that a record is now as given. It must go out as before."""
        way = way_out(self._hub, label, sensitivity, consent=consent)
        if self._waits(kind, ref):
            return
        known = self._published.get(ref)
        if way is None or known is None or known.gone or known.log != way:
            raise ValueError("An Update must go out by the same way as the Create did.")
        self._check(way, label, sensitivity, consent)
        self._tell("Update", kind, ref, way, addressed)

    def delete(self, kind: PublishedKind, ref: str) -> bool:
        """
        Take a record back from everybody who got it; return whether it was out.

        The content of its earlier log entries is dropped, and every copy that waited to be sent;
        headers stay. Each hub that has it is to confirm that it has erased it (erasing.py).
        """
        if self._waits(kind, ref):
            return True
        known = self._published.get(ref)
        if known is None or known.gone:
            return False
        hub, at, way = self._hub, self._act.at, known.log
        to, cc = self._names_of(way)
        subject, log = _IDS[kind](hub.identity.origin, ref), log_name(hub.identity.g, way)
        activity = activities.delete(
            new_activity_id(hub, at),
            hub.identity.actor,
            subject,
            former_type=_TYPES[kind],
            to=to,
            cc=cc,
            at=to_text(at),
        )
        activity = signed(hub, activity, at)
        places = {place.inbox: place for place in self._places_of(way)}
        places.update({place.inbox: place for place in self._who_got(ref, way)})
        recipients = recipients_of(self._db, log, ref, list(places.values()))
        made = self._log.append(hub, way, "Delete", ref, activity, at)
        self._log.forget(log, ref, before=made.entry.h.seq)
        told = open_erasure(
            self._db, kind, subject, activity["id"], made.entry.h, recipients, self._act
        )
        places.update({place.inbox: place for place in told})
        self._published.take_back(ref, made.entry.h.seq, at)
        send(self._db, activity["id"], made.body, places.values(), at)
        return True

    def _waits(self, kind: PublishedKind, ref: str) -> bool:
        """While our logs rest, note that the record is to be published; return whether they do."""
        pause = Pause(self._db)
        if not pause.why:
            return False
        pause.wait(kind, ref, self._act.at)
        return True

    def _check(self, way: LogKind, label: str, sensitivity: str, consent: bool) -> None:
        """Ask the exit rule for each door that the activity goes out by; raises StaysHere."""
        if way == "public":
            doors = [(Door.LOG, Audience.EVERYONE), (Door.FEED, Audience.EVERYONE)]
        else:
            doors = [(Door.LOG, Audience.PEER), (Door.PEERS, Audience.PEER)]
        for door, audience in doors:
            may_leave(label, sensitivity, door, audience, consent=consent)

    def _tell(
        self,
        op: Literal["Create", "Update"],
        kind: PublishedKind,
        ref: str,
        way: LogKind,
        addressed: Addressed,
    ) -> None:
        hub, at = self._hub, self._act.at
        to, cc = self._names_of(way)
        build = activities.create if op == "Create" else activities.update
        activity = build(
            new_activity_id(hub, at),
            hub.identity.actor,
            signed(hub, addressed(to, cc), at),
            to=to,
            cc=cc,
            at=to_text(at),
        )
        activity = signed(hub, activity, at)
        made = self._log.append(hub, way, op, ref, activity, at)
        self._published.put(ref, kind, way, made.entry.h.seq, at)
        send(self._db, activity["id"], made.body, self._places_of(way), at)

    def _places_of(self, way: LogKind) -> list[Destination]:
        if way not in self._places:
            find = public_destinations if way == "public" else network_destinations
            self._places[way] = find(self._db)
        return self._places[way]

    def _names_of(self, way: LogKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if way not in self._names:
            self._names[way] = self._readers(way)
        return self._names[way]

    def _readers(self, way: LogKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
        origin = self._hub.identity.origin
        if way == "public":
            return (AS_PUBLIC,), (f"{origin}/followers",)
        readers = network_readers(self._db)
        if not 0 < len(readers) <= MOST_NAMED:
            readers = (f"{origin}/hub/log/{log_name(self._hub.identity.g, way)}",)
        return readers, ()

    def _who_got(self, ref: str, way: LogKind) -> list[Destination]:
        """Return where earlier activities about a record went, blocked peers left out."""
        blocked = {peer.inbox for peer in PeerStore(self._db).list() if peer.state == "blocked"}
        rows = self._db.execute(
            "select distinct x.inbox, x.is_hub from log_entries e"
            " join outgoing o on o.activity_id = e.activity"
            " join deliveries d on d.outgoing_id = o.id"
            " join destinations x on x.inbox = d.destination"
            " where e.log = ? and e.ref = ? and d.state in ('waiting', 'delivered')",
            (log_name(self._hub.identity.g, way), ref),
        )
        return [Destination(row[0], bool(row[1])) for row in rows if row[0] not in blocked]
