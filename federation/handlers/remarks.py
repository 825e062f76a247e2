"""Like, Announce and Flag: strangers point at something of ours. Kept unseen, never shown as is."""

from typing import Any

import sqlite_utils

from content.changes import Act
from federation.hub import Hub
from federation.remarks import Remark, RemarkKind, RemarkStore
from protocol.activity import Activity
from protocol.authority import Standing, Verified
from protocol.foreign import text_of
from protocol.ids import same_origin


def like(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """Note that somebody likes something of ours."""
    _keep(db, hub, activity, act, "like")


def announce(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """
    Note that somebody passes on something of ours.

    What peers and sources announce is not taken: a coalition's records come from their own hubs'
    logs, and a source speaks only for itself.
    """
    if activity.standing is Standing.STRANGER:
        _keep(db, hub, activity, act, "announce")


def flag(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """Note a complaint about something of ours; its words are for the operators."""
    _keep(db, hub, activity, act, "flag", text_of(activity.value.raw, "content") or "")


def _keep(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    kind: RemarkKind,
    text: str = "",
) -> None:
    said = activity.value
    if db.execute("select 1 from undone where activity_id = ?", (said.id,)).fetchone():
        return
    for reference in said.object_ids:
        if same_origin(reference, hub.identity.origin):
            RemarkStore(db).add(Remark(said.id, said.actor, kind, reference, said.id, text, act.at))
            return
