"""Who is who: peers enter the directory of hubs that pages and facets show."""

import sqlite_utils

from content.hubs import HubDirectory, HubEntry
from federation.peers import Peer


def introduce(db: sqlite_utils.Database, peer: Peer) -> None:
    """Let an active peer appear among the hubs that pages and facets show."""
    HubDirectory(db).put(
        HubEntry(
            host=peer.host,
            name=peer.name,
            city=peer.city,
            country=peer.country,
            language=peer.language,
            kind=peer.kind,
            g=peer.g,
            actor=peer.actor,
            last_heard_at=peer.last_contact_at,
        )
    )
