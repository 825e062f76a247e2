"""The commands about harvest sources themselves: add, list, show."""

import click
import sqlite_utils

from content.harvest.items import ItemStore
from content.harvest.report import HarvestRun, RunStore
from content.harvest.source import SOURCE_KINDS, HarvestSource, Progress
from content.harvest.source_store import SourceStore
from content.labels import Label, Sensitivity
from content.language import UNDETERMINED
from content.people.permissions import Right
from federation.harvesting.sources import add_source
from node.cli.desk import desk
from node.cli.harvest_output import plain_run, plain_source, print_run
from node.cli.options import Common, common, limited
from node.cli.output import Column, note, print_fields, print_json, print_table, say, when
from node.cli.topics import topic_ids


@click.command()
@click.argument("url")
@click.option(
    "--kind",
    type=click.Choice(SOURCE_KINDS),
    required=True,
    help="What is there: a CKAN portal, an OAI-PMH repository, a feed, or a file of records.",
)
@click.option("--name", metavar="NAME", help="What it is called here. Else its host.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="Of all records; repeat.")
@click.option(
    "--kind-of-resource",
    "resource_kind",
    metavar="ID",
    help="Such as guide or law, of records that do not say. Else dataset of portals, or report.",
)
@click.option("--language", metavar="TAG", help="Of records that do not say, such as ca.")
@click.option("--country", metavar="CC", help="Of records that do not say.")
@click.option(
    "--label",
    type=click.Choice([each.value for each in Label]),
    help="Who may see the records. Else everybody (tlp-clear).",
)
@click.option(
    "--sensitivity",
    type=click.Choice([each.value for each in Sensitivity]),
    help="What personal data they hold. Else none.",
)
@click.option("--review", is_flag=True, help="Nothing is published before a person approves it.")
@click.option(
    "--every",
    "every_days",
    type=click.IntRange(1, 366),
    metavar="DAYS",
    default=1,
    show_default=True,
    help="How often the server asks.",
)
@common
def add(common: Common, url: str, topics: tuple[str, ...], **values: object) -> None:
    """
    Add a source. The server asks it at once, and then every DAYS days.

    The address may choose a part of it: of a CKAN portal ?q=...&fq=..., of a repository ?set=...
    Without --review its records are published as they come, marked with their source.

    \b
    Example:
      hub harvest add https://data.city.example --kind ckan --topic open-data --every 7
      hub harvest add https://repo.example/oai?set=law --kind oai-pmh --review --name Repository
      hub harvest add https://ngo.example/feed.xml --kind feed --language en
    """
    given = {"url": url, "topics": topic_ids(topics), **values}
    with desk(common, Right.OPERATE) as at:
        source = at.write(lambda db: add_source(db, at.hub, given, at.act))
        serving = at.home.is_serving()
    if common.json:
        print_json(plain_source(source))
        return
    say(f"Added {source.name!r}.")
    if serving:
        note("The server asks it within a minute. What it did: hub harvest show")
    else:
        note(f"See what it would bring: hub harvest run '{source.name}' --dry-run")


@click.command("list")
@common
def list_sources(common: Common) -> None:
    """
    List the sources, with when each is asked next and how its last run went.

    \b
    Example:
      hub harvest list
    """

    def work(
        db: sqlite_utils.Database,
    ) -> list[tuple[HarvestSource, Progress, HarvestRun | None, int]]:
        store, runs, items = SourceStore(db), RunStore(db), ItemStore(db)
        return [
            (each, store.progress(each.id), runs.last(each.id), items.count(each.id))
            for each in store.all()
        ]

    with desk(common, Right.CATALOGUE_EDIT) as at:
        found = at.read(work)
    if common.json:
        print_json({"items": [plain_source(*each) for each in found]})
        return
    if not found:
        note("No source yet. Add one: hub harvest add URL --kind ckan|oai-pmh|dcat|feed|jsonl|csv")
        return
    print_table(
        [
            Column("name", elastic=True),
            Column("kind"),
            Column("records", right=True),
            Column("last run"),
            Column("next"),
        ],
        [
            (
                source.name,
                source.kind,
                held,
                "never" if last is None else f"{when(last.ended_at)} {last.outcome}",
                "paused" if source.state == "paused" else when(progress.due_at),
            )
            for source, progress, last, held in found
        ],
    )


@click.command()
@click.argument("name")
@limited(5, 50)
@common
def show(common: Common, name: str, limit: int) -> None:
    """
    Show a source, by name or address, and the reports of its last runs.

    \b
    Example:
      hub harvest show data.city.example
    """

    def work(
        db: sqlite_utils.Database,
    ) -> tuple[HarvestSource, Progress, list[HarvestRun], int]:
        store = SourceStore(db)
        source = store.get(name)
        runs = RunStore(db).of(source.id, limit)
        return source, store.progress(source.id), runs, ItemStore(db).count(source.id)

    with desk(common, Right.CATALOGUE_EDIT) as at:
        source, progress, runs, held = at.read(work)
    if common.json:
        shown = plain_source(source, progress, next(iter(runs), None), held)
        print_json({**shown, "runs": [plain_run(each) for each in runs]})
        return
    print_fields(
        [
            ("source", source.name),
            ("address", source.url),
            ("kind", source.kind),
            ("records", held),
            ("kind of resource", source.resource_kind),
            ("topics", source.topics),
            ("language", None if source.language == UNDETERMINED else source.language),
            ("country", source.country),
            ("label", source.label.value),
            ("published", "after approval" if source.review else "as they come"),
            ("every", f"{source.every_days} days" if source.every_days > 1 else "day"),
            ("next", "paused" if source.state == "paused" else f"{when(progress.due_at)} UTC"),
            ("failed in a row", progress.failures or None),
        ]
    )
    for run in runs:
        say()
        print_run(run)
