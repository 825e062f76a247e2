"""How a reader can check a record: its proof, the signed document, and the log it stands in."""

from dataclasses import dataclass

import sqlite_utils

from content.hubs import HubDirectory
from federation.hub import Hub
from federation.log import Log
from federation.published import PublishedStore
from protocol.json import JsonObject
from protocol.log_entries import log_name


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    has_proof: the document carries a signature of its own. document: where to get it.

    log: the entry of the log, or our copy of the whole log; None where there is none. is_entry:
    log is exactly the one entry.
    """

    has_proof: bool
    document: str
    log: str | None
    is_entry: bool


def evidence_of(
    document: JsonObject | None, address: str, log: tuple[str, bool] | None
) -> Evidence:
    """Return how to check a document. log: from `our_entry` or `their_log`."""
    place, is_entry = log or (None, False)
    return Evidence(document is not None and "proof" in document, address, place, is_entry)


def our_entry(db: sqlite_utils.Database, hub: Hub, ref: str) -> tuple[str, bool] | None:
    """Return where the entry of a public record of ours can be fetched."""
    known = PublishedStore(db).get(ref)
    if known is None or known.log != "public":
        return None
    return f"/hub/log/{hub.identity.g}?after={known.seq - 1}&limit=1", True


def their_log(db: sqlite_utils.Database, host: str) -> tuple[str, bool] | None:
    """Return where our copy of another hub's public log can be fetched."""
    entry = HubDirectory(db).find(host)
    if entry is None or entry.g is None or Log(db).head(log_name(entry.g, "public")) is None:
        return None
    return f"/hub/log/{entry.g}", False
