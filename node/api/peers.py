"""Peers: other hubs and sources; people on both sides approve."""

from collections.abc import Callable

import sqlite_utils

from content.changes import Act
from content.people.permissions import Right
from federation.discovery import discover
from federation.hub import Hub
from federation.peering import (
    add_peer,
    approve_peer,
    block_peer,
    remove_peer,
    resume_peer,
    suspend_peer,
)
from federation.peers import Peer, PeerStore
from node.api.models.common import Listing
from node.api.models.network import Approval, NewPeer, PeerAnswer, RemovalQuery
from node.api.routes import ApiRoute, Call, Handler, shaped

SUBJECT = "Peers"
Step = Callable[[sqlite_utils.Database, Hub, str, Act], Peer]


async def list_peers(call: Call) -> Listing[PeerAnswer]:
    """Return all peers, whatever their state."""
    peers = await call.read(lambda db: PeerStore(db).list())
    return Listing(items=[shaped(PeerAnswer, peer) for peer in peers], total=len(peers))


async def show_peer(call: Call) -> PeerAnswer:
    """Return one peer, by host, handle or permanent name."""
    return shaped(PeerAnswer, await call.read(lambda db: PeerStore(db).get(call.path["host"])))


async def find_peer(call: Call) -> PeerAnswer:
    """Look up who is there and remember them. Of a hub nothing is sent before its approval."""
    body: NewPeer = call.body
    found = await discover(call.node, body.address)
    act = call.act()
    return shaped(PeerAnswer, await call.write(lambda db: add_peer(db, call.hub, found, act)))


async def approve(call: Call) -> PeerAnswer:
    """Approve a hub whose fingerprint a person has compared."""
    body: Approval = call.body
    return await _step(
        call,
        lambda db, hub, host, act: approve_peer(
            db,
            hub,
            host,
            act,
            fingerprint=body.fingerprint,
            agreement=body.agreement,
            agreed_on=body.agreed_on,
            transfer_basis=body.transfer_basis,
        ),
    )


async def suspend(call: Call) -> PeerAnswer:
    """Stop for a while."""
    return await _step(call, suspend_peer)


async def resume(call: Call) -> PeerAnswer:
    """Go on after a suspension or a block."""
    return await _step(call, resume_peer)


async def block(call: Call) -> PeerAnswer:
    """Take nothing from a peer any more, and send it nothing."""
    return await _step(call, block_peer)


async def remove(call: Call) -> PeerAnswer:
    """End the peering."""
    query: RemovalQuery = call.query
    return await _step(
        call, lambda db, hub, host, act: remove_peer(db, hub, host, act, purge=query.purge)
    )


async def _step(call: Call, step: Step) -> PeerAnswer:
    host, act = call.path["host"], call.act()
    return shaped(PeerAnswer, await call.write(lambda db: step(db, call.hub, host, act)))


def _change(
    verb: str,
    handler: Handler,
    summary: str,
    body: type | None = None,
    query: type | None = None,
) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/peers/{{host}}/{verb}",
        handler,
        summary,
        SUBJECT,
        PeerAnswer,
        right=Right.PEERS_MANAGE,
        body=body,
        query=query,
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/peers",
        list_peers,
        "All peers",
        SUBJECT,
        Listing[PeerAnswer],
        right=Right.NETWORK_READ,
    ),
    ApiRoute(
        "POST",
        "/peers",
        find_peer,
        "Find another hub or source",
        SUBJECT,
        PeerAnswer,
        right=Right.PEERS_MANAGE,
        body=NewPeer,
        status=201,
    ),
    ApiRoute(
        "GET",
        "/peers/{host}",
        show_peer,
        "One peer",
        SUBJECT,
        PeerAnswer,
        right=Right.NETWORK_READ,
    ),
    _change("approve", approve, "Approve a hub", Approval),
    _change("suspend", suspend, "Stop for a while"),
    _change("resume", resume, "Go on"),
    _change("block", block, "Block a peer"),
    _change("remove", remove, "End the peering", query=RemovalQuery),
)
