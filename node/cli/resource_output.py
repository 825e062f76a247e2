"""Resources as JSON for programs."""

from typing import Any

from content.resources.held import HeldResource
from content.resources.resource import Resource
from content.search import FoundResource
from federation.hub import Identity


def plain_own(identity: Identity, resource: Resource) -> dict[str, Any]:
    """Return a resource of this hub as programs read it."""
    return {
        "id": f"{identity.origin}/resources/{resource.id}",
        "ulid": resource.id,
        "hub": identity.host,
        "state": resource.state,
        "revision": resource.revision,
        "link_status": resource.link_status,
        "created_at": resource.created_at,
        "updated_at": resource.updated_at,
        "published_at": resource.published_at,
        "record": resource.record,
    }


def plain_held(held: HeldResource) -> dict[str, Any]:
    """Return a resource of another hub as programs read it."""
    return {
        "id": held.url,
        "ulid": held.ref,
        "hub": held.hub,
        "origin_kind": held.origin_kind,
        "label": held.label,
        "updated_at": held.updated_at,
        "received_at": held.received_at,
        "record": held.record,
    }


def plain_found(found: FoundResource) -> dict[str, Any]:
    """Return what a search found as programs read it."""
    place = found.place
    return {
        "id": place.url,
        "ulid": place.ref,
        "hub": place.hub,
        "own": place.own,
        "label": place.label,
        "title": found.title,
        "summary": found.summary,
        "kind": found.kind,
        "language": found.language,
        "topics": found.topics,
        "publisher": found.publisher,
        "link": found.link,
        "published_at": place.published_at,
        "updated_at": place.updated_at,
    }
