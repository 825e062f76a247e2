"""The commands of the self-assessment: assess, snapshot."""

from typing import Any

import click
import sqlite_utils

from content.framework.item import PILLARS, Framework
from content.framework.next_steps import NextStep, next_steps
from content.framework.scores import Score, ScoreStore, coverage, level_name, take_score_back
from content.framework.scores import assess as assess_item
from content.framework.snapshots import Snapshot, SnapshotStore, take_snapshot
from content.framework.store import FrameworkStore
from content.people.permissions import Right
from federation.policy import Audience, Door, visible_labels
from federation.publishing_framework import withdraw_what_went
from node.cli.desk import desk
from node.cli.framework_output import print_coverage, title_of
from node.cli.options import TEXT_FILE, Common, common, limited, read_text
from node.cli.output import Column, note, print_json, print_table, say, when
from node.cli.refusals import Refused


@click.command()
@click.argument("item", required=False, metavar="[ITEM]")
@click.option(
    "--level", type=click.IntRange(0, 4), metavar="0-4", help="From 0 absent to 4 leading."
)
@click.option("--note-file", type=TEXT_FILE, metavar="FILE", help="Evidence in words; - is stdin.")
@click.option("--evidence", multiple=True, metavar="URL", help="A document that shows it.")
@click.option(
    "--remove", is_flag=True, help="Leave the item without a score, also where it is published."
)
@click.option("--language", default="en", metavar="TAG", help="Of titles and texts.")
@limited(5, 50)
@common
def assess(
    common: Common,
    item: str | None,
    level: int | None,
    note_file: str | None,
    evidence: tuple[str, ...],
    remove: bool,
    language: str,
    limit: int,
) -> None:
    """
    Score an item from 0 to 4 with evidence; without an item, see coverage and next steps.

    Scores stay in this hub unless you publish them, item by item.

    \b
    Example:
      hub framework assess tool-dpia --level 2 --evidence https://city.example/dpia
      hub framework assess
    """
    if item is None:
        if level is not None or note_file or evidence or remove:
            raise Refused("Say which item: hub framework assess ITEM --level N")
        _overview(common, language, limit)
        return
    if remove == (level is not None):
        raise Refused("Give --level 0 to 4, or --remove.")
    if remove:
        with desk(common, Right.FRAMEWORK_EDIT) as at:

            def take_back(db: sqlite_utils.Database) -> bool:
                had = take_score_back(db, item, at.act)
                withdraw_what_went(db, at.hub, at.act)
                return had

            had = at.write(take_back)
            at.sweep()
        if common.json:
            print_json({"id": item, "removed": had})
        else:
            say(f"{item} has no score now." if had else f"{item} had no score.")
        return
    values: dict[str, Any] = {"level": level, "evidence": evidence}
    if note_file is not None:
        values["note"] = read_text(note_file, "the evidence")
    with desk(common, Right.FRAMEWORK_EDIT) as at:
        score = at.write(lambda db: assess_item(db, item, values, at.act))
    if common.json:
        print_json({"id": item, **score.model_dump(mode="json")})
        return
    say(f"{item}: {score.level} of 4, {level_name(score.level)}.")
    if not score.note and not score.evidence:
        note("No evidence yet: add it with --evidence URL or --note-file FILE.")


def _overview(common: Common, language: str, limit: int) -> None:
    labels = visible_labels(Door.API, Audience.STAFF)
    with desk(common, Right.FRAMEWORK_EDIT) as at:

        def look(
            db: sqlite_utils.Database,
        ) -> tuple[Framework, dict[str, Score], tuple[NextStep, ...]]:
            framework, scores = FrameworkStore(db).get().framework, ScoreStore(db).all()
            steps = next_steps(
                db,
                framework,
                scores,
                origin=at.hub.identity.origin,
                labels=labels,
                language=language,
                limit=limit,
            )
            return framework, scores, steps

        framework, scores, steps = at.read(look)
    sums = coverage(framework, scores)
    unscored = [each.id for each in framework.items if not each.is_pillar and each.id not in scores]
    if common.json:
        print_json({"coverage": sums, "unscored": unscored, "next_steps": steps})
        return
    print_coverage(sums, {p: title_of(framework.get(p).title, language) for p in PILLARS})
    if steps:
        say("\nNext steps, the lowest first:")
    for step in steps:
        say(f"\n{step.level} of 4  {step.title} ({step.item})")
        if step.first:
            say(f"  {step.first}")
        for kind, helps in (("resource", step.resources), ("expert", step.experts)):
            for each in helps:
                say(f"  {kind}: {each.name} {each.url if each.name != each.url else ''}".rstrip())
    if unscored:
        note(f"Not scored yet: {', '.join(unscored[:8])}{' ...' if len(unscored) > 8 else ''}")


@click.command()
@click.option("--note", "about", metavar="TEXT", help="What the snapshot is for.")
@click.option("--list", "listed", is_flag=True, help="List all snapshots.")
@common
def snapshot(common: Common, about: str | None, listed: bool) -> None:
    """
    Keep the framework and the scores as they are today, or list what was kept.

    \b
    Example:
      hub framework snapshot --note "For the council, spring"
      hub framework snapshot --list
    """
    if listed == (about is not None):
        raise Refused("Give --note TEXT to take a snapshot, or --list.")
    if about is not None:
        note_text = about
        with desk(common, Right.FRAMEWORK_EDIT) as at:
            taken = at.write(lambda db: take_snapshot(db, note_text, at.act))
        if common.json:
            print_json(_plain(taken))
        else:
            say(f"Snapshot {taken.number}, {when(taken.at)}.")
        return
    with desk(common, Right.FRAMEWORK_EDIT) as at:
        found = at.read(lambda db: SnapshotStore(db).all())
    if common.json:
        print_json({"items": [_plain(each) for each in found]})
        return
    print_table(
        [
            Column("n", right=True),
            Column("at"),
            Column("by"),
            Column("items", right=True),
            Column("scored", right=True),
            Column("note", elastic=True),
        ],
        [
            (
                each.number,
                when(each.at),
                each.by,
                len(each.framework.items),
                sum(part.scored for part in coverage(each.framework, each.scores)),
                each.note,
            )
            for each in found
        ],
    )


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as programs read it; its items: hub framework show --snapshot N."""
    return {
        "number": snapshot.number,
        "at": snapshot.at,
        "by": snapshot.by,
        "note": snapshot.note,
        "items": len(snapshot.framework.items),
        "coverage": coverage(snapshot.framework, snapshot.scores),
    }
