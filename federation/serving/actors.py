"""The two actors of a hub: the one that publishes, and the one that signs our GET requests."""

from dataclasses import replace

import sqlite_utils

from federation.hub import Hub, Node
from federation.log import Log, LogNotFounded
from federation.serving.answers import as_document
from protocol.documents.actor import HubProfile, application_actor, hub_actor
from protocol.http import HttpRequest, HttpResponse
from protocol.manifest import read_manifest


async def actor(node: Node, request: HttpRequest) -> HttpResponse:
    """GET /actor: the Organization (a coalition: the Group) that publishes; ETag, 304."""
    now = node.clock.now()
    profile = await node.database.read_public(lambda db: profile_of(db, node.hub))
    current = tuple(key for key in profile.sealing if key.expires > now)
    return as_document(request, hub_actor(replace(profile, sealing=current)))


def profile_of(db: sqlite_utils.Database, hub: Hub) -> HubProfile:
    """
    Return what we say about ourselves: the settings, and the keys of our newest manifest.

    Raises LogNotFounded while there is no manifest.
    """
    manifests = Log(db).manifests(hub.identity.g)
    if not manifests:
        raise LogNotFounded
    newest = read_manifest(manifests[-1])
    identity = hub.identity
    return HubProfile(
        origin=identity.origin,
        kind=identity.kind,
        name=identity.name,
        city=identity.city,
        country=identity.country,
        language=identity.language,
        g=identity.g,
        published=str(manifests[0]["published"]),
        rsa=hub.keys.rsa.public,
        signing=tuple(newest.verify_keys().values()),
        sealing=newest.public_sealing_keys(),
        manifest_version=newest.version,
    )


async def application(node: Node, request: HttpRequest) -> HttpResponse:
    """GET /application: the server actor (FEP-d556), readable without a signature."""
    identity, key = node.hub.identity, node.hub.keys.application.public
    return as_document(request, application_actor(identity.origin, key, name=identity.name))
