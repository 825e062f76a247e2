"""What stands behind a peer: the agreement, and the ground for sending data to its country."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, Literal, get_args

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.errors import FederationError
from federation.peers import Peer, PeerStore, TransferBasis
from federation.policy import NONE

BASES: Final[tuple[TransferBasis, ...]] = get_args(TransferBasis)
Need = Literal["inside", "stated", "missing"]

EEA: Final = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"}
    | {"IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
)
"""The European Economic Area, in which no ground for a transfer is needed (GDPR Art. 44)."""


class Transfer(StrEnum):
    """Why a copy may go to the country of the other hub. On the wire: `hub:transfer`."""

    INSIDE = "transfer-inside"
    """Same country, or both in the European Economic Area."""
    NOBODY = "transfer-nobody"
    """It says nothing about people (data-none), so it needs no ground."""
    ADEQUACY = "transfer-adequacy"
    CLAUSES = "transfer-clauses"
    ARRANGEMENT = "transfer-arrangement"


IN_WORDS: Final[dict[TransferBasis, str]] = {
    "": "not stated",
    "adequacy": "adequacy decision (GDPR Art. 45)",
    "clauses": "standard contractual clauses (GDPR Art. 46(2)(c))",
    "arrangement": "arrangement between public bodies (GDPR Art. 46(2)(a) or 46(3)(b))",
    "none": "none: nothing personal may go there",
}


class NothingToNote(FederationError):
    """It was not said what to note about a peer."""

    code: ClassVar[str] = "nothing-to-note"

    def __init__(self) -> None:
        super().__init__("Say what to note: the agreement, its date, or the transfer basis.")


def note_agreement(
    db: sqlite_utils.Database,
    host: str,
    act: Act,
    *,
    agreement: str | None = None,
    agreed_on: date | None = None,
    transfer_basis: TransferBasis | None = None,
) -> Peer:
    """Note what stands behind a peer; None leaves what was said. PeerNotFound, NothingToNote."""
    peer = PeerStore(db).get(host)
    said = {
        "agreement": None if agreement is None else agreement.strip(),
        "agreed_on": agreed_on,
        "transfer_basis": transfer_basis,
    }
    changes = {name: value for name, value in said.items() if value is not None}
    if not changes:
        raise NothingToNote
    changed = replace(peer, **changes)  # type: ignore[arg-type]
    PeerStore(db).replace(changed)
    ChangeStore(db).record(act, "peer.agreement", peer.host, changed.agreement[:500])
    return changed


def may_transfer(own_country: str, peer: Peer) -> bool:
    """Return whether data about people may go to the peer: none needed, or a ground is noted."""
    return transfer_need(own_country, peer) != "missing"


def transfer_ground(own_country: str, peer: Peer, sensitivity: str) -> Transfer:
    """
    Return on which ground something of this sensitivity goes to the peer, for the copy to say.

    Whether it may go, `may_transfer` and the exit rule say.
    """
    if transfer_need(own_country, peer) == "inside":
        return Transfer.INSIDE
    if peer.transfer_basis in ("", "none") or sensitivity == NONE:
        return Transfer.NOBODY
    return Transfer(f"transfer-{peer.transfer_basis}")


def transfer_need(own_country: str, peer: Peer) -> Need:
    """
    Return whether a transfer to the peer needs a ground, and whether one is stated.

    inside: same country, or both in the EEA, and not said to be without a ground. A peer whose
    country is not known needs one. Whether the ground holds is for people to judge.
    """
    if peer.transfer_basis == "none":
        return "missing"
    if (peer.country and peer.country == own_country) or {peer.country, own_country} <= EEA:
        return "inside"
    return "stated" if peer.transfer_basis not in ("", "none") else "missing"
