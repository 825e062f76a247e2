"""
Two or more hubs with real SQLite files, and a courier between them that can be told to misbehave.

The courier empties an outbox as the delivery worker does and hands each activity to `take_sealed`
of the hub it is for, as the inbox worker does. It loses nothing unless told so; it may deliver in
any order, and twice.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils
from cryptography.hazmat.primitives.asymmetric import rsa

from content.cases.case import Case, read_case_content
from content.cases.store import CaseStore
from content.cases.vault import CaseVault
from content.changes import Act
from content.executors import InlineDatabase
from content.ids import new_id
from content.migrations import SETS as CONTENT_SETS
from content.people.notices import PersonNoticeStore
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.escalation.channel import resend_unacknowledged
from federation.escalation.escalation import Escalation
from federation.escalation.expiry import expire_due
from federation.escalation.reading import get_escalation, list_escalations
from federation.escalation.receiving import take_sealed
from federation.escalation.telling import remind_of_escalations
from federation.hub import Hub, HubKeys, Identity
from federation.migrations import SETS as FEDERATION_SETS
from federation.parcels import Outcome, Parcels
from federation.peers import Peer, PeerKind, PeerStore
from protocol.activity import read_activity
from protocol.authority import Facts, KeyOwner, Standing, authorize
from protocol.ids import rsa_key_id, sealing_key_id, signing_key_id
from protocol.intake import parse_document
from protocol.keys import HYBRID_SUITE, X25519_SUITE, RsaKey, SealingKey, SigningKey
from tests.seams import START, SeededChance

T = TypeVar("T")
TITLE = "CANARY-TITLE chatbot clauses"
QUESTION = "CANARY-QUESTION Which clauses do we need by Friday?"
FILED: dict[str, Any] = {
    "title": TITLE,
    "question": QUESTION,
    "topics": ["procurement", "generative-ai"],
    "language": "es",
    "country": "US",
    "requester": {
        "role": "who-city-official",
        "name": "OSPREY-KESTREL Ruiz",
        "contact": "osprey-mail@city.example",
        "organisation": "OSPREY-HERONRY",
    },
    "sensitivity": "data-none",
    "consents": {"escalate": "yes", "share_name": True},
}
CANARIES = (b"CANARY", b"OSPREY", b"osprey-mail")


@cache
def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Side:
    """One hub: its file, its keys, its clock, and what it has ready for the courier."""

    def __init__(self, host: str, folder: Path) -> None:
        self.host, self.now = host, START
        origin = f"https://{host}"
        self.path = folder / f"{host}.db"
        self.chance = SeededChance(host)
        sealing = SealingKey.from_seed(
            sealing_key_id(origin, START),
            X25519_SUITE,
            self.chance.bytes(32),
            START + timedelta(days=400),
        )
        self.hub = Hub(
            identity=Identity(
                origin=origin,
                name=host,
                city="City",
                country="NL",
                language="en",
                timezone="Europe/Amsterdam",
                kind="hub",
                g=f"u{host}",
            ),
            keys=HubKeys(
                signing=SigningKey.from_seed(signing_key_id(origin), self.chance.bytes(32)),
                rsa=RsaKey(rsa_key_id(origin), _rsa()),
                application=RsaKey(f"{origin}/application#main-key", _rsa()),
                sealing=(sealing,),
            ),
            chance=self.chance,
            vault=CaseVault(self.chance.bytes(32), self.chance),
        )
        self.database = InlineDatabase(self.path)
        self.write(apply_migrations)
        self.write(self._add_people)

    def _add_people(self, db: sqlite_utils.Database) -> None:
        for name in ("ana", "omar"):
            user = User(
                name=name, display_name=name, role=Role.CASEWORKER, active=True, created_at=self.now
            )
            UserStore(db).add(user, self.act())

    def act(self, by: str = "ana") -> Act:
        """Return an act of somebody here, now."""
        return Act(by, self.now)

    def write(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Run work in a transaction."""
        return self.database.write_now(work)

    def read(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Run work that reads."""
        return self.database.read_now(work)

    def do(self, function: Callable[..., T], *values: Any, by: str = "ana", **named: Any) -> T:
        """Call one of the functions under test as a person of this hub does."""
        return self.write(lambda db: function(db, self.hub, *values, self.act(by), **named))

    def knows(self, other: "Side", *, kind: PeerKind = "hub", state: Any = "active") -> None:
        """Make the other hub a peer of this one."""
        keys = other.hub.keys
        peer = Peer(
            actor=other.hub.identity.actor,
            host=other.host,
            g=other.hub.identity.g,
            kind=kind,
            name=other.host,
            country=other.hub.identity.country,
            inbox=other.hub.identity.inbox,
            state=state,
            document={},
            pinned_keys=(keys.signing.public,),
            sealing_keys=tuple(key.public for key in keys.sealing),
            added_by="ana",
            added_at=self.now,
        )
        self.write(lambda db: PeerStore(db).add(peer))

    def sets_peer(self, other: "Side", **changes: Any) -> None:
        """Change what is known of a peer."""
        self.write(
            lambda db: PeerStore(db).replace(replace(PeerStore(db).get(other.host), **changes))
        )

    def has_case(self, **changes: Any) -> Case:
        """File a case."""
        content = read_case_content({**FILED, **changes})
        case = Case.received(content, self.act(), case_id=new_id(self.now, self.chance))
        self.write(lambda db: CaseStore(db, self.hub.vault).add(case, self.act()))
        return case

    def case(self, case_id: str) -> Case:
        """Return a case as it is stored."""
        return self.read(lambda db: CaseStore(db, self.hub.vault).get(case_id))

    def escalation(self, escalation_id: str) -> Escalation:
        """Return an escalation as people see it."""
        return self.read(lambda db: get_escalation(db, self.hub, escalation_id))

    def only_offer(self) -> Escalation:
        """Return the one escalation that was offered to this hub."""
        page = self.read(lambda db: list_escalations(db, self.hub, direction="in"))
        assert len(page.items) == 1
        return page.items[0]

    def expires(self) -> None:
        """Do what the clock of this hub causes."""
        act = Act("system", self.now)
        self.write(lambda db: expire_due(db, self.hub, act))
        self.write(lambda db: resend_unacknowledged(db, self.hub, act))

    def reminds(self) -> int:
        """Remind the people of this hub of days; return how many notices that made."""
        return self.write(lambda db: remind_of_escalations(db, self.hub, Act("system", self.now)))

    def notices(self, user: str = "ana") -> list[tuple[str, str | None, str | None]]:
        """Return kind, case and escalation of what somebody has not ticked off, oldest first."""
        found = self.read(lambda db: PersonNoticeStore(db).unseen(user))
        return [(each.kind.value, each.case_id, each.escalation_id) for each in found][::-1]

    def rotates_sealing_key(self, *, number: int = 1, hybrid: bool = False) -> None:
        """Make a new sealing key, for so many months later, and destroy the one before."""
        month = START + timedelta(days=31 * number)
        suite = HYBRID_SUITE if hybrid else X25519_SUITE
        key = SealingKey.from_seed(
            sealing_key_id(self.hub.identity.origin, month, hybrid=hybrid),
            suite,
            self.chance.bytes(96 if hybrid else 32),
            self.now + timedelta(days=400),
        )
        self.hub = replace(self.hub, keys=replace(self.hub.keys, sealing=(key,)))

    def letters_out(self, answer: str = "delivered") -> list[bytes]:
        """Empty the outbox as the delivery worker does; return the bodies in their order."""
        return self.write(lambda db: _collect(db, self.now, answer))

    def takes(self, body: bytes, sender: "Side") -> None:
        """Handle one delivered activity as the inbox worker does, in one transaction."""
        activity = read_activity(parse_document(body))
        origin = sender.hub.identity.origin
        owner = KeyOwner(sender.hub.identity.actor, sender.hub.keys.signing.id, origin)
        facts = Facts(Standing.PEER, self.hub.identity.origin)
        verified = authorize(activity, owner, facts)
        act = Act(f"hub:{sender.host}", self.now)
        self.write(lambda db: take_sealed(db, self.hub, verified, act))

    def file_bytes(self) -> bytes:
        """Return everything that is on disk, the write-ahead log included."""
        files = sorted(self.path.parent.glob(f"{self.path.name}*"))
        return b"".join(file.read_bytes() for file in files)


def apply_migrations(db: sqlite_utils.Database) -> None:
    """Make all tables."""
    for migrations in (*CONTENT_SETS, *FEDERATION_SETS):
        migrations.apply(db)


def _collect(db: sqlite_utils.Database, now: datetime, answer: str) -> list[bytes]:
    bodies = []
    parcels = Parcels(db)
    for first in parcels.due(now):
        parcel = parcels.next_for(first.inbox)
        while parcel is not None:
            if answer == "delivered":
                bodies.append(parcels.body(parcel.outgoing))
                parcels.settle(parcel, Outcome("delivered", "202", "rfc9421"), now, 0.0)
                parcel = parcels.next_for(first.inbox)
            else:
                parcels.settle(parcel, Outcome("later", answer, "rfc9421"), now, 0.0)
                parcel = None
    return bodies


def carry_among(*sides: Side) -> int:
    """Deliver everything among several hubs, in order, until nothing is left; return how much."""
    by_actor, count = {side.hub.identity.actor: side for side in sides}, 0
    while True:
        letters = [(side, body) for side in sides for body in side.letters_out()]
        if not letters:
            return count
        for sender, body in letters:
            (reader,) = parse_document(body)["to"]
            by_actor[reader].takes(body, sender)
        count += len(letters)


class Pair:
    """Two hubs that are peers: `a`, the origin of cases, and `b`, to which they are offered."""

    def __init__(self, folder: Path) -> None:
        self.a, self.b = Side("new-york.example", folder), Side("amsterdam.example", folder)
        self.a.knows(self.b)
        self.b.knows(self.a)
        self.tapped: list[bytes] = []

    def carry(self, *others: Side) -> int:
        """
        Deliver everything between all, in order, until nothing is left; return how much.

        others: hubs that were drawn in. Each message goes to the hub that it is addressed to.
        """
        sides = {side.hub.identity.actor: side for side in (self.a, self.b, *others)}
        count = 0
        while True:
            round_trip = [(side, body) for side in sides.values() for body in side.letters_out()]
            if not round_trip:
                return count
            for sender, body in round_trip:
                self.tapped.append(body)
                sides[json.loads(body)["to"][0]].takes(body, sender)
            count += len(round_trip)

    def at(self, moment: datetime) -> None:
        """Set the clocks of both hubs."""
        self.a.now = self.b.now = moment

    def later(self, **span: float) -> None:
        """Set the clocks of both hubs on."""
        self.at(self.a.now + timedelta(**span))

    def states(self, outgoing: Escalation) -> tuple[str, str]:
        """Return the state of the one escalation at its origin and at its receiver."""
        return self.a.escalation(outgoing.id).state, self.b.only_offer().state

    def close(self) -> None:
        """Close both files."""
        self.a.database.close_now()
        self.b.database.close_now()
