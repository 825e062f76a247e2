"""The SQL of proposals. The table is confidential: who proposes what to whom is for two hubs."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.ids import is_id
from content.paging import check_limit
from content.proposals.proposal import Proposal, ProposalNotFound, ProposalState
from content.times import from_text, from_text_or_none, to_text, to_text_or_none

Verb = Literal["make", "receive", "accept", "decline", "withdraw", "answer"]
_COLUMNS = (
    "id, direction, peer, actor, offer, resource, changes, reason, base, by, created_at, state,"
    " decided_at, decided_by, answer, credit, reply, result"
)
_NAMES = tuple(_COLUMNS.replace(",", "").split())


class BadProposalCursor(ContentError):
    """The place to go on in a list of proposals was not made by us."""

    code: ClassVar[str] = "bad-proposal-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that a list of proposals gave out.")


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Proposals, the newest first. next_cursor: what `list` takes to go on; None at the end."""

    items: tuple[Proposal, ...]
    next_cursor: str | None


class ProposalStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, proposal: Proposal, act: Act, verb: Verb) -> None:
        """Store a new proposal."""
        marks = ", ".join("?" * len(_NAMES))
        self._db.execute(
            f"insert into proposals ({_COLUMNS}) values ({marks})",  # noqa: S608 - our own words
            _row(proposal),
        )
        ChangeStore(self._db).record(act, f"proposal.{verb}", proposal.id)

    def replace(self, proposal: Proposal, act: Act, verb: Verb) -> None:
        """Store a proposal as it stands now."""
        names = ", ".join(f"{name} = ?" for name in _NAMES)
        self._db.execute(
            f"update proposals set {names} where id = ?",  # noqa: S608 - our own words
            (*_row(proposal), proposal.id),
        )
        ChangeStore(self._db).record(act, f"proposal.{verb}", proposal.id)

    def get(self, proposal_id: str) -> Proposal:
        """Return one proposal. Raises ProposalNotFound."""
        found = self._some("id = ?", (proposal_id,))
        if not found:
            raise ProposalNotFound
        return found[0]

    def by_offer(self, offer: str, actor: str) -> Proposal | None:
        """Return the proposal of an Offer that this actor sent, or was sent; None if unknown."""
        found = self._some("offer = ? and actor = ?", (offer, actor))
        return found[0] if found else None

    def list(
        self,
        *,
        state: ProposalState | None = None,
        by: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ProposalPage:
        """
        Return one page, newest first. by: only what this user proposed.

        Raises BadLimit, BadProposalCursor.
        """
        check_limit(limit)
        if cursor is not None and not is_id(cursor):
            raise BadProposalCursor
        found = self._some(
            "(?1 is null or state = ?1) and (?2 is null or by = ?2) and (?3 is null or id < ?3)"
            " order by id desc limit ?4",
            (state, by, cursor, limit + 1),
        )
        items = found[:limit]
        return ProposalPage(items, items[-1].id if len(found) > limit else None)

    def waiting_of(self, actor: str) -> int:
        """Return how many proposals of another hub wait for a decision here."""
        row = self._db.execute(
            "select count(*) from proposals where actor = ? and direction = 'in'"
            " and state = 'waiting'",
            (actor,),
        ).fetchone()
        return int(row[0])

    def thanked(self, resource: str) -> tuple[str, ...]:
        """Return the actors of hubs whose corrections went into a record with thanks, in order."""
        rows = self._db.execute(
            "select actor from proposals where coalesce(result, resource) = ? and credit"
            " order by decided_at, id",
            (resource,),
        )
        return tuple(dict.fromkeys(row[0] for row in rows.fetchall()))

    def move(self, old: str, new: str) -> None:
        """Let the thanks of a record stand in the one that takes its place."""
        self._db.execute(
            "update proposals set result = ? where coalesce(result, resource) = ? and credit",
            (new, old),
        )

    def forget(self, resource: str, at: datetime) -> tuple[str, ...]:
        """
        Drop what was proposed about a record that was taken back; return the ids of all of them.

        What waited is decided by that. Who proposed, when, and what came of it stays.
        """
        rows = self._db.execute("select id from proposals where resource = ?", (resource,))
        found = tuple(row[0] for row in rows.fetchall())
        self._db.execute(
            "update proposals set changes = '{}', reason = '', answer = '',"
            " decided_at = coalesce(decided_at, ?),"
            " state = case state when 'waiting' then 'gone' else state end where resource = ?",
            (to_text(at), resource),
        )
        return found

    def forget_decided(self, before: datetime) -> int:
        """Drop the texts of what was decided before a moment; return of how many proposals."""
        changed = self._db.execute(
            "update proposals set changes = '{}', reason = '', answer = ''"
            " where decided_at < ? and (reason <> '' or answer <> '' or changes <> '{}')",
            (to_text(before),),
        )
        return int(changed.rowcount)

    def _some(self, condition: str, values: tuple[Any, ...]) -> tuple[Proposal, ...]:
        rows = self._db.execute(
            f"select {_COLUMNS} from proposals where {condition}",  # noqa: S608 - our own words
            values,
        )
        return tuple(_proposal(row) for row in rows.fetchall())


def _row(proposal: Proposal) -> tuple[Any, ...]:
    row = {name: getattr(proposal, name) for name in _NAMES}
    row["changes"] = json.dumps(proposal.changes, ensure_ascii=False, sort_keys=True)
    for name in ("base", "created_at"):
        row[name] = to_text(row[name])
    row["decided_at"] = to_text_or_none(proposal.decided_at)
    row["credit"] = int(proposal.credit)
    return tuple(row.values())


def _proposal(row: tuple[Any, ...]) -> Proposal:
    values = dict(zip(_NAMES, row, strict=True))
    values["changes"] = json.loads(values["changes"])
    for name in ("base", "created_at"):
        values[name] = from_text(values[name])
    values["decided_at"] = from_text_or_none(values["decided_at"])
    values["credit"] = bool(values["credit"])
    return Proposal(**values)
