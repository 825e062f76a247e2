"""
How experts look after their own listing: asked twice a year, by a link that needs no account.

Whoever holds the link may confirm the listing, pause it or end it, and nothing else: nobody else's
listing, and no word of it, can be changed by it (docs/adr/0044-matching.md).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

import sqlite_utils

from content.cases.dates import day_of
from content.changes import Act, ChangeStore
from content.experts.contacts import ExpertContactStore
from content.experts.expert import Expert, ExpertState
from content.experts.links import ExpertLinkStore, NoSuchLink
from content.experts.pauses import ExpertPauseStore
from content.experts.store import ExpertGone, ExpertNotFound, ExpertStore
from content.mail.kinds import MailKind
from content.mail.queue import MailQueue, Recipient
from federation.errors import FederationError
from federation.hub import Hub
from federation.publishing_experts import (
    confirm_expert,
    pause_expert,
    remove_expert,
    resume_expert,
)

LISTING_PATH: Final = "/listing/"
"""Where an expert looks after the listing; the token follows."""
CONFIRMED_FOR: Final = timedelta(days=183)
"""How long a confirmation is recent; after that the expert is asked again."""
MOST_ASKED: Final = 3
"""After so many mails without an answer it is for people to ask."""


class NoExpertAddress(FederationError):
    """The expert cannot be written to."""

    code: ClassVar[str] = "no-expert-address"

    def __init__(self, expert_id: str) -> None:
        super().__init__(
            f"No mail address is noted for expert {expert_id}:"
            f" hub expert update {expert_id} --email ADDRESS"
        )


def make_link(db: sqlite_utils.Database, hub: Hub, expert_id: str, act: Act) -> str:
    """Return the address of a new link, for staff to hand over. ExpertNotFound, ExpertGone."""
    ExpertStore(db).get(expert_id)
    link = ExpertLinkStore(db, hub.vault).make(expert_id, act.at, hub.chance, to_send=False)
    ChangeStore(db).record(act, "expert.link", expert_id)
    return address_of(hub, link.token or "")


def ask_to_confirm(db: sqlite_utils.Database, hub: Hub, expert_id: str, act: Act) -> None:
    """Write to an expert with a new link. Raises ExpertNotFound, ExpertGone, NoExpertAddress."""
    ExpertStore(db).get(expert_id)
    contacts = ExpertContactStore(db, hub.vault)
    if contacts.find(expert_id) is None:
        raise NoExpertAddress(expert_id)
    link = ExpertLinkStore(db, hub.vault).make(expert_id, act.at, hub.chance, to_send=True)
    contacts.asked(expert_id)
    MailQueue(db).tell(Recipient("expert", link.id), MailKind.CONFIRM_LISTING, link.id, act.at)
    ChangeStore(db).record(act, "expert.ask", expert_id)


def unconfirmed(db: sqlite_utils.Database, now: datetime) -> Iterator[Expert]:
    """Yield the active experts who last agreed or confirmed more than half a year ago."""
    for expert in ExpertStore(db).active():
        last = expert.record.confirmed_at or expert.record.consent_at
        if last is None or last < now - CONFIRMED_FOR:
            yield expert


def remind_experts(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """
    Write to experts whose listing was not confirmed for half a year; return to how many.

    Run it now and then: who has a link that works is not written to again, and nobody more than
    three times without an answer.
    """
    links, contacts = ExpertLinkStore(db, hub.vault), ExpertContactStore(db, hub.vault)
    links.prune(act.at)
    told = 0
    for expert in list(unconfirmed(db, act.at)):
        contact = contacts.find(expert.id)
        if contact is None or contact.asked >= MOST_ASKED or links.is_open(expert.id, act.at):
            continue
        ask_to_confirm(db, hub, expert.id, act)
        told += 1
    return told


def turn_pauses(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """Begin and end pauses as they were planned; return how many listings that changed."""
    pauses, experts = ExpertPauseStore(db), ExpertStore(db)
    today = day_of(act.at, hub.identity.timezone)
    turned = 0
    for expert_id in pauses.over(today):
        if experts.get(expert_id).state is ExpertState.PAUSED:
            resume_expert(db, hub, expert_id, act)
            turned += 1
        pauses.drop(expert_id)
    for expert_id in pauses.beginning(today):
        planned = pauses.find(expert_id)
        if planned is not None and experts.get(expert_id).state is ExpertState.ACTIVE:
            pause_expert(db, hub, expert_id, act, until=planned.ends)
            turned += 1
        else:
            pauses.drop(expert_id)
    return turned


def listing_of(db: sqlite_utils.Database, hub: Hub, token: str, now: datetime) -> Expert:
    """Return the listing that a link opens. Raises NoSuchLink. Only reads."""
    link = ExpertLinkStore(db, hub.vault).opened_by(token, now)
    try:
        return ExpertStore(db).get(link.expert_id)
    except (ExpertNotFound, ExpertGone):
        raise NoSuchLink from None


def confirm_by_link(db: sqlite_utils.Database, hub: Hub, token: str, now: datetime) -> Expert:
    """Note that the expert found the listing right. Raises NoSuchLink."""
    expert = listing_of(db, hub, token, now)
    return confirm_expert(db, hub, expert.id, _themselves(expert, now))


def pause_by_link(
    db: sqlite_utils.Database,
    hub: Hub,
    token: str,
    now: datetime,
    *,
    starts: date | None = None,
    until: date | None = None,
) -> Expert:
    """Take the listing off for a while, as the expert wishes. Raises NoSuchLink, PauseInvalid."""
    expert = listing_of(db, hub, token, now)
    act = _themselves(expert, now)
    return pause_expert(db, hub, expert.id, act, starts=starts, until=until)


def leave_by_link(db: sqlite_utils.Database, hub: Hub, token: str, now: datetime) -> Expert:
    """Erase the listing here and wherever it went, as the expert wishes. Raises NoSuchLink."""
    expert = listing_of(db, hub, token, now)
    return remove_expert(db, hub, expert.id, _themselves(expert, now))


def address_of(hub: Hub, token: str) -> str:
    """Return the address of the page that a token opens."""
    return f"{hub.identity.origin}{LISTING_PATH}{token}"


def _themselves(expert: Expert, now: datetime) -> Act:
    """Return an act of the expert, whom the audit knows by the id of the listing."""
    return Act(f"expert:{expert.id}", now)
