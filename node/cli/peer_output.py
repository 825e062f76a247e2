"""Peers on the terminal and as JSON."""

from federation.peers import Peer
from node.cli.output import print_fields, when


def plain_peer(peer: Peer) -> dict[str, object]:
    """Return a peer as programs read it."""
    return {
        "host": peer.host,
        "kind": peer.kind,
        "name": peer.name,
        "city": peer.city,
        "country": peer.country,
        "state": peer.state,
        "state_in_words": peer.words,
        "fingerprint": peer.fingerprint,
        "g": peer.g,
        "actor": peer.actor,
        "we_approved_at": peer.we_approved_at,
        "we_approved_by": peer.we_approved_by,
        "they_approved_at": peer.they_approved_at,
        "agreement": peer.agreement,
        "agreed_on": peer.agreed_on,
        "transfer_basis": peer.transfer_basis,
        "last_contact_at": peer.last_contact_at,
    }


def print_peer(peer: Peer) -> None:
    """Print a peer for people."""
    place = ", ".join(part for part in (peer.city, peer.country) if part)
    approved = peer.we_approved_at
    print_fields(
        [
            ("name", peer.name),
            ("kind", peer.kind),
            ("place", place),
            ("address", peer.host),
            ("fingerprint", peer.fingerprint),
            ("state", peer.words),
            ("approved by us", approved and f"{when(approved)} UTC by {peer.we_approved_by}"),
            ("approved by them", peer.they_approved_at and f"{when(peer.they_approved_at)} UTC"),
            ("agreement", peer.agreement),
            ("agreed on", peer.agreed_on),
            ("transfer basis", peer.transfer_basis),
            ("last contact", peer.last_contact_at and f"{when(peer.last_contact_at)} UTC"),
        ]
    )
