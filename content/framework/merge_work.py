"""
Merging as people do it: begun, decided conflict by conflict, finished or given up.

Nothing of our framework changes before the merge is finished, and a merge that waits is computed
anew each time from our framework as it then is: a decision about a text that somebody changed
meanwhile does not count any more, and the conflict is shown again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.framework.customizing import overlay
from content.framework.differences import Difference, differences
from content.framework.files import FrameworkFile
from content.framework.item import FrameworkItem
from content.framework.merging import WHOLE, Conflict, Merged, Resolution, Side, merge
from content.framework.scores import subject_of
from content.framework.snapshots import keep_what_is_there, take_snapshot
from content.framework.store import UPSTREAM, Base, FrameworkStore, Pending
from content.framework.work import refuse_while_merging


class NoMerge(ContentError):
    """No merge waits for decisions."""

    code: ClassVar[str] = "framework-no-merge"

    def __init__(self) -> None:
        super().__init__(
            "No merge waits for decisions. Begin one with: hub framework merge upstream"
        )


class NoSuchConflict(ContentError):
    """The merge that waits has no such conflict."""

    code: ClassVar[str] = "framework-no-such-conflict"

    def __init__(self, item_id: str, place: str) -> None:
        super().__init__(
            f"The merge has no conflict at {place[:100]} of {item_id[:64]}."
            " See what is open: hub framework merge"
        )


class MergeUndecided(ContentError):
    """Conflicts of the merge are not decided yet."""

    code: ClassVar[str] = "framework-merge-undecided"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} of the conflicts must be decided first. See: hub framework merge"
        )


class TextNotTaken(ContentError):
    """A conflict of this kind is settled by one of the two sides only."""

    code: ClassVar[str] = "framework-conflict-takes-side"

    def __init__(self, place: str) -> None:
        super().__init__(f"Over {place}, take ours or theirs: a text of your own is not possible.")


@dataclass(frozen=True, slots=True)
class MergeView:
    """
    A merge as people see it. applied: our framework is now as merged.

    open: conflicts that nobody decided yet. decided: how many are; settled: what was decided about
    each of them. brings: what the merge changes in our framework, with ours at the places that are
    open.
    """

    origin: str
    version: str
    applied: bool
    open: tuple[Conflict, ...]
    decided: int
    brings: tuple[Difference, ...]
    settled: tuple[Resolution, ...]


def compare(db: sqlite_utils.Database, file: FrameworkFile) -> tuple[Difference, ...]:
    """Return what differs on the way from our framework to another one."""
    return tuple(differences(FrameworkStore(db).get().framework, file.framework))


def file_of_shown(
    db: sqlite_utils.Database, host: str, items: Sequence[FrameworkItem]
) -> FrameworkFile:
    """
    Return what a hub published, item by item, as if it were its framework.

    What it does not show is as it was when we last took something from it, or as upstream has it.
    """
    store = FrameworkStore(db)
    base = store.base(host) or store.base(UPSTREAM)
    if base is None:
        store.get()
        raise NoMerge
    return FrameworkFile(host, overlay(base.framework, items), base)


def begin_merge(
    db: sqlite_utils.Database, file: FrameworkFile, act: Act, *, preview: bool = False
) -> MergeView:
    """
    Merge a framework into ours: at once if there is no conflict, else once people decided.

    The common origin is what was last taken from there; of a hub from which nothing was taken yet,
    the older one of the two upstream versions. preview: only look. Raises FrameworkNotAdopted,
    MergeWaits.
    """
    store = FrameworkStore(db)
    store.get()
    refuse_while_merging(store)
    base = store.base(file.origin) or _older(store.base(UPSTREAM) or file.base, file.base)
    version = file.base.version
    pending = Pending(file.origin, version, base.framework, file.framework, (), act.at, act.by)
    merged = _merged(store, pending)
    if preview:
        return _view(store, pending, merged, applied=False)
    if not merged.conflicts:
        return _apply(db, pending, merged, act)
    store.begin_merge(pending)
    ChangeStore(db).record(act, "framework.merge", subject_of(file.origin), f"{version}, begun")
    return _view(store, pending, merged, applied=False)


def waiting_merge(db: sqlite_utils.Database) -> MergeView:
    """Return the merge that waits, as it stands now. Raises NoMerge."""
    store = FrameworkStore(db)
    pending = _pending(store)
    return _view(store, pending, _merged(store, pending), applied=False)


def decide(
    db: sqlite_utils.Database,
    item_id: str,
    place: str,
    act: Act,
    *,
    side: Side | None = None,
    text: str | None = None,
) -> MergeView:
    """
    Settle one conflict of the merge that waits: take a side, or a text of one's own.

    A conflict that was decided can be decided anew. Raises NoMerge, NoSuchConflict, TextNotTaken,
    FrameworkInvalid for a text that cannot be.
    """
    store = FrameworkStore(db)
    pending = _pending(store)
    others = tuple(
        each for each in pending.decisions if (each.item, each.place) != (item_id, place)
    )
    pending = replace(pending, decisions=others)
    found = [
        each
        for each in _merged(store, pending).conflicts
        if (each.item, each.place) == (item_id, place)
    ]
    if not found:
        raise NoSuchConflict(item_id, place)
    (conflict,) = found
    if side is None and not conflict.takes_text:
        raise TextNotTaken("the whole item" if place == WHOLE else place)
    chosen = {"ours": conflict.ours, "theirs": conflict.theirs, None: text}[side]
    decision = Resolution(item_id, place, conflict.ours, conflict.theirs, chosen)
    pending = replace(pending, decisions=(*others, decision))
    merged = _merged(store, pending)
    store.decide(pending.decisions)
    note = f"{place}: {side or 'a text of our own'}"
    ChangeStore(db).record(act, "framework.decide", subject_of(item_id), note[:500])
    return _view(store, pending, merged, applied=False)


def finish_merge(db: sqlite_utils.Database, act: Act) -> MergeView:
    """Apply the merge that waits. Raises NoMerge, MergeUndecided."""
    store = FrameworkStore(db)
    pending = _pending(store)
    merged = _merged(store, pending)
    if merged.conflicts:
        raise MergeUndecided(len(merged.conflicts))
    view = _apply(db, pending, merged, act)
    store.end_merge()
    return view


def cancel_merge(db: sqlite_utils.Database, act: Act) -> None:
    """Give up the merge that waits; our framework was not touched by it. Raises NoMerge."""
    store = FrameworkStore(db)
    pending = _pending(store)
    store.end_merge()
    ChangeStore(db).record(act, "framework.merge", subject_of(pending.origin), "given up")


def _apply(db: sqlite_utils.Database, pending: Pending, merged: Merged, act: Act) -> MergeView:
    """Make ours what was merged, with a snapshot before and after, and remember what was taken."""
    store = FrameworkStore(db)
    view = _view(store, pending, merged, applied=True)
    adopted = store.get()
    if merged.framework != adopted.framework:
        keep_what_is_there(db, f"Before merging {pending.origin}", act)
        store.replace(adopted, merged.framework, act)
    store.put_base(pending.origin, Base(pending.version, pending.theirs), act)
    note = f"{pending.version}, applied"
    ChangeStore(db).record(act, "framework.merge", subject_of(pending.origin), note[:500])
    if merged.framework != adopted.framework:
        take_snapshot(db, f"Merged {pending.origin}, upstream {pending.version}"[:300], act)
    return view


def _view(store: FrameworkStore, pending: Pending, merged: Merged, *, applied: bool) -> MergeView:
    ours = store.get().framework
    open_ones = {(each.item, each.place) for each in merged.conflicts}
    settled = tuple(each for each in pending.decisions if (each.item, each.place) not in open_ones)
    return MergeView(
        pending.origin,
        pending.version,
        applied,
        merged.conflicts,
        len({(each.item, each.place) for each in settled}),
        tuple(differences(ours, merged.framework)),
        settled,
    )


def _merged(store: FrameworkStore, pending: Pending) -> Merged:
    return merge(pending.base, store.get().framework, pending.theirs, pending.decisions)


def _pending(store: FrameworkStore) -> Pending:
    pending = store.pending()
    if pending is None:
        raise NoMerge
    return pending


def _older(one: Base, other: Base) -> Base:
    """Return the base of the older upstream version: versions begin with year and month."""
    return min(one, other, key=lambda base: base.version)
