"""
The two things that code of federation/ is handed: the hub, and the node it runs on.

A `Hub` is plain knowledge (who we are, our keys, a source of chance) and goes into functions that
run inside a transaction. A `Node` adds what can wait or fail (clock, database, transport) and goes
into async functions. Nothing here reaches for a clock or a socket (docs/adr/0002-seams.md).
"""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from content.cases.vault import CaseVault
from content.chance import Chance
from content.clock import Clock
from content.database import Database
from federation.bell import Bell
from federation.high_water import HighWater
from federation.memory import Memory
from federation.transport import Transport
from protocol.keys import RsaKey, SealingKey, SigningKey

HubKind = Literal["hub", "coalition"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this hub is, as the world may know it."""

    origin: str
    """Scheme, host and port without a slash at the end, such as https://hub.amsterdam.example."""
    name: str
    city: str
    country: str
    """ISO 3166-1 alpha-2."""
    language: str
    """BCP 47 tag of the hub's own language."""
    timezone: str
    """IANA name; deadlines are dates in this zone."""
    kind: HubKind
    g: str
    """The hub's permanent name: digest of its first manifest (DESIGN.md 4; docs/adr/0010)."""

    @property
    def host(self) -> str:
        """Return host and, where there is one, port: how people and commands name this hub."""
        return urlsplit(self.origin).netloc

    @property
    def actor(self) -> str:
        """Return the id of the actor that publishes."""
        return f"{self.origin}/actor"

    @property
    def application(self) -> str:
        """Return the id of the server actor that signs our GET requests (FEP-d556)."""
        return f"{self.origin}/application"

    @property
    def inbox(self) -> str:
        """Return the address of the inbox of both actors."""
        return f"{self.origin}/inbox"


@dataclass(frozen=True, slots=True)
class HubKeys:
    """The private keys of a hub; a change of keys is a new value (docs/adr/0030)."""

    signing: SigningKey
    """Ed25519: proofs, log headers, requests to other hubs."""
    rsa: RsaKey
    """RSA-2048 `#main-key`: requests to the rest of the fediverse."""
    application: RsaKey
    """RSA-2048 of the server actor."""
    sealing: tuple[SealingKey, ...]
    """Keys that open sealed messages, newest first; expired ones stay 30 days (DESIGN.md 6)."""


@dataclass(frozen=True, slots=True)
class Hub:
    """What this hub is. Enough for everything that happens inside one transaction."""

    identity: Identity
    keys: HubKeys
    chance: Chance
    vault: CaseVault


@dataclass(slots=True, eq=False)
class Node:
    """A hub with its clock, storage and way out to the network."""

    hub: Hub
    """Set anew when its keys change while the server runs (node/key_renewal.py), and only then."""
    clock: Clock
    database: Database
    transport: Transport
    bell: Bell
    """Rung after a change that leaves work for the workers."""
    high_water: HighWater = field(default_factory=HighWater)
    """How far our logs were shown to others; outlives the database."""
    memory: Memory = field(default_factory=Memory)
    """What the node remembers besides its database, such as keys of others."""
