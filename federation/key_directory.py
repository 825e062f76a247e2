"""
Whose key is that? From memory, from what we know, or from the key's own server (S8 to S10).

Only a document that lives at its own id is believed, and the owner must list the key in turn. Keys
of hubs are pinned: they come from the peers table, and change as peer_keys.py says.
"""

import asyncio
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urldefrag

from federation.actors import ActorStore, read_actor
from federation.errors import FederationError
from federation.fetching import KEY_LIMITS, DocumentGone, FetchFailed, fetch_json
from federation.histories import HistoryNotShown
from federation.hub import Node
from federation.known_keys import KnownKey, key_of_actor, stored_key
from federation.memory import Window
from federation.notices import NoticeStore
from federation.peer_keys import learn_keys
from federation.peers import Peer, PeerStore
from federation.transport import TransportFailed
from protocol.errors import InvalidKey, KeyOwnerUnproven, ProtocolError
from protocol.ids import host_of
from protocol.key_documents import find_key

USED_FOR = timedelta(seconds=60)
"""How long a key is used from memory before the database is asked again."""
UNAVAILABLE_FOR = timedelta(minutes=5)
REFETCH_EVERY = timedelta(minutes=1)
LOOK_UPS_A_MINUTE = 30


class KeyUnavailable(FederationError):
    """The key of a signature cannot be had now (S8)."""

    code: ClassVar[str] = "key-unavailable"

    def __init__(self) -> None:
        super().__init__("The key of this signature could not be fetched. Try again later.")


class UnconfirmedKey(FederationError):
    """A hub signed with a key that is not among those its people confirmed (S36)."""

    code: ClassVar[str] = "key-changed"

    def __init__(self) -> None:
        super().__init__(
            "This hub knows another key for you; its people have to confirm a new one."
        )


async def key_of(node: Node, key_id: str) -> KnownKey:
    """
    Return the key with that id and its owner.

    Raises KeyUnavailable, KeyOwnerUnproven (S9), UnconfirmedKey, or NotAPeer for blocked owners, of
    whom nothing is fetched.
    """
    now, memory = node.clock.now(), node.memory
    remembered = memory.keys.get(key_id)
    if remembered is not None and remembered[1] > now:
        return remembered[0]
    known = await node.database.read(lambda db: stored_key(db, key_id))
    if isinstance(known, Peer):
        known = await _learned(node, known, key_id)
    if known is None:
        known = await _look_up(node, key_id)
    _remember(node, known)
    return known


async def refetched_key(node: Node, key_id: str) -> KnownKey | None:
    """
    Return the key as its server shows it now, after it failed to verify; None if not to be had.

    At most once a key and minute (S10), and never for the pinned keys of hubs: of these only what
    is pinned now is looked up here, since people may have approved others since we remembered.
    """
    now, memory = node.clock.now(), node.memory
    remembered = memory.keys.get(key_id)
    if remembered is not None and remembered[0].pinned:
        return await _pinned_since(node, key_id, remembered[0])
    last = memory.refetched.get(key_id)
    if last is not None and now - last < REFETCH_EVERY:
        return None
    memory.refetched.put(key_id, now)
    try:
        known = await _look_up(node, key_id)
    except (FederationError, KeyOwnerUnproven):
        return None
    _remember(node, known)
    return known


async def _pinned_since(node: Node, key_id: str, remembered: KnownKey) -> KnownKey | None:
    """Return the key that is pinned now, None if it is the one that we remember."""
    stored = await node.database.read(lambda db: stored_key(db, key_id))
    if not isinstance(stored, KnownKey) or stored.key.public == remembered.key.public:
        return None
    _remember(node, stored)
    return stored


async def knows_actor(node: Node, actor: str) -> bool:
    """Return whether we ever had to do with an actor; costs no request."""
    return await node.database.read(
        lambda db: ActorStore(db).knows(actor) or PeerStore(db).by_actor(actor) is not None
    )


def forget_actor(node: Node, actor: str) -> None:
    """Let what is remembered of an actor be asked anew: its document changed or is gone."""
    node.memory.keys.drop_where(lambda known: known[0].owner.actor == actor)


def _remember(node: Node, known: KnownKey) -> None:
    node.memory.keys.put(known.key.id, (known, node.clock.now() + USED_FOR))


