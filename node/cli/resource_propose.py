"""`hub resource propose`: suggest a correction to the hub that made a record."""

from typing import Any

import click
import sqlite_utils

from content.people.permissions import Right
from content.proposals.changes import typed
from content.proposals.proposal import Proposal
from content.resources.held import ForeignRecord, HeldResource, HeldResourceStore
from content.resources.store import ResourceNotFound, ResourceStore
from federation.policy import Audience, Door, visible_labels
from federation.proposals import NobodyToAsk, propose_here, propose_there
from node.cli.desk import Desk, desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.topics import topic_ids


@click.command()
@click.argument("record", metavar="RECORD")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    help="Such as year=2026, title.es=..., topics=privacy,procurement. Can be repeated.",
)
@click.option("--because", "reason", required=True, metavar="TEXT", help="Why, for who decides.")
@common
def propose(common: Common, record: str, pairs: tuple[str, ...], reason: str) -> None:
    """
    Propose a correction of a record to those who may change it.

    RECORD is the address of another hub's record: the proposal goes to that hub, in the name of
    this one, and its people decide. Or the id of a record of this hub: then whoever may edit it
    decides, so this needs no right to edit. Nothing after the sign empties a field.

    \b
    Example:
      hub resource propose https://hub.other.example/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH \\
          --set year=2026 --because "The second edition came out."
    """
    with desk(common, Right.NETWORK_READ) as at:
        made = at.write(lambda db: _made(db, at, record, pairs, reason))
    if common.json:
        print_json(made)
        return
    say(f"Proposed {made.id}.")
    who = made.peer or "Whoever may edit the record"
    note(f"{who} decides. To see what becomes of it: hub proposal show {made.id}")


def _made(
    db: sqlite_utils.Database, at: Desk, record: str, pairs: tuple[str, ...], reason: str
) -> Proposal:
    held = HeldResourceStore(db).by_url(record)
    if held is not None:
        at.principal.require(Right.CATALOGUE_EDIT)
        changes = _changes(held, pairs)
        return propose_there(db, at.hub, held.hub, held.ref, changes, reason, at.act)
    ulid = record.rstrip("/").rpartition("/")[2].upper()
    own = ResourceStore(db).find(ulid)
    if own is None:
        raise ResourceNotFound(record)
    audience = Audience.STAFF if at.principal.may(Right.CATALOGUE_EDIT) else Audience.PEER
    labels = visible_labels(Door.API, audience)
    changes = _named(typed(own.record, pairs))
    return propose_here(db, at.hub, ulid, changes, reason, at.act, labels=labels)


def _changes(held: HeldResource, pairs: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(held.record, ForeignRecord):
        raise NobodyToAsk("This record is from a source, which takes no proposals; write to it.")
    return _named(typed(held.record, pairs))


def _named(changes: dict[str, Any]) -> dict[str, Any]:
    """Let topics be given by their labels too."""
    if "topics" in changes:
        changes["topics"] = list(topic_ids(tuple(changes["topics"])))
    return changes
