"""
What is held about one person, as plain values to be handed to them (GDPR Art. 15 and 20).

Every record passes the one exit rule by the door for exports; what may not pass is named with the
reason. That it was handed out is noted for each record.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlite_utils

from content.cases.attachment_store import AttachmentStore
from content.cases.draft_store import versions_by
from content.cases.store import CaseErased
from content.changes import Act, ChangeStore
from content.experts.contacts import ExpertContactStore
from content.experts.hours import ExpertHoursStore
from content.experts.pauses import ExpertPauseStore
from content.experts.store import ExpertStore
from content.mail.people import MailPersonStore
from content.mail.unconfirmed import NoSuchMail, UnconfirmedStore
from content.people.profiles import ProfileStore
from content.people.store import UserStore
from content.people.tokens import Token, TokenStore
from content.times import to_text, to_text_or_none
from federation.hub import Hub
from federation.law.case_export import Plain, audit_as_plain, audit_of, case_as_plain, path_of
from federation.law.subjects import Subject
from federation.policy import Audience, Door, StaysHere, may_leave
from federation.published import PublishedStore


@dataclass(frozen=True, slots=True)
class Export:
    """
    What is handed out. held: as JSON values; files: by their paths in it; withheld: what was not,
    with the reason.

    Kept no longer than until it is written.
    """

    held: Plain
    files: Mapping[str, bytes]
    withheld: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the person."""
        return f"Export(withheld={len(self.withheld)})"


def export_subject(db: sqlite_utils.Database, hub: Hub, subject: Subject, act: Act) -> Export:
    """Return everything that is held about a person, and note that it was handed out."""
    changes = ChangeStore(db)
    withheld: list[tuple[str, str]] = []
    cases: list[Plain] = []
    files: dict[str, bytes] = {}
    for case_id in subject.cases:
        try:
            cases.append(case_as_plain(db, hub, case_id, act))
            files |= _files(db, hub, case_id)
        except (StaysHere, CaseErased) as error:
            withheld.append((case_id, str(error)))
            continue
        changes.record(act, "subject.export", case_id)
    experts: list[Plain] = []
    for expert_id in subject.experts:
        try:
            experts.append(_expert(db, hub, expert_id))
        except StaysHere as error:
            withheld.append((expert_id, str(error)))
            continue
        changes.record(act, "subject.export", expert_id)
    users = [_user(db, hub, name) for name in subject.users]
    for name in subject.users:
        changes.record(act, "subject.export", name)
    mails: list[Plain] = []
    for mail_id in subject.mails:
        try:
            mails.append(_mail(db, hub, mail_id, files))
        except (StaysHere, NoSuchMail) as error:
            withheld.append((mail_id, str(error)))
            continue
        changes.record(act, "subject.export", mail_id)
    held = {
        "hub": {"name": hub.identity.name, "address": hub.identity.origin},
        "exported_at": to_text(act.at),
        "cases": cases,
        "expert_listings": experts,
        "accounts": users,
        "unconfirmed_mails": mails,
    }
    return Export(held, files, tuple(withheld))


def _files(db: sqlite_utils.Database, hub: Hub, case_id: str) -> dict[str, bytes]:
    store = AttachmentStore(db, hub.vault)
    return {path_of(each): store.get(case_id, each.id)[1] for each in store.list(case_id)}


def _mail(db: sqlite_utils.Database, hub: Hub, mail_id: str, files: dict[str, bytes]) -> Plain:
    """Return a mail that its sender did not confirm yet; its files go to `files`."""
    mail = UnconfirmedStore(db, hub.vault).get(mail_id)
    may_leave("tlp-amber", "data-personal", Door.EXPORT, Audience.SUBJECT)
    paths = []
    for place, (name, data) in enumerate(mail.files):
        paths.append(f"files/{mail_id}-{place}-{name}")
        files[paths[-1]] = data
    return {
        "id": mail_id,
        "received_at": to_text_or_none(mail.received_at),
        "destroyed_at": to_text_or_none(mail.expires_at),
        "from": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "files": paths,
    }


def _drafted(db: sqlite_utils.Database, name: str) -> list[Plain]:
    """Return which versions of drafts a user wrote; the texts belong to the cases of others."""
    return [
        {"case": case_id, "draft": draft_id, "version": version, "at": to_text(at)}
        for case_id, draft_id, version, at in versions_by(db, name)
    ]


def _expert(db: sqlite_utils.Database, hub: Hub, expert_id: str) -> Plain:
    expert = ExpertStore(db).get(expert_id)
    may_leave(expert.label.value, "data-personal", Door.EXPORT, Audience.SUBJECT, consent=True)
    published = PublishedStore(db).get(expert_id)
    contact = ExpertContactStore(db, hub.vault).find(expert_id)
    pause = ExpertPauseStore(db).find(expert_id)
    return {
        **expert.model_dump(mode="json"),
        "mail": None
        if contact is None
        else {"address": contact.address, "language": contact.language, "asked": contact.asked},
        "pause": None
        if pause is None
        else {"from": str(pause.starts or ""), "until": str(pause.ends or "")},
        "hours": [
            {"day": str(day), "minutes": minutes}
            for day, minutes in ExpertHoursStore(db).of(expert_id)
        ],
        "published": None
        if published is None
        else {"log": published.log, "since": to_text(published.published_at)},
        "record": [audit_as_plain(row) for row in audit_of(db, subject=expert_id)],
    }


def _user(db: sqlite_utils.Database, hub: Hub, name: str) -> Plain:
    user = UserStore(db).get(name)
    mail = MailPersonStore(db, hub.vault).find(name)
    return {
        **user.model_dump(mode="json"),
        "profile": ProfileStore(db).find(name).model_dump(mode="json", exclude={"user"}),
        "mail": None
        if mail is None
        else {
            "address": mail.address,
            "language": mail.language,
            "not_wanted": sorted(kind.value for kind in mail.muted),
        },
        "draft_versions": _drafted(db, name),
        "tokens": [_token(each) for each in TokenStore(db).list(name)],
        "record": [
            audit_as_plain(row)
            for row in sorted(
                {*audit_of(db, subject=name), *audit_of(db, by=name)}, key=lambda row: row.seq
            )
        ],
    }


def _token(token: Token) -> Plain:
    return {
        "id": token.id,
        "label": token.label,
        "role": token.role.value,
        "created_at": to_text(token.created_at),
        "expires_at": to_text_or_none(token.expires_at),
        "revoked_at": to_text_or_none(token.revoked_at),
        "last_used": None if token.last_used is None else str(token.last_used),
    }
