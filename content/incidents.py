"""
Incidents: notes of breaches of personal data, with the clock that the law sets (GDPR Art. 33).

A breach is told to the supervisory authority within 72 hours after somebody of the hub became aware
of it, unless it is unlikely to be a risk for people; and every one is noted, told or not. What is
noted is encrypted under a key of its own and never public; the clock alone is plain.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import orjson
import sqlite_utils

from content.cases.vault import CaseVault
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.ids import new_id
from content.text import long_text
from content.times import from_text, from_text_or_none, to_text

WITHIN: Final = timedelta(hours=72)
LONGEST: Final = 16 * 1024
"""Bytes of a text."""
MOST_NAMED: Final = 200


class IncidentInvalid(ContentError):
    """A note of an incident needs words, and a moment that is not in the future."""

    code: ClassVar[str] = "incident-invalid"


class IncidentNotFound(ContentError):
    """There is no such incident."""

    code: ClassVar[str] = "incident-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such incident. All of them: hub incident list --all")


class IncidentClosed(ContentError):
    """The incident is closed already."""

    code: ClassVar[str] = "incident-closed"

    def __init__(self) -> None:
        super().__init__("This incident is closed. Note what came later as a new one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """
    One breach. noticed_at: when somebody of the hub became aware of it; the clock runs from there.

    what: in words. peers, cases: hosts and ids that it touches. ending: what was done, and whether
    and when the authority and the people were told, or why not.
    """

    id: str
    noticed_at: datetime
    noted_at: datetime
    noted_by: str
    what: str = field(repr=False)
    peers: tuple[str, ...] = field(default=(), repr=False)
    cases: tuple[str, ...] = field(default=(), repr=False)
    ending: str = field(default="", repr=False)
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def due_at(self) -> datetime:
        """Return by when the supervisory authority is to be told."""
        return self.noticed_at + WITHIN

    def clock(self, now: datetime) -> str:
        """Return how the 72 hours stand, in words."""
        if self.closed_at is not None:
            return "Closed."
        moment = f"{self.due_at:%Y-%m-%d %H:%M} UTC"
        hours = abs(int((self.due_at - now).total_seconds() // 3600))
        left = "1 hour" if hours == 1 else f"{hours} hours"
        if now < self.due_at:
            return (
                f"{left} left: tell the supervisory authority until {moment}, unless it is unlikely"
                " to be a risk for people (GDPR Art. 33)."
            )
        return (
            f"The 72 hours ended at {moment}. Tell the supervisory authority now and say why it is"
            " late, or close it with the reason why it need not be told (GDPR Art. 33)."
        )


def new_incident(
    what: str,
    noticed_at: datetime,
    act: Act,
    chance: Chance,
    *,
    peers: Iterable[str] = (),
    cases: Iterable[str] = (),
) -> Incident:
    """Return a note of a breach, checked. Raises IncidentInvalid."""
    if noticed_at > act.at:
        raise IncidentInvalid("It cannot have been noticed in the future.")
    hosts, ids = tuple(dict.fromkeys(peers)), tuple(dict.fromkeys(cases))
    if len(hosts) > MOST_NAMED or len(ids) > MOST_NAMED:
        raise IncidentInvalid(f"Name at most {MOST_NAMED} peers and cases each.")
    return Incident(
        id=new_id(act.at, chance),
        noticed_at=noticed_at,
        noted_at=act.at,
        noted_by=act.by,
        what=_checked(what, "Say what happened"),
        peers=hosts,
        cases=ids,
    )


class IncidentStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def add(self, incident: Incident, act: Act) -> None:
        """Keep a new incident."""
        wrapped = self._vault.new_key(_owner(incident.id))
        key = self._vault.open_key(_owner(incident.id), wrapped)
        said = {"what": incident.what, "peers": incident.peers, "cases": incident.cases}
        self._db.execute(
            "insert into incidents (id, wrapped_key, said, noticed_at, noted_at, noted_by)"
            " values (?, ?, ?, ?, ?, ?)",
            (
                incident.id,
                wrapped,
                key.encrypt("said", orjson.dumps(said).decode()),
                to_text(incident.noticed_at),
                to_text(incident.noted_at),
                incident.noted_by,
            ),
        )
        ChangeStore(self._db).record(act, "incident.add", incident.id)

    def close(self, incident_id: str, ending: str, act: Act) -> Incident:
        """
        Note how it ended; return the incident.

        ending: what was done, who was told, or why nobody was. Raises IncidentNotFound,
        IncidentClosed, IncidentInvalid.
        """
        if self.get(incident_id).closed_at is not None:
            raise IncidentClosed
        ending = _checked(ending, "Say how it ended")
        (wrapped,) = self._db.execute(
            "select wrapped_key from incidents where id = ?", (incident_id,)
        ).fetchone()
        key = self._vault.open_key(_owner(incident_id), wrapped)
        self._db.execute(
            "update incidents set ending = ?, closed_at = ?, closed_by = ? where id = ?",
            (key.encrypt("ending", ending), to_text(act.at), act.by, incident_id),
        )
        ChangeStore(self._db).record(act, "incident.close", incident_id)
        return self.get(incident_id)

    def get(self, incident_id: str) -> Incident:
        """Return one incident. Raises IncidentNotFound."""
        found = self._many("where id = ?", incident_id)
        if not found:
            raise IncidentNotFound
        return found[0]

    def list(self, *, closed: bool = False) -> tuple[Incident, ...]:
        """Return the open incidents, the most urgent first; closed: the others too."""
        condition = "" if closed else "where closed_at is null "
        return self._many(f"{condition}order by closed_at is not null, noticed_at, id")

    def _many(self, condition: str, *values: str) -> tuple[Incident, ...]:
        rows = self._db.execute(
            "select id, wrapped_key, said, noticed_at, noted_at, noted_by, ending, closed_at,"  # noqa: S608
            f" closed_by from incidents {condition}",
            values,
        )
        return tuple(self._incident(row) for row in rows.fetchall())

    def _incident(self, row: tuple[Any, ...]) -> Incident:
        incident_id, wrapped, said, noticed, noted, by, ending, closed, closed_by = row
        key = self._vault.open_key(_owner(incident_id), wrapped)
        told = orjson.loads(key.decrypt("said", said))
        return Incident(
            id=incident_id,
            noticed_at=from_text(noticed),
            noted_at=from_text(noted),
            noted_by=by,
            what=told["what"],
            peers=tuple(told["peers"]),
            cases=tuple(told["cases"]),
            ending="" if ending is None else key.decrypt("ending", ending),
            closed_at=from_text_or_none(closed),
            closed_by=closed_by,
        )


def _checked(text: str, asked: str) -> str:
    try:
        text = long_text(text, LONGEST)
    except ValueError as error:
        raise IncidentInvalid(f"The text {error}") from None
    if not text:
        raise IncidentInvalid(f"{asked}.")
    return text


def _owner(incident_id: str) -> str:
    return f"incident/{incident_id}"
