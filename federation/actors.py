"""Actors of other servers: what of their document we use, and where it is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.times import to_text
from protocol.ids import same_origin
from protocol.json import JsonObject
from protocol.key_documents import keys_of_actor
from protocol.keys import PublicKey, RsaPublicKey, VerifyKey, public_key_from_multibase

RFC9421 = "https://datatracker.ietf.org/doc/html/rfc9421"
"""How an actor says in `generator.implements` that its server takes RFC 9421 (FEP-844e)."""


@dataclass(frozen=True, slots=True)
class KnownActor:
    """
    An actor of another server.

    inbox, shared_inbox: on the actor's own origin, None when it names none there.
    keys: key id -> key, only those that the actor itself lists as its own.
    """

    id: str
    document: JsonObject
    inbox: str | None
    shared_inbox: str | None
    keys: Mapping[str, PublicKey]
    takes_rfc9421: bool


def read_actor(document: JsonObject) -> KnownActor:
    """
    Return what we use of an actor document that was fetched from its own id.

    Tolerant: what is malformed or lies on another origin is left out. Raises KeyError without id.
    """
    actor = str(document["id"])
    endpoints = document.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    keys = {key.id: key for key in keys_of_actor(document)}
    return KnownActor(
        actor,
        document,
        _own(document.get("inbox"), actor),
        _own(shared, actor),
        keys,
        _implements(document, RFC9421),
    )


def _own(url: object, actor: str) -> str | None:
    return url if isinstance(url, str) and same_origin(url, actor) else None


def _implements(document: JsonObject, feature: str) -> bool:
    generator = document.get("generator")
    if not isinstance(generator, dict):
        return False
    claimed = generator.get("implements")
    for item in claimed if isinstance(claimed, list) else [claimed]:
        if item == feature or (
            isinstance(item, dict) and feature in (item.get("href"), item.get("id"))
        ):
            return True
    return False


def key_to_text(key: PublicKey) -> str:
    """Return a public key as text: PEM for RSA, multibase for Ed25519."""
    return key.multibase if isinstance(key, VerifyKey) else key.pem


def key_from_text(key_id: str, text: str) -> PublicKey:
    """Return the key that `key_to_text` wrote, or that a document shows. Raises InvalidKey."""
    if text.startswith("-----BEGIN"):
        return RsaPublicKey.from_pem(key_id, text)
    return public_key_from_multibase(key_id, text)


class ActorStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, actor: KnownActor, at: datetime, *, proven: str | None = None) -> None:
        """
        Keep an actor as it was fetched; its keys replace those that were known.

        Kept are the keys whose address is the actor's own, and the one of another address on its
        origin that is proven to be its: else one user of a server could claim another's key.
        """
        moment = to_text(at)
        self._db.execute(
            "insert into actors (id, document, inbox, shared_inbox, takes_rfc9421, fetched_at)"
            " values (?, ?, ?, ?, ?, ?) on conflict (id) do update set"
            " document = excluded.document, inbox = excluded.inbox,"
            " shared_inbox = excluded.shared_inbox,"
            " takes_rfc9421 = max(takes_rfc9421, excluded.takes_rfc9421),"
            " fetched_at = excluded.fetched_at, gone_at = null",
            (
                actor.id,
                json.dumps(actor.document, ensure_ascii=False, separators=(",", ":")),
                actor.inbox,
                actor.shared_inbox,
                actor.takes_rfc9421,
                moment,
            ),
        )
        self._db.execute("delete from actor_keys where actor = ?", (actor.id,))
        self._db.conn.executemany(
            "insert or replace into actor_keys (id, actor, public, fetched_at) values (?, ?, ?, ?)",
            [
                (key_id, actor.id, key_to_text(key), moment)
                for key_id, key in actor.keys.items()
                if key_id == proven or key_id.partition("#")[0] == actor.id
            ],
        )

    def get(self, actor: str) -> KnownActor | None:
        """Return an actor that was fetched before, or None."""
        row = self._db.execute(
            "select document, takes_rfc9421 from actors where id = ? and gone_at is null", (actor,)
        ).fetchone()
        if row is None:
            return None
        known = read_actor(json.loads(row[0]))
        return known if known.takes_rfc9421 or not row[1] else _taking(known)

    def key(self, key_id: str) -> tuple[str, PublicKey] | None:
        """Return the owner of a known key, and the key, or None."""
        row = self._db.execute(
            "select k.actor, k.public from actor_keys k join actors a on a.id = k.actor"
            " where k.id = ? and a.gone_at is null",
            (key_id,),
        ).fetchone()
        return None if row is None else (row[0], key_from_text(key_id, row[1]))

    def knows(self, actor: str) -> bool:
        """Return whether this actor was fetched before, gone or not."""
        return (
            self._db.execute("select 1 from actors where id = ?", (actor,)).fetchone() is not None
        )

    def note_rfc9421(self, actor: str) -> None:
        """Note that the server of an actor signed by RFC 9421, so it takes it too."""
        self._db.execute("update actors set takes_rfc9421 = 1 where id = ?", (actor,))

    def mark_gone(self, actor: str, at: datetime) -> None:
        """Note that an actor is gone for good; its keys open nothing any more."""
        self._db.execute("delete from actor_keys where actor = ?", (actor,))
        self._db.execute(
            "update actors set gone_at = ?, document = '{}' where id = ?", (to_text(at), actor)
        )


def _taking(actor: KnownActor) -> KnownActor:
    return KnownActor(
        actor.id, actor.document, actor.inbox, actor.shared_inbox, actor.keys, takes_rfc9421=True
    )
