"""`hub framework show`: the framework of this hub, one item, or a snapshot."""

from dataclasses import replace
from typing import Any

import click
import sqlite_utils

from content.changes import ChangeStore
from content.framework.item import PILLARS
from content.framework.scores import Score, ScoreStore, coverage, subject_of
from content.framework.sharing import HeldFrameworkItem
from content.framework.snapshots import SnapshotStore
from content.framework.store import UPSTREAM, Adopted, FrameworkStore
from content.framework.titles import titles_of
from content.people.permissions import Right
from federation.policy import Audience, Door, visible_labels
from federation.shared_frameworks import hubs_that_show, items_of
from node.cli.desk import desk
from node.cli.framework_output import plain_item, print_coverage, print_item, title_of
from node.cli.options import NUMBER, Common, common
from node.cli.output import Column, note, print_json, print_table, say, when
from node.cli.refusals import Refused


@click.command()
@click.argument("item", required=False, metavar="[ITEM]")
@click.option(
    "--language", default="en", metavar="TAG", help="In which titles and texts are shown."
)
@click.option("--snapshot", type=NUMBER, metavar="N", help="As it was then.")
@click.option("--hub", "host", metavar="HOST", help="What another hub published of its own.")
@click.option("--hubs", "listed", is_flag=True, help="List the hubs that published items.")
@common
def show(
    common: Common,
    item: str | None,
    language: str,
    snapshot: int | None,
    host: str | None,
    listed: bool,
) -> None:
    """
    Show the framework of this hub, or one item with its guidance and what was done to it.

    Scores are shown to those who may assess.

    \b
    Example:
      hub framework show
      hub framework show tool-dpia --language es
      hub framework show --hub rights.barcelona.example
    """
    if (host is not None) + listed + (snapshot is not None) > 1:
        raise Refused("Give one of --snapshot, --hub and --hubs.")
    if listed or host is not None:
        _others(common, host, item, language)
        return
    with desk(common, Right.NETWORK_READ) as at:

        def look(db: sqlite_utils.Database) -> tuple[Adopted, str, dict[str, Score], str | None]:
            store = FrameworkStore(db)
            adopted, base, waits = store.get(), store.base(UPSTREAM), store.pending()
            scores = ScoreStore(db).all()
            if snapshot is not None:
                kept = SnapshotStore(db).get(snapshot)
                adopted, scores = replace(adopted, framework=kept.framework), kept.scores
            version = "" if base is None else base.version
            return adopted, version, scores, None if waits is None else waits.origin

        adopted, version, scores, waits = at.read(look)
        if not at.principal.may(Right.FRAMEWORK_EDIT):
            scores = {}
        framework = adopted.framework
        if item is not None:
            found = framework.get(item)
            history = at.read(lambda db: ChangeStore(db).of(subject_of(item), limit=10)).items
            if common.json:
                print_json({**plain_item(found, scores.get(item)), "history": history})
                return
            origin = at.hub.identity.origin
            titles = at.read(lambda db: titles_of(db, origin, found.resources, language))
            print_item(found, scores.get(item), language, titles)
            for change in history:
                what = change.what.partition(".")[2]
                say(f"\n{when(change.at)}  {what} by {change.by}  {change.note}".rstrip())
            return
    sums = coverage(framework, scores)
    if common.json:
        print_json(
            {
                "upstream": version,
                "adopted_at": adopted.adopted_at,
                "adopted_by": adopted.adopted_by,
                "changed_at": adopted.changed_at,
                "changed_by": adopted.changed_by,
                "merge_waits": waits,
                "items": [plain_item(each, scores.get(each.id)) for each in framework.items],
                "coverage": sums,
            }
        )
        return
    print_table(
        [
            Column("item"),
            Column("title", elastic=True),
            Column("responsible", elastic=True),
            Column("score"),
        ],
        [
            (
                each.id if each.is_pillar else f"  {each.id}",
                title_of(each.title, language),
                each.responsible,
                None if each.id not in scores else scores[each.id].level,
            )
            for each in framework.items
        ],
    )
    if scores:
        say()
        print_coverage(sums, {p: title_of(framework.get(p).title, language) for p in PILLARS})
    note(f"From upstream {version}; changed {when(adopted.changed_at)} by {adopted.changed_by}.")
    if waits is not None:
        note(f"A merge with {waits} waits for decisions: hub framework merge")


def _others(common: Common, host: str | None, item: str | None, language: str) -> None:
    """Show what other hubs published: who did, the items of one hub, or one item of it."""
    labels = visible_labels(Door.API, Audience.STAFF)
    with desk(common, Right.NETWORK_READ) as at:
        if host is None:
            hubs = at.read(lambda db: hubs_that_show(db, labels))
            if common.json:
                print_json({"hubs": hubs})
            elif hubs:
                columns = [
                    Column("host"),
                    Column("name", elastic=True),
                    Column("items", right=True),
                ]
                print_table(columns, [(each.host, each.name, each.items) for each in hubs])
            else:
                note("No hub has published items of its framework yet.")
            return
        found = at.read(lambda db: list(items_of(db, host, labels)))
    if item is not None:
        found = [each for each in found if each.record.item.id == item]
        if not found:
            raise Refused(f"{host[:100]} shows no item {item[:64]!r}.")
    if common.json:
        shown = [
            {"id": each.url, "received_at": each.received_at, **_plain(each)} for each in found
        ]
        print_json({"hub": host, "items": shown})
        return
    for each in found:
        if item is None:
            level = "-" if each.record.score is None else each.record.score.level
            say(f"{each.record.item.id}  {title_of(each.record.item.title, language)}  {level}")
        else:
            score = each.record.score
            told = None if score is None else Score(**score.model_dump(), by=host)
            print_item(each.record.item, told, language, {})
    if not found:
        note(f"{host} shows nothing of its framework here.")


def _plain(held: HeldFrameworkItem) -> dict[str, Any]:
    record = held.record
    return {"upstream": record.upstream, "score": record.score, "item": plain_item(record.item)}
