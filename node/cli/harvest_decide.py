"""The commands for sources with review: what waits for a person, approve it or dismiss it."""

from typing import Any

import click
import sqlite_utils

from content.harvest.source_store import SourceStore
from content.language import best_text
from content.people.permissions import Right
from federation.harvesting.approving import Waiting, decide, list_waiting
from node.cli.desk import Desk, desk
from node.cli.options import RECORD, Common, common
from node.cli.output import note, print_json, say

BATCH = 100
_WORDS = {"new": "new", "change": "would change", "gone": "gone at the source"}
_IDS = click.argument("ids", nargs=-1, type=RECORD, metavar="[ID]...")
_ALL = click.option("--all", "everything", is_flag=True, help="All that waits of this source.")


@click.command()
@click.argument("name")
@common
def waiting(common: Common, name: str) -> None:
    """
    List what a source gave that waits for approval.

    \b
    Example:
      hub harvest waiting Repository
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        found = at.read(lambda db: list_waiting(db, SourceStore(db).get(name)))
    if common.json:
        print_json({"items": [_plain(each) for each in found]})
        return
    if not found:
        note("Nothing waits.")
        return
    for each in found:
        record = each.resource.record
        title = best_text(record.title, at.hub.identity.language, record.language)[1]
        fields = f": {', '.join(each.fields)}" if each.fields else ""
        say(f"{each.resource.id}  {title}")
        say(f"  {_WORDS[each.change]}{fields}")
    note(
        f"Approve one or all: hub harvest approve '{name}' ID, or --all. Else: hub harvest dismiss"
    )


@click.command()
@click.argument("name")
@_IDS
@_ALL
@common
def approve(common: Common, name: str, ids: tuple[str, ...], everything: bool) -> None:
    """
    Publish, change or take back what waits, as the source has it.

    \b
    Example:
      hub harvest approve Repository 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
      hub harvest approve Repository --all
    """
    _decide(common, name, ids, everything, approve=True)


@click.command()
@click.argument("name")
@_IDS
@_ALL
@common
def dismiss(common: Common, name: str, ids: tuple[str, ...], everything: bool) -> None:
    """
    Leave out what waits: drafts are dropped, published records stay as they are.

    It is not offered again unless the source changes it once more.

    \b
    Example:
      hub harvest dismiss Repository 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    _decide(common, name, ids, everything, approve=False)


def _decide(
    common: Common, name: str, ids: tuple[str, ...], everything: bool, *, approve: bool
) -> None:
    if bool(ids) == everything:
        raise click.UsageError("Name what is meant by its ID, or say --all.")
    with desk(common, Right.CATALOGUE_EDIT) as at:
        count = sum(
            at.write(_deciding(at, name, batch, approve=approve))
            for batch in _batches(at, name, ids)
        )
        if not approve:
            at.sweep()
    if common.json:
        print_json({"name": name, "done": "approve" if approve else "dismiss", "count": count})
        return
    say(f"{'Approved' if approve else 'Dismissed'}: {count}.")


def _batches(at: Desk, name: str, ids: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not ids:
        found = at.read(lambda db: list_waiting(db, SourceStore(db).get(name)))
        ids = tuple(each.resource.id for each in found)
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _deciding(at: Desk, name: str, ids: tuple[str, ...], *, approve: bool) -> Any:
    def work(db: sqlite_utils.Database) -> int:
        source = SourceStore(db).get(name)
        return decide(db, at.hub, source, ids, at.act, approve=approve)

    return work


def _plain(waiting: Waiting) -> dict[str, Any]:
    return {
        "change": waiting.change,
        "source_id": waiting.source_id,
        "ulid": waiting.resource.id,
        "record": waiting.resource.record,
        "wanted": waiting.wanted,
        "fields": waiting.fields,
    }
