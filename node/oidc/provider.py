"""
The identity provider: what it says of itself, its keys, and what it says of a person.

Authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 9700). All requests go through the
guarded transport; nothing is believed that the pinned issuer has not signed for us and this nonce.
"""

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from federation.errors import FederationError
from federation.transport import Limits, Transport
from node.logs import log
from node.oidc.client import OidcClient
from node.oidc.errors import ProviderRefused, ProviderTrouble
from node.oidc.pending import Pending
from protocol.http import HttpRequest, HttpResponse

SIGNED_WITH: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""None of them is symmetric, and none is "none"."""
_FRESH: Final = timedelta(hours=1)
_REST: Final = timedelta(seconds=30)
"""After trouble nobody is asked again for that long, however many want to sign in."""
_LEEWAY_SECONDS: Final = 60
_LONGEST_SUBJECT: Final = 255
_LIMITS: Final = Limits(seconds=10.0, bytes=256 * 1024)


class Discovered(BaseModel):
    """What a provider says of itself at /.well-known/openid-configuration, as far as we ask."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    discovered: Discovered
    keys: KeySet
    at: datetime


class Provider:
    """One provider, whose words about itself are kept for an hour."""

    def __init__(self, client: OidcClient, transport: Transport) -> None:
        self.client = client
        self._transport = transport
        self._kept: _Kept | None = None
        self._trouble_at: datetime | None = None
        self._asking = asyncio.Lock()

    async def address_for(self, pending: Pending, now: datetime) -> str:
        """Return where a browser is sent. Raises ProviderTrouble."""
        kept = await self._known(now)
        digest = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        endpoint = kept.discovered.authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def subject_of(self, code: str, issuer: str, pending: Pending, now: datetime) -> str:
        """
        Return whom the provider vouches for, by the name it has for them, which never changes.

        code and issuer: what the browser came back with; issuer "" where it named none (RFC 9207).
        Raises ProviderTrouble, ProviderRefused.
        """
        kept = await self._known(now)
        must_name = kept.discovered.authorization_response_iss_parameter_supported
        if issuer != self.client.issuer and (issuer or must_name):
            raise ProviderRefused
        answer = await self._exchange(kept.discovered, code, pending)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused
        return await self._checked(token, kept, pending, now)

    async def _exchange(
        self, discovered: Discovered, code: str, pending: Pending
    ) -> dict[str, Any]:
        client = self.client
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect,
            "code_verifier": pending.verifier,
        }
        headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
        ]
        if client.secret and "client_secret_basic" in (
            discovered.token_endpoint_auth_methods_supported
        ):
            pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
            headers.append(("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
        else:
            fields["client_id"] = client.client_id
            if client.secret:
                fields["client_secret"] = client.secret
        request = HttpRequest(
            "POST", discovered.token_endpoint, tuple(headers), urlencode(fields).encode()
        )
        answer = await self._send(request)
        if answer.status != 200:
            log.warning("oidc-code-refused", status=answer.status)
            raise ProviderRefused
        return _json(answer)

    async def _checked(self, token: str, kept: _Kept, pending: Pending, now: datetime) -> str:
        try:
            claims = jwt.decode(token, kept.keys, algorithms=SIGNED_WITH).claims
        except (JoseError, ValueError):
            # It may be signed with a key that is newer than what we know.
            renewed = await self._renew(now)
            try:
                claims = jwt.decode(token, renewed.keys, algorithms=SIGNED_WITH).claims
            except (JoseError, ValueError):
                raise ProviderRefused from None
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.client.issuer},
            aud={"essential": True, "value": self.client.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": pending.nonce},
        )
        try:
            registry.validate(claims)
        except (JoseError, ValueError, TypeError):
            raise ProviderRefused from None
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if several else self.client.client_id) != self.client.client_id:
            raise ProviderRefused
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise ProviderRefused
        return subject

    async def _known(self, now: datetime) -> _Kept:
        async with self._asking:
            if self._kept is not None and now - self._kept.at <= _FRESH:
                return self._kept
            if self._trouble_at is not None and now - self._trouble_at < _REST:
                raise ProviderTrouble
            return await self._ask(now)

    async def _renew(self, now: datetime) -> _Kept:
        async with self._asking:
            return await self._ask(now)

    async def _ask(self, now: datetime) -> _Kept:
        self._trouble_at = now
        try:
            where = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
            discovered = Discovered.model_validate(_json(await self._get(where)))
            if discovered.issuer != self.client.issuer:
                raise ProviderTrouble
            keys = KeySet.import_key_set(_json(await self._get(discovered.jwks_uri)))  # type: ignore[arg-type]
        except (ValidationError, JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("oidc-provider-unusable", error=type(error).__name__)
            raise ProviderTrouble from None
        self._trouble_at = None
        self._kept = _Kept(discovered, keys, now)
        return self._kept

    async def _get(self, url: str) -> HttpResponse:
        answer = await self._send(HttpRequest("GET", url, (("Accept", "application/json"),)))
        if answer.status != 200:
            log.warning("oidc-provider-answered", status=answer.status)
            raise ProviderTrouble
        return answer

    async def _send(self, request: HttpRequest) -> HttpResponse:
        try:
            return await self._transport.send(request, limits=_LIMITS)
        except FederationError as error:
            log.warning("oidc-provider-unreachable", error=error.code)
            raise ProviderTrouble from None


def _json(answer: HttpResponse) -> dict[str, Any]:
    try:
        value = json.loads(answer.body)
    except ValueError:
        raise ProviderTrouble from None
    if not isinstance(value, dict):
        raise ProviderTrouble
    return value
