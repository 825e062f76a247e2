"""
JSON-LD that would make others read a document differently from plain JSON is refused (S25).

No context is ever loaded here. Keywords that restructure a document, and inline contexts that
redefine `id`, `type` or a term of ActivityStreams, were how signed documents were made to say
something else. Other inline contexts, which honest servers send, are let through and ignored.
"""

from collections.abc import Mapping
from typing import Any

from protocol.context import AS2, CONTEXT
from protocol.errors import UnsupportedJsonLd
from protocol.json import JsonObject

_FORBIDDEN_KEYS = frozenset({"@graph", "@included", "@reverse", "@nest"})
_FORBIDDEN_IN_CONTEXT = frozenset({"@import", "@base"})
_KEYWORD_ALIASES = frozenset({"@graph", "@included", "@reverse", "@nest", "@id", "@type"})
_CONTAINERS = frozenset({"@graph"})
_KEYWORDS = {"id": "@id", "type": "@type"}

# The properties and classes of ActivityStreams 2.0 (W3C Recommendation, 2017) and of ActivityPub.
_AS_VOCABULARY = """
    Accept Activity Add Announce Application Arrive Article Audio Block Collection CollectionPage
    Create Delete Dislike Document Event Flag Follow Group Ignore Image IntransitiveActivity Invite
    Join Leave Like Link Listen Mention Move Note Object Offer OrderedCollection
    OrderedCollectionPage Organization Page Person Place Profile Public Question Read Reject
    Relationship Remove Service TentativeAccept TentativeReject Tombstone Travel Undo Update Video
    View accuracy actor altitude anyOf attachment attributedTo audience bcc bto cc closed content
    contentMap context current deleted describes duration endTime endpoints first followers
    following formerType generator height href hreflang icon image inReplyTo inbox instrument items
    last latitude liked likes location longitude mediaType name nameMap next object oneOf
    orderedItems origin outbox partOf preferredUsername prev preview published radius rel
    relationship replies result sharedInbox shares source startIndex startTime streams subject
    summary summaryMap tag target to totalItems units updated url
"""
_AS_TERMS = frozenset(_AS_VOCABULARY.split())


def refuse_json_ld(document: JsonObject) -> None:
    """
    Raise UnsupportedJsonLd for keywords and inline contexts that change what plain JSON says (S25).

    Other inline contexts are let through and ignored; no context is ever loaded.
    """
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            if not _FORBIDDEN_KEYS.isdisjoint(value):
                raise UnsupportedJsonLd("@graph, @included, @reverse and @nest are not taken.")
            if "@context" in value:
                _check_context(value["@context"])
            waiting.extend(member for member in value.values() if isinstance(member, dict | list))


def _check_context(context: object) -> None:
    if context == CONTEXT:
        return
    for member in context if isinstance(context, list) else [context]:
        if isinstance(member, dict):
            for term, definition in member.items():
                _check_definition(term, definition)
        elif not isinstance(member, str | None):
            raise UnsupportedJsonLd("A context must be an address or an object.")


def _check_definition(term: str, definition: object) -> None:
    meaning = definition.get("@id", term) if isinstance(definition, dict) else definition
    if term in _KEYWORDS:
        if meaning != _KEYWORDS[term] or isinstance(definition, dict):
            raise UnsupportedJsonLd("An inline context must not redefine id or type.")
        return
    if term in _FORBIDDEN_IN_CONTEXT:
        raise UnsupportedJsonLd("@import and @base are not taken in a context.")
    if isinstance(meaning, str) and meaning in _KEYWORD_ALIASES:
        raise UnsupportedJsonLd("An inline context must not rename a keyword.")
    if isinstance(definition, Mapping) and _has_graph_container(definition.get("@container")):
        raise UnsupportedJsonLd("@graph containers are not taken.")
    if term in _AS_TERMS and not _says_the_same(term, meaning):
        raise UnsupportedJsonLd("An inline context must not redefine a term of ActivityStreams.")


def _says_the_same(term: str, meaning: object) -> bool:
    return meaning in (f"as:{term}", f"{AS2}#{term}")


def _has_graph_container(container: object) -> bool:
    return not _CONTAINERS.isdisjoint(
        member
        for member in (container if isinstance(container, list) else [container])
        if isinstance(member, str)
    )
