"""
Our inbox as a process of its own, for the benchmark: `federation.inbox.accept` behind aiohttp.

What is accepted is not handled, as in the straight line. Usage: ours_inbox.py PORT FOLDER KEYFILE
"""

import asyncio
import json
import sys
from pathlib import Path

import sqlite_utils
import uvloop
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from federation.actors import ActorStore, KnownActor
from federation.inbox import accept
from federation.peers import Peer, PeerStore
from node.clock import WallClock
from protocol.errors import ProtocolError
from protocol.http import HttpRequest
from protocol.keys import RsaPublicKey, VerifyKey
from tests.nodes_at_work import open_node


def known(keyfile: Path) -> tuple[list[KnownActor], list[Peer]]:
    """Return the senders: strangers that were fetched before, and hubs with pinned keys."""
    now = WallClock().now()
    actors, peers = [], []
    for key_id, (owner, pem) in json.loads(keyfile.read_text()).items():
        public = serialization.load_pem_public_key(pem.encode())
        if isinstance(public, ed25519.Ed25519PublicKey):
            host = owner.split("/")[2]
            peers.append(
                Peer(
                    actor=owner,
                    host=host,
                    g="u" + host.ljust(43, "x"),
                    kind="hub",
                    name=host,
                    inbox=f"{owner}/inbox",
                    state="active",
                    document={"id": owner},
                    pinned_keys=(VerifyKey(key_id, public),),
                    added_by="operator",
                    added_at=now,
                )
            )
        else:
            keys = {key_id: RsaPublicKey.from_pem(key_id, pem)}
            actors.append(KnownActor(owner, {"id": owner}, f"{owner}/inbox", None, keys, False))
    return actors, peers


async def serve(port: int, folder: Path, keyfile: Path) -> None:
    """Serve until killed."""
    origin = f"http://127.0.0.1:{port}"
    actors, peers = known(keyfile)

    def prepare(db: sqlite_utils.Database) -> None:
        for actor in actors:
            ActorStore(db).put(actor, WallClock().now())
        for peer in peers:
            PeerStore(db).add(peer)

    async with open_node(folder, clock=WallClock(), origin=origin) as node:
        await node.database.write(prepare)

        async def inbox(request: web.Request) -> web.Response:
            body = await request.read()
            plain = HttpRequest(
                "POST", origin + request.raw_path, tuple(request.headers.items()), body
            )
            try:
                answer = await accept(node, plain)
            except ProtocolError as error:
                return web.Response(status=400, text=error.code)
            return web.Response(status=answer.status)

        async def ready(_: web.Request) -> web.Response:
            return web.Response()

        app = web.Application()
        app.router.add_post("/inbox", inbox)
        app.router.add_get("/healthz", ready)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
