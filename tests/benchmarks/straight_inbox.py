"""
The straight-line reference: the least work a secure inbox does, in one file and without features.

aiohttp, digest, date, signature, cached keys, actor and origin check, replay cache, pydantic,
SQLite with synchronous=FULL and group commit, 202 only after the commit. Not part of the node; it
says how fast this machine could be. Usage: straight_inbox.py PORT DATABASE KEYFILE
"""

import asyncio
import base64
import hashlib
import json
import sqlite3
import sys
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvloop
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding
from pydantic import BaseModel


class Note(BaseModel):
    """The object."""

    id: str
    type: str
    attributedTo: str  # noqa: N815 - as on the wire
    content: str


class Create(BaseModel):
    """The activity."""

    id: str
    type: str
    actor: str
    object: Note


class Refused(Exception):
    """Not taken."""


class Store:
    """Group commit on the loop: what came in during two milliseconds shares one commit."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = full")
        self.db.execute(
            "create table inbox (id integer primary key, activity text unique, actor text,"
            " body blob, at real)"
        )
        self.waiting: list[tuple[tuple[Any, ...], asyncio.Future[None]]] = []

    async def add(self, *row: Any) -> None:
        """Return when the row is on disk."""
        loop = asyncio.get_running_loop()
        if not self.waiting:
            loop.call_later(0.002, self.commit)
        done: asyncio.Future[None] = loop.create_future()
        self.waiting.append((row, done))
        await done

    def commit(self) -> None:
        """Write all that waits."""
        waiting, self.waiting = self.waiting, []
        self.db.execute("begin immediate")
        self.db.executemany(
            "insert or ignore into inbox (activity, actor, body, at) values (?, ?, ?, ?)",
            [row for row, _ in waiting],
        )
        self.db.execute("commit")
        for _, done in waiting:
            done.set_result(None)


def load_keys(path: str) -> dict[str, tuple[str, Any]]:
    """Return key id -> (owner, public key)."""
    found = {}
    for key_id, (owner, pem) in json.loads(Path(path).read_text()).items():
        found[key_id] = (owner, serialization.load_pem_public_key(pem.encode()))
    return found


def cavage(request: web.Request, body: bytes, keys: dict[str, tuple[str, Any]]) -> str:
    """Return the owner of the key that signed. Raises Refused."""
    headers = request.headers
    fields = dict(part.split("=", 1) for part in headers["Signature"].split(","))
    names = fields["headers"].strip('"').split(" ")
    if not {"(request-target)", "host", "date", "digest"} <= set(names):
        raise Refused("coverage")
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    if headers["Digest"] != digest:
        raise Refused("digest")
    if abs(parsedate_to_datetime(headers["Date"]).timestamp() - time.time()) > 3600:
        raise Refused("date")
    owner, key = keys[fields["keyId"].strip('"')]
    lines = [
        f"(request-target): post {request.raw_path}"
        if name == "(request-target)"
        else f"{name}: {headers[name]}"
        for name in names
    ]
    signature = base64.b64decode(fields["signature"].strip('"'))
    key.verify(signature, "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    return owner


def rfc9421(
    request: web.Request, body: bytes, keys: dict[str, tuple[str, Any]], origin: str
) -> str:
    """Return the owner of the key that signed. Raises Refused."""
    headers = request.headers
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    if headers["Content-Digest"] != digest:
        raise Refused("digest")
    label, params = headers["Signature-Input"].split("=", 1)
    inner, *rest = params.split(";")
    values = dict(part.split("=", 1) for part in rest)
    names = [name.strip('"') for name in inner.strip("()").split(" ")]
    if not {"@method", "@target-uri", "content-digest"} <= set(names):
        raise Refused("coverage")
    if abs(int(values["created"]) - time.time()) > 300:
        raise Refused("date")
    owner, key = keys[values["keyid"].strip('"')]
    derived = {"@method": "POST", "@target-uri": origin + request.raw_path}
    lines = [f'"{name}": {derived.get(name) or headers[name]}' for name in names]
    lines.append(f'"@signature-params": {params}')
    signature = base64.b64decode(headers["Signature"].removeprefix(f"{label}=").strip(":"))
    assert isinstance(key, ed25519.Ed25519PublicKey)
    key.verify(signature, "\n".join(lines).encode())
    return owner


def origin_of(url: str) -> str:
    """Return scheme and authority."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def main(port: int, database: str, keyfile: str) -> None:
    """Serve until killed."""
    keys, store, seen = load_keys(keyfile), Store(database), dict[str, None]()
    origin = f"http://127.0.0.1:{port}"

    async def inbox(request: web.Request) -> web.Response:
        if request.content_type != "application/activity+json":
            return web.Response(status=415)
        if (request.content_length or 0) > 1024 * 1024:
            return web.Response(status=413)
        body = await request.read()
        try:
            if "Signature-Input" in request.headers:
                owner = rfc9421(request, body, keys, origin)
            else:
                owner = cavage(request, body, keys)
        except (Refused, KeyError, ValueError, InvalidSignature):
            return web.Response(status=401)
        activity = Create.model_validate_json(body)
        if activity.actor != owner or activity.object.attributedTo != owner:
            return web.Response(status=403)
        if len({origin_of(each) for each in (activity.id, activity.object.id, owner)}) != 1:
            return web.Response(status=403)
        if activity.id in seen:
            return web.Response(status=202)
        seen[activity.id] = None
        await store.add(activity.id, owner, body, time.time())
        return web.Response(status=202)

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/inbox", inbox)
    app.router.add_get("/healthz", ready)
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
