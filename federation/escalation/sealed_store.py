"""
The SQL of the channel: numbered messages to and from each peer, and the moves among them.

A message to a peer is kept, encrypted, until the peer has acknowledged it; one from a peer only
while it waits for an earlier one (docs/adr/0017-escalation-states.md).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlite_utils

from content.cases.vault import CaseVault
from content.times import from_text, from_text_or_none, to_text
from federation.escalation.states import Move, Role, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One numbered message to a peer. inner: as it was signed; None once it was acknowledged."""

    peer: str
    n: int
    inner_id: str
    escalation_id: str | None
    verb: str | None
    outer_id: str
    object_id: str
    kid: str
    at: datetime
    sent_at: datetime
    acked_at: datetime | None
    refused: str | None
    inner: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a copy: when it was sent, when the peer confirmed it, whether it refused."""

    at: datetime
    confirmed_at: datetime | None
    refused: bool


_SENT = (
    "peer, n, inner_id, escalation_id, verb, outer_id, object_id, kid, at, sent_at, acked_at,"
    " refused, wrapped_key, inner"
)


class SealedStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def last_sent(self, peer: str) -> int:
        """Return the highest number that was given to a message to this peer; 0 before."""
        return self._number("select max(n) from sealed_out where peer = ?", peer)

    def last_applied(self, peer: str) -> int:
        """Return up to which number of this peer nothing is missing: our `hub:ack`."""
        return self._number("select max(n) from sealed_in where peer = ? and state <> 'held'", peer)

    def keep_sent(self, sent: Sent, seen: int) -> None:
        """Store a new message. seen: the `hub:ack` it carries."""
        if sent.inner is None:
            raise ValueError("A message is stored when it is sent, with its text.")
        owner = f"sealed-out/{sent.inner_id}"
        wrapped = self._vault.new_key(owner)
        text = self._vault.open_key(owner, wrapped).encrypt("inner", sent.inner.decode())
        self._db.execute(
            "insert into sealed_out (peer, n, inner_id, escalation_id, verb, seen, wrapped_key,"
            " inner, outer_id, object_id, kid, at, sent_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                sent.peer,
                sent.n,
                sent.inner_id,
                sent.escalation_id,
                sent.verb,
                seen,
                wrapped,
                text,
                sent.outer_id,
                sent.object_id,
                sent.kid,
                to_text(sent.at),
                to_text(sent.sent_at),
            ),
        )

    def sent_again(
        self, sent: Sent, *, outer_id: str, object_id: str, kid: str, at: datetime
    ) -> None:
        """Note the new envelope of a message that was sealed anew."""
        self._db.execute(
            "update sealed_out set outer_id = ?, object_id = ?, kid = ?, sent_at = ?"
            " where peer = ? and n = ?",
            (outer_id, object_id, kid, to_text(at), sent.peer, sent.n),
        )

    def replace_inner(self, sent: Sent, inner: bytes) -> None:
        """Keep other bytes for a message, under a new key; as a move it never was."""
        owner = f"sealed-out/{sent.inner_id}"
        wrapped = self._vault.new_key(owner)
        text = self._vault.open_key(owner, wrapped).encrypt("inner", inner.decode())
        self._db.execute(
            "update sealed_out set wrapped_key = ?, inner = ?, verb = null"
            " where peer = ? and n = ? and inner is not null",
            (wrapped, text, sent.peer, sent.n),
        )

    def acknowledged(self, peer: str, up_to: int, at: datetime) -> None:
        """Note that the peer has everything up to this number, and destroy our copies of it."""
        self._db.execute(
            "update sealed_out set acked_at = ?, wrapped_key = null, inner = null"
            " where peer = ? and n <= ? and acked_at is null",
            (to_text(at), peer, up_to),
        )

    def refused(self, sent: Sent, code: str) -> None:
        """Note that the peer refused what a message says; as a move it never was."""
        self._db.execute(
            "update sealed_out set refused = ? where peer = ? and n = ?",
            (code, sent.peer, sent.n),
        )

    def unacknowledged(self, peer: str) -> list[Sent]:
        """Return what the peer has not acknowledged, in order."""
        return self._sent("peer = ? and acked_at is null order by n", peer)

    def unacknowledged_about(self, escalation_id: str) -> list[Sent]:
        """Return what the peer has not acknowledged about one escalation, in order."""
        return self._sent("escalation_id = ? and acked_at is null order by n", escalation_id)

    def envelopes_about(self, escalation_id: str) -> list[str]:
        """Return the ids of the activities that carried our messages about an escalation last."""
        rows = self._db.execute(
            "select outer_id from sealed_out where escalation_id = ?", (escalation_id,)
        )
        return [row[0] for row in rows.fetchall()]

    def unacknowledged_peers(self, sent_before: datetime) -> list[str]:
        """Return the peers that have not acknowledged something sent before that moment."""
        rows = self._db.execute(
            "select distinct peer from sealed_out where acked_at is null and sent_at < ?"
            " order by peer",
            (to_text(sent_before),),
        )
        return [row[0] for row in rows.fetchall()]

    def under_way(self, escalation_id: str) -> int:
        """Return how many messages about an escalation are kept until the peer has them."""
        return self._number(
            "select count(*) from sealed_out where escalation_id = ? and inner is not null",
            escalation_id,
        )

    def sent_as(self, peer: str, inner_or_object_id: str) -> Sent | None:
        """Return the message to this peer with that inner id, or sealed last under that id."""
        found = self._sent("peer = ? and ? in (inner_id, object_id)", peer, inner_or_object_id)
        return found[0] if found else None

    def last_move(self, escalation_id: str, verb: Verb) -> str:
        """Return the inner id of our newest message with that verb; ValueError without one."""
        found = self._sent(
            "escalation_id = ? and verb = ? order by n desc limit 1", escalation_id, verb
        )
        if not found:
            raise ValueError("There is no such message of ours.")
        return found[0].inner_id

    def last_about(self, escalation_id: str) -> Sent | None:
        """Return our newest message about an escalation."""
        found = self._sent("escalation_id = ? order by n desc limit 1", escalation_id)
        return found[0] if found else None

    def heard(
        self,
        peer: str,
        n: int,
        inner_id: str,
        *,
        seen: int,
        at: datetime,
        state: Literal["applied", "refused"],
        escalation_id: str | None = None,
        verb: Verb | None = None,
    ) -> None:
        """Remember a message that was dealt with. verb: if it is a move that counts."""
        self._db.execute(
            "insert into sealed_in (peer, n, inner_id, escalation_id, verb, seen, state, at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict (peer, n) do update set escalation_id = excluded.escalation_id,"
            " verb = excluded.verb, seen = excluded.seen, state = excluded.state,"
            " wrapped_key = null, inner = null",
            (peer, n, inner_id, escalation_id, verb, seen, state, to_text(at)),
        )

    def knows(self, peer: str, inner_id: str) -> bool:
        """Return whether a message with that inner id was dealt with before."""
        return bool(
            self._number(
                "select count(*) from sealed_in"
                " where peer = ? and inner_id = ? and state <> 'held'",
                peer,
                inner_id,
            )
        )

    def may_complain(self, peer: str, reason: str, at: datetime, again_after: timedelta) -> bool:
        """Note that we tell a peer that we cannot open its messages; False if told not long ago."""
        noted = self._db.execute(
            "insert into sealed_out_refusals (peer, reason, at) values (?, ?, ?)"
            " on conflict (peer, reason) do update set at = excluded.at where at < ?",
            (peer, reason, to_text(at), to_text(at - again_after)),
        )
        return bool(noted.rowcount)

    def sealed_to(self, peer: str, kid: str) -> list[Sent]:
        """Return what was sealed to a key and is not acknowledged, in order."""
        return self._sent("peer = ? and kid = ? and acked_at is null order by n", peer, kid)

    def id_of(self, peer: str, n: int) -> str | None:
        """Return the inner id of the message that came under a number, or None."""
        row = self._db.execute(
            "select inner_id from sealed_in where peer = ? and n = ?", (peer, n)
        ).fetchone()
        return None if row is None else str(row[0])

    def hold(self, peer: str, n: int, inner_id: str, inner: bytes, at: datetime) -> None:
        """Keep a message that came before an earlier one, encrypted, unless it is held already."""
        owner = f"sealed-in/{peer}/{n}"
        wrapped = self._vault.new_key(owner)
        text = self._vault.open_key(owner, wrapped).encrypt("inner", inner.decode())
        self._db.execute(
            "insert or ignore into sealed_in"
            " (peer, n, inner_id, seen, state, wrapped_key, inner, at)"
            " values (?, ?, ?, 0, 'held', ?, ?, ?)",
            (peer, n, inner_id, wrapped, text, to_text(at)),
        )

    def held(self, peer: str, n: int) -> bytes | None:
        """Return the message with that number if it is held back."""
        row = self._db.execute(
            "select wrapped_key, inner from sealed_in where peer = ? and n = ? and state = 'held'",
            (peer, n),
        ).fetchone()
        if row is None:
            return None
        key = self._vault.open_key(f"sealed-in/{peer}/{n}", bytes(row[0]))
        return key.decrypt("inner", bytes(row[1])).encode()

    def said(self, escalation_id: str, verb: Verb) -> bool:
        """Return whether we sent a message with that verb, and it was not refused."""
        return bool(
            self._number(
                "select count(*) from sealed_out"
                " where escalation_id = ? and verb = ? and refused is null",
                escalation_id,
                verb,
            )
        )

    def versions(self, escalation_id: str) -> list[Version]:
        """Return the versions of a copy that we sent, the offer first, with what became of each."""
        rows = self._db.execute(
            "select at, acked_at, refused from sealed_out"
            " where escalation_id = ? and verb in ('offer', 'correct') order by n",
            (escalation_id,),
        )
        return [
            Version(from_text(at), from_text_or_none(acked), refused is not None)
            for at, acked, refused in rows.fetchall()
        ]

    def corrected_at(self, escalation_id: str) -> list[datetime]:
        """Return when the origin put right the copy that we have, oldest first."""
        rows = self._db.execute(
            "select at from sealed_in where escalation_id = ? and verb = 'correct'"
            " and state = 'applied' order by n",
            (escalation_id,),
        )
        return [from_text(row[0]) for row in rows.fetchall()]

    def asked_to_destroy(self, escalation_id: str) -> list[str]:
        """Return the ids of the messages by which the origin asked us to destroy our copy."""
        rows = self._db.execute(
            "select inner_id from sealed_in where escalation_id = ?"
            " and verb in ('withdraw', 'erase') order by n",
            (escalation_id,),
        )
        return [row[0] for row in rows.fetchall()]

    def moves(self, escalation_id: str, ours: Role) -> list[Move]:
        """Return the moves of both sides that count. ours: what this hub is in the escalation."""
        theirs: Role = "receiver" if ours == "origin" else "origin"
        found: list[Move] = []
        sides = ((ours, "sealed_out where refused is null"), (theirs, "sealed_in where true"))
        for role, rows_of in sides:
            rows = self._db.execute(
                f"select verb, n, seen from {rows_of}"  # noqa: S608 - our own words
                " and escalation_id = ? and verb is not null and verb <> 'offer' order by n",
                (escalation_id,),
            )
            found.extend(Move(role, verb, n, seen) for verb, n, seen in rows.fetchall())
        return found

    def refused_offer(self, escalation_id: str) -> bool:
        """Return whether the peer's server refused the offer itself."""
        return bool(
            self._number(
                "select count(*) from sealed_out"
                " where escalation_id = ? and verb = 'offer' and refused is not null",
                escalation_id,
            )
        )

    def _number(self, question: str, *values: str) -> int:
        row = self._db.execute(question, values).fetchone()
        return int(row[0] or 0)

    def _sent(self, condition: str, *values: Any) -> list[Sent]:
        rows = self._db.execute(
            f"select {_SENT} from sealed_out where {condition}",  # noqa: S608 - our own words
            values,
        ).fetchall()
        return [self._read(row) for row in rows]

    def _read(self, row: tuple[Any, ...]) -> Sent:
        values = dict(zip(_SENT.split(", "), row, strict=True))
        wrapped, inner = values.pop("wrapped_key"), values.pop("inner")
        if inner is not None:
            key = self._vault.open_key(f"sealed-out/{values['inner_id']}", bytes(wrapped))
            inner = key.decrypt("inner", bytes(inner)).encode()
        for name in ("at", "sent_at"):
            values[name] = from_text(values[name])
        values["acked_at"] = from_text_or_none(values["acked_at"])
        return Sent(**values, inner=inner)
