"""Every table is either confidential or written down here as public; a new one must be decided."""

import sqlite_utils

from content.database import CONFIDENTIAL_TABLES
from content.public_access import is_denied
from node.assembly import SETS

PUBLIC = {
    # Catalogue and directory: what may be shown of them, the search and the pages decide by label.
    "resources",
    "experts",
    "held_resources",
    "held_experts",
    "held_framework_items",
    "resource_files",
    "resource_file_parts",
    "hubs",
    "catalogue",
    "catalogue_text",
    "directory",
    "directory_text",
    "catalogue_words",
    # Values of facets, one sign each; a host is the only name among them.
    "facet_signs",
    "catalogue_identities",
    "catalogue_same",
    "catalogue_apart",
    "merged_into",
    "link_checks",
    "directory_words",
    "index_state",
    # Who helps with personal matters.
    "redress_bodies",
    # What other servers may ask for.
    "actors",
    "actor_keys",
    "tombstones",
    "outgoing",
    "followers",
    "following",
    "undone",
    "owners",
    "announced",
    "peers",
    # The logs, and what is known about them.
    "log_entries",
    "log_heads",
    "log_kept",
    "log_forks",
    "log_pause",
    "log_shorter",
    "log_withheld",
    "published",
    "waiting_releases",
    # Which migrations were applied.
    "_sqlite_migrations",
}


def tables() -> set[str]:
    db = sqlite_utils.Database(memory=True)
    for each in SETS:
        each.apply(db)
    parts = ("_data", "_idx", "_docsize", "_config", "_content")
    found = {name for name in db.table_names() if not name.startswith("sqlite_")}
    db.close()
    return {name for name in found if not (name.endswith(parts) and "_text_" in name)}


def test_every_table_is_confidential_or_known_to_be_public() -> None:
    open_to_all = {name for name in tables() if not is_denied(name, CONFIDENTIAL_TABLES)}

    assert open_to_all - PUBLIC == set(), "add to CONFIDENTIAL_TABLES, or say here why not"
    assert PUBLIC - tables() == set(), "these tables are gone"


def test_no_confidential_name_is_a_mistake() -> None:
    """A word of the list without a table protects nothing: it may be a table that was renamed."""
    made = tables()

    for name in CONFIDENTIAL_TABLES:
        assert any(each == name or each.startswith(f"{name}_") for each in made), name