async def _note_changed_key(node: Node, peer: Peer, key_id: str) -> None:
    at = node.clock.now()
    text = (
        f"A request in the name of {peer.host} was signed with a key that nobody here confirmed"
        f" ({key_id[-60:]}). Ask its people over another channel."
    )
    await node.database.write(lambda db: NoticeStore(db).note("key-changed", peer.host, text, at))


async def _learned(node: Node, peer: Peer, key_id: str) -> KnownKey:
    """
    Return a key that a hub has changed to, after asking it for its manifests once for all.

    Raises UnconfirmedKey if they do not lead to that key, KeyUnavailable if it cannot be asked now.
    """
    running = node.memory.learning.get(peer.actor)
    if running is None:
        now, last = node.clock.now(), node.memory.asked.get(peer.actor)
        if last is not None and now - last < REFETCH_EVERY:
            raise KeyUnavailable
        node.memory.asked.put(peer.actor, now)
        running = asyncio.create_task(learn_keys(node, peer))
        node.memory.learning[peer.actor] = running
        running.add_done_callback(lambda task: _has_learned(node, peer, task))
    try:
        await asyncio.shield(running)
    except TransportFailed as error:
        raise KeyUnavailable from error
    except HistoryNotShown as error:
        if error.passing:
            raise KeyUnavailable from error
    except ProtocolError:
        pass  # no history of that hub: nothing in it counts
    known = await node.database.read(lambda db: stored_key(db, key_id))
    if isinstance(known, KnownKey):
        return known
    await _note_changed_key(node, peer, key_id)
    raise UnconfirmedKey


def _has_learned(node: Node, peer: Peer, task: asyncio.Task[None]) -> None:
    node.memory.learning.pop(peer.actor, None)
    if not task.cancelled():
        task.exception()  # seen, also when all who waited have gone
    node.bell.ring()  # its log may have to be read anew


async def _look_up(node: Node, key_id: str) -> KnownKey:
    """Fetch a key, once for all who wait for it at the same time."""
    running = node.memory.looking.get(key_id)
    if running is None:
        _count_look_up(node, key_id)
        running = asyncio.create_task(_fetch_key(node, key_id))
        node.memory.looking[key_id] = running
        running.add_done_callback(lambda task: _looked_up(node, key_id, task))
    return await asyncio.shield(running)


def _looked_up(node: Node, key_id: str, task: asyncio.Task[KnownKey]) -> None:
    node.memory.looking.pop(key_id, None)
    if not task.cancelled() and task.exception() is not None:
        # Also marks the exception as seen when all who waited have gone.
        node.memory.unavailable.put(key_id, node.clock.now() + UNAVAILABLE_FOR)


def _count_look_up(node: Node, key_id: str) -> None:
    """Refuse what failed a short while ago, and hosts that make us look up too much."""
    now, memory = node.clock.now(), node.memory
    until = memory.unavailable.get(key_id)
    if until is not None and until > now:
        raise KeyUnavailable
    host = host_of(key_id)
    window = memory.look_ups.get(host)
    if window is None or now - window.since >= timedelta(minutes=1):
        window = Window(now, 0)
    if window.count >= LOOK_UPS_A_MINUTE:
        raise KeyUnavailable
    memory.look_ups.put(host, Window(window.since, window.count + 1))


async def _fetch_key(node: Node, key_id: str) -> KnownKey:
    place = urldefrag(key_id).url
    try:
        async with asyncio.timeout(KEY_LIMITS.seconds):
            fetched = await fetch_json(node, place, limits=KEY_LIMITS)
            found = find_key(fetched.document, key_id, fetched_from=fetched.url)
            if not found.proven:
                fetched = await fetch_json(node, found.owner, limits=KEY_LIMITS)
                found = find_key(fetched.document, key_id, fetched_from=fetched.url)
    except DocumentGone as error:
        at = node.clock.now()
        await node.database.write(lambda db: ActorStore(db).mark_gone(place, at))
        forget_actor(node, place)
        raise KeyUnavailable from error
    except (FetchFailed, InvalidKey, TimeoutError) as error:
        raise KeyUnavailable from error
    if not found.proven:
        raise KeyOwnerUnproven("The owner of this key does not name it as its own.")
    actor, at = read_actor(fetched.document), node.clock.now()
    await node.database.write(lambda db: ActorStore(db).put(actor, at, proven=key_id))
    return key_of_actor(found.owner, found.key)
