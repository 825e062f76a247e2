"""The SQL of escalations and of offers that wait for a decision. Texts are encrypted here."""

import json
from datetime import date, datetime
from typing import Any, ClassVar

import sqlite_utils

from content.cases.vault import CaseVault
from content.ids import is_id
from content.paging import check_limit
from content.times import from_text, to_text
from federation.errors import FederationError
from federation.escalation.copy_file import Direction
from federation.escalation.escalation import (
    Escalation,
    EscalationPage,
    NoSuchEscalation,
)
from federation.escalation.offer_text import OfferTerms, OfferText
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.states import AT_RECEIVER, ENDED, OFFERED, State

_COLUMNS = (
    "id, direction, peer, offer_id, case_id, remote_case, state, wrapped_key, title, reason,"
    " refer, topics, language, country, requester_role, label, sensitivity, due, due_by,"
    " answer_by, handed_to, terms, fields, revealed, created_at, updated_at"
)


_TEXTS = ("title", "reason", "terms")
"""Encrypted under the key of the escalation."""


class BadEscalationCursor(FederationError):
    """The place to go on in a list of escalations was not made by us."""

    code: ClassVar[str] = "bad-escalation-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that a list of escalations gave out.")


class EscalationStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def add(self, escalation: Escalation) -> None:
        """Store a new escalation under a key of its own."""
        wrapped = self._vault.new_key(_owner(escalation.id))
        row = {**self._row(escalation, wrapped), "wrapped_key": wrapped}
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        self._db.execute(f"insert into escalations ({names}) values ({places})", row)  # noqa: S608

    def get(self, escalation_id: str, direction: Direction | None = None) -> Escalation:
        """Return one escalation without its delivery status. Raises NoSuchEscalation."""
        rows = self._find("id = ? and direction = coalesce(?, direction)", escalation_id, direction)
        if not rows:
            raise NoSuchEscalation(escalation_id)
        return rows[0]

    def by_offer(self, peer: str, direction: Direction, offer_id: str) -> Escalation | None:
        """Return the escalation of an offer, known by the id that both hubs use."""
        rows = self._find("peer = ? and direction = ? and offer_id = ?", peer, direction, offer_id)
        return rows[0] if rows else None

    def of_case(self, case_id: str) -> tuple[Escalation, ...]:
        """Return the escalations of one of our cases, oldest first."""
        return tuple(self._find("case_id = ? order by id", case_id))

    def outlines_of_case(self, case_id: str) -> list[tuple[str, Direction, str, State]]:
        """Return id, direction, peer and state of the escalations of a case, whatever its texts."""
        rows = self._db.execute(
            "select id, direction, peer, state from escalations where case_id = ? order by id",
            (case_id,),
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows.fetchall()]

    def overdue(self, now_text: str) -> tuple[Escalation, ...]:
        """Return the undecided offers whose last moment is before now_text, oldest first."""
        return tuple(
            self._find("state = 'esc-offered' and due_by < ? order by due_by, id", now_text)
        )

    def with_days(self, up_to: date) -> tuple[Escalation, ...]:
        """Return what is undecided, and ours that others work on, whose day is not after up_to."""
        states = ", ".join(f"'{state}'" for state in sorted(AT_RECEIVER))
        return tuple(
            self._find(
                f"(state = '{OFFERED}' and due <= ?1) or (direction = 'out' and state in ({states})"
                " and coalesce(answer_by, substr(updated_at, 1, 10)) <= ?1) order by id",
                up_to.isoformat(),
            )
        )

    def copies_over(self, case_id: str | None = None) -> list[tuple[str, State, datetime]]:
        """
        Return the copies here, of other hubs' cases, that are confirmed or ended and not erased.

        Each as our case, state, and when it came to that. case_id: only of that case.
        """
        over = ", ".join(f"'{state}'" for state in (*sorted(ENDED), "esc-confirmed"))
        only, values = ("", ()) if case_id is None else (" and case_id = ?", (case_id,))
        rows = self._db.execute(
            "select case_id, state, escalations.updated_at from escalations"  # noqa: S608
            " join cases on cases.id = case_id"
            f" where direction = 'in' and state in ({over}) and cases.wrapped_key is not null"
            f"{only} order by escalations.id",
            values,
        )
        return [(row[0], row[1], from_text(row[2])) for row in rows.fetchall()]

    def copies_to_delete(self, case_id: str | None = None) -> list[tuple[str, date, datetime]]:
        """
        Return the copies here that were taken on until a day, and are neither over nor erased.

        Each as our case, the day by which it is to be gone, and when it came. case_id: only of it.
        """
        only, values = ("", ()) if case_id is None else (" and case_id = ?", (case_id,))
        rows = self._db.execute(
            "select case_id, delete_by, escalations.created_at from escalations"  # noqa: S608
            " join cases on cases.id = case_id"
            " where direction = 'in' and delete_by is not null and cases.wrapped_key is not null"
            f"{only} order by escalations.id",
            values,
        )
        return [(row[0], date.fromisoformat(row[1]), from_text(row[2])) for row in rows.fetchall()]

    def page(
        self,
        *,
        direction: Direction | None = None,
        state: str | None = None,
        peer: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> EscalationPage:
        """Return one page, newest first. Raises BadLimit, BadEscalationCursor."""
        check_limit(limit)
        if cursor is not None and not is_id(cursor):
            raise BadEscalationCursor
        found = self._find(
            "direction = coalesce(?, direction) and state = coalesce(?, state)"
            " and peer = coalesce(?, peer) and (?4 is null or id < ?4)"
            " order by id desc limit ?5",
            direction,
            state,
            peer,
            cursor,
            limit + 1,
        )
        more = len(found) > limit
        return EscalationPage(tuple(found[:limit]), found[limit - 1].id if more else None)

    def replace(self, escalation: Escalation) -> None:
        """Store what has changed: state, texts, the case it is linked to, the date of change."""
        row = self._db.execute(
            "select wrapped_key from escalations where id = ?", (escalation.id,)
        ).fetchone()
        if row is None:
            raise NoSuchEscalation(escalation.id)
        new = self._row(escalation, row[0])
        settings = ", ".join(f"{name} = :{name}" for name in new if name != "id")
        self._db.execute(f"update escalations set {settings} where id = :id", new)  # noqa: S608

    def mark_expired(self, escalation_id: str) -> None:
        """Remember that our clock has passed the last moment of an undecided offer."""
        self._db.execute("update escalations set expired = 1 where id = ?", (escalation_id,))

    def is_marked_expired(self, escalation_id: str) -> bool:
        """Return whether `mark_expired` was called."""
        row = self._db.execute(
            "select expired from escalations where id = ?", (escalation_id,)
        ).fetchone()
        return bool(row and row[0])

    def destroy_text(self, escalation_id: str) -> None:
        """Forget everything of the case but that there was an escalation, with whom and when."""
        self._db.execute(
            "update escalations set wrapped_key = null, title = null, reason = null, refer = '[]',"
            " topics = '[]', language = null, country = null, requester_role = null,"
            " terms = null, delete_by = null"
            " where id = ?",
            (escalation_id,),
        )
        self.destroy_offer(escalation_id)
        SentCopyStore(self._db, self._vault).forget(escalation_id)

    def keep_offer(self, escalation_id: str, offer: OfferText) -> None:
        """Store what an undecided offer says now, encrypted under a new key of its own."""
        self.destroy_offer(escalation_id)
        wrapped = self._vault.new_key(_offer_owner(escalation_id))
        key = self._vault.open_key(_offer_owner(escalation_id), wrapped)
        self._db.execute(
            "insert into offers (escalation_id, wrapped_key, body) values (?, ?, ?)",
            (escalation_id, wrapped, key.encrypt("body", json.dumps(offer.as_plain()))),
        )

    def offer(self, escalation_id: str) -> OfferText | None:
        """Return what an undecided offer says, or None once it was decided."""
        row = self._db.execute(
            "select wrapped_key, body from offers where escalation_id = ?", (escalation_id,)
        ).fetchone()
        if row is None:
            return None
        key = self._vault.open_key(_offer_owner(escalation_id), bytes(row[0]))
        return OfferText.from_plain(json.loads(key.decrypt("body", bytes(row[1]))))

    def destroy_offer(self, escalation_id: str) -> None:
        """Destroy key and text of an offer, if they are still there."""
        self._db.execute("delete from offers where escalation_id = ?", (escalation_id,))

    def _find(self, condition: str, *values: Any) -> list[Escalation]:
        rows = self._db.execute(
            f"select {_COLUMNS} from escalations where {condition}",  # noqa: S608 - our own words
            values,
        ).fetchall()
        return [self._escalation(row) for row in rows]

    def _escalation(self, row: tuple[Any, ...]) -> Escalation:
        values = dict(zip(_COLUMNS.split(", "), row, strict=True))
        wrapped = values.pop("wrapped_key")
        for name in _TEXTS:
            if values[name] is not None:
                key = self._vault.open_key(_owner(values["id"]), bytes(wrapped))
                values[name] = key.decrypt(name, bytes(values[name]))
        if values["terms"] is not None:
            values["terms"] = OfferTerms.from_plain(json.loads(values["terms"]))
        for name in ("refer", "topics", "fields", "revealed"):
            values[name] = tuple(json.loads(values[name]))
        for name in ("due_by", "created_at", "updated_at"):
            values[name] = from_text(values[name])
        promised = values["answer_by"]
        values["answer_by"] = None if promised is None else date.fromisoformat(promised)
        return Escalation(**{**values, "due": date.fromisoformat(values["due"])})

    def _row(self, escalation: Escalation, wrapped: bytes | None) -> dict[str, Any]:
        terms, delete_by = escalation.terms, None
        said = {"title": escalation.title, "reason": escalation.reason, "terms": None}
        if terms is not None:
            said["terms"] = json.dumps(terms.as_plain())
            delete_by = terms.delete_by
        texts: dict[str, bytes | None] = dict.fromkeys(_TEXTS)
        if wrapped is not None:
            key = self._vault.open_key(_owner(escalation.id), bytes(wrapped))
            texts = {
                name: None if text is None else key.encrypt(name, text)
                for name, text in said.items()
            }
        return {
            "id": escalation.id,
            "direction": escalation.direction,
            "peer": escalation.peer,
            "offer_id": escalation.offer_id,
            "case_id": escalation.case_id,
            "remote_case": escalation.remote_case,
            "state": escalation.state,
            **texts,
            "refer": json.dumps(escalation.refer),
            "topics": json.dumps(escalation.topics),
            "language": escalation.language,
            "country": escalation.country,
            "requester_role": escalation.requester_role,
            "label": escalation.label,
            "sensitivity": escalation.sensitivity,
            "due": escalation.due.isoformat(),
            "due_by": to_text(escalation.due_by),
            "answer_by": escalation.answer_by and escalation.answer_by.isoformat(),
            "handed_to": escalation.handed_to,
            # Plain beside the terms: retention finds copies by it.
            "delete_by": None if delete_by is None else delete_by.isoformat(),
            "fields": json.dumps(escalation.fields),
            "revealed": json.dumps(escalation.revealed),
            "created_at": to_text(escalation.created_at),
            "updated_at": to_text(escalation.updated_at),
        }


def _owner(escalation_id: str) -> str:
    return f"escalation/{escalation_id}"


def _offer_owner(escalation_id: str) -> str:
    return f"offer/{escalation_id}"
