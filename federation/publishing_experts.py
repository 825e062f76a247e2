"""
Publishing experts. A hub's own (tlp-amber) stay; network (tlp-green) go to active hubs; public
(tlp-clear) to everybody. As they are personal data, a correction is a Delete and a new id, never an
Update, which would leave the old text in every log (docs/adr/0010-log-and-manifest.md).
"""

from datetime import date, datetime, timedelta
from typing import Literal

import sqlite_utils

from content.cases.dates import day_of
from content.changes import Act
from content.directory import Directory
from content.experts.belongings import carry_over, forget_belongings
from content.experts.contacts import ExpertContactStore
from content.experts.expert import Expert, ExpertState
from content.experts.pauses import ExpertPause, ExpertPauseStore
from content.experts.record import ExpertRecord
from content.experts.store import ExpertStore
from content.ids import new_id
from federation.erasures import ErasureStore
from federation.hub import Hub
from federation.policy import PERSONAL, Audience, Door, StaysHere, may_leave
from federation.published import PublishedStore
from federation.releasing import Release, way_out
from federation.translate.expert import expert_as_document
from protocol.ids import expert_id as expert_id_of


def add_expert(db: sqlite_utils.Database, hub: Hub, record: ExpertRecord, act: Act) -> Expert:
    """
    Store a new expert and publish the listing as far as its scope says.

    The expert agreed to that scope; consent counts from this act unless the record says when.
    """
    expert = Expert.new(record, act, expert_id=new_id(act.at, hub.chance))
    ExpertStore(db).add(expert, act)
    _list(db, hub, expert, act)
    return expert


def update_expert(
    db: sqlite_utils.Database, hub: Hub, expert_id: str, record: ExpertRecord, act: Act
) -> Expert:
    """
    Correct an expert. What was out is deleted everywhere and listed anew: use the new id.

    When the expert agreed stays, unless the scope is another one: then it counts from this act.
    Raises ExpertNotFound, ExpertGone, ExpertMoveNotAllowed, ExpertChangedMeanwhile.
    """
    expert = ExpertStore(db).get(expert_id)
    record = with_dates(record, expert, act)
    if expert.record == record:
        return expert
    changed = expert.change(record, _moment_after(expert, act))
    return _changed(db, hub, expert, changed, act, "change")


def with_dates(record: ExpertRecord, before: Expert, act: Act) -> ExpertRecord:
    """Return the record with the dates of before, unless it says when the expert agreed itself."""
    known = before.record
    agreed = known.consent_at if record.scope is known.scope else act.at
    return record.model_copy(
        update={
            "consent_at": record.consent_at or agreed,
            "confirmed_at": record.confirmed_at or known.confirmed_at,
        }
    )


def confirm_expert(db: sqlite_utils.Database, hub: Hub, expert_id: str, act: Act) -> Expert:
    """
    Note that the expert found the listing right; who was paused is listed again, under a new id.

    This alone is told by an Update: it corrects nothing, so no outdated text stays in a log.
    """
    expert = ExpertStore(db).get(expert_id)
    confirmed = expert.confirm(_moment_after(expert, act))
    ExpertContactStore(db, hub.vault).answered(expert_id)
    if expert.state is ExpertState.PAUSED:
        ExpertPauseStore(db).drop(expert_id)
    out = PublishedStore(db).get(expert.id)
    if out is None or out.gone:
        return _changed(db, hub, expert, confirmed, act, "confirm")
    saved = ExpertStore(db).replace(confirmed, act, "confirm")
    Directory(db).index_own(saved, hub.identity.origin)
    Release(db, hub, act).update(
        "expert",
        saved.id,
        saved.label.value,
        PERSONAL,
        expert_as_document(hub, saved),
        consent=saved.record.consent_at is not None,
    )
    return saved


