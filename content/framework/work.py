"""What people do with the framework of their hub, each as one transaction's worth."""

from collections.abc import Callable
from typing import ClassVar, Literal

import sqlite_utils

from content.changes import LONGEST_NOTE, Act, ChangeStore
from content.errors import ContentError
from content.framework.differences import Difference, differences
from content.framework.files import FrameworkFile
from content.framework.item import Framework
from content.framework.scores import subject_of
from content.framework.snapshots import keep_what_is_there, take_snapshot
from content.framework.store import UPSTREAM, Adopted, FrameworkStore

Verb = Literal["reword", "add", "drop", "move", "attach", "detach"]


class FrameworkAdopted(ContentError):
    """This hub has a framework already."""

    code: ClassVar[str] = "framework-adopted"

    def __init__(self) -> None:
        super().__init__(
            "This hub has a framework already. Take changes over with: hub framework merge;"
            " replace it whole with: hub framework import"
        )


def adopt_framework(db: sqlite_utils.Database, file: FrameworkFile, act: Act) -> Adopted:
    """
    Begin with a framework: a copy to be customized, its upstream version noted.

    Raises FrameworkAdopted.
    """
    store = FrameworkStore(db)
    if store.find() is not None:
        raise FrameworkAdopted
    store.adopt(file.framework, act)
    _note_bases(store, file, act)
    ChangeStore(db).record(act, "framework.adopt", subject_of(file.origin), file.base.version)
    take_snapshot(db, f"Adopted from {file.origin}, upstream {file.base.version}", act)
    return store.get()


def replace_framework(db: sqlite_utils.Database, file: FrameworkFile, act: Act) -> Adopted:
    """
    Put a framework from a file in place of ours; ours is kept as a snapshot.

    Raises FrameworkNotAdopted, MergeWaits.
    """
    store = FrameworkStore(db)
    adopted = store.get()
    refuse_while_merging(store)
    keep_what_is_there(db, "Before another framework was imported", act)
    store.replace(adopted, file.framework, act)
    _note_bases(store, file, act)
    ChangeStore(db).record(act, "framework.import", subject_of(file.origin), file.base.version)
    return store.get()


def customize(
    db: sqlite_utils.Database,
    item_id: str,
    verb: Verb,
    change: Callable[[Framework], Framework],
    act: Act,
) -> Adopted:
    """
    Change one item by one of the functions of content/framework/customizing.py.

    What does not change anything is not noted. Raises what change raises, FrameworkNotAdopted.
    """
    store = FrameworkStore(db)
    adopted = store.get()
    changed = change(adopted.framework)
    if changed == adopted.framework:
        return adopted
    store.replace(adopted, changed, act)
    note = _in_short(differences(adopted.framework, changed), item_id)
    ChangeStore(db).record(act, f"framework.{verb}", subject_of(item_id), note)
    return store.get()


class MergeWaits(ContentError):
    """A merge waits for people's decisions; only one can be on the way."""

    code: ClassVar[str] = "framework-merge-waits"

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"A merge with {origin} waits for decisions. See it with: hub framework merge;"
            " finish it with --finish, or give it up with --cancel"
        )


def refuse_while_merging(store: FrameworkStore) -> None:
    """Raise MergeWaits while a merge waits for decisions."""
    pending = store.pending()
    if pending is not None:
        raise MergeWaits(pending.origin)


def _note_bases(store: FrameworkStore, file: FrameworkFile, act: Act) -> None:
    store.put_base(UPSTREAM, file.base, act)
    if file.origin != UPSTREAM:
        store.put_base(file.origin, type(file.base)(file.base.version, file.framework), act)


def _in_short(found: list[Difference], item_id: str) -> str:
    """Return which places of the item changed, for the list of changes."""
    places = [place.place for each in found if each.item == item_id for place in each.places]
    return ", ".join(places)[:LONGEST_NOTE]
