"""
The register of processing (GDPR Art. 30), made of the settings and of what the hub really holds.

Plain values; `hub report processing` writes them for people. What only people know (the lawful
basis, the controller) comes from settings, the rest is what the program does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import sqlite_utils

from content.cases.holds import HoldStore
from content.cases.retention import Periods
from content.cases.status import CaseStatus
from federation.hub import Hub
from federation.law.agreements import IN_WORDS, Need, transfer_need
from federation.peers import Peer, PeerStore

LegalBasis = Literal["public-task", "legitimate-interest", "consent"]

_BASES: Final[dict[LegalBasis, str]] = {
    "public-task": "task in the public interest (GDPR Art. 6(1)(e))",
    "legitimate-interest": "legitimate interest (GDPR Art. 6(1)(f))",
    "consent": "consent (GDPR Art. 6(1)(a))",
}
_TRANSFER: Final[dict[Need, str]] = {
    "inside": "none needed: same country, or both in the EEA",
    "stated": "",
    "missing": "NOT STATED; nothing personal should go there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """Who answers for the data. mail_server: host of the server that takes mails, "" for none."""

    name: str
    contact: str
    dpo: str
    legal_basis: LegalBasis
    mail_server: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One activity of processing, as Art. 30(1)(b) to (f) wants it. Sentences for people."""

    name: str
    purpose: str
    basis: str
    people: tuple[str, ...]
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    kept: tuple[str, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """
    A hub that can get personal data. given: copies of cases that went there and were not taken back
    by now; transfer: the ground in words; missing: whether there is none where one is needed.
    """

    host: str
    name: str
    country: str
    agreement: str
    agreed_on: str
    transfer: str
    missing: bool
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The register at one moment."""

    at: datetime
    hub: str
    address: str
    country: str
    controller: Controller
    activities: tuple[Processing, ...]
    recipients: tuple[Recipient, ...]
    measures: tuple[str, ...]


def processing_register(
    db: sqlite_utils.Database, hub: Hub, controller: Controller, periods: Periods, at: datetime
) -> Register:
    """Return the register as it is now. Only reads, and opens no case."""
    peers = [peer for peer in PeerStore(db).list() if peer.kind == "hub" and peer.state == "active"]
    return Register(
        at=at,
        hub=hub.identity.name,
        address=hub.identity.origin,
        country=hub.identity.country,
        controller=controller,
        activities=(
            _requests(db, hub, controller, periods, at),
            _copies(db, controller, periods),
            _experts(db),
            _accounts(db, periods),
            _network(db, periods),
            *_mails(controller),
        ),
        recipients=tuple(_recipient(db, hub, peer) for peer in peers),
        measures=_measures(hub),
    )


def _requests(
    db: sqlite_utils.Database, hub: Hub, controller: Controller, periods: Periods, at: datetime
) -> Processing:
    held = len(HoldStore(db, hub.vault).lasting(at))
    open_cases = _count(
        db,
        "cases where closed_at is null and escalated_from is null and status <> ?",
        CaseStatus.ERASED.value,
    )
    ended = _count(
        db,
        "cases where closed_at is not null and escalated_from is null and status <> ?",
        CaseStatus.ERASED.value,
    )
    return Processing(
        name="Requests for help",
        purpose="To answer questions of city officials, elected people and organisations about "
        "digital rights.",
        basis=_BASES[controller.legal_basis],
        people=("those who ask", "people named in what they write", "staff and experts who answer"),
        data=(
            "name, how to reach them, organisation and role of who asks",
            "question, context, attached files, messages, drafts and answers",
            "language, country, dates, status, consents",
            "special categories (Art. 9) and offences (Art. 10) only where a text holds them; such "
            "a case is tlp-red and does not leave the hub",
        ),
        recipients=(
            "staff of the hub; experts with an account for the cases they are assigned to",
            "approved hubs to which a case is escalated: a minimised copy without who asks",
        ),
        kept=(
            f"{periods.case_months} months after the end of the case",
            f"{periods.attachments_months} months after the end of the case: attached files",
            "longer only under a legal hold with reason and end",
        ),
        facts=(f"open: {open_cases}", f"ended and kept: {ended}", f"legal holds: {held}"),
    )


def _copies(db: sqlite_utils.Database, controller: Controller, periods: Periods) -> Processing:
    copies = _count(
        db, "cases where escalated_from is not null and status <> ?", CaseStatus.ERASED.value
    )
    return Processing(
        name="Cases of other hubs",
        purpose="To help other hubs answer what they cannot answer alone.",
        basis=_BASES[controller.legal_basis],
        people=("people named in the texts; who asks is not told to this hub",),
        data=("title, question, topics, language, country, role of who asks", "messages, answer"),
        recipients=("staff and assigned experts of this hub", "the hub that the case came from"),
        kept=(
            f"{periods.copy_days} days after its hub confirmed the answer",
            "not at all once declined, withdrawn or expired",
        ),
        facts=(f"copies kept: {copies}",),
    )


def _experts(db: sqlite_utils.Database) -> Processing:
    listed = _count(db, "experts where state <> 'left'")
    published = _count(db, "published where kind = 'expert' and state = 'live'")
    return Processing(
        name="Directory of experts",
        purpose="To find somebody who can answer, here and at other hubs.",
        basis="consent (GDPR Art. 6(1)(a)), with its date in each listing",
        people=("experts",),
        data=(
            "name, organisation, description, topics, countries, languages, hours a month",
            "conflicts of interest, scope agreed to, dates of consent and confirmation",
            "mail address and hours worked, seen by staff only",
        ),
        recipients=("as far as the expert agreed: this hub, approved hubs, or everybody",),
        kept=("until they leave; then nothing but an empty entry in the log",),
        facts=(f"listed: {listed}", f"published beyond this hub: {published}"),
    )


def _accounts(db: sqlite_utils.Database, periods: Periods) -> Processing:
    active = _count(db, "users where active = 1")
    return Processing(
        name="Accounts, and who did what",
        purpose="To let people work here, and to be able to show who did what (GDPR Art. 5(2)).",
        basis="legal obligation and security (GDPR Art. 6(1)(c) and 32)",
        people=("staff, experts and readers with an account",),
        data=(
            "user name, display name, role, tokens (digests only)",
            "what they changed and read, and when",
        ),
        recipients=("operators of the hub, those who audit it",),
        kept=(
            f"{periods.access_months} months: who read what",
            "as long as the hub exists: who changed what, since the chain proves it",
        ),
        facts=(f"active accounts: {active}",),
    )


def _network(db: sqlite_utils.Database, periods: Periods) -> Processing:
    followers = _count(db, "followers")
    return Processing(
        name="Exchange with other servers",
        purpose="To publish to followers and peers, and to take in what they publish.",
        basis="legitimate interest (GDPR Art. 6(1)(f)): to work in an open network",
        people=("people and organisations whose accounts follow or write to the hub",),
        data=("addresses and public documents of accounts", "deliveries: to where, when, result"),
        recipients=("the servers of those accounts",),
        kept=(
            f"{periods.delivery_days} days: deliveries",
            "90 days: ids of what was received",
            "followers: until they stop",
        ),
        facts=(f"followers: {followers}",),
    )


def _mails(controller: Controller) -> tuple[Processing, ...]:
    if not controller.mail_server:
        return ()
    return (
        Processing(
            name="Mails",
            purpose="To tell people that there is news. A mail never says what.",
            basis=_BASES[controller.legal_basis],
            people=("staff", "those who ask, if they agreed"),
            data=("mail address, kind of news, date",),
            recipients=(f"the mail server {controller.mail_server}, as a processor",),
            kept=("until sent",),
        ),
    )


def _recipient(db: sqlite_utils.Database, hub: Hub, peer: Peer) -> Recipient:
    need = transfer_need(hub.identity.country, peer)
    given = db.execute(
        "select count(*) from escalations where direction = 'out' and peer = ?"
        " and state not in ('esc-declined', 'esc-withdrawn', 'esc-expired', 'esc-erased')",
        (peer.host,),
    ).fetchone()[0]
    return Recipient(
        host=peer.host,
        name=peer.name,
        country=peer.country,
        agreement=peer.agreement,
        agreed_on="" if peer.agreed_on is None else peer.agreed_on.isoformat(),
        transfer=_TRANSFER[need] or IN_WORDS[peer.transfer_basis],
        missing=need == "missing",
        given=int(given),
    )


def _measures(hub: Hub) -> tuple[str, ...]:
    tls = hub.identity.origin.startswith("https://")
    hybrid = any("mlkem" in key.suite.lower() for key in hub.keys.sealing)
    return (
        "Texts of cases are encrypted at rest (ChaCha20-Poly1305) with a key for each case under a "
        "key of the hub that lies outside of the database; to erase is to destroy the key too.",
        "Cases go to other hubs only sealed to the key of one approved hub (HPKE, "
        + ("X25519 with ML-KEM-768" if hybrid else "X25519")
        + "), minimised, after a person has seen what leaves.",
        "Handling label and sensitivity on every record; one rule decides at every exit; what is "
        "unknown stays.",
        "Roles with separate rights; tokens are stored as digests, and expire.",
        "Changes and readings of cases are chained, so that tampering is found (hub audit verify).",
        "Retention runs daily, with notices before; legal holds have a reason and an end.",
        "No texts, names or addresses in logs, mails, addresses of pages and metrics.",
        "Public pages read through connections that cannot read tables of cases or people.",
        "TLS on every public address." if tls else "NO TLS on the public address of this hub.",
    )


def _count(db: sqlite_utils.Database, condition: str, *values: str) -> int:
    row = db.execute(f"select count(*) from {condition}", values).fetchone()  # noqa: S608
    return int(row[0])
