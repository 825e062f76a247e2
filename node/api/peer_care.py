"""Looking after a peer: the paper behind it, how far its log is read, and ending a freeze of it."""

import sqlite_utils

from content.people.permissions import Right
from federation.catching_up import catch_up
from federation.forks import ForkStore, settle_peer
from federation.law.agreements import note_agreement
from federation.log import Log
from federation.peers import PeerStore
from federation.polling import weigh_told
from federation.shorter import ShorterStore
from federation.withheld import WithheldStore
from node.api.models.network import AgreementBody, PeerAnswer, PeerLogAnswer, ReadAnswer
from node.api.peers import SUBJECT
from node.api.routes import ApiRoute, Call, shaped
from node.refusals import NothingToRead


async def note_peer_agreement(call: Call) -> PeerAnswer:
    """Note what stands behind a peer: the agreement, and the ground for sending data there."""
    body: AgreementBody = call.body
    act, host = call.act(), call.path["host"]
    peer = await call.write(
        lambda db: note_agreement(
            db,
            host,
            act,
            agreement=body.agreement,
            agreed_on=body.agreed_on,
            transfer_basis=body.transfer_basis,
        )
    )
    return shaped(PeerAnswer, peer)


async def show_peer_log(call: Call) -> PeerLogAnswer:
    """Return how far the log of a peer is held here, and whether something is wrong with it."""
    peer = await call.read(lambda db: PeerStore(db).get(call.path["host"]))
    if peer.g is None:
        return PeerLogAnswer(held=0, network_held=0, forked=False, shorter=False, withheld=0)
    g = peer.g

    def look(db: sqlite_utils.Database) -> PeerLogAnswer:
        log = Log(db)
        public, network = log.head(g), log.head(f"{g}/network")
        return PeerLogAnswer(
            held=public.seq if public else 0,
            network_held=network.seq if network else 0,
            forked=any(each.settled_at is None for each in ForkStore(db).of_hub(g)),
            shorter=any(each.settled_at is None for each in ShorterStore(db).of_hub(g)),
            withheld=WithheldStore(db).count(g),
        )

    return await call.read(look)


async def read_peer_log(call: Call) -> ReadAnswer:
    """Read what a hub published and never arrived here, now; the server does it by itself too."""
    peer = await call.read(lambda db: PeerStore(db).get(call.path["host"]))
    if not (peer.active and peer.is_hub):
        raise NothingToRead
    await weigh_told(call.node, peer)
    done = await catch_up(call.node, peer)
    call.node.bell.ring()
    return shaped(ReadAnswer, done, replicas=list(done.replicas))


async def settle_peer_log(call: Call) -> PeerAnswer:
    """End the freeze of a log that forked or shrank; our copy is dropped and read anew."""
    act, host = call.act(), call.path["host"]
    return shaped(PeerAnswer, await call.write(lambda db: settle_peer(db, host, act)))


ROUTES = (
    ApiRoute(
        "POST",
        "/peers/{host}/agreement",
        note_peer_agreement,
        "Note what stands behind a peer",
        SUBJECT,
        PeerAnswer,
        right=Right.PEERS_MANAGE,
        body=AgreementBody,
    ),
    ApiRoute(
        "GET",
        "/peers/{host}/log",
        show_peer_log,
        "How far its log is held",
        SUBJECT,
        PeerLogAnswer,
        right=Right.NETWORK_READ,
    ),
    ApiRoute(
        "POST",
        "/peers/{host}/sync",
        read_peer_log,
        "Read its log now",
        SUBJECT,
        ReadAnswer,
        right=Right.OPERATE,
    ),
    ApiRoute(
        "POST",
        "/peers/{host}/settle",
        settle_peer_log,
        "End the freeze of its log",
        SUBJECT,
        PeerAnswer,
        right=Right.PEERS_MANAGE,
    ),
)
