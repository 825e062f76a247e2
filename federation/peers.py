"""
Who our peers are: hubs and coalitions that both sides approved, and sources we read.

What brings a peer from one state to the next is in peering.py (docs/adr/0016-peering.md).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal, TypeAlias

import sqlite_utils

from content.hubs import HubDirectory
from content.times import from_text, from_text_or_none, to_text, to_text_or_none
from federation.errors import FederationError
from federation.policy import Audience, audience_of
from protocol.authority import Standing
from protocol.json import JsonObject
from protocol.keys import SealingPublicKey, VerifyKey
from protocol.moments import read_stamp, stamp

PeerKind = Literal["hub", "coalition", "source"]
TransferBasis = Literal["", "adequacy", "clauses", "arrangement", "none"]
"""Ground on which personal data may go to another country (GDPR Art. 45, 46); "" was not said."""
PeerState = Literal["new", "offered", "active", "suspended", "blocked", "ended"]


class PeerNotFound(FederationError):
    """There is no such peer."""

    code: ClassVar[str] = "peer-not-found"

    def __init__(self, who: str) -> None:
        super().__init__(f"There is no peer {who[:100]!r}. `hub peer list` shows them all.")


class PeerExists(FederationError):
    """The peer is known already."""

    code: ClassVar[str] = "peer-exists"

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is among the peers already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """
    One peer as we know it.

    host: host and, where there is one, port; of a source its handle, name@host. How people name it.
    g: the permanent name of a hub; None for a source.
    document: its actor as we discovered it. manifest: the newest one we hold, None for a source.
    pinned_keys, sealing_keys: the Ed25519 keys of its manifest, and what we seal to, newest first.
    fingerprint: of g, as people compare it over another channel; "" for a source.
    our_offer, their_offer: ids of the Offers that were sent and that arrived (of a source: our
    Follow). we_approved_at and they_approved_at: when a person here approved, and when their
    approval arrived. agreement: the paper behind it, in the operator's words.
    caught_up_at: when its logs were last read to their ends; None since it became active.
    """

    actor: str
    host: str
    g: str | None
    kind: PeerKind
    name: str
    city: str = ""
    country: str = ""
    language: str = ""
    inbox: str
    state: PeerState
    document: JsonObject
    manifest: JsonObject | None = None
    pinned_keys: tuple[VerifyKey, ...] = ()
    sealing_keys: tuple[SealingPublicKey, ...] = ()
    fingerprint: str = ""
    our_offer: str | None = None
    their_offer: str | None = None
    we_approved_at: datetime | None = None
    we_approved_by: str | None = None
    they_approved_at: datetime | None = None
    agreement: str = ""
    agreed_on: date | None = None
    transfer_basis: TransferBasis = ""
    added_by: str
    added_at: datetime
    last_contact_at: datetime | None = None
    caught_up_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether both sides approved and nobody took it back; of a source: it lets us follow."""
        return self.state == "active"

    @property
    def is_hub(self) -> bool:
        """Whether it speaks our protocol: a hub or a coalition, not a source."""
        return self.kind != "source"

    @property
    def audience(self) -> Audience:
        """What this peer counts as at the exit rule."""
        return audience_of(self.kind, active=self.active)

    @property
    def words(self) -> str:
        """The state as a sentence for people."""
        return state_in_words(self)

    def sealing_key(self, now: datetime) -> SealingPublicKey | None:
        """Return the key to seal with now: the newest that has not expired, or None."""
        return next((key for key in self.sealing_keys if key.expires > now), None)


_SOURCE_WORDS: Final[Mapping[str, str]] = {
    "new": "Asked to let us follow; its answer is awaited.",
    "offered": "Asked to let us follow; its answer is awaited.",
    "active": "We follow this source; what it publishes appears here, marked as not from a hub.",
    "suspended": "Suspended here: nothing new is taken from it.",
    "blocked": "Blocked here: nothing is taken from it.",
    "ended": "We no longer follow this source, or it refused.",
}
_HUB_WORDS: Final[Mapping[str, str]] = {
    "offered": "Approved here; the other hub has not approved yet.",
    "active": "Peers: both hubs approved.",
    "suspended": "Suspended here: nothing new is taken from it or sent to it.",
    "blocked": "Blocked here: nothing is taken from it, and nothing is sent to it.",
    "ended": "No longer peers. What it published before is still held, but not renewed.",
}


