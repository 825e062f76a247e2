"""
Notices to people of this hub: look at this case or offer. Never a text, so mails may tell of them.

A list of its own for each user. What sends them elsewhere reads `after` and remembers the number
of the last one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlite_utils

from content.times import from_text, from_text_or_none, to_text

LARGEST_PAGE = 100


class PersonNoticeKind(StrEnum):
    """Why somebody should look at a case."""

    ASSIGNED = "assigned"
    """They were given it."""
    DUE_SOON = "due-soon"
    """The answer is due within a few days."""
    OVERDUE = "overdue"
    """The day on which the answer was due has passed."""
    REPLY_OVERDUE = "reply-overdue"
    """The requester did not reply by the day they were asked to."""
    DRAFT = "draft"
    """Somebody wrote a draft, or a new version of one."""
    REMARK = "remark"
    """Somebody commented on a draft of theirs, or approved it."""
    ASSIGNMENT_DECLINED = "assignment-declined"
    """Somebody who was given the case declined it."""
    OFFER_WAITS = "offer-waits"
    """Another hub offered a case, and the day by which to decide is near."""
    OFFER_UNDECIDED = "offer-undecided"
    """Another hub has not decided about a case of ours yet, and its day is near."""
    ESCALATION_ENDED = "escalation-ended"
    """Another hub declined or did not decide: the case is in our queue again."""
    OTHERS_OPEN = "others-open"
    """One of several hubs accepted a case of ours: decide whether the others are still needed."""
    ANSWER_PROMISED = "answer-promised"
    """Another hub promised an answer within a few days."""
    PROMISE_PASSED = "promise-passed"
    """The day by which another hub promised an answer has passed."""
    LONG_UNANSWERED = "long-unanswered"
    """Another hub has been silent for long: wait, or take the case back."""


@dataclass(frozen=True, slots=True)
class PersonNotice:
    """
    One notice. seq: its number. user: whom it is for. seen_at: when they ticked it off.

    case_id: None for an offer that nobody has accepted. escalation_id: if it is about one.
    """

    seq: int
    user: str
    kind: PersonNoticeKind
    case_id: str | None
    made_at: datetime
    seen_at: datetime | None
    escalation_id: str | None = None


class PersonNoticeStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def tell(
        self,
        users: Iterable[str],
        kind: PersonNoticeKind,
        case_id: str | None,
        at: datetime,
        *,
        about: str = "",
        escalation_id: str | None = None,
    ) -> int:
        """
        Tell each of the users once; return how many were told.

        about: what tells this notice from others of its kind, such as the day that is meant: the
        same once more tells nobody.
        """
        told = 0
        for user in users:
            made = self._db.execute(
                "insert into people_notices (user, kind, case_id, escalation_id, about, made_at)"
                " values (?, ?, ?, ?, ?, ?) on conflict do nothing",
                (user, kind.value, case_id, escalation_id, about, to_text(at)),
            )
            told += int(made.rowcount)
        return told

    def unseen(self, user: str, limit: int = LARGEST_PAGE) -> tuple[PersonNotice, ...]:
        """Return what somebody has not ticked off, the newest first."""
        return self._many("user = ? and seen_at is null order by seq desc limit ?", (user, limit))

    def after(self, seq: int, limit: int = LARGEST_PAGE) -> tuple[PersonNotice, ...]:
        """Return the notices to everybody that came after number seq, in their order."""
        return self._many("seq > ? order by seq limit ?", (seq, limit))

    def see(self, user: str, at: datetime, *, upto: int | None = None) -> int:
        """Tick off all notices of a user, or those up to a number; return how many."""
        seen = self._db.execute(
            "update people_notices set seen_at = ? where user = ? and seen_at is null"
            " and seq <= coalesce(?, seq)",
            (to_text(at), user, upto),
        )
        return int(seen.rowcount)

    def drop_of_offer(self, escalation_id: str) -> None:
        """Forget what people were told of an offer that is decided now."""
        self._db.execute(
            "delete from people_notices where escalation_id = ? and case_id is null",
            (escalation_id,),
        )

    def _many(self, condition: str, values: tuple[str | int, ...]) -> tuple[PersonNotice, ...]:
        rows = self._db.execute(
            "select seq, user, kind, case_id, made_at, seen_at, escalation_id"  # noqa: S608
            f" from people_notices where {condition}",
            values,
        )
        return tuple(
            PersonNotice(
                seq,
                user,
                PersonNoticeKind(kind),
                case,
                from_text(made),
                from_text_or_none(seen),
                escalation,
            )
            for seq, user, kind, case, made, seen, escalation in rows.fetchall()
        )
