"""Peers, and what is on its way between servers, as the API shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from federation.acknowledgements import How
from federation.erasures import AskedState, ErasureKind
from federation.outbox import DeliveryState
from federation.peers import PeerKind, PeerState, TransferBasis
from node.api.models.common import Host, PageQuery
from node.api.routes import Answer, Body, Query


class PeerAnswer(Answer):
    """One peer. words: its state as a sentence. fingerprint: to be compared by people."""

    host: str
    actor: str
    g: str | None
    kind: PeerKind
    name: str
    city: str
    country: str
    language: str
    state: PeerState
    active: bool
    words: str
    fingerprint: str
    we_approved_at: datetime | None
    we_approved_by: str | None
    they_approved_at: datetime | None
    agreement: str
    agreed_on: date | None
    transfer_basis: TransferBasis
    added_by: str
    added_at: datetime
    last_contact_at: datetime | None


class NewPeer(Body):
    """Where the other hub is: its address, host, or handle such as @hub@hub.example."""

    address: Annotated[str, Field(min_length=1, max_length=500)]


class Approval(Body):
    """
    The approval of a peer by a person.

    fingerprint: as its people told it, by another way than this network. agreement: the paper
    behind it, in words; agreed_on: its date; transfer_basis: the ground on which personal data may
    go to its country.
    """

    fingerprint: Annotated[str, Field(min_length=1, max_length=200)]
    agreement: Annotated[str, Field(max_length=2000)] = ""
    agreed_on: date | None = None
    transfer_basis: TransferBasis = ""


class AgreementBody(Body):
    """What stands behind a peer; what is not given stays as it was noted."""

    agreement: Annotated[str, Field(max_length=2000)] | None = None
    agreed_on: Annotated[date, Field(strict=False)] | None = None
    transfer_basis: TransferBasis | None = None


class PeerLogAnswer(Answer):
    """
    How far the logs of a peer are held here. held, network_held: number of the newest entry, or 0.

    forked, shorter: it is frozen until somebody settles that. withheld: entries without content.
    """

    held: int
    network_held: int
    forked: bool
    shorter: bool
    withheld: int


class ReadAnswer(Answer):
    """What a reading of a log brought. seq: its newest entry here. problem: why it ended early."""

    host: str
    entries: int
    seq: int
    problem: str
    replicas: list[str]
    withheld: int


class RemovalQuery(Query):
    """purge: forget what the peer published too."""

    purge: bool = False


class DeliveryQuery(Query):
    """Which deliveries."""

    state: Literal["waiting", "failed"] = "failed"
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class OutgoingAnswer(Answer):
    """One activity on its way to one inbox."""

    id: int
    activity_id: str
    inbox: str
    state: DeliveryState
    attempts: int
    reason: str
    at: datetime
    done_at: datetime | None


class QuarantineQuery(Query):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20


class QuarantinedAnswer(Answer):
    """An activity that could not be taken in. reason: in words."""

    id: int
    activity_id: str
    actor: str
    type: str
    received_at: datetime
    attempts: int
    reason: str


class ErasureQuery(PageQuery):
    """state: missing shows only what waits for a receipt."""

    state: Literal["all", "missing"] = "all"


class AskedAnswer(Answer):
    """
    A hub that was asked to erase something.

    got: how it acknowledged the content; null: it was told, and may never have had it.
    receipt: the signed document, which hub verify can check.
    """

    host: str
    actor: str
    state: AskedState
    got: How | None
    asked_at: datetime
    asks: int
    missing_since: datetime | None
    erased_at: datetime | None
    received_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None
    settled_note: str
    receipt: dict[str, Any] | None


class ErasureAnswer(Answer):
    """
    One erasure that this hub asked for. request: id of its Delete.

    swept_at: since when no trace of the content is left in this hub's own file.
    """

    id: str
    ref: str
    kind: ErasureKind
    request: str
    log: str | None
    at: datetime
    swept_at: datetime | None
    hubs: list[AskedAnswer]


class Settlement(Body):
    """For which hub no receipt is waited for any more, and how it is known."""

    host: Host
    note: Annotated[str, Field(min_length=1, max_length=400)]


class Dismissal(Body):
    """Which notice is ticked off, as the list shows it."""

    kind: Annotated[str, Field(min_length=1, max_length=50)]
    subject: Annotated[str, Field(min_length=1, max_length=300)]


class NoticeAnswer(Answer):
    """Something that a person has to look at."""

    kind: str
    subject: str
    text: str
    first_at: datetime
    last_at: datetime
    times: int


class ChangeAnswer(Answer):
    """Who did what, when."""

    seq: int
    at: datetime
    by: str
    what: str
    subject: str
    note: str


class ChangeQuery(PageQuery):
    """subject: only the changes of the thing with that id."""

    subject: Annotated[str, Field(min_length=1, max_length=300)] | None = None
