"""Keeping catalogue and directory in step with the program: a new vocabulary needs new indexes."""

import hashlib

import sqlite_utils

from content.catalogue import Catalogue
from content.directory import Directory
from content.vocabulary import Vocabulary

INDEX_FORMAT = 1
"""Raised when folding, facets or the words that are indexed change."""


def is_stale(db: sqlite_utils.Database) -> bool:
    """Return whether another version of the program made the indexes, or nobody yet."""
    row = db.execute("select value from index_state where name = 'made-by'").fetchone()
    return row is None or row[0] != _mark()


def rebuild_if_stale(db: sqlite_utils.Database, origin: str) -> bool:
    """
    Make both indexes anew if another version of the program made them; return whether it did.

    To be called at start, inside a transaction, after the migrations. Takes about as long as
    indexing everything once. origin: of this hub.
    """
    if not is_stale(db):
        return False
    Catalogue(db).rebuild(origin)
    Directory(db).rebuild(origin)
    db.execute("insert or replace into index_state (name, value) values ('made-by', ?)", (_mark(),))
    return True


def _mark() -> str:
    """Return a text that differs wherever an index would: its format, and what is above what."""
    concepts = [
        (concept.id, concept.broader)
        for scheme in Vocabulary.load().schemes
        for concept in scheme.concepts
    ]
    return f"{INDEX_FORMAT}/{hashlib.sha256(repr(concepts).encode()).hexdigest()[:16]}"
