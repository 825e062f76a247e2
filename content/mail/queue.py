"""
The queue of mails: what there is to tell, bundled into letters, until a mail server took them.

No row says what a mail is about, nor an address: a recipient is named by what it is here, and
looked up when the letter is sent. One letter tells a person all that is due, and nobody is told
the same about the same case twice an hour (docs/adr/0038-mail.md).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

import sqlite_utils

from content.chance import Chance
from content.errors import ContentError
from content.ids import new_id
from content.mail.kinds import MailKind
from content.times import from_text, to_text

SAME_AGAIN = timedelta(hours=1)
"""Nobody is told the same about the same case more often than this."""
NEXT_LETTER = timedelta(minutes=10)
"""Nor gets a user more than one letter in this time: what comes meanwhile is in the next."""
TOO_LATE = timedelta(days=3)
"""What could not be sent for so long is no news any more."""
KEPT = timedelta(days=2)
KEPT_FOR_REPLIES = timedelta(days=90)
"""How long it is known to which case a reply to a letter belongs."""
MOST_LETTERS = 50
LetterState = Literal["waiting", "sent", "failed"]


class NoSuchLetter(ContentError):
    """There is no failed letter with that number."""

    code: ClassVar[str] = "no-such-letter"

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no failed mail with the number {number}.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """
    Whom a letter is for: a user by name, the requester of a case or sender of a mail by its id, an
    expert by the id of the link that is sent.
    """

    what: Literal["user", "case", "mail", "expert"]
    id: str

    def __str__(self) -> str:
        """Return the text that the table holds."""
        return f"{self.what}/{self.id}"


@dataclass(frozen=True, slots=True)
class MailLetter:
    """One mail to one recipient. message: first half of its Message-ID; told: how many cases."""

    id: int
    message: str
    recipient: Recipient
    told: tuple[tuple[MailKind, int], ...]
    state: LetterState
    attempts: int
    reason: str
    made_at: datetime
    due: datetime


class MailQueue:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def tell(self, recipient: Recipient, kind: MailKind, subject: str, now: datetime) -> None:
        """Note that somebody is to be told. subject: id of the case or escalation; never shown."""
        (same,) = self._db.execute(
            "select max(l.made_at) from mail_occasions o join mail_letters l on l.id = o.letter"
            " where o.recipient = ? and o.kind = ? and o.subject = ?",
            (str(recipient), kind.value, subject),
        ).fetchone()
        (last,) = self._db.execute(
            "select max(made_at) from mail_letters where recipient = ?", (str(recipient),)
        ).fetchone()
        due = now if same is None else max(now, from_text(same) + SAME_AGAIN)
        if last is not None and recipient.what == "user":
            due = max(due, from_text(last) + NEXT_LETTER)
        self._db.execute(
            "insert into mail_occasions (recipient, kind, subject, noted_at, due)"
            " values (?, ?, ?, ?, ?) on conflict do nothing",
            (str(recipient), kind.value, subject, to_text(now), to_text(due)),
        )

    def bundle(self, now: datetime, chance: Chance) -> int:
        """Make a letter for everybody whom there is something to tell; return how many."""
        rows = self._db.execute(
            "select distinct recipient from mail_occasions where letter is null and due <= ?"
            " order by recipient limit ?",
            (to_text(now), MOST_LETTERS),
        ).fetchall()
        for (recipient,) in rows:
            made = self._db.execute(
                "insert into mail_letters (message, recipient, made_at, due) values (?, ?, ?, ?)",
                (new_id(now, chance), recipient, to_text(now), to_text(now)),
            )
            self._db.execute(
                "update mail_occasions set letter = ?"
                " where recipient = ? and letter is null and due <= ?",
                (made.lastrowid, recipient, to_text(now)),
            )
        return len(rows)

    def due(self, now: datetime) -> tuple[MailLetter, ...]:
        """Return letters to be sent now, the oldest first."""
        return self._letters(
            "state = 'waiting' and due <= ? order by due, id limit ?", to_text(now), MOST_LETTERS
        )

    def next_due(self) -> datetime | None:
        """Return when there is something to send, or None."""
        (at,) = self._db.execute(
            "select min(due) from (select due from mail_letters where state = 'waiting'"
            " union all select due from mail_occasions where letter is null)"
        ).fetchone()
        return None if at is None else from_text(at)

    def sent(self, letter: MailLetter, now: datetime) -> None:
        """Note that a mail server took the letter."""
        self._db.execute(
            "update mail_letters set state = 'sent', reason = '', attempts = attempts + 1,"
            " done_at = ? where id = ? and state = 'waiting'",
            (to_text(now), letter.id),
        )

    def put_off(self, letter: MailLetter, due: datetime, reason: str, *, tried: bool) -> None:
        """
        Try again later, or when it is TOO_LATE, if that is before: then it is given up.

        reason: our words and codes of the server, never its text.
        """
        due = min(due, letter.made_at + TOO_LATE)
        self._db.execute(
            "update mail_letters set due = ?, reason = ?, attempts = attempts + ?"
            " where id = ? and state = 'waiting'",
            (to_text(due), reason, int(tried), letter.id),
        )

    def failed(self, letter: MailLetter, reason: str, now: datetime) -> None:
        """Give a letter up, until a person decides."""
        self._db.execute(
            "update mail_letters set state = 'failed', reason = ?, attempts = attempts + 1,"
            " done_at = ? where id = ? and state = 'waiting'",
            (reason, to_text(now), letter.id),
        )

    def forget(self, letter: MailLetter) -> None:
        """Drop a letter that has nobody to go to any more."""
        self._delete("id = ?", letter.id)

    def retry(self, number: int, now: datetime) -> None:
        """Send a failed letter again. Raises NoSuchLetter."""
        changed = self._db.execute(
            "update mail_letters set state = 'waiting', due = ?, made_at = ?, done_at = null"
            " where id = ? and state = 'failed'",
            (to_text(now), to_text(now), number),
        )
        if changed.rowcount != 1:
            raise NoSuchLetter(number)

    def drop(self, number: int) -> None:
        """Take a failed letter off the list. Raises NoSuchLetter."""
        if not self._letters("id = ? and state = 'failed'", number):
            raise NoSuchLetter(number)
        self._delete("id = ?", number)

    def list(self, state: LetterState, limit: int) -> tuple[MailLetter, ...]:
        """Return letters of a state, the oldest first."""
        return self._letters("state = ? order by id limit ?", state, limit)

    def count(self) -> dict[str, int]:
        """Return how many letters there are of each state, and what is not in a letter yet."""
        rows = self._db.execute("select state, count(*) from mail_letters group by state")
        (noted,) = self._db.execute(
            "select count(*) from mail_occasions where letter is null"
        ).fetchone()
        return {"noted": noted, "waiting": 0, "sent": 0, "failed": 0, **dict(rows.fetchall())}

    def case_of(self, messages: Iterable[str]) -> str | None:
        """Return the case to whose requester one of these letters went, or None."""
        for message in messages:
            row = self._db.execute(
                "select recipient from mail_letters where message = ? and state = 'sent'",
                (message,),
            ).fetchone()
            if row is not None and row[0].startswith("case/"):
                return str(row[0].removeprefix("case/"))
        return None

    def prune(self, now: datetime) -> None:
        """Forget what was sent long ago, and what nobody could be told for three days."""
        self._db.execute(
            "delete from mail_occasions where letter is null and noted_at < ?",
            (to_text(now - TOO_LATE),),
        )
        self._delete(
            "state = 'sent' and done_at < ? and (recipient not like 'case/%' or done_at < ?)",
            to_text(now - KEPT),
            to_text(now - KEPT_FOR_REPLIES),
        )

    def _letters(self, where: str, *values: Any) -> tuple[MailLetter, ...]:
        rows = self._db.execute(
            "select id, message, recipient, state, attempts, reason, made_at, due"  # noqa: S608
            f" from mail_letters where {where}",
            values,
        ).fetchall()
        return tuple(self._letter(row) for row in rows)

    def _letter(self, row: tuple[Any, ...]) -> MailLetter:
        number, message, recipient, state, attempts, reason, made_at, due = row
        what, _, name = recipient.partition("/")
        kinds = Counter(
            kind
            for (kind,) in self._db.execute(
                "select kind from mail_occasions where letter = ?", (number,)
            ).fetchall()
        )
        told = tuple((kind, kinds[kind]) for kind in MailKind if kinds[kind])
        return MailLetter(
            number,
            message,
            Recipient(what, name),
            told,
            state,
            attempts,
            reason,
            from_text(made_at),
            from_text(due),
        )

    def _delete(self, where: str, *values: Any) -> None:
        self._db.execute(
            "delete from mail_occasions where letter in"  # noqa: S608 - our own words
            f" (select id from mail_letters where {where})",
            values,
        )
        self._db.execute(f"delete from mail_letters where {where}", values)  # noqa: S608
