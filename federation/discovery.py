"""
Finding out who stands behind an address: WebFinger, the actor, and of a hub its manifest.

What is returned was checked, and still nothing is trusted: that takes a person (peering.py).
"""

from dataclasses import dataclass
from typing import ClassVar

from federation.errors import FederationError
from federation.fetching import KEY_LIMITS, FetchFailed, fetch_document
from federation.histories import HistoryNotShown, fetch_history
from federation.hub import Node
from federation.peers import PeerKind
from federation.transport import TransportFailed
from protocol import webfinger
from protocol.documents.actor import Actor, HubFacts, read_actor
from protocol.errors import InvalidUrl, ManifestInvalid, ProtocolError
from protocol.http import HttpRequest
from protocol.ids import actor_id, host_of, is_url, origin_of
from protocol.intake import parse_json
from protocol.json import JsonObject
from protocol.keys import SealingPublicKey, VerifyKey
from protocol.manifest import Manifest, check_manifest, fingerprint, name_of, read_manifest


class DiscoveryFailed(FederationError):
    """Nothing usable stands behind the address; the message says what was missing."""

    code: ClassVar[str] = "discovery-failed"


class ManifestWrong(FederationError):
    """A hub's actor and manifest do not belong together, so it cannot become a peer."""

    code: ClassVar[str] = "manifest-wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """
    An actor that could become a peer.

    host: host and port of a hub, name@host of a source. g, fingerprint, manifest, pinned_keys and
    sealing_keys are those of a hub's checked manifest: None, "" and () for a source.
    """

    kind: PeerKind
    actor: str
    host: str
    name: str
    city: str
    country: str
    language: str
    inbox: str
    document: JsonObject
    manifest: JsonObject | None
    g: str | None
    fingerprint: str
    pinned_keys: tuple[VerifyKey, ...]
    sealing_keys: tuple[SealingPublicKey, ...]


async def discover(node: Node, address: str) -> Discovered:
    """
    Return who stands behind a URL, a host, or a handle such as @hub@hub.example.

    A bare origin or host means the hub there. Fetches at most five documents.
    Raises DiscoveryFailed or ManifestWrong; nothing is stored.
    """
    actor = await _actor_behind(node, address.strip())
    if actor.hub is None:
        return _source(actor)
    return await _hub(node, actor, actor.hub)


async def _actor_behind(node: Node, address: str) -> Actor:
    if "://" not in address and "@" in address:
        return await _read_actor(node, await _look_up(node, address))
    if "://" in address:
        if not is_url(address):
            raise DiscoveryFailed("The address is not a plain http or https URL.")
        bare = address.rstrip("/") == origin_of(address)
        return await _read_actor(node, actor_id(origin_of(address)) if bare else address)
    try:
        host = host_of(f"https://{address.rstrip('/')}")
    except InvalidUrl:
        raise DiscoveryFailed(
            "Give the URL of a hub, its host, or a handle such as @hub@hub.example."
        ) from None
    try:
        return await _read_actor(node, actor_id(f"https://{host}"))
    except DiscoveryFailed:
        # Plain http is reached only where the settings trust that very host and port.
        return await _read_actor(node, actor_id(f"http://{host}"))


async def _look_up(node: Node, handle: str) -> str:
    """Return the actor of a handle. At most two hops: the second where the first one points."""
    try:
        account = webfinger.read_account(handle)
        finding = await _ask(node, account)
        if finding.account is not None and finding.account.host != account.host:
            account = finding.account
            finding = await _ask(node, account)
        return finding.actor
    except ProtocolError as error:
        raise DiscoveryFailed(f"The handle leads nowhere. {error}") from error


async def _ask(node: Node, account: webfinger.Account) -> webfinger.Finding:
    """Ask a host by WebFinger; over plain http only where that is trusted and https fails."""
    failure: Exception | None = None
    for scheme in ("https", "http"):
        url = webfinger.webfinger_url(account, scheme=scheme)
        request = HttpRequest("GET", url, (("Accept", webfinger.JRD_JSON),))
        try:
            answer = await node.transport.send(request, limits=KEY_LIMITS)
        except TransportFailed as error:
            failure = failure or error
            continue
        if answer.status != 200:
            raise DiscoveryFailed(f"{account.host} knows no {account.name} ({answer.status}).")
        return webfinger.read_answer(parse_json(answer.body))
    raise DiscoveryFailed(f"{account.host} does not answer. {failure}") from failure


async def _read_actor(node: Node, url: str) -> Actor:
    try:
        fetched = await fetch_document(node, url)
        return read_actor(fetched.document)
    except FetchFailed as error:
        raise DiscoveryFailed(str(error)) from error
    except ProtocolError as error:
        raise DiscoveryFailed(f"What is there is no actor. {error}") from error


def _source(actor: Actor) -> Discovered:
    host = host_of(actor.id)
    name = actor.username or actor.name or ""
    return Discovered(
        kind="source",
        actor=actor.id,
        host=f"{name}@{host}" if name and len(name) < 100 else host,
        name=(actor.name or name or host)[:200],
        city="",
        country="",
        language="",
        inbox=actor.inbox,
        document=actor.raw,
        manifest=None,
        g=None,
        fingerprint="",
        pinned_keys=(),
        sealing_keys=(),
    )


async def _hub(node: Node, actor: Actor, facts: HubFacts) -> Discovered:
    document, manifest = await _manifest_of(node, facts)
    if actor.id != actor_id(origin_of(actor.id)) or manifest.actor != actor.id:
        raise ManifestWrong("The manifest is that of another actor.")
    pinned = manifest.verify_keys()
    for key in actor.keys:
        if isinstance(key, VerifyKey) and _key_text(pinned.get(key.id)) != key.multibase:
            raise ManifestWrong("The actor shows an Ed25519 key that its manifest does not hold.")
    sealing = sorted(manifest.public_sealing_keys(), key=lambda key: key.expires, reverse=True)
    return Discovered(
        kind=facts.kind,
        actor=actor.id,
        host=host_of(actor.id),
        name=(actor.name or host_of(actor.id))[:200],
        city=facts.city or "",
        country=facts.country or "",
        language=facts.language or "",
        inbox=actor.inbox,
        document=actor.raw,
        manifest=document,
        g=facts.g,
        fingerprint=fingerprint(facts.g),
        pinned_keys=tuple(pinned.values()),
        sealing_keys=tuple(sealing),
    )


def _key_text(key: VerifyKey | None) -> str | None:
    return None if key is None else key.multibase


async def _manifest_of(node: Node, facts: HubFacts) -> tuple[JsonObject, Manifest]:
    """Return the newest manifest of a hub, proven from the first one, which gives it its name."""
    try:
        document = (await fetch_document(node, facts.manifest)).document
        manifest = check_manifest(document)
        if manifest.version > 1:
            await _check_history(node, facts, document)
        elif name_of(document) != facts.g:
            raise ManifestWrong("The manifest is not the one that gives this hub its name.")
    except FetchFailed as error:
        raise DiscoveryFailed(f"The hub does not show its manifest. {error}") from error
    except ManifestInvalid as error:
        raise ManifestWrong(str(error)) from error
    return document, manifest


async def _check_history(node: Node, facts: HubFacts, newest: JsonObject) -> None:
    """Walk from the first manifest to the newest one, over the manifest entries of the log."""
    try:
        documents = await fetch_history(node, facts.log, facts.g)
    except (TransportFailed, HistoryNotShown) as error:
        raise DiscoveryFailed(f"The hub does not show its former manifests. {error}") from error
    except ProtocolError as error:
        raise ManifestWrong(
            f"The manifests of the hub do not follow one another. {error}"
        ) from error
    if read_manifest(documents[-1]).version < read_manifest(newest).version:
        raise DiscoveryFailed("The hub shows only a part of its manifests just now. Try again.")
    if name_of(documents[-1]) != name_of(newest):
        raise ManifestWrong("The hub shows a manifest that is not in its log.")