def pause_expert(
    db: sqlite_utils.Database,
    hub: Hub,
    expert_id: str,
    act: Act,
    *,
    starts: date | None = None,
    until: date | None = None,
) -> Expert:
    """
    Take the expert off the lists for a while: a Delete to all who got it, kept here.

    starts: first day, today if not said; until then the listing stays. until: last day, after which
    it is put on again; else until somebody does. Of who is paused already the last day changes.
    Raises PauseInvalid.
    """
    expert = ExpertStore(db).get(expert_id)
    planned = ExpertPause.planned(starts, until, day_of(act.at, hub.identity.timezone))
    ExpertPauseStore(db).put(expert_id, planned)
    if planned.starts is not None:
        expert.pause(act.at)  # Who is not listed cannot be taken off later.
        return expert
    if expert.state is ExpertState.PAUSED and until is not None:
        return expert
    paused = ExpertStore(db).replace(expert.pause(_moment_after(expert, act)), act, "pause")
    _unlist(db, hub, expert, act)
    return paused


def resume_expert(db: sqlite_utils.Database, hub: Hub, expert_id: str, act: Act) -> Expert:
    """Put a paused expert on the lists again, under a new id. Raises ExpertMoveNotAllowed."""
    expert = ExpertStore(db).get(expert_id)
    resumed = expert.resume(_moment_after(expert, act))
    ExpertPauseStore(db).drop(expert_id)
    return _changed(db, hub, expert, resumed, act, "resume")


def remove_expert(db: sqlite_utils.Database, hub: Hub, expert_id: str, act: Act) -> Expert:
    """Delete an expert here, and by a Delete at everybody who got the listing."""
    expert = ExpertStore(db).get(expert_id)
    left = ExpertStore(db).replace(expert.leave(act.at), act, "leave")
    forget_belongings(db, expert.id)
    _unlist(db, hub, expert, act)
    return left


def _changed(
    db: sqlite_utils.Database,
    hub: Hub,
    old: Expert,
    new: Expert,
    act: Act,
    verb: Literal["change", "confirm", "resume"],
) -> Expert:
    """Store a changed expert: over the old one if nobody else ever had it, else under a new id."""
    store = ExpertStore(db)
    if PublishedStore(db).get(old.id) is None:
        saved = store.replace(new, act, verb)
        _list(db, hub, saved, act)
        if verb == "change":
            # What was corrected is personal: old words leave the files too, as if they were erased.
            ErasureStore(db).dropped(act.at)
        return saved
    store.replace(old.leave(act.at), act, "leave")
    _unlist(db, hub, old, act)
    fresh = new.model_copy(update={"id": new_id(act.at, hub.chance), "revision": 1})
    store.add(fresh, act)
    carry_over(db, old.id, fresh.id)
    _list(db, hub, fresh, act)
    return fresh


def _list(db: sqlite_utils.Database, hub: Hub, expert: Expert, act: Act) -> None:
    if expert.state is not ExpertState.ACTIVE:
        return
    Directory(db).index_own(expert, hub.identity.origin)
    if expert.record.scope.value == "hub":
        return
    consent = expert.record.consent_at is not None
    label = expert.label.value
    # An expert who agreed to be shared is never kept back silently.
    may_leave(label, PERSONAL, Door.LOG, Audience.PEER, consent=consent)
    if way_out(hub, label, PERSONAL, consent=consent) is None:
        raise StaysHere("A coalition shares with everybody or with nobody, not with hubs only.")
    document = expert_as_document(hub, expert)
    Release(db, hub, act).create("expert", expert.id, label, PERSONAL, document, consent=consent)


def _unlist(db: sqlite_utils.Database, hub: Hub, expert: Expert, act: Act) -> None:
    Release(db, hub, act).delete("expert", expert.id)
    Directory(db).drop(expert_id_of(hub.identity.origin, expert.id))
    ErasureStore(db).dropped(act.at)


def _moment_after(expert: Expert, act: Act) -> datetime:
    """Return the time of this act, but later than before: versions are ordered by it."""
    return max(act.at, expert.updated_at + timedelta(milliseconds=1))
