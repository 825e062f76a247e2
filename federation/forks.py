"""
Forks: a hub signed two entries with one number. Noticed, kept as evidence, and not glossed over.

From then on nothing more is taken of that log: what is held stays readable, marked, and a person is
told (docs/verify.md). It ends when the hub recovers its keys, or a person here settles it.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.times import from_text, from_text_or_none, to_text
from federation.errors import FederationError
from federation.holdings import Holdings
from federation.introductions import introduce
from federation.log import Log
from federation.notices import NoticeStore
from federation.peers import Peer, PeerStore
from federation.shorter import ShorterStore, settle_shorter
from protocol.canonical import canonicalize
from protocol.digests import same_link
from protocol.errors import ProtocolError
from protocol.fork_evidence import ForkEvidence, check_evidence
from protocol.log_entries import LogHeader, header_hash, name_in_log, read_header

MOST_OF_ONE_LOG = 10
"""Pieces of evidence that are kept of one log: one is enough, and a thief could make many."""


class LogFrozen(FederationError):
    """
    The log has forked, so nothing more is taken of it until that is settled.

    shown: for a log that did not fork and that its hub shows only up to there.
    """

    code: ClassVar[str] = "log-frozen"

    def __init__(self, log: str, seq: int, *, shown: int | None = None) -> None:
        if shown is not None:
            super().__init__(
                f"The hub of the log {log[:12]}... signed {seq} entries of it and shows {shown}. "
                "Nothing more is taken of it until it shows them again. If that does not come by "
                "itself, ask its people; when it is clear what happened: hub peer settle."
            )
            return
        super().__init__(
            f"The log {log[:12]}... has two different entries with the number {seq}, both signed "
            "by its hub. Nothing more is taken of it. Ask its people; when it is clear what "
            "happened, settle it with hub peer settle."
        )


class NotForked(FederationError):
    """There is no fork to settle."""

    code: ClassVar[str] = "not-forked"

    def __init__(self, host: str) -> None:
        super().__init__(f"The log of {host} is not frozen: there is nothing to settle.")


@dataclass(frozen=True, slots=True)
class Fork:
    """Evidence of one fork, who showed it, and since when it is settled."""

    evidence: ForkEvidence
    said_by: str
    found_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None

    @property
    def log(self) -> str:
        """Name of the log."""
        return self.evidence.one.log

    @property
    def seq(self) -> int:
        """The number that stands twice."""
        return self.evidence.one.seq


class ForkStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def keep(self, fork: Fork) -> bool:
        """Keep evidence; return whether it is new. Beyond MOST_OF_ONE_LOG nothing is added."""
        one, other = fork.evidence.one, fork.evidence.other
        count = self._db.execute(
            "select count(*) from log_forks where log = ? and settled_at is null", (one.log,)
        ).fetchone()[0]
        if count >= MOST_OF_ONE_LOG:
            return False
        added = self._db.execute(
            "insert into log_forks (log, seq, held, other, other_hash, manifests, said_by,"
            " found_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
            (
                one.log,
                one.seq,
                canonicalize(one.to_json()).decode(),
                canonicalize(other.to_json()).decode(),
                header_hash(other),
                canonicalize(list(fork.evidence.manifests)).decode(),
                fork.said_by,
                to_text(fork.found_at),
            ),
        )
        return int(added.rowcount) == 1

    def of_hub(self, g: str) -> list[Fork]:
        """Return all forks of both logs of a hub, the settled ones too, oldest first."""
        return self._many("where log in (?, ?) order by found_at, seq", (g, f"{g}/network"))

    def open(self) -> list[Fork]:
        """Return all forks that are not settled, oldest first."""
        return self._many("where settled_at is null order by found_at, seq", ())

    def frozen_at(self, log: str) -> int | None:
        """Return the lowest number that stands twice in a log, None if it is not frozen."""
        row = self._db.conn.execute(
            "select min(seq) from log_forks where log = ? and settled_at is null", (log,)
        ).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def settle(self, g: str, act: Act) -> int:
        """Note that the forks of a hub are settled; return how many were open."""
        changed = self._db.execute(
            "update log_forks set settled_at = ?, settled_by = ?"
            " where log in (?, ?) and settled_at is null",
            (to_text(act.at), act.by, g, f"{g}/network"),
        )
        return int(changed.rowcount)

    def settle_said_by(self, log: str, host: str, act: Act) -> bool:
        """Note that the forks of a log are settled that one host showed; whether one was open."""
        changed = self._db.execute(
            "update log_forks set settled_at = ?, settled_by = ?"
            " where log = ? and said_by = ? and settled_at is null",
            (to_text(act.at), act.by, log, host),
        )
        return int(changed.rowcount) > 0

    def _many(self, condition: str, values: tuple[str, ...]) -> list[Fork]:
        rows = self._db.execute(
            "select held, other, manifests, said_by, found_at, settled_at, settled_by"  # noqa: S608
            f" from log_forks {condition}",
            values,
        )
        return [_fork(row) for row in rows.fetchall()]


def refuse_frozen(db: sqlite_utils.Database, log: str) -> None:
    """Raise LogFrozen if nothing more is taken of this log."""
    refuse_forked(db, log)
    shorter = ShorterStore(db).open_of(log)
    if shorter is not None:
        raise LogFrozen(log, shorter.evidence.held.seq, shown=shorter.evidence.shown.seq)


def refuse_forked(db: sqlite_utils.Database, log: str) -> None:
    """Raise LogFrozen if this log has forked and nobody has settled it."""
    seq = ForkStore(db).frozen_at(log)
    if seq is not None:
        raise LogFrozen(log, seq)


def refuse_frozen_hub(db: sqlite_utils.Database, actor: str) -> None:
    """Raise LogFrozen if nothing more is taken of the public log of the hub with this actor."""
    row = db.conn.execute(
        "select f.log, min(f.seq) from peers p join log_forks f on f.log = p.g"
        " where p.actor = ? and f.settled_at is null group by f.log",
        (actor,),
    ).fetchone()
    if row is not None:
        raise LogFrozen(row[0], row[1])
    row = db.conn.execute(
        "select s.log from peers p join log_shorter s on s.log = p.g"
        " where p.actor = ? and s.settled_at is null",
        (actor,),
    ).fetchone()
    if row is not None:
        refuse_frozen(db, row[0])


def weigh(db: sqlite_utils.Database, header: LogHeader, said_by: str, at: datetime) -> Fork | None:
    """
    Compare a header that somebody showed with the one held under its number.

    Where both differ and the hub signed both, it is a fork: the evidence is kept, and a person is
    told. What is only claimed, by a key that was not in force, proves nothing: None, as for a
    header that is not held or is the same.
    """
    held = Log(db).header(header.log, header.seq)
    if held is None or same_link(header_hash(held), header_hash(header)):
        return None
    g, kind = name_in_log(header.log)
    upto = None if kind == "network" else header.seq
    evidence = ForkEvidence(held, header, tuple(Log(db).manifests(g, upto=upto)))
    try:
        check_evidence(evidence)
    except ProtocolError:
        return None
    fork = Fork(evidence, said_by, at)
    if ForkStore(db).keep(fork):
        _tell(db, fork, g)
    return fork


def settle_forks(db: sqlite_utils.Database, g: str, act: Act) -> int:
    """End the dispute about a hub's logs; return how many forks were open. Evidence stays."""
    count = ForkStore(db).settle(g, act)
    if count:
        ChangeStore(db).record(act, "log.settle", g)
        _dismiss(db, g)
    logs = (g, f"{g}/network")
    return count + sum(settle_shorter(db, log, act) for log in logs)