def state_in_words(peer: Peer) -> str:
    """Return the state of a peer as a sentence for people."""
    if not peer.is_hub:
        return _SOURCE_WORDS[peer.state]
    if peer.state == "new" and peer.their_offer is not None:
        return "Asks to be a peer. Compare the fingerprint with its people, then approve."
    if peer.state == "new":
        return "Added, nothing sent yet. Compare the fingerprint with its people, then approve."
    if peer.state == "offered" and peer.their_offer is not None:
        return "Approved by both; the last answer of the other hub is on its way."
    return _HUB_WORDS[peer.state]


Peers: TypeAlias = list[Peer]
"""A name for it, since `list` is a method of the store."""
Names: TypeAlias = list[tuple[str, PeerKind]]
"""Actor and kind of each."""


class PeerStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, peer: Peer) -> None:
        """Store a new peer. Raises PeerExists when actor, host or name is known."""
        known = self._db.execute(
            "select host from peers where actor = ? or host = ? or g = ?",
            (peer.actor, peer.host, peer.g),
        ).fetchone()
        if known is not None:
            raise PeerExists(known[0])
        names = _COLUMNS.replace(", ", ", :")
        self._db.execute(f"insert into peers ({_COLUMNS}) values (:{names})", _row(peer))  # noqa: S608

    def replace(self, peer: Peer) -> None:
        """Store the peer over what is known of the same actor. Raises PeerNotFound."""
        assignments = ", ".join(f"{name} = :{name}" for name in _NAMES[1:])
        changed = self._db.execute(
            f"update peers set {assignments} where actor = :actor",  # noqa: S608 - our own words
            _row(peer),
        )
        if changed.rowcount != 1:
            raise PeerNotFound(peer.host)

    def get(self, who: str) -> Peer:
        """Return the peer of that host (or handle), permanent name or actor, or PeerNotFound."""
        peer = self.find(who)
        if peer is None:
            raise PeerNotFound(who)
        return peer

    def find(self, who: str) -> Peer | None:
        """Return the peer of that host (or handle), permanent name or actor, or None."""
        return self._one("? in (host, coalesce(g, ''), actor)", who)

    def by_actor(self, actor: str) -> Peer | None:
        """Return the peer that is this actor, or None."""
        return self._one("actor = ?", actor)

    def list(self) -> Peers:
        """Return all peers by host, whatever their state."""
        return self._many("1 order by host")

    def active(self, *kinds: PeerKind) -> Peers:
        """Return the active peers by host; of these kinds only, where any are named."""
        wanted: tuple[str, ...] = kinds or ("hub", "coalition", "source")
        marks = ", ".join("?" * len(wanted))
        return self._many(f"state = 'active' and kind in ({marks}) order by host", *wanted)

    def active_names(self) -> "Names":
        """Return actor and kind of the active hubs and coalitions, and nothing that costs more."""
        rows = self._db.conn.execute(
            "select actor, kind from peers where state = 'active' and kind <> 'source'"
            " order by actor"
        )
        return [(row[0], row[1]) for row in rows.fetchall()]

    def never_read(self) -> Peers:
        """Return the active hubs and coalitions whose logs were not read to their ends yet."""
        return self._many(
            "state = 'active' and kind <> 'source' and caught_up_at is null order by host"
        )

    def asked(self, actor: str, request_id: str) -> bool:
        """Return whether we sent this actor an Offer with that id that it may answer."""
        found = self._db.execute(
            "select 1 from peers where actor = ? and our_offer = ? and kind <> 'source'"
            " and state <> 'blocked'",
            (actor, request_id),
        )
        return found.fetchone() is not None

    def heard_from(self, actor: str, at: datetime) -> None:
        """Note that a peer showed it is there, also where pages show it; nothing if it is none."""
        self._db.execute(
            "update peers set last_contact_at = max(coalesce(last_contact_at, ''), ?)"
            " where actor = ?",
            (to_text(at), actor),
        )
        # Not by `returning`: it makes the text index write out what it has collected.
        found = self._db.execute("select host from peers where actor = ?", (actor,)).fetchone()
        if found is not None:
            HubDirectory(self._db).heard(found[0], at)

    def caught_up(self, actor: str, at: datetime, *, itself: bool = True) -> None:
        """Note that the logs of a peer were read to their ends; itself: and that it gave them."""
        self._db.execute("update peers set caught_up_at = ? where actor = ?", (to_text(at), actor))
        if itself:
            self.heard_from(actor, at)

    def _one(self, condition: str, value: str) -> Peer | None:
        rows = self._many(condition, value)
        return rows[0] if rows else None

    def _many(self, condition: str, *values: str) -> "Peers":
        rows = self._db.execute(
            f"select {_COLUMNS} from peers where {condition}",  # noqa: S608 - our own words
            values,
        )
        return [_peer(dict(zip(_NAMES, row, strict=True))) for row in rows.fetchall()]


