"""The SQL of cases. Texts go through the vault; what sorts and finds a case is plain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlite_utils

from content.cases.case import Case, Requester
from content.cases.dues import DueKind, DueStore
from content.cases.erasing import erase_rows
from content.cases.holds import check_not_held
from content.cases.listing import CaseFilter, CasePage, assignees_of, list_cases, topics_of
from content.cases.message import CaseMessage, MessageKind
from content.cases.rows import (
    PLAIN,
    details_fields,
    details_text,
    owner_of,
    plain_fields,
    plain_row,
)
from content.cases.status import CaseStatus, CaseVerb, next_status
from content.cases.vault import CaseVault, RecordKey
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.mail.kinds import MailKind
from content.mail.occasions import (
    tell_assigned,
    tell_caseworkers,
    tell_of_message,
    tell_requester,
)
from content.people.permissions import Right, rights_of
from content.people.store import UserNotFound, UserStore
from content.times import from_text, from_text_or_none, to_text


class CaseNotFound(ContentError):
    """There is no such case; also said to those who may not know of it (SECURITY.md S35)."""

    code: ClassVar[str] = "case-not-found"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"There is no case {case_id[:64]!r}.")


class CaseErased(ContentError):
    """The case was erased; only its id and dates are left."""

    code: ClassVar[str] = "case-erased"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id!r} was erased; nothing of it is kept but its dates.")


class CaseChangedMeanwhile(ContentError):
    """Somebody else stored the case since it was read."""

    code: ClassVar[str] = "case-changed-meanwhile"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id!r} was changed meanwhile. Read it again, then decide.")


class CannotBeAssigned(ContentError):
    """The user is disabled, or has a role that works on no cases."""

    code: ClassVar[str] = "cannot-be-assigned"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name[:64]!r} is disabled or a reader. Assign an expert, caseworker or operator."
        )


class MessageIdTaken(ContentError):
    """There is a message with that id already; messages are never replaced."""

    code: ClassVar[str] = "message-id-taken"

    def __init__(self, message_id: str) -> None:
        super().__init__(f"There is a message {message_id[:64]!r} already.")


@dataclass(frozen=True, slots=True)
class CaseTombstone:
    """What is left of an erased case."""

    id: str
    created_at: datetime
    closed_at: datetime | None
    erased_at: datetime


class CaseStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def add(self, case: Case, act: Act) -> None:
        """Store a new case under a key of its own. Raises UserNotFound for an assignee."""
        wrapped = self._vault.new_key(owner_of(case.id))
        row = {**plain_row(case), "wrapped_key": wrapped, **self._texts(case, wrapped)}
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        self._db.execute(f"insert into cases ({names}) values ({places})", row)  # noqa: S608
        self._store_lists(case)
        ChangeStore(self._db).record(act, "case.receive", case.id)
        if case.escalated_from is None:
            tell_caseworkers(self._db, case.id, MailKind.REQUEST_RECEIVED, act)

    def get(self, case_id: str) -> Case:
        """Return the case with its texts. Raises CaseNotFound, CaseErased."""
        row = self._db.execute(
            f"select {PLAIN}, wrapped_key, title, question, requester, details"  # noqa: S608 - our own words
            " from cases where id = ?",
            (case_id,),
        ).fetchone()
        if row is None:
            raise CaseNotFound(case_id)
        *plain, wrapped, title, question, requester, details = row
        if wrapped is None:
            raise CaseErased(case_id)
        key = self._vault.open_key(owner_of(case_id), wrapped)
        opened = None if details is None else key.decrypt("details", details)
        # Not validated again: a rule that came later must not lock away what is stored.
        return Case.model_construct(
            **plain_fields(plain),
            **details_fields(opened),
            title=key.decrypt("title", title),
            question=key.decrypt("question", question),
            requester=Requester.model_validate_json(key.decrypt("requester", requester)),
            topics=topics_of(self._db, case_id),
            assigned_to=assignees_of(self._db, case_id),
        )

    def replace(self, case: Case, act: Act, what: str = "case.change", note: str = "") -> Case:
        """
        Store over the revision that was read; return the case as it is stored now.

        what, note: for the record of changes. Raises CaseChangedMeanwhile if that revision is no
        longer there, CaseNotFound, CaseErased, or UserNotFound for an assignee.
        """
        wrapped = self._wrapped(case.id)
        if case.status is CaseStatus.ERASED:
            raise ValueError("A case is erased by erase, not by replace.")
        row = {**plain_row(case), **self._texts(case, wrapped)}
        for fixed in ("revision", "created_at", "escalated_from"):
            del row[fixed]
        settings = ", ".join(f"{name} = :{name}" for name in row if name != "id")
        changed = self._db.execute(
            f"update cases set {settings}, revision = revision + 1"  # noqa: S608 - our own words
            " where id = :id and revision = :read",
            {**row, "read": case.revision},
        )
        if changed.rowcount != 1:
            raise CaseChangedMeanwhile(case.id)
        self._store_lists(case)
        ChangeStore(self._db).record(act, what, case.id, note)
        return case.model_copy(update={"revision": case.revision + 1})

    def move(self, case_id: str, verb: CaseVerb, act: Act, *, note: str = "") -> Case:
        """
        Do one move and store it. note: for the record of changes, beside the statuses.

        Raises CaseMoveNotAllowed, and as `get`.
        """
        if verb in (CaseVerb.ERASE, CaseVerb.ASSIGN):
            raise ValueError(f"{verb.value} has a method of its own.")
        before = self.get(case_id)
        after = before.move(verb, act)
        if verb is CaseVerb.REQUESTER_REPLIED:
            DueStore(self._db).drop(case_id, DueKind.REPLY)
        if verb is CaseVerb.CLOSE:
            tell_requester(self._db, after, act)
        told = f"{before.status.value} to {after.status.value}"
        told = f"{told}; {note}" if note else told
        return self.replace(after, act, f"case.{verb.value}", told)

    def assign(self, case_id: str, names: tuple[str, ...], act: Act) -> Case:
        """
        Give the case to these users, who must be active and may work on cases.

        Raises UserNotFound, CannotBeAssigned, CaseMoveNotAllowed, and as `get`.
        """
        before = self.get(case_id)
        case = before.assign(names, act)
        for name in case.assigned_to:
            user = UserStore(self._db).get(name)
            if not user.active or Right.CASES_ASSIGNED not in rights_of(user.role):
                raise CannotBeAssigned(name)
        new = tuple(name for name in case.assigned_to if name not in before.assigned_to)
        tell_assigned(self._db, case_id, new, act)
        return self.replace(case, act, "case.assign", f"to {', '.join(case.assigned_to)}"[:500])

    def erase(self, case_id: str, act: Act) -> CaseTombstone:
        """
        Destroy the key and all texts of a case; only its id and dates stay.

        Old pages may linger in the write-ahead log: whoever calls this checkpoints the database
        after the commit. Erasing again changes nothing. What federation/ holds of it goes by
        federation/law/erasing.py. Raises CaseNotFound, CaseHeld.
        """
        row = self._db.execute("select status from cases where id = ?", (case_id,)).fetchone()
        if row is None:
            raise CaseNotFound(case_id)
        if row[0] == CaseStatus.ERASED:
            return self.tombstone(case_id)
        check_not_held(self._db, case_id, act.at)
        erased = next_status(CaseStatus(row[0]), CaseVerb.ERASE)
        erase_rows(self._db, case_id, erased, act)
        ChangeStore(self._db).record(act, "case.erase", case_id)
        return self.tombstone(case_id)

    def list(self, wanted: CaseFilter) -> CasePage:
        """Return one page of cases, the newest first. Raises BadLimit, BadCaseCursor."""
        return list_cases(self._db, self._vault, wanted)

    def add_message(self, message: CaseMessage, act: Act) -> None:
        """
        Store a message; the case counts as updated, its revision stays.

        Raises CaseNotFound, CaseErased, MessageIdTaken.
        """
        key = self.open_key(message.case_id)
        taken = self._db.execute("select 1 from case_messages where id = ?", (message.id,))
        if taken.fetchone() is not None:
            raise MessageIdTaken(message.id)
        self._db.execute(
            "insert into case_messages (id, case_id, kind, author, at, escalation_id, text)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.case_id,
                message.kind.value,
                message.author,
                to_text(message.at),
                message.escalation_id,
                key.encrypt(f"message/{message.id}", message.text),
            ),
        )
        self._db.execute(
            "update cases set updated_at = max(updated_at, ?) where id = ?",
            (to_text(act.at), message.case_id),
        )
        ChangeStore(self._db).record(act, "case.message", message.case_id, message.kind.value)
        tell_of_message(self._db, message, self.get(message.case_id), act)

    def messages(self, case_id: str) -> tuple[CaseMessage, ...]:
        """Return all messages of a case in the order they came. CaseNotFound, CaseErased."""
        key = self.open_key(case_id)
        rows = self._db.execute(
            "select id, kind, author, at, escalation_id, text from case_messages"
            " where case_id = ? order by seq",
            (case_id,),
        )
        return tuple(
            CaseMessage(
                id=message_id,
                case_id=case_id,
                kind=MessageKind(kind),
                author=author,
                at=from_text(at),
                escalation_id=escalation_id,
                text=key.decrypt(f"message/{message_id}", text),
            )
            for message_id, kind, author, at, escalation_id, text in rows.fetchall()
        )

    def tombstone(self, case_id: str) -> CaseTombstone:
        """Return what is left of an erased case, or raise CaseNotFound."""
        row = self._db.execute(
            "select id, created_at, closed_at, updated_at from cases where id = ? and status = ?",
            (case_id, CaseStatus.ERASED.value),
        ).fetchone()
        if row is None:
            raise CaseNotFound(case_id)
        return CaseTombstone(
            row[0], from_text(row[1]), from_text_or_none(row[2]), from_text(row[3])
        )

    def open_key(self, case_id: str) -> RecordKey:
        """Return the open key of a case, for texts kept beside it. CaseNotFound, CaseErased."""
        return self._vault.open_key(owner_of(case_id), self._wrapped(case_id))

    def _wrapped(self, case_id: str) -> bytes:
        row = self._db.execute("select wrapped_key from cases where id = ?", (case_id,)).fetchone()
        if row is None:
            raise CaseNotFound(case_id)
        if row[0] is None:
            raise CaseErased(case_id)
        return bytes(row[0])

    def _texts(self, case: Case, wrapped: bytes) -> Mapping[str, bytes]:
        key = self._vault.open_key(owner_of(case.id), wrapped)
        return {
            "title": key.encrypt("title", case.title),
            "question": key.encrypt("question", case.question),
            "requester": key.encrypt("requester", case.requester.model_dump_json()),
            "details": key.encrypt("details", details_text(case)),
        }

    def _store_lists(self, case: Case) -> None:
        for name in case.assigned_to:
            if UserStore(self._db).find(name) is None:
                raise UserNotFound(name)
        for table, column, values in (
            ("case_topics", "topic", case.topics),
            ("case_assignees", "user", case.assigned_to),
        ):
            self._db.execute(f"delete from {table} where case_id = ?", (case.id,))  # noqa: S608
            for place, value in enumerate(values):
                self._db.execute(
                    f"insert into {table} (case_id, {column}, place) values (?, ?, ?)",  # noqa: S608
                    (case.id, value, place),
                )