def settle_said_by(db: sqlite_utils.Database, log: str, host: str, act: Act) -> None:
    """Note that who showed another branch of our own log holds ours now; the evidence stays."""
    store, g = ForkStore(db), name_in_log(log)[0]
    if store.settle_said_by(log, host, act):
        ChangeStore(db).record(act, "log.settle", g, host)
        if not any(fork.settled_at is None for fork in store.of_hub(g)):
            _dismiss(db, g)


def settle_peer(db: sqlite_utils.Database, host: str, act: Act) -> Peer:
    """
    End the dispute about a peer's logs for a person here, and let them be read from the beginning.

    What the hub published in both branches is dropped with them; what it says now comes back.
    Raises PeerNotFound, and NotForked if there is nothing to settle.
    """
    peer = PeerStore(db).get(host)
    if peer.g is None or settle_forks(db, peer.g, act) == 0:
        raise NotForked(peer.host)
    Holdings(db, peer).forget()
    peer = replace(peer, caught_up_at=None)
    PeerStore(db).replace(peer)
    introduce(db, peer)
    return peer


def _tell(db: sqlite_utils.Database, fork: Fork, g: str) -> None:
    text = (
        f"Its log has two different entries with the number {fork.seq}, both signed by it; "
        f"{fork.said_by} showed the second one. Nothing more is taken of it. Either its keys are "
        "in other hands, or it was restored from an old copy. Ask its people."
    )
    head = Log(db).head(fork.log)
    if head is not None and head.own:
        text = (
            f"{fork.said_by} holds another entry with the number {fork.seq} of our own log, signed "
            "with our key. Who holds the other branch takes nothing more of ours. Either this hub "
            "was restored from an old copy, or somebody else has its keys."
        )
        NoticeStore(db).note("own-fork", g, text, fork.found_at)
        return
    NoticeStore(db).note("forked", _subject(db, g), text, fork.found_at)


def _dismiss(db: sqlite_utils.Database, g: str) -> None:
    NoticeStore(db).dismiss("forked", _subject(db, g))
    NoticeStore(db).dismiss("own-fork", g)


def _subject(db: sqlite_utils.Database, g: str) -> str:
    peer = PeerStore(db).find(g)
    return g if peer is None else peer.host


def _fork(row: tuple[Any, ...]) -> Fork:
    held, other, manifests, said_by, found_at, settled_at, settled_by = row
    one, two = (read_header(json.loads(text)) for text in (held, other))
    evidence = ForkEvidence(one, two, tuple(json.loads(manifests)))
    settled = from_text_or_none(settled_at)
    return Fork(evidence, said_by, from_text(found_at), settled, settled_by)
