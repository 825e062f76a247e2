"""
The SQL of copies: which hub has or had a copy of which case, without any of its texts.

So it works too where texts are damaged or destroyed, and what it returns can be shown to whoever
may know that there was an escalation.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlite_utils

from content.times import from_text, to_text
from federation.escalation.copy_file import Direction
from federation.escalation.escalation import NoSuchEscalation
from federation.escalation.states import State


@dataclass(frozen=True, slots=True)
class Copy:
    """
    One escalation without its texts. id: of the escalation; offer_id: as both hubs know it.

    direction: out where another hub has a copy of our case, in where we have one. peer: its host.
    fields: names of what left with the copy. revealed: what of the requester was told later.
    handed_to: the hub that the case went to instead.
    """

    id: str
    direction: Direction
    peer: str
    offer_id: str
    case_id: str | None
    state: State
    created_at: datetime
    updated_at: datetime
    fields: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()
    handed_to: str | None = None


_COLUMNS = (
    "id, direction, peer, offer_id, case_id, state, created_at, updated_at, fields, revealed,"
    " handed_to"
)


class CopyStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def get(self, escalation_id: str) -> Copy:
        """Return one. Raises NoSuchEscalation."""
        found = self._find("id = ?", escalation_id)
        if not found:
            raise NoSuchEscalation(escalation_id)
        return found[0]

    def of_case(self, case_id: str) -> list[Copy]:
        """Return those of one of our cases, oldest first."""
        return self._find("case_id = ? order by id", case_id)

    def at_others(self, case_id: str) -> list[Copy]:
        """Return those of one of our cases that other hubs have or had, oldest first."""
        return [copy for copy in self.of_case(case_id) if copy.direction == "out"]

    def untold(self) -> list[tuple[Copy, str]]:
        """Return the copies whose hubs are to destroy them and were not told, with the request."""
        rows = self._db.execute(
            "select e.id, x.request from erasures x join erasures_asked a on a.request = x.request"
            " join escalations e on e.offer_id = x.subject and e.peer = a.host"
            " where x.kind = 'case' and e.direction = 'out' and e.state = 'esc-erased'"
            " and a.receipt is null and a.settled_at is null"
            " and not exists (select 1 from sealed_out s where s.inner_id = x.request)"
            " order by x.at, x.request"
        ).fetchall()
        return [(self.get(escalation_id), request) for escalation_id, request in rows]

    def set_erased(self, escalation_id: str, at: datetime) -> None:
        """Note that the other hub was told to erase its copy: whatever else crosses, that stays."""
        self._db.execute(
            "update escalations set state = 'esc-erased', updated_at = ? where id = ?",
            (to_text(at), escalation_id),
        )

    def _find(self, condition: str, *values: Any) -> list[Copy]:
        rows = self._db.execute(
            f"select {_COLUMNS} from escalations where {condition}",  # noqa: S608 - our own words
            values,
        ).fetchall()
        return [_copy(row) for row in rows]


def _copy(row: tuple[Any, ...]) -> Copy:
    id_, direction, peer, offer_id, case_id, state, created, updated, fields, revealed, to = row
    return Copy(
        id=id_,
        direction=direction,
        peer=peer,
        offer_id=offer_id,
        case_id=case_id,
        state=state,
        created_at=from_text(created),
        updated_at=from_text(updated),
        fields=tuple(json.loads(fields)),
        revealed=tuple(json.loads(revealed)),
        handed_to=to,
    )
