"""An identity provider on loopback that says what a test tells it to: the truth, or a lie."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "hub-of-the-city", "a secret & a half"


@dataclass(slots=True)
class PaperProvider:
    """
    The provider. lie: changes the claims of a token before it is signed. says: what it says of
    itself in place of the truth.
    """

    issuer: str = ""
    lie: Callable[[dict[str, Any]], None] | None = None
    says: dict[str, Any] = field(default_factory=dict)
    signs: Callable[["PaperProvider", dict[str, Any]], str] | None = None
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    asked: dict[str, str] = field(default_factory=dict)
    now: int = 0
    looked_at: int = 0
    exchanged: list[dict[str, str]] = field(default_factory=list)

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._configuration),
                web.get("/keys", self._keys),
                web.post("/token", self._token),
            ]
        )
        return app

    def take(self, address: str) -> dict[str, str]:
        """Be the page that a browser was sent to; return what it comes back with."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": "code-1", "state": self.asked["state"]}

    async def _configuration(self, _: web.Request) -> web.Response:
        self.looked_at += 1
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.says,
            }
        )

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(KeySet([self.key]).as_dict(private=False))

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.exchanged.append({**form, "authorization": request.headers.get("Authorization", "")})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != self.asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "person-17",
            "nonce": self.asked["nonce"],
            "iat": self.now,
            "exp": self.now + 300,
        }
        if self.lie is not None:
            self.lie(claims)
        if self.signs is not None:
            token = self.signs(self, claims)
        else:
            token = jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.key, ["ES256"])
        return web.json_response({"id_token": token, "access_token": "x", "token_type": "Bearer"})
