"""
Mails that wait for their sender to confirm them; after seven days they are destroyed.

All of a mail is encrypted under a key of its own. Of the token in the link only a digest is kept,
and, until the link is sent, the token itself, encrypted. Who wrote how often is known by keyed
marks, so that nobody learns from the database who wrote (docs/adr/0038-mail.md).
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import sqlite_utils

from content.cases.vault import CaseVault, RecordKey
from content.chance import Chance
from content.errors import ContentError
from content.ids import new_id
from content.mail.incoming import IncomingMail
from content.times import from_text, to_text

KEPT: Final = timedelta(days=7)
ANSWER_KEPT: Final = timedelta(hours=1)
"""How long the code is shown again to who confirms twice, because the first answer was lost."""
REMEMBERED: Final = timedelta(days=8)
PER_SENDER: Final = 5
"""Mails from one address in a day that are kept and answered."""
MOST_WAITING: Final = 500
MOST_BYTES: Final = 512 * 1024 * 1024
TOKEN_BYTES: Final = 32


class NoSuchMail(ContentError):
    """No mail belongs to the link: it was confirmed, destroyed, is too old, or never was."""

    code: ClassVar[str] = "no-such-mail"

    def __init__(self) -> None:
        super().__init__("This link is not valid, or not any more. Write to the hub again.")


class TooManyUnconfirmed(ContentError):
    """So many mails wait to be confirmed that no more are kept; to be tried again later."""

    code: ClassVar[str] = "too-many-unconfirmed"

    def __init__(self) -> None:
        super().__init__("Too many mails wait to be confirmed. It has to come again later.")


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """
    A mail that waits. files: name and bytes, checked when it came; left_out: how many were not
    taken. case_id: the case it replies to. answer: what its sender got who has confirmed already.
    """

    id: str
    sender: str = field(repr=False)
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    language: str = ""
    left_out: int = 0
    cut: bool = False
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    case_id: str | None = None
    received_at: datetime | None = None
    expires_at: datetime | None = None
    answer: dict[str, Any] | None = field(default=None, repr=False)


class UnconfirmedStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def is_known(self, mail: IncomingMail) -> bool:
        """Return whether the same mail came before."""
        mark = self._mark("message", mail.identity)
        row = self._db.execute("select 1 from mail_seen where message = ?", (mark,)).fetchone()
        return row is not None

    def written_by(self, sender: str, since: datetime) -> int:
        """Return how many mails of a sender were kept or answered since then."""
        (count,) = self._db.execute(
            "select count(*) from mail_seen where sender = ? and at > ?",
            (self._mark("sender", sender.casefold().encode()), to_text(since)),
        ).fetchone()
        return int(count)

    def remember(self, sender: str, identity: bytes, at: datetime) -> None:
        """Note that a mail of a sender came."""
        self._db.execute(
            "insert into mail_seen (message, sender, at) values (?, ?, ?) on conflict do nothing",
            (
                self._mark("message", identity),
                self._mark("sender", sender.casefold().encode()),
                to_text(at),
            ),
        )

    def keep(
        self,
        mail: IncomingMail,
        files: Sequence[tuple[str, bytes]],
        case_id: str | None,
        at: datetime,
        chance: Chance,
    ) -> str:
        """Keep a mail until it is confirmed; return its id. Raises TooManyUnconfirmed."""
        said = {
            "sender": mail.sender,
            "subject": mail.subject,
            "text": mail.text,
            "language": mail.language,
            "left_out": mail.left_out + len(mail.files) - len(files),
            "cut": mail.cut,
        }
        size = len(mail.text.encode()) + sum(len(data) for _, data in files)
        mail_id = self._add(said, case_id, size, at, chance, with_token=True)
        key = self._key(mail_id)
        for place, (name, data) in enumerate(files):
            self._db.execute(
                "insert into mail_request_files (request, place, name, data) values (?, ?, ?, ?)",
                (
                    mail_id,
                    place,
                    key.encrypt(f"name/{place}", name),
                    key.encrypt_bytes(f"data/{place}", data),
                ),
            )
        return mail_id

    def keep_sender(self, sender: str, at: datetime, chance: Chance) -> str:
        """Keep only whom to tell that their mail was not taken. Raises TooManyUnconfirmed."""
        return self._add({"sender": sender}, None, 0, at, chance, with_token=False)

    def to_tell(self, mail_id: str) -> tuple[str, str | None, str, datetime] | None:
        """Return sender, token, language and last moment, for the letter; None if it is gone."""
        row = self._db.execute(
            "select content, token, expires_at from mail_requests where id = ?", (mail_id,)
        ).fetchone()
        if row is None or row[0] is None:
            return None
        key = self._key(mail_id)
        said = json.loads(key.decrypt("content", row[0]))
        token = None if row[1] is None else key.decrypt("token", row[1])
        return said["sender"], token, said.get("language", ""), from_text(row[2])

    def told(self, mail_id: str) -> None:
        """Forget the token once it is sent, and a sender who has nothing to confirm altogether."""
        self._db.execute("update mail_requests set token = null where id = ?", (mail_id,))
        self._db.execute(
            "delete from mail_requests where id = ? and token_sha256 is null", (mail_id,)
        )

    def opened_by(self, token: str, now: datetime) -> Unconfirmed:
        """Return the mail that a link leads to. Raises NoSuchMail."""
        row = self._db.execute(
            "select id, content, case_id, received_at, expires_at, answer from mail_requests"
            " where token_sha256 = ? and expires_at > ?",
            (_digest(token), to_text(now)),
        ).fetchone()
        if row is None:
            raise NoSuchMail
        mail_id, content, case_id, received_at, expires_at, answer = row
        if answer is not None:
            opened = self._vault.key_of("confirmed mail", token.encode())
            told = json.loads(opened.decrypt(f"answer/{mail_id}", answer))
            return Unconfirmed(mail_id, "", case_id=case_id, answer=told)
        return Unconfirmed(
            id=mail_id,
            **json.loads(self._key(mail_id).decrypt("content", content)),
            files=self._files(mail_id),
            case_id=case_id,
            received_at=from_text(received_at),
            expires_at=from_text(expires_at),
        )

    def ids(self) -> list[str]:
        """Return the ids of all mails of which something is still kept, the oldest first."""
        rows = self._db.execute(
            "select id from mail_requests where content is not null order by id"
        )
        return [row[0] for row in rows.fetchall()]

    def get(self, mail_id: str) -> Unconfirmed:
        """
        Return a mail without its link, for who looks for the data of a person (GDPR Art. 15).

        Raises NoSuchMail, and CaseTextDamaged or WrongHubKey.
        """
        row = self._db.execute(
            "select content, case_id, received_at, expires_at from mail_requests"
            " where id = ? and content is not null",
            (mail_id,),
        ).fetchone()
        if row is None:
            raise NoSuchMail
        content, case_id, received_at, expires_at = row
        return Unconfirmed(
            id=mail_id,
            **json.loads(self._key(mail_id).decrypt("content", content)),
            files=self._files(mail_id),
            case_id=case_id,
            received_at=from_text(received_at),
            expires_at=from_text(expires_at),
        )

    def confirmed(self, mail_id: str, token: str, answer: dict[str, Any], now: datetime) -> None:
        """Destroy a mail that became a request, but show its sender the answer for an hour more."""
        opened = self._vault.key_of("confirmed mail", token.encode())
        self._db.execute("delete from mail_request_files where request = ?", (mail_id,))
        self._db.execute(
            "update mail_requests set content = null, token = null, wrapped_key = null, size = 0,"
            " answer = ?, expires_at = ? where id = ?",
            (
                opened.encrypt(f"answer/{mail_id}", json.dumps(answer)),
                to_text(now + ANSWER_KEPT),
                mail_id,
            ),
        )

    def destroy(self, mail_id: str) -> None:
        """Destroy a mail with everything of it."""
        self._db.execute("delete from mail_requests where id = ?", (mail_id,))

    def prune(self, now: datetime) -> int:
        """Destroy what nobody confirmed in time; return how many mails that were."""
        gone = self._db.execute("delete from mail_requests where expires_at <= ?", (to_text(now),))
        self._db.execute("delete from mail_seen where at < ?", (to_text(now - REMEMBERED),))
        return int(gone.rowcount)

    def count(self) -> int:
        """Return how many mails wait to be confirmed."""
        (count,) = self._db.execute(
            "select count(*) from mail_requests where token_sha256 is not null and answer is null"
        ).fetchone()
        return int(count)

    def _add(
        self,
        said: dict[str, Any],
        case_id: str | None,
        size: int,
        at: datetime,
        chance: Chance,
        *,
        with_token: bool,
    ) -> str:
        count, held = self._db.execute(
            "select count(*), coalesce(sum(size), 0) from mail_requests"
        ).fetchone()
        if count >= MOST_WAITING or held + size > MOST_BYTES:
            raise TooManyUnconfirmed
        mail_id = new_id(at, chance)
        wrapped = self._vault.new_key(_owner(mail_id))
        key = self._vault.open_key(_owner(mail_id), wrapped)
        token = base64.urlsafe_b64encode(chance.bytes(TOKEN_BYTES)).decode().rstrip("=")
        self._db.execute(
            "insert into mail_requests (id, token_sha256, wrapped_key, content, token, case_id,"
            " size, received_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                mail_id,
                _digest(token) if with_token else None,
                wrapped,
                key.encrypt("content", json.dumps(said)),
                key.encrypt("token", token) if with_token else None,
                case_id,
                size,
                to_text(at),
                to_text(at + KEPT),
            ),
        )
        return mail_id

    def _files(self, mail_id: str) -> tuple[tuple[str, bytes], ...]:
        key = self._key(mail_id)
        rows = self._db.execute(
            "select place, name, data from mail_request_files where request = ? order by place",
            (mail_id,),
        ).fetchall()
        return tuple(
            (key.decrypt(f"name/{place}", name), key.decrypt_bytes(f"data/{place}", data))
            for place, name, data in rows
        )

    def _key(self, mail_id: str) -> RecordKey:
        (wrapped,) = self._db.execute(
            "select wrapped_key from mail_requests where id = ?", (mail_id,)
        ).fetchone()
        return self._vault.open_key(_owner(mail_id), wrapped)

    def _mark(self, purpose: str, what: bytes) -> bytes:
        return self._vault.mark_of(f"mail {purpose}", what)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _owner(mail_id: str) -> str:
    return f"mail/{mail_id}"
