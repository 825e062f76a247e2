"""
A plain fediverse server on loopback, with keys and signing code of its own.

It shares no code with the project, so that both would have to be wrong in the same way for a test
to pass by mistake. Sources: draft-cavage-http-signatures-12; RFC 9421; RFC 9530.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any, Self
from urllib.parse import urlsplit

import base58
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

ACTIVITY_JSON = "application/activity+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]

Headers = list[tuple[str, str]]


@cache
def rsa_key(name: str = "stranger") -> rsa.RSAPrivateKey:
    """Return an RSA key; one a name for the whole run, since making one is slow."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """Return the public half as it stands in actor documents."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def digest_of(body: bytes) -> str:
    """Return the Digest header of RFC 3230."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def content_digest_of(body: bytes) -> str:
    """Return the Content-Digest header of RFC 9530."""
    return "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"


@dataclass
class Answer:
    """What the server says to a request."""

    status: int = 200
    body: bytes = b""
    content_type: str | None = ACTIVITY_JSON
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Received:
    """One request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    raw_path: str = ""

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Reaction = Callable[[Received], Answer]


@dataclass
class Stranger:
    """A server with one actor. `received` is what came in; `answers` what it says on a path."""

    host: str
    port: int
    name: str
    runner: web.AppRunner
    key: rsa.RSAPrivateKey
    received: list[Received] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    on_inbox: Reaction | None = None
    key_fragment: str = "#main-key"
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set as soon as anything came in."""

    @classmethod
    async def start(cls, name: str = "stranger", host: str = "127.0.0.1", port: int = 0) -> Self:
        """Open the server; close it with `stop`."""
        app = web.Application(client_max_size=16 * 1024 * 1024)
        runner = web.AppRunner(app, access_log=None)
        stranger: Self = cls(host, port, name, runner, rsa_key(name))
        app.router.add_route("*", "/{path:.*}", stranger._serve)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        stranger.port = int(runner.addresses[0][1])
        stranger.publish()
        return stranger

    async def stop(self) -> None:
        """Close the server."""
        await self.runner.cleanup()

    async def __aenter__(self) -> Self:
        """Return itself: the server is open already."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the server."""
        await self.stop()

    @property
    def authority(self) -> str:
        """Host and port, as HUB_TRUSTED_AUTHORITIES has them."""
        return f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority; a server that is only made up has an address of the real world."""
        return f"https://{self.host}" if self.port == 443 else f"http://{self.authority}"

    @property
    def actor(self) -> str:
        """Id of the actor."""
        return f"{self.origin}/users/{self.name}"

    @property
    def inbox(self) -> str:
        """Address of the inbox of the actor."""
        return f"{self.actor}/inbox"

    @property
    def key_id(self) -> str:
        """Id of the key of the actor."""
        return self.actor + self.key_fragment

    def actor_document(self, **more: Any) -> dict[str, Any]:
        """Return the actor as its server publishes it."""
        return {
            "@context": CONTEXT,
            "id": self.actor,
            "type": "Person",
            "preferredUsername": self.name,
            "inbox": self.inbox,
            "outbox": f"{self.actor}/outbox",
            "publicKey": {
                "id": self.key_id,
                "owner": self.actor,
                "publicKeyPem": public_pem(self.key),
            },
            **more,
        }

    def publish(self, **more: Any) -> None:
        """Serve the actor document, with what is given more or other."""
        self.serve(f"/users/{self.name}", self.actor_document(**more))

    def serve(self, path: str, document: dict[str, Any], **more: Any) -> None:
        """Serve a document on a path."""
        self.answers[path] = Answer(body=json.dumps(document).encode(), **more)

    def requests_for(self, path: str) -> list[Received]:
        """Return what was asked of one path."""
        return [request for request in self.received if request.path == path]

    async def _serve(self, request: web.Request) -> web.Response:
        received = Received(
            request.method,
            request.path,
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
            request.raw_path,
        )
        self.received.append(received)
        self.asked.set()
        if request.method == "POST" and self.on_inbox is not None:
            answer = self.on_inbox(received)
        elif request.method == "POST":
            answer = Answer(202)
        else:
            answer = self.answers.get(request.path, Answer(404))
        response = web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        if answer.content_type is not None:
            response.content_type = answer.content_type
        return response

    def activity(self, kind: str, number: int | str, obj: Any, **more: Any) -> dict[str, Any]:
        """Return an activity of the actor."""
        return {
            "@context": CONTEXT,
            "id": f"{self.origin}/activities/{number}",
            "type": kind,
            "actor": self.actor,
            "to": [PUBLIC],
            "object": obj,
            **more,
        }

    def cavage(
        self,
        url: str,
        body: bytes,
        now: datetime,
        *,
        method: str = "POST",
        key: rsa.RSAPrivateKey | None = None,
        key_id: str | None = None,
        covered: Iterable[str] = ("(request-target)", "host", "date", "digest", "content-type"),
        change: dict[str, str | None] | None = None,
        content_type: str = ACTIVITY_JSON,
        algorithm: str = "rsa-sha256",
    ) -> Headers:
        """
        Return the headers of a request signed by draft-cavage.

        change: headers to replace (or, with None, to leave out) before the signature is made.
        """
        parts = urlsplit(url)
        headers: dict[str, str] = {
            "host": parts.netloc,
            "date": format_datetime(now, usegmt=True),
            "accept": ACTIVITY_JSON,
        }
        if method == "POST":
            headers["digest"] = digest_of(body)
            headers["content-type"] = content_type
        for name, value in (change or {}).items():
            if value is None:
                headers.pop(name, None)
            else:
                headers[name] = value
        names = [name for name in covered if name.startswith("(") or name in headers]
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"{name}: {method.lower()} {target}"
            if name == "(request-target)"
            else f"{name}: {headers[name]}"
            for name in names
        ]
        signature = (key or self.key).sign(
            "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        headers["signature"] = (
            f'keyId="{key_id or self.key_id}",algorithm="{algorithm}",'
            f'headers="{" ".join(names)}",signature="{base64.b64encode(signature).decode()}"'
        )
        return list(headers.items())

    def rfc9421(
        self,
        url: str,
        body: bytes,
        now: datetime,
        *,
        key: rsa.RSAPrivateKey | None = None,
        covered: Iterable[str] = ("@method", "@target-uri", "content-type", "content-digest"),
        content_type: str = ACTIVITY_JSON,
        parameters: str = "",
    ) -> Headers:
        """Return the headers of a POST signed by RFC 9421 with the RSA key."""
        headers = {
            "host": urlsplit(url).netloc,
            "content-type": content_type,
            "content-digest": content_digest_of(body),
        }
        values = {"@method": "POST", "@target-uri": url, **headers}
        names = list(covered)
        inner = " ".join(f'"{name}"' for name in names)
        created = int(now.timestamp())
        params = (
            f'({inner});created={created};keyid="{self.key_id}";alg="rsa-v1_5-sha256"{parameters}'
        )
        lines = [f'"{name}": {values[name]}' for name in names]
        lines.append(f'"@signature-params": {params}')
        signature = (key or self.key).sign(
            "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        headers["signature-input"] = f"sig1={params}"
        headers["signature"] = f"sig1=:{base64.b64encode(signature).decode()}:"
        return list(headers.items())


@dataclass
class HubStranger(Stranger):
    """A hub of somebody else: its actor is `/actor`, and it signs as hubs do, with Ed25519."""

    signing: ed25519.Ed25519PrivateKey = field(
        default_factory=lambda: ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    )

    @property
    def actor(self) -> str:
        """Id of the actor."""
        return f"{self.origin}/actor"

    @property
    def inbox(self) -> str:
        """Address of the inbox."""
        return f"{self.origin}/inbox"

    @property
    def signing_key_id(self) -> str:
        """Id of the Ed25519 key."""
        return f"{self.actor}#ed25519-1"

    @property
    def multibase(self) -> str:
        """The Ed25519 key as publicKeyMultibase."""
        raw = self.signing.public_key().public_bytes_raw()
        return "z" + base58.b58encode(b"\xed\x01" + raw).decode()

    def as_hub(
        self,
        url: str,
        body: bytes,
        now: datetime,
        *,
        key: ed25519.Ed25519PrivateKey | None = None,
        key_id: str | None = None,
    ) -> Headers:
        """Return the headers of a POST signed as one hub signs to another."""
        headers = {
            "host": urlsplit(url).netloc,
            "content-type": ACTIVITY_JSON,
            "content-digest": content_digest_of(body),
        }
        created = int(now.timestamp())
        params = (
            '("@method" "@target-uri" "content-type" "content-digest")'
            f';created={created};expires={created + 300};keyid="{key_id or self.signing_key_id}"'
            ';alg="ed25519";tag="hub-v1"'
        )
        lines = [
            '"@method": POST',
            f'"@target-uri": {url}',
            f'"content-type": {ACTIVITY_JSON}',
            f'"content-digest": {headers["content-digest"]}',
            f'"@signature-params": {params}',
        ]
        signature = (key or self.signing).sign("\n".join(lines).encode())
        headers["signature-input"] = f"hub={params}"
        headers["signature"] = f"hub=:{base64.b64encode(signature).decode()}:"
        return list(headers.items())
