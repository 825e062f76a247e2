"""
Who got a copy of a case, with which fields, since when, and whether it is gone there.

Names of fields, hosts and dates only, which are known after the case is erased too (GDPR Art. 19).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlite_utils

from content.cases.store import CaseErased, CaseStore
from content.hubs import HubDirectory
from federation.erasures import AskedState, ErasureStore
from federation.escalation.copy_fields import in_words
from federation.escalation.copy_store import Copy, CopyStore
from federation.escalation.sealed_store import SealedStore, Version
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.states import OPEN, State
from federation.hub import Hub
from federation.peers import PeerStore

INFO = "info"
"""Stands among the fields for what was told later, beside the copy."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """
    One hub that got a copy.

    fields: names on the wire of what left, then identity.name and the like; what: the same in
    words. since: when it left. confirmed: what its receipt says or what we wait for; None where it
    was not asked to destroy the copy. confirmed_at: when its receipt came. request: ULID for
    `hub erasure show`.
    version: of its copy as it has confirmed to have it, 1 for what was offered, 0 before it has
    confirmed that; newest: as sent last. versions: each that was sent. behind_since: when the case
    was corrected without telling this hub. handed_to: the hub that the case went to instead.
    """

    host: str
    name: str
    escalation: str
    state: State
    fields: tuple[str, ...]
    what: str
    since: datetime
    changed_at: datetime
    confirmed: AskedState | None = None
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    request: str | None = None
    versions: tuple[Version, ...] = ()
    behind_since: datetime | None = None
    handed_to: str | None = None

    @property
    def version(self) -> int:
        """Return which version of the copy that hub has confirmed."""
        taken = [each for each in self.versions if not each.refused]
        return sum(each.confirmed_at is not None for each in taken)

    @property
    def newest(self) -> int:
        """Return which version of the copy was sent there last."""
        return sum(not each.refused for each in self.versions)

    @property
    def says(self) -> str:
        """Return how things stand with its copy, as the requester and staff can read it."""
        instead = "" if self.handed_to is None else f"; {self.handed_to} was asked instead"
        return self._copy_says + instead

    @property
    def _copy_says(self) -> str:
        if self.confirmed == "erased":
            return "confirmed with its signature that its copy is destroyed"
        if self.confirmed == "settled":
            return "did not confirm by itself; a person of this hub has seen to it"
        if self.confirmed is not None:
            late = self.confirmed == "overdue"
            return _ASKED + (", and is overdue" if late else "")
        if self.state not in (*OPEN, "esc-confirmed"):
            return _OVER[self.state]
        return _HAS + self._which

    @property
    def _which(self) -> str:
        """Return which version it has, as the end of a sentence."""
        if self.behind_since is not None:
            day = self.behind_since.date().isoformat()
            return f" as it was before the correction of {day}; it was not told of that yet"
        if self.versions and self.versions[-1].refused and len(self.versions) > 1:
            return " as it was; its program refused the correction, so its people have to be told"
        if self.newest > max(self.version, 1):
            return "; the correction is on its way, and is not confirmed yet"
        if self.newest > 1:
            return f", corrected (version {self.version}), and has confirmed that"
        return ""


_HAS = "has a copy"
_ASKED = "was told to destroy its copy, has not confirmed it yet"
_OVER = {
    "esc-declined": "declined; its program has destroyed the copy",
    "esc-expired": "did not decide in time; its program has destroyed the copy",
    "esc-withdrawn": "was told to destroy its copy",
    "esc-erased": "was told to destroy its copy",
}


def recipients_of(
    db: sqlite_utils.Database, hub: Hub, case_id: str, now: datetime, overdue_after: timedelta
) -> tuple[Recipient, ...]:
    """
    Return every hub that got a copy of a case of ours, the first one first; also of an erased case.

    overdue_after: how long a receipt may be missing. Raises CaseNotFound.
    """
    cases = CaseStore(db, hub.vault)
    try:
        cases.open_key(case_id)
    except CaseErased:
        cases.tombstone(case_id)
    names = {each.host: each.name for each in HubDirectory(db).list()}
    return tuple(
        _recipient(db, hub, copy, names, now, overdue_after)
        for copy in CopyStore(db).at_others(case_id)
    )


def _recipient(
    db: sqlite_utils.Database,
    hub: Hub,
    copy: Copy,
    names: dict[str, str],
    now: datetime,
    overdue_after: timedelta,
) -> Recipient:
    told_more = SealedStore(db, hub.vault).said(copy.id, "info")
    later = [f"identity.{each}" for each in copy.revealed] + [INFO] * told_more
    what = "; and ".join(
        [
            in_words(copy.fields),
            *([f"of who asks: {', '.join(copy.revealed)}"] if copy.revealed else []),
            *(["further information"] if told_more else []),
        ]
    )
    peer = PeerStore(db).find(copy.peer)
    found = Recipient(
        host=copy.peer,
        name=names.get(copy.peer, copy.peer if peer is None else peer.name or copy.peer),
        escalation=copy.id,
        state=copy.state,
        fields=(*copy.fields, *later),
        what=what,
        since=copy.created_at,
        changed_at=copy.updated_at,
        handed_to=copy.handed_to,
        versions=tuple(SealedStore(db, hub.vault).versions(copy.id)),
        behind_since=SentCopyStore(db, hub.vault).behind_since(copy.id),
    )
    standing = ErasureStore(db).about(copy.offer_id)
    if standing is None:
        return found
    [asked] = standing.asked
    return replace(
        found,
        confirmed=asked.state(now, overdue_after),
        asked_at=asked.asked_at,
        confirmed_at=asked.received_at,
        request=standing.request.ref,
    )
