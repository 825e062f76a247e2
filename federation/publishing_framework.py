"""
Publishing items of our framework, one by one, and taking them back.

What goes out is the item as it is at that moment; later changes wait until it is published again,
so that nobody shares by typing. What is withdrawn is deleted everywhere: an item, and also a score
alone, for which the item gets a new id, since an Update would leave the score in every log.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

import sqlite_utils

from content.changes import Act, ChangeStore
from content.framework.item import PARTS
from content.framework.scores import ScoreStore, subject_of
from content.framework.sharing import Out, OutStore, SharedItem, shared_score
from content.framework.store import UPSTREAM, FrameworkStore
from content.ids import new_id
from content.labels import Label
from content.personal_data import Finding, find_traces
from federation.erasures import ErasureStore
from federation.errors import FederationError
from federation.hub import Hub
from federation.policy import NONE, StaysHere
from federation.releasing import Release, way_out
from federation.translate.framework import item_as_document

KIND: Final = "framework-item"


class NoScoreToPublish(FederationError):
    """An item is to be published with its score, and has none."""

    code: ClassVar[str] = "framework-no-score"

    def __init__(self, item_id: str) -> None:
        super().__init__(f"{item_id} has no score yet. Assess it first, or publish without score.")


class NotPublished(FederationError):
    """The item is not published, so it cannot be taken back."""

    code: ClassVar[str] = "framework-not-published"

    def __init__(self, item_id: str) -> None:
        super().__init__(f"{item_id[:64]} is not published.")


class PersonalTraces(FederationError):
    """A text looks as if it held personal data. findings: where, for the person who decides."""

    code: ClassVar[str] = "framework-personal-traces"

    def __init__(self, item_id: str, findings: tuple[Finding, ...]) -> None:
        kinds = ", ".join(sorted({finding.trace.value for finding in findings}))
        super().__init__(
            f"{item_id} may hold personal data: {kinds}. Take it out, or confirm that it may"
            " go out."
        )
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item of ours is published. changed_since: ours says something else by now."""

    out: Out
    changed_since: bool


def publish_items(
    db: sqlite_utils.Database,
    hub: Hub,
    items: Iterable[str],
    act: Act,
    *,
    label: Label = Label.CLEAR,
    scored: bool = False,
    confirmed: bool = False,
) -> list[Out]:
    """
    Publish items as they are now; what is out already is told anew, if anything changed.

    scored: with the score and its evidence. label: tlp-clear for everybody, tlp-green for hubs.
    confirmed: a person looked at what looks like personal data. Raises FrameworkNotAdopted,
    FrameworkItemNotFound, NoScoreToPublish, PersonalTraces, and StaysHere for other labels.
    """
    work = _Publisher(db, hub, act)
    return [work.publish(item, label, scored, confirmed) for item in items]


def withdraw_items(
    db: sqlite_utils.Database, hub: Hub, items: Iterable[str], act: Act
) -> list[Out]:
    """Take items back: a Delete to everybody who got them. Raises NotPublished."""
    work = _Publisher(db, hub, act)
    return [work.withdraw(item) for item in items]


def withdraw_what_went(db: sqlite_utils.Database, hub: Hub, act: Act) -> list[str]:
    """
    Take back what is published and no longer ours to show; return the items.

    For the transaction in which items are dropped or scores taken away: a dropped item is deleted
    everywhere, and one whose score is gone goes on without it.
    """
    adopted = FrameworkStore(db).find()
    if adopted is None:
        return []
    work, scores, found = _Publisher(db, hub, act), ScoreStore(db).all(), []
    for out in OutStore(db).all():
        if adopted.framework.find(out.item) is None:
            work.withdraw(out.item)
        elif out.shared.score is not None and out.item not in scores:
            work.replace(out, out.shared.model_copy(update={"score": None}), out.label)
        else:
            continue
        found.append(out.item)
    return found


def standings(db: sqlite_utils.Database) -> Iterator[Standing]:
    """Return how the items of ours that are published stand. Raises FrameworkNotAdopted."""
    for out in OutStore(db).all():
        now = _shared_now(db, out.item, scored=out.shared.score is not None)
        yield Standing(out, now != out.shared)


def _shared_now(db: sqlite_utils.Database, item_id: str, *, scored: bool) -> SharedItem:
    """Return an item as it would go out now."""
    store = FrameworkStore(db)
    item, base = store.get().framework.get(item_id), store.base(UPSTREAM)
    score = shared_score(ScoreStore(db).all().get(item_id)) if scored else None
    return SharedItem(item=item, upstream="" if base is None else base.version, score=score)


class _Publisher:
    """The work behind the functions above, with what a batch looks up only once."""

    def __init__(self, db: sqlite_utils.Database, hub: Hub, act: Act) -> None:
        self._db = db
        self._hub = hub
        self._act = act
        self._outs = OutStore(db)
        self._release = Release(db, hub, act)

    def publish(self, item_id: str, label: Label, scored: bool, confirmed: bool) -> Out:
        shared = _shared_now(self._db, item_id, scored=scored)
        if scored and shared.score is None:
            raise NoScoreToPublish(item_id)
        if way_out(self._hub, label.value, NONE) is None:
            raise StaysHere(f"An item of the framework does not leave this hub as {label.value}.")
        known = self._outs.find(item_id)
        if known is not None and known.shared == shared and known.label is label:
            return known
        findings = () if confirmed else tuple(find_traces(_texts_of(shared)))
        if findings:
            raise PersonalTraces(item_id, findings)
        if known is None:
            return self._create(item_id, shared, label)
        if known.label is not label or (known.shared.score is not None and not scored):
            return self.replace(known, shared, label)
        changed = replace(known, shared=shared, changed_at=self._after(known.changed_at))
        self._outs.put(changed)
        self._release.update(
            KIND, changed.ref, label.value, NONE, item_as_document(self._hub, changed)
        )
        self._note("publish", item_id, "again")
        return changed

    def withdraw(self, item_id: str) -> Out:
        known = self._outs.find(item_id)
        if known is None:
            raise NotPublished(item_id)
        self._release.delete(KIND, known.ref)
        self._outs.remove(item_id)
        ErasureStore(self._db).dropped(self._act.at)
        self._note("withdraw", item_id, "")
        return known

    def replace(self, known: Out, shared: SharedItem, label: Label) -> Out:
        """Delete what is out and publish it anew under a new id."""
        self.withdraw(known.item)
        return self._create(known.item, shared, label)

    def _create(self, item_id: str, shared: SharedItem, label: Label) -> Out:
        at = self._act.at
        out = Out(item_id, new_id(at, self._hub.chance), label, shared, at, at)
        self._outs.put(out)
        self._release.create(KIND, out.ref, label.value, NONE, item_as_document(self._hub, out))
        self._note("publish", item_id, "with score" if shared.score is not None else "")
        return out

    def _note(self, verb: str, item_id: str, note: str) -> None:
        ChangeStore(self._db).record(self._act, f"framework.{verb}", subject_of(item_id), note)

    def _after(self, before: datetime) -> datetime:
        """Return the time of this act, but later than before: versions are ordered by it."""
        return max(self._act.at, before + timedelta(milliseconds=1))


def _texts_of(shared: SharedItem) -> str:
    """Return all that people wrote here, for the search for personal data; not the addresses."""
    item, score = shared.item, shared.score
    texts = [*item.title.values(), item.responsible or ""]
    texts += [text for part in PARTS for text in getattr(item, part).values()]
    return "\n".join([*texts, "" if score is None else score.note])
