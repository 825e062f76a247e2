"""
Links by which experts look after their own listing, without an account.

A link opens one listing until it expires. Of its token only a digest is kept, and, while it waits
to be sent by mail, the token itself, encrypted.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

import sqlite_utils

from content.cases.vault import CaseVault
from content.chance import Chance
from content.errors import ContentError
from content.ids import new_id
from content.times import from_text, to_text

VALID: Final = timedelta(days=30)
TOKEN_BYTES: Final = 32


class NoSuchLink(ContentError):
    """The link opens nothing: it is too old, its listing ended, or it never was."""

    code: ClassVar[str] = "no-such-link"

    def __init__(self) -> None:
        super().__init__("This link is not valid, or not any more. Ask the hub for a new one.")


@dataclass(frozen=True, slots=True)
class ExpertLink:
    """A link to the listing of an expert. token: only where it is still known."""

    id: str
    expert_id: str
    expires_at: datetime
    token: str | None = field(default=None, repr=False)


class ExpertLinkStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def make(self, expert_id: str, at: datetime, chance: Chance, *, to_send: bool) -> ExpertLink:
        """Return a new link with its token. to_send: keep the token, encrypted, until `sent`."""
        link_id = new_id(at, chance)
        token = base64.urlsafe_b64encode(chance.bytes(TOKEN_BYTES)).decode().rstrip("=")
        wrapped = sealed = None
        if to_send:
            wrapped = self._vault.new_key(_owner(link_id))
            sealed = self._vault.open_key(_owner(link_id), wrapped).encrypt("token", token)
        self._db.execute(
            "insert into expert_links"
            " (id, expert_id, token_sha256, wrapped_key, token, made_at, expires_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                link_id,
                expert_id,
                _digest(token),
                wrapped,
                sealed,
                to_text(at),
                to_text(at + VALID),
            ),
        )
        return ExpertLink(link_id, expert_id, at + VALID, token)

    def to_send(self, link_id: str) -> ExpertLink | None:
        """Return a link with its token for the letter, or None if that is gone."""
        row = self._db.execute(
            "select expert_id, expires_at, wrapped_key, token from expert_links"
            " where id = ? and token is not null",
            (link_id,),
        ).fetchone()
        if row is None:
            return None
        expert_id, expires_at, wrapped, sealed = row
        token = self._vault.open_key(_owner(link_id), wrapped).decrypt("token", sealed)
        return ExpertLink(link_id, expert_id, from_text(expires_at), token)

    def sent(self, link_id: str) -> None:
        """Forget the token of a link that was sent; its digest stays."""
        self._db.execute(
            "update expert_links set token = null, wrapped_key = null where id = ?", (link_id,)
        )

    def opened_by(self, token: str, now: datetime) -> ExpertLink:
        """Return the link with that token. Raises NoSuchLink."""
        row = self._db.execute(
            "select id, expert_id, expires_at from expert_links"
            " where token_sha256 = ? and expires_at > ?",
            (_digest(token), to_text(now)),
        ).fetchone()
        if row is None:
            raise NoSuchLink
        link_id, expert_id, expires_at = row
        return ExpertLink(link_id, expert_id, from_text(expires_at))

    def is_open(self, expert_id: str, now: datetime) -> bool:
        """Return whether the expert has a link that works."""
        row = self._db.execute(
            "select 1 from expert_links where expert_id = ? and expires_at > ? limit 1",
            (expert_id, to_text(now)),
        ).fetchone()
        return row is not None

    def prune(self, now: datetime) -> int:
        """Drop links that have expired; return how many."""
        gone = self._db.execute("delete from expert_links where expires_at <= ?", (to_text(now),))
        return int(gone.rowcount)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _owner(link_id: str) -> str:
    return f"expert-link/{link_id}"