def standing_of(db: sqlite_utils.Database, actor: str) -> Standing:
    """Return what an actor may send us: as blocked, stranger, source or peer (DESIGN.md 6)."""
    row = db.execute("select state, kind from peers where actor = ?", (actor,)).fetchone()
    if row is None:
        return Standing.STRANGER
    state, kind = row
    if state == "blocked":
        return Standing.BLOCKED
    if state != "active":
        return Standing.STRANGER
    return Standing.SOURCE if kind == "source" else Standing.PEER


_COLUMNS = (
    "actor, host, g, kind, name, city, country, language, inbox, state, document, manifest,"
    " pinned_keys, sealing_keys, fingerprint, our_offer, their_offer, we_approved_at,"
    " we_approved_by, they_approved_at, agreement, agreed_on, transfer_basis, added_by, added_at,"
    " last_contact_at, caught_up_at"
)
_NAMES = _COLUMNS.split(", ")
_MOMENTS = ("we_approved_at", "they_approved_at", "last_contact_at", "caught_up_at")


def _row(peer: Peer) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(peer, name) for name in _NAMES}
    for name in _MOMENTS:
        row[name] = to_text_or_none(row[name])
    row["added_at"] = to_text(peer.added_at)
    row["agreed_on"] = None if peer.agreed_on is None else peer.agreed_on.isoformat()
    row["document"] = _dumped(peer.document)
    row["manifest"] = None if peer.manifest is None else _dumped(peer.manifest)
    row["pinned_keys"] = _dumped([[key.id, key.multibase] for key in peer.pinned_keys])
    row["sealing_keys"] = _dumped(_sealing_rows(peer.sealing_keys))
    return row


def _sealing_rows(keys: Iterable[SealingPublicKey]) -> list[list[str]]:
    return [[key.id, key.suite, key.multibase, stamp(key.expires)] for key in keys]


def _peer(row: dict[str, Any]) -> Peer:
    for name in _MOMENTS:
        row[name] = from_text_or_none(row[name])
    row["added_at"] = from_text(row["added_at"])
    row["agreed_on"] = None if row["agreed_on"] is None else date.fromisoformat(row["agreed_on"])
    row["document"] = json.loads(row["document"])
    row["manifest"] = None if row["manifest"] is None else json.loads(row["manifest"])
    row["pinned_keys"] = tuple(
        VerifyKey.from_multibase(key_id, text) for key_id, text in json.loads(row["pinned_keys"])
    )
    row["sealing_keys"] = tuple(
        SealingPublicKey.from_multibase(key_id, suite, text, read_stamp(expires))
        for key_id, suite, text, expires in json.loads(row["sealing_keys"])
    )
    return Peer(**row)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
