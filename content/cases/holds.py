"""
Legal holds: a reason in law why a case must be kept, and the day on which that ends.

While a hold lasts nothing of its case is erased, neither by time nor because somebody asks. It
ends by itself, or when somebody releases it. Its reason is encrypted under the key of the case.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import sqlite_utils

from content.cases.rows import owner_of
from content.cases.vault import CaseVault
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.text import one_line
from content.times import from_text, from_text_or_none, to_text

LONGEST_REASON: Final = 500
LONGEST_HOLD_DAYS: Final = 3660
"""Ten years and some days. Who needs longer places another one then, and thinks again."""


class CaseHeld(ContentError):
    """The case is under a legal hold, so nothing of it is erased. Its text is for anybody."""

    code: ClassVar[str] = "case-held"

    def __init__(self, until: date) -> None:
        super().__init__(
            f"The law asks the hub to keep this case until {until}, so it is not erased before. "
            "It is kept for that reason only. Ask again after that day."
        )
        self.until = until


class CaseNotHeld(ContentError):
    """There is no hold to release."""

    code: ClassVar[str] = "case-not-held"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id!r} is under no hold.")


class HoldInvalid(ContentError):
    """A hold needs a reason in words and a day that is not over and not too far away."""

    code: ClassVar[str] = "hold-invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """
    One hold. until: its last day, in the time zone of the hub; ends_at: the moment after it.

    ended_at, ended_by: when it was released, by whom; "system" if its day had passed.
    """

    id: str
    case_id: str
    reason: str = field(repr=False)
    until: date
    ends_at: datetime
    placed_at: datetime
    placed_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None

    def lasts(self, at: datetime) -> bool:
        """Return whether it keeps the case at that moment."""
        return self.ended_at is None and at < self.ends_at


def new_hold(
    case_id: str, reason: str, until: date, act: Act, *, hold_id: str, timezone: str
) -> Hold:
    """Return a hold from now to the end of a day in that time zone. Raises HoldInvalid."""
    try:
        reason = one_line(reason)
    except ValueError as error:
        raise HoldInvalid(f"The reason {error}") from None
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise HoldInvalid(f"Write why the case must be kept, in 1 to {LONGEST_REASON} signs.")
    today = act.at.astimezone(ZoneInfo(timezone)).date()
    latest = today + timedelta(days=LONGEST_HOLD_DAYS)
    if not today <= until <= latest:
        raise HoldInvalid(f"The last day of a hold must be from {today} to {latest}.")
    after = datetime.combine(until + timedelta(days=1), time.min, ZoneInfo(timezone))
    return Hold(
        id=hold_id,
        case_id=case_id,
        reason=reason,
        until=until,
        ends_at=after.astimezone(UTC),
        placed_at=act.at,
        placed_by=act.by,
    )


class HoldStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def place(self, hold: Hold, act: Act) -> None:
        """Store a new hold. The case must be there, with its key: `CaseStore.open_key` knows."""
        key = self._vault.open_key(owner_of(hold.case_id), self._wrapped(hold.case_id))
        self._db.execute(
            "insert into case_holds (id, case_id, reason, until, ends_at, placed_at, placed_by)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                hold.id,
                hold.case_id,
                key.encrypt(f"hold/{hold.id}", hold.reason),
                hold.until.isoformat(),
                to_text(hold.ends_at),
                to_text(hold.placed_at),
                hold.placed_by,
            ),
        )
        ChangeStore(self._db).record(act, "case.hold", hold.case_id, f"until {hold.until}")

    def release(self, case_id: str, act: Act) -> int:
        """End every hold that lasts; return how many. Raises CaseNotHeld."""
        ended = self._db.execute(
            "update case_holds set ended_at = ?1, ended_by = ?2"
            " where case_id = ?3 and ended_at is null and ends_at > ?1",
            (to_text(act.at), act.by, case_id),
        )
        if not ended.rowcount:
            raise CaseNotHeld(case_id)
        ChangeStore(self._db).record(act, "case.release", case_id)
        return int(ended.rowcount)

    def end_passed(self, act: Act) -> tuple[Hold, ...]:
        """Note the end of every hold whose day has passed; return them."""
        passed = self._find("ended_at is null and ends_at <= ? order by id", to_text(act.at))
        for hold in passed:
            self._db.execute(
                "update case_holds set ended_at = ends_at, ended_by = ? where id = ?",
                (act.by, hold.id),
            )
            ChangeStore(self._db).record(act, "case.release", hold.case_id, "its day has passed")
        return passed

    def lasting(self, at: datetime) -> tuple[Hold, ...]:
        """Return all holds that last, the one that ends first first."""
        return self._find("ended_at is null and ends_at > ? order by ends_at, id", to_text(at))

    def of_case(self, case_id: str) -> tuple[Hold, ...]:
        """Return all holds of a case, also the ended ones, oldest first."""
        return self._find("case_id = ? order by id", case_id)

    def _wrapped(self, case_id: str) -> bytes:
        row = self._db.execute("select wrapped_key from cases where id = ?", (case_id,)).fetchone()
        if row is None or row[0] is None:
            raise ValueError("A hold is placed on a case that is there.")
        return bytes(row[0])

    def _find(self, condition: str, *values: Any) -> tuple[Hold, ...]:
        rows = self._db.execute(
            "select id, case_id, reason, until, ends_at, placed_at, placed_by, ended_at, ended_by,"  # noqa: S608
            " (select wrapped_key from cases where cases.id = case_id)"
            f" from case_holds where {condition}",
            values,
        ).fetchall()
        return tuple(self._hold(row) for row in rows)

    def _hold(self, row: tuple[Any, ...]) -> Hold:
        hold_id, case_id, reason, until, ends_at, placed_at, placed_by, ended_at, ended_by, w = row
        key = self._vault.open_key(owner_of(case_id), bytes(w))
        return Hold(
            id=hold_id,
            case_id=case_id,
            reason=key.decrypt(f"hold/{hold_id}", bytes(reason)),
            until=date.fromisoformat(until),
            ends_at=from_text(ends_at),
            placed_at=from_text(placed_at),
            placed_by=placed_by,
            ended_at=from_text_or_none(ended_at),
            ended_by=ended_by,
        )


def held_until(db: sqlite_utils.Database, case_id: str, at: datetime) -> date | None:
    """Return the last day of the longest hold that lasts on a case, or None."""
    row = db.execute(
        "select until from case_holds where case_id = ? and ended_at is null and ends_at > ?"
        " order by ends_at desc limit 1",
        (case_id, to_text(at)),
    ).fetchone()
    return None if row is None else date.fromisoformat(row[0])


def check_not_held(db: sqlite_utils.Database, case_id: str, at: datetime) -> None:
    """Raise CaseHeld while a hold lasts on the case."""
    until = held_until(db, case_id, at)
    if until is not None:
        raise CaseHeld(until)
