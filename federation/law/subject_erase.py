"""
Erasing what is held about one person, because they ask for it (GDPR Art. 17 and 19).

Each case and each listing in a transaction of its own, so that it can be cut off and run again.
What a hold keeps, and what the hub has a duty to keep, stays and is said in words.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlite_utils

from content.cases.holds import CaseHeld, held_until
from content.changes import Act, ChangeStore
from content.experts.store import ExpertGone
from content.mail.people import MailPersonStore
from content.mail.unconfirmed import UnconfirmedStore
from content.people.profiles import ProfileStore
from federation.escalation.states import OPEN
from federation.escalation.store import EscalationStore
from federation.hub import Hub, Node
from federation.law.erasing import Erasure, erase_case
from federation.law.subjects import Subject
from federation.published import PublishedStore
from federation.publishing_experts import remove_expert

_ACCOUNT = (
    "The account stays: it says who did what at this hub. Disable it with hub user disable; its "
    "display name can be changed. Only its mail address and what it knows are erased."
)
_AUDIT = "That something happened, when, and its id stay in the record of changes, without texts."
_MENTIONED = "Somebody else's request names this person. Read it, and decide."
_LOG = "Of a published listing the empty entry stays in the log: number, time and a salted digest."
_BACKUPS = "Backups from before still hold it until they are destroyed."


@dataclass(frozen=True, slots=True)
class Stays:
    """Something that is not erased. what: an id, a name, or "" for all of it; why: in words."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be erased, what would stay, and which hubs would be told or are to be told."""

    cases: tuple[str, ...]
    experts: tuple[str, ...]
    stays: tuple[Stays, ...]
    hubs: tuple[tuple[str, str], ...]
    """Host, and what happens there in words."""
    mails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectErased:
    """What was erased, and what stays."""

    cases: tuple[Erasure, ...]
    experts: tuple[str, ...]
    stays: tuple[Stays, ...]
    mails: tuple[str, ...] = ()


def preview_erasure(db: sqlite_utils.Database, hub: Hub, subject: Subject, act: Act) -> Preview:
    """Say what `erase_subject` would do now. Only reads."""
    held = {case: held_until(db, case, act.at) for case in subject.cases}
    cases = tuple(case for case, until in held.items() if until is None)
    stays = [Stays(case, str(CaseHeld(until))) for case, until in held.items() if until is not None]
    return Preview(
        cases=cases,
        experts=subject.experts,
        stays=(*stays, *_always_stays(db, subject)),
        hubs=tuple(_hubs(db, hub, cases)),
        mails=subject.mails,
    )


async def erase_subject(node: Node, subject: Subject, act: Act) -> SubjectErased:
    """Erase everything of a person that can be erased; say what stays, and why."""
    hub = node.hub
    cases: list[Erasure] = []
    experts: list[str] = []
    stays: list[Stays] = []
    always = await node.database.read(lambda db: _always_stays(db, subject))
    for case_id in subject.cases:
        try:
            cases.append(await node.database.write(_erasing_case(hub, case_id, act)))
        except CaseHeld as held:
            stays.append(Stays(case_id, str(held)))
    for expert_id in subject.experts:
        try:
            await node.database.write(_erasing_expert(hub, expert_id, act))
        except ExpertGone:
            continue  # gone already, by a run that was cut off or by somebody else
        experts.append(expert_id)
    mails = [
        mail_id
        for mail_id in subject.mails
        if await node.database.write(_destroying_mail(hub, mail_id, act))
    ]
    for name in subject.users:
        await node.database.write(_forgetting_user(hub, name, act))
    await node.database.rewrite()
    node.bell.ring()
    return SubjectErased(tuple(cases), tuple(experts), (*stays, *always), tuple(mails))


def _erasing_case(hub: Hub, case_id: str, act: Act) -> Callable[[sqlite_utils.Database], Erasure]:
    def work(db: sqlite_utils.Database) -> Erasure:
        done = erase_case(db, hub, case_id, act, asked=True)
        ChangeStore(db).record(act, "subject.erase", case_id)
        return done

    return work


def _erasing_expert(hub: Hub, expert_id: str, act: Act) -> Callable[[sqlite_utils.Database], None]:
    def work(db: sqlite_utils.Database) -> None:
        remove_expert(db, hub, expert_id, act)
        ChangeStore(db).record(act, "subject.erase", expert_id)

    return work


def _destroying_mail(hub: Hub, mail_id: str, act: Act) -> Callable[[sqlite_utils.Database], bool]:
    """Destroy a mail that waits; False if it was confirmed or destroyed in the meantime."""

    def work(db: sqlite_utils.Database) -> bool:
        store = UnconfirmedStore(db, hub.vault)
        if mail_id not in store.ids():
            return False
        store.destroy(mail_id)
        ChangeStore(db).record(act, "subject.erase", mail_id)
        return True

    return work


def _forgetting_user(hub: Hub, user: str, act: Act) -> Callable[[sqlite_utils.Database], None]:
    """Forget address and profile of a user, who keeps the account."""

    def work(db: sqlite_utils.Database) -> None:
        MailPersonStore(db, hub.vault).remove(user, act)
        ProfileStore(db).remove(user, act)

    return work


def _always_stays(db: sqlite_utils.Database, subject: Subject) -> tuple[Stays, ...]:
    stays = [Stays(name, _ACCOUNT) for name in subject.users]
    stays += [Stays(case, _MENTIONED) for case in subject.mentions]
    published = PublishedStore(db)
    stays += [Stays(each, _LOG) for each in subject.experts if published.get(each) is not None]
    if not subject.empty:
        stays += [Stays("", _AUDIT), Stays("", _BACKUPS)]
    return tuple(stays)


def _hubs(db: sqlite_utils.Database, hub: Hub, cases: tuple[str, ...]) -> list[tuple[str, str]]:
    store = EscalationStore(db, hub.vault)
    hubs = []
    for case in cases:
        for _, direction, peer, state in store.outlines_of_case(case):
            if direction == "out" and state in OPEN:
                hubs.append((peer, f"is told to destroy its copy of case {case}"))
            elif direction == "out" and state == "esc-confirmed":
                hubs.append((peer, f"keeps its copy of case {case} until you tell its people"))
    return hubs
