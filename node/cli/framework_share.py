"""`hub framework publish`: items of the framework for everybody, or for hubs, and back again."""

from typing import Any

import click
import sqlite_utils

from content.framework.sharing import Out, OutStore
from content.framework.store import FrameworkStore
from content.labels import Label
from content.people.permissions import Right
from federation.hub import Hub
from federation.publishing_framework import Standing, publish_items, standings, withdraw_items
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import Column, note, print_json, print_table, say, when
from node.cli.refusals import Refused
from protocol.ids import framework_item_id

LABELS = (Label.CLEAR.value, Label.GREEN.value)


@click.command()
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@click.option(
    "--all", "every", is_flag=True, help="All items, or with --withdraw all that are out."
)
@click.option("--with-score", is_flag=True, help="With your score and its evidence.")
@click.option(
    "--label",
    type=click.Choice(LABELS),
    default=LABELS[0],
    show_default=True,
    help="For everybody, or for approved hubs only.",
)
@click.option("--withdraw", is_flag=True, help="Take them back, here and everywhere.")
@click.option("--confirm", is_flag=True, help="What looks like personal data may go out.")
@common
def publish(
    common: Common,
    items: tuple[str, ...],
    every: bool,
    with_score: bool,
    label: str,
    withdraw: bool,
    confirm: bool,
) -> None:
    """
    Publish items as they are now, one by one; without an item, see what is published.

    Later changes go out when you publish again. An item without --with-score goes out without
    score, also if it was out with one: that score is then deleted everywhere.

    \b
    Example:
      hub framework publish tool-dpia str-dpo
      hub framework publish tool-dpia --with-score
      hub framework publish tool-dpia --withdraw
    """
    if items and every:
        raise Refused("Name items, or give --all.")
    if not items and not every:
        if withdraw or with_score:
            raise Refused("Say which items: hub framework publish ITEM")
        _list(common)
        return
    if withdraw and with_score:
        raise Refused("Publish or withdraw: one at a time.")
    with desk(common, Right.FRAMEWORK_EDIT) as at:

        def work(db: sqlite_utils.Database) -> list[Out]:
            if withdraw:
                named = items or tuple(out.item for out in OutStore(db).all())
                return withdraw_items(db, at.hub, named, at.act)
            named = items or FrameworkStore(db).get().framework.ids
            return publish_items(
                db,
                at.hub,
                named,
                at.act,
                label=Label(label),
                scored=with_score,
                confirmed=confirm,
            )

        outs, hub = at.write(work), at.hub
        at.sweep()
    if common.json:
        print_json({"withdrawn" if withdraw else "published": [_plain(hub, out) for out in outs]})
        return
    for out in outs:
        address = framework_item_id(hub.identity.origin, out.ref)
        say(f"{'Withdrawn' if withdraw else 'Published'} {out.item}  {address}")


def _list(common: Common) -> None:
    with desk(common, Right.FRAMEWORK_EDIT) as at:

        def look(db: sqlite_utils.Database) -> list[Standing]:
            FrameworkStore(db).get()
            return list(standings(db))

        found, hub = at.read(look), at.hub
    if common.json:
        changed = [{**_plain(hub, s.out), "changed_since": s.changed_since} for s in found]
        print_json({"items": changed})
        return
    if not found:
        note("Nothing is published. Begin with: hub framework publish ITEM")
        return
    print_table(
        [
            Column("item"),
            Column("label"),
            Column("score"),
            Column("published"),
            Column("changed since"),
        ],
        [
            (
                each.out.item,
                each.out.label.value,
                None if each.out.shared.score is None else each.out.shared.score.level,
                when(each.out.changed_at),
                "yes" if each.changed_since else "no",
            )
            for each in found
        ],
    )


def _plain(hub: Hub, out: Out) -> dict[str, Any]:
    """Return a published item as programs read it."""
    return {
        "item": out.item,
        "id": framework_item_id(hub.identity.origin, out.ref),
        "label": out.label.value,
        "score": out.shared.score,
        "published_at": out.published_at,
        "changed_at": out.changed_at,
    }
