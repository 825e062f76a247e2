"""
Actors: a hub is an Organization, a coalition a Group, and an Application signs our GETs.

`read_actor` is tolerant, since anybody's actor is read with it; what makes an actor a hub is read
strictly and is None for others.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from protocol.context import CONTEXT, HUB_PROTOCOL, RFC_9421
from protocol.documents.model import validated
from protocol.errors import InvalidDocument, ProtocolError
from protocol.foreign import ids_of, text_of, types_of
from protocol.ids import (
    actor_id,
    application_id,
    host_of,
    is_url,
    manifest_id,
    same_origin,
)
from protocol.json import JsonObject
from protocol.key_documents import keys_of_actor
from protocol.keys import (
    SEALING_SUITES,
    PublicKey,
    RsaPublicKey,
    SealingPublicKey,
    VerifyKey,
    controller_of,
)
from protocol.log_entries import LogHeader
from protocol.manifest import ManifestSealingKey, is_name, manifest_sealing_key

USERNAME: Final = "hub"
APPLICATION_USERNAME: Final = "application"
ACTOR_TYPES: Final = frozenset({"Application", "Group", "Organization", "Person", "Service"})

HubKind = Literal["hub", "coalition"]
_IMPLEMENTS: Final = [
    {"href": RFC_9421, "name": "RFC-9421: HTTP Message Signatures"},
    {"href": HUB_PROTOCOL, "name": "Rights Hub protocol, version 1"},
]
"""What we say that we understand (FEP-844e)."""
_ACTOR_TYPE_OF: Final[dict[HubKind, str]] = {"hub": "Organization", "coalition": "Group"}


@dataclass(frozen=True, slots=True)
class HubProfile:
    """What a hub says about itself in its actor document."""

    origin: str
    kind: HubKind
    name: str
    city: str
    country: str
    language: str
    g: str
    published: str
    """When the hub was founded, as `moments.stamp` writes it."""
    rsa: RsaPublicKey
    signing: tuple[VerifyKey, ...]
    sealing: tuple[SealingPublicKey, ...]
    manifest_version: int = 1
    summary_html: str | None = None


def hub_actor(profile: HubProfile, head: LogHeader | None = None) -> JsonObject:
    """
    Return the actor document of a hub, without proof.

    head: newest header of its public log, None while it is empty.
    """
    origin, identity = profile.origin, actor_id(profile.origin)
    document: JsonObject = {
        "@context": CONTEXT,
        "id": identity,
        "type": _ACTOR_TYPE_OF[profile.kind],
        "preferredUsername": USERNAME,
        "name": profile.name,
        "inbox": f"{origin}/inbox",
        "outbox": f"{origin}/outbox",
        "followers": f"{origin}/followers",
        "following": f"{origin}/following",
        "endpoints": {"sharedInbox": f"{origin}/inbox"},
        "url": f"{origin}/",
        "published": profile.published,
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "webfinger": f"{USERNAME}@{host_of(origin)}",
        "publicKey": _rsa_key(profile.rsa),
        "assertionMethod": [_multikey(key) for key in profile.signing],
        "generator": _generator(origin),
        "hub:name": profile.g,
        "hub:kind": profile.kind,
        "hub:city": profile.city,
        "hub:country": profile.country,
        "hub:language": profile.language,
        "hub:manifest": manifest_id(origin, profile.manifest_version),
        "hub:log": f"{origin}/hub/log/{profile.g}",
        "hub:heads": f"{origin}/hub/heads",
        "hub:sealingKeys": [
            manifest_sealing_key(key).model_dump(mode="json", by_alias=True)
            for key in profile.sealing
        ],
    }
    if profile.summary_html is not None:
        document["summary"] = profile.summary_html
    if head is not None:
        document["hub:head"] = f"{head.log}#{head.seq}"
    return document


def application_actor(origin: str, rsa: RsaPublicKey, *, name: str) -> JsonObject:
    """Return the server actor (FEP-d556): it signs our GETs and can be read unsigned."""
    identity = application_id(origin)
    return {
        "@context": CONTEXT,
        "id": identity,
        "type": "Application",
        "preferredUsername": APPLICATION_USERNAME,
        "name": name,
        "inbox": f"{origin}/inbox",
        "outbox": f"{identity}/outbox",
        "url": f"{origin}/",
        "manuallyApprovesFollowers": True,
        "webfinger": f"{APPLICATION_USERNAME}@{host_of(origin)}",
        "publicKey": _rsa_key(rsa),
        "implements": _IMPLEMENTS,
    }


def _rsa_key(key: RsaPublicKey) -> JsonObject:
    return {"id": key.id, "owner": controller_of(key.id), "publicKeyPem": key.pem}


def _multikey(key: VerifyKey) -> JsonObject:
    return {
        "id": key.id,
        "type": "Multikey",
        "controller": controller_of(key.id),
        "publicKeyMultibase": key.multibase,
    }


def _generator(origin: str) -> JsonObject:
    """Return the software behind the actor: the server actor, and what it understands."""
    return {"type": "Application", "id": application_id(origin), "implements": _IMPLEMENTS}


@dataclass(frozen=True, slots=True)
class HubFacts:
    """What makes an actor a hub. Pinned only after its manifest was checked."""

    g: str
    kind: HubKind
    manifest: str
    log: str
    heads: str
    city: str | None
    country: str | None
    language: str | None
    sealing: tuple[SealingPublicKey, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """Anybody's actor."""

    id: str
    types: tuple[str, ...]
    username: str | None
    name: str | None
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    keys: tuple[PublicKey, ...]
    implements: frozenset[str]
    """Addresses of what its software implements (FEP-844e)."""
    hub: HubFacts | None
    """None for whoever is no hub."""
    raw: JsonObject = field(repr=False)

    @property
    def takes_rfc9421(self) -> bool:
        """Tell whether it says that it understands RFC 9421."""
        return RFC_9421 in self.implements or self.hub is not None


