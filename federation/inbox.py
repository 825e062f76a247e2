"""
The door for activities (SECURITY.md S1 to S26; docs/adr/0014-inbox.md).

Cheap refusals come first, and nothing is fetched but the key. Then one job on the writer thread
does all that must hold together: who the sender is to us, whether it may say this, whether we know
it already, and keeping it. 202 is answered only after that is on disk.
"""

import hashlib
import json
from collections.abc import Callable
from typing import ClassVar

import sqlite_utils

from federation.actors import ActorStore
from federation.errors import FederationError
from federation.facts import look_up
from federation.hub import Node
from federation.inbox_store import InboxStore
from federation.key_directory import KeyUnavailable, key_of, knows_actor, refetched_key
from federation.known_keys import KnownKey
from federation.owed import OwedStore
from federation.parcels import Parcels
from federation.told_heads import hear_head
from protocol.activity import Activity, read_activity, without_blind_copies
from protocol.authority import authorize
from protocol.claims import SignatureClaim
from protocol.errors import (
    ActorMismatch,
    OriginMismatch,
    SignatureInvalid,
    TooLarge,
)
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import host_of, same_origin
from protocol.intake import check_content_headers, parse_document
from protocol.signatures import check_request, verify_request

LARGEST_BODY = 1024 * 1024
MOST_WAITING = 20_000
"""Activities that wait to be handled; beyond, senders are asked to come back (R9)."""
CROWDED = MOST_WAITING // 2
"""From so many on, whoever has more than MOST_OF_ONE of them is asked to come back (S56)."""
MOST_OF_ONE = MOST_WAITING // 4
RETRY_AFTER_SECONDS = 60
_REPLACES = frozenset({"Create", "Update", "Announce"})


class IdReused(FederationError):
    """An activity id that we know came with other bytes (S18)."""

    code: ClassVar[str] = "id-reuse"

    def __init__(self) -> None:
        super().__init__("This activity id was used before, for something else.")


class ObjectGone(FederationError):
    """The object was deleted by its owner and does not come back (S19)."""

    code: ClassVar[str] = "gone"

    def __init__(self) -> None:
        super().__init__("This object was deleted. Use a new id for something new.")


class InboxFull(FederationError):
    """Too much waits to be handled; the sender should come back later (R9)."""

    code: ClassVar[str] = "inbox-full"
    retry_after: ClassVar[int] = RETRY_AFTER_SECONDS

    def __init__(self) -> None:
        super().__init__("This hub has too much to do right now. Send it again in a minute.")


async def accept(node: Node, request: HttpRequest) -> HttpResponse:
    """
    Take in one POST to the inbox; return 202 once the activity is on disk.

    The same activity again, byte for byte, is answered 202 too and has no second effect.
    Raises the refusals of S1 to S26 (ProtocolError), KeyUnavailable, UnconfirmedKey, IdReused,
    ObjectGone, InboxFull, or ContentError when the database cannot take it.
    """
    await refuse_when_full(node)
    if len(request.body) > LARGEST_BODY:
        raise TooLarge(f"An activity may have at most {LARGEST_BODY} bytes.")
    check_content_headers(request)
    identity = node.hub.identity
    claim = check_request(request, now=node.clock.now(), authority=identity.host)
    document = parse_document(request.body)
    activity = read_activity(document)
    _refuse_early(activity, claim, identity.origin)
    known = await _verified_key(node, request, claim, activity)
    if activity.actor != known.owner.actor:
        raise ActorMismatch("The actor is not the owner of the key that signed.")
    if node.memory.crowding and host_of(activity.actor) in node.memory.crowding:
        raise InboxFull
    keep = _keeping(node, request.body, activity, known, claim)
    woken = await node.memory.arrivals.write(node.database, keep)
    if node.memory.waiting is not None:
        node.memory.waiting += 1
    if known.pinned:
        hear_head(node, request, known.owner.actor)
    node.bell.ring(arrival=not woken)
    return HttpResponse(202)


async def refuse_when_full(node: Node) -> None:
    """Raise InboxFull when too much waits. For the shell too, before it reads a body."""
    if node.memory.waiting is None:
        await count_waiting(node)
    if (node.memory.waiting or 0) >= MOST_WAITING:
        raise InboxFull


async def count_waiting(node: "Node") -> None:
    """Count anew what waits, and note whose share of it is too large for the others' good."""

    def count(db: sqlite_utils.Database) -> tuple[int, frozenset[str]]:
        inbox = InboxStore(db)
        waiting = inbox.waiting()
        return waiting, inbox.hosts_with_more(MOST_OF_ONE) if waiting >= CROWDED else frozenset()

    node.memory.waiting, node.memory.crowding = await node.database.read(count)


def _refuse_early(activity: Activity, claim: SignatureClaim, own_origin: str) -> None:
    """Refuse what no key could make right, so that it costs no look-up."""
    if len(activity.actors) != 1:
        raise ActorMismatch("An activity has exactly one actor.")
    if not same_origin(claim.key_id, activity.actor):
        raise ActorMismatch("The key is not on the origin of the actor.")
    if not same_origin(activity.id, activity.actor):
        raise OriginMismatch("The activity's id is not on its actor's origin.")
    if same_origin(activity.actor, own_origin):
        raise ActorMismatch("This hub does not write to itself.")


async def _verified_key(
    node: Node, request: HttpRequest, claim: SignatureClaim, activity: Activity
) -> KnownKey:
    """Return the key that made the signature; a stored one that fails is fetched anew once."""
    of_itself = activity.type == "Delete" and activity.object_id == activity.actor
    if of_itself and not await knows_actor(node, activity.actor):
        # Servers tell everybody that an account is gone; whom we never knew is not looked up.
        raise KeyUnavailable
    known = await key_of(node, claim.key_id)
    try:
        verify_request(request, claim, known.key, now=node.clock.now())
    except SignatureInvalid:
        fresh = await refetched_key(node, claim.key_id)
        if fresh is None or fresh.key == known.key:
            raise
        verify_request(request, claim, fresh.key, now=node.clock.now())
        return fresh
    return known


def _keeping(
    node: Node, body: bytes, activity: Activity, known: KnownKey, claim: SignatureClaim
) -> Callable[[sqlite_utils.Database], bool]:
    """
    Return the job that decides and keeps, all in one transaction.

    It returns whether deliveries to the sender's host, which failed before, are due again (R7).
    """
    now, origin = node.clock.now(), node.hub.identity.origin
    digest = hashlib.sha256(body).digest()
    if "bto" in activity.raw or "bcc" in activity.raw or b'"bto"' in body or b'"bcc"' in body:
        stripped = without_blind_copies(activity.raw)
        body = json.dumps(stripped, ensure_ascii=False, separators=(",", ":")).encode()

    def keep(db: sqlite_utils.Database) -> bool:
        record = look_up(db, origin, activity)
        if record.digest is not None:
            if record.digest != digest:
                raise IdReused
            if activity.type == "Delete":
                OwedStore(db).asked_again(activity.id, activity.actor, now)
            return False
        authorize(activity, known.owner, record.facts)
        if record.buried and activity.type in _REPLACES:
            raise ObjectGone
        InboxStore(db).add(
            activity.id, activity.actor, claim.key_id, activity.type, digest, body, now
        )
        if record.awaited:
            Parcels(db).wake(host_of(activity.actor), now)
        if claim.scheme == "rfc9421" and not known.pinned:
            ActorStore(db).note_rfc9421(activity.actor)
            Parcels(db).learn_scheme(host_of(activity.actor), "rfc9421")
        return record.awaited

    return keep
