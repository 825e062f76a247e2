"""
What happens to an accepted activity: one handler for each type of activity.

An activity reaches a handler only as `Verified[Activity]`, from the inbox worker. Types that are
not here are refused at the door by protocol.authority.
"""

from collections.abc import Mapping
from types import MappingProxyType

from federation.handlers import answers, follow, objects, offer, remarks, undo
from federation.handlers.handler import Apply, Handler

__all__ = ["HANDLERS", "Apply", "Handler"]

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "Accept": Handler(answers.accept),
        "Announce": Handler(remarks.announce),
        "Create": Handler(objects.create, objects.fetch_object),
        "Delete": Handler(objects.delete),
        "Flag": Handler(remarks.flag),
        "Follow": Handler(follow.follow),
        "Like": Handler(remarks.like),
        "Offer": Handler(offer.offer, offer.discover_actor),
        "Reject": Handler(answers.reject),
        "Undo": Handler(undo.undo),
        "Update": Handler(objects.update, objects.fetch_object),
    }
)
"""Type of activity -> handler."""
