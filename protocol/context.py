"""
The one versioned @context that we send, and the names that come with it.

It is sent for readers of JSON-LD and never loaded here: we read plain JSON. Its four URLs, in this
order, are what lets such readers find an actor's Ed25519 key (FEP-521a). Our own part must not
redefine a protected term of theirs, or they find no key at all (docs/adr/0008-documents.md).
"""

from typing import Any

AS2 = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v1"
CID = "https://www.w3.org/ns/cid/v1"

NS = "https://w3id.org/rights-hub/v1#"
"""The namespace of our own terms, written `hub:*` in documents."""

HUB_PROTOCOL = "https://w3id.org/rights-hub/hub-v1"
"""What an actor's `generator.implements` lists when it speaks our protocol (FEP-844e)."""
RFC_9421 = "https://datatracker.ietf.org/doc/html/rfc9421"
"""What `generator.implements` lists when HTTP message signatures are understood (FEP-844e)."""

AS_PUBLIC = f"{AS2}#Public"
"""The collection that stands for everybody."""
PUBLIC_ALIASES = frozenset({AS_PUBLIC, "as:Public", "Public"})
"""All spellings of it that are in use."""

PEER_OF = f"{NS}peerOf"
"""The relationship that two hubs offer each other (docs/adr/0016)."""

ACTIVITY_JSON = "application/activity+json"
LD_JSON = f'application/ld+json; profile="{AS2}"'
"""The Accept field of our requests for documents."""

_JSON_LITERAL = {"@type": "@json"}

CONTEXT: list[Any] = [
    AS2,
    SECURITY,
    DATA_INTEGRITY,
    CID,
    {
        "hub": NS,
        "Hashtag": "as:Hashtag",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger"},
        "implements": {
            "@id": "https://w3id.org/fep/844e/implements",
            "@type": "@id",
            "@container": "@list",
        },
        # What only hubs read is opaque to JSON-LD, so no expansion can change what it says.
        "hub:resource": {"@id": "hub:resource", **_JSON_LITERAL},
        "hub:expert": {"@id": "hub:expert", **_JSON_LITERAL},
        "hub:framework": {"@id": "hub:framework", **_JSON_LITERAL},
        "hub:sealingKeys": {"@id": "hub:sealingKeys", **_JSON_LITERAL},
        "hub:proposal": {"@id": "hub:proposal", **_JSON_LITERAL},
        "hub:erasure": {"@id": "hub:erasure", **_JSON_LITERAL},
    },
]
"""The value of `@context` in every document of ours. Treat as read-only."""