def read_actor(document: JsonObject) -> Actor:
    """
    Return the actor in a document that was fetched from its id.

    Raises InvalidDocument if it is no actor, its id or inbox is no http(s) URL, the inbox is on
    another origin, or it calls itself a hub and does not describe one.
    """
    types, identity, inbox = types_of(document), document.get("id"), document.get("inbox")
    if ACTOR_TYPES.isdisjoint(types):
        raise InvalidDocument("The document is no actor.")
    if not isinstance(identity, str) or not is_url(identity):
        raise InvalidDocument("The actor has no http or https id.")
    if not isinstance(inbox, str) or not same_origin(inbox, identity):
        raise InvalidDocument("The actor's inbox must be on its own origin.")
    endpoints = document.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    return Actor(
        id=identity,
        types=types,
        username=text_of(document, "preferredUsername"),
        name=text_of(document, "name"),
        inbox=inbox,
        shared_inbox=_near(shared, identity),
        outbox=_near(document.get("outbox"), identity),
        followers=_near(document.get("followers"), identity),
        keys=keys_of_actor(document),
        implements=_implements(document),
        hub=_hub_facts(document, identity),
        raw=document,
    )


def _near(value: object, identity: str) -> str | None:
    found = next(iter(ids_of(value)), None)
    return found if found is not None and same_origin(found, identity) else None


def _implements(document: JsonObject) -> frozenset[str]:
    generators = document.get("generator")
    members = generators if isinstance(generators, list) else [generators]
    found = set(ids_of(document.get("implements"))[:64])
    for member in members[:4]:
        if isinstance(member, dict):
            found.update(ids_of(member.get("implements"))[:64])
    return frozenset(found)


def _hub_facts(document: JsonObject, identity: str) -> HubFacts | None:
    if "hub:name" not in document:
        return None
    kind = document.get("hub:kind")
    if not is_name(document["hub:name"]) or kind not in ("hub", "coalition"):
        raise InvalidDocument("The hub's name or kind is malformed.")
    addresses = [document.get(f"hub:{name}") for name in ("manifest", "log", "heads")]
    if not all(isinstance(url, str) and same_origin(url, identity) for url in addresses):
        raise InvalidDocument("The hub's manifest, log and heads must be on its own origin.")
    manifest, log, heads = (str(url) for url in addresses)
    return HubFacts(
        g=document["hub:name"],
        kind=kind,
        manifest=manifest,
        log=log,
        heads=heads,
        city=_text(document, "hub:city"),
        country=_text(document, "hub:country"),
        language=_text(document, "hub:language"),
        sealing=read_sealing_keys(document.get("hub:sealingKeys"), identity),
    )


def read_sealing_keys(value: Any, actor: str) -> tuple[SealingPublicKey, ...]:
    """
    Return the sealing keys in a `hub:sealingKeys`; those of suites we do not know are left out.

    Raises InvalidDocument if one is malformed or not the actor's own.
    """
    found = []
    for member in (value if isinstance(value, list) else [])[:64]:
        if not isinstance(member, dict) or not isinstance(member.get("suite"), str):
            raise InvalidDocument("A sealing key is malformed.")
        if member["suite"] not in SEALING_SUITES:
            continue
        try:
            key = validated(ManifestSealingKey, member, "sealing key").sealing_key()
        except ProtocolError as error:
            raise InvalidDocument("A sealing key is malformed.") from error
        if controller_of(key.id) != actor:
            raise InvalidDocument("A sealing key belongs to somebody else.")
        found.append(key)
    return tuple(found)


def _text(document: JsonObject, name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 200 else None
