"""The commands about duplicates: find them, merge them, undo that, keep them apart."""

from typing import Any

import click
import sqlite_utils

from content.language import best_text
from content.people.permissions import Right
from content.resources.duplicates import DuplicateGroup, DuplicatePage, find_duplicates
from content.resources.held import HeldResourceStore
from content.resources.same import Origin
from content.resources.store import ResourceStore
from federation.merging import keep_apart as keep_records_apart
from federation.merging import merge_resources, prepare_duplicates, unmerge_resource
from federation.policy import Audience, Door, visible_labels
from node.cli.desk import Desk, desk
from node.cli.options import Common, common, paged
from node.cli.output import note, note_more, print_json, say

_WHY = {
    "address": "the same address",
    "doi": "the same DOI",
    "law": "the same law of the EU",
    "title": "the same title, publisher and year",
}
_NAMED = "[ID|URL|HOST/ID]"


@click.command()
@click.option("--certain", is_flag=True, help="Without those that share only title and publisher.")
@paged(50)
@common
def duplicates(common: Common, certain: bool, limit: int, cursor: str | None) -> None:
    """
    List records that describe the same document, of this hub and others, certain ones first.

    What they share is an address (spelled in any way), a DOI, a number in EU law, or title,
    publisher and year. Merge them, or note that they are not the same (keep-apart).

    \b
    Example:
      hub resource duplicates --certain
    """

    def work(db: sqlite_utils.Database) -> tuple[DuplicatePage, dict[str, str]]:
        labels = visible_labels(Door.API, Audience.STAFF)
        page = find_duplicates(db, labels, certain_only=certain, limit=limit, cursor=cursor)
        return page, {
            each.url: _title(db, at, each) for group in page.items for each in group.records
        }

    with desk(common, Right.CATALOGUE_EDIT) as at:
        at.run(prepare_duplicates(at.node))
        page, titles = at.read(work)
    if common.json:
        items = [_plain(group, titles) for group in page.items]
        print_json({"items": items, "total": page.total, "next_cursor": page.next_cursor})
        return
    if not page.items:
        note("No duplicates were found.")
    for group in page.items:
        words = " and ".join(_WHY[each] for each in group.why)
        say(f"{'The same' if group.certain else 'Probably the same'}: {words}")
        for each in group.records:
            say(f"  {titles[each.url]}")
            say(f"    {each.ref if each.own else f'{each.hub}/{each.ref}'}")
    note_more(page.next_cursor)


@click.command()
@click.argument("kept", metavar=_NAMED)
@click.argument("other", metavar=_NAMED)
@common
def merge(common: Common, kept: str, other: str) -> None:
    """
    Merge two records of the same document; the first one stays.

    Of two of our own, the first says what both said; the second is taken back everywhere, and its
    address leads to the first. A record of another hub is joined in the lists of this hub only: one
    hit, with all origins. hub resource unmerge undoes both.

    \b
    Example:
      hub resource merge 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
      hub resource merge 01KAT3Q8T6W3Y6M0S0V4N8Z2XH hub.example/01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        done = at.write(lambda db: merge_resources(db, at.hub, kept, other, at.act))
        if done.how == "merged":
            at.sweep()
    if common.json:
        print_json(done)
        return
    if done.how == "merged":
        say(f"{done.other.ref} is merged into {done.kept.ref}, and taken back.")
    else:
        say(f"{done.other.url} is shown together with {done.kept.url} in this hub.")
    note(f"To undo it: hub resource unmerge {done.other.url}")


@click.command()
@click.argument("merged", metavar=_NAMED)
@common
def unmerge(common: Common, merged: str) -> None:
    """
    Undo a merge: name the record that was merged into the other.

    One of our own comes back under a new id, since what was taken back never comes again.

    \b
    Example:
      hub resource unmerge 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        record = at.write(lambda db: unmerge_resource(db, at.hub, merged, at.act))
    if common.json:
        print_json(record)
        return
    say(f"It stands for itself again: {record.url}")


@click.command("keep-apart")
@click.argument("one", metavar=_NAMED)
@click.argument("other", metavar=_NAMED)
@common
def keep_apart(common: Common, one: str, other: str) -> None:
    """
    Note that two records are not the same document; they are no longer listed as duplicates.

    \b
    Example:
      hub resource keep-apart 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        pair = at.write(lambda db: keep_records_apart(db, at.hub, one, other, at.act))
    if common.json:
        print_json({"records": pair})
        return
    say("They are kept apart.")


def _title(db: sqlite_utils.Database, at: Desk, origin: Origin) -> str:
    record: Any
    if origin.own:
        record = ResourceStore(db).get(origin.ref).record
    else:
        record = HeldResourceStore(db).get(origin.hub, origin.ref).record
    return best_text(record.title, at.hub.identity.language, record.language)[1]


def _plain(group: DuplicateGroup, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "certain": group.certain,
        "why": group.why,
        "records": [
            {
                "id": each.url,
                "hub": each.hub,
                "ulid": each.ref,
                "own": each.own,
                "label": each.label,
                "title": titles[each.url],
            }
            for each in group.records
        ],
    }
