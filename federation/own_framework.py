"""
Our framework out of our own log: after a loss, the items that were published come back.

What was never published is in no log; it comes from a backup, or the item is as upstream has it.
"""

import sqlite_utils

from content.changes import Act
from content.framework.customizing import overlay
from content.framework.files import shipped
from content.framework.scores import ScoreStore, read_score
from content.framework.sharing import Out, OutStore
from content.framework.store import FrameworkStore
from content.framework.work import adopt_framework, customize
from content.labels import Label
from federation.pause import Pause
from federation.translate.framework import shared_of_document
from protocol.documents.framework import FrameworkItemDocument
from protocol.moments import read_stamp


def bring_back_item(
    db: sqlite_utils.Database, ref: str, document: FrameworkItemDocument, act: Act
) -> None:
    """
    Bring back one published item, with its score if that was published too.

    Without a framework we adopt the shipped one first. What somebody changed here since, and
    waits to be published, stays.
    """
    published, changed = (
        read_stamp(document.published),
        read_stamp(document.updated or document.published),
    )
    outs, shared = OutStore(db), shared_of_document(document)
    known = outs.by_ref(ref)
    if known is not None and known.changed_at >= changed and Pause(db).waits(ref):
        return
    if FrameworkStore(db).find() is None:
        adopt_framework(db, shipped(), act)
    item = shared.item
    customize(db, item.id, "reword", lambda framework: overlay(framework, [item]), act)
    if shared.score is not None and item.id not in ScoreStore(db).all():
        told = shared.score
        values = {"level": told.level, "note": told.note, "evidence": told.evidence}
        ScoreStore(db).put(item.id, read_score(values, Act(act.by, told.at)))
    outs.put(Out(item.id, ref, Label(document.label), shared, published, changed))


def take_back_item(db: sqlite_utils.Database, ref: str) -> None:
    """Note that what was published under an id was withdrawn; ours stays as it is."""
    known = OutStore(db).by_ref(ref)
    if known is not None:
        OutStore(db).remove(known.item)
