"""`hub harvest change`: what becomes of the records of a source, decided anew."""

import click

from content.labels import Label, Sensitivity
from content.people.permissions import Right
from federation.harvesting.sources import change_source
from node.cli.desk import desk
from node.cli.harvest_output import plain_source
from node.cli.options import Common, common
from node.cli.output import print_json, say
from node.cli.topics import topic_ids


@click.command()
@click.argument("source")
@click.option("--name", metavar="NAME", help="What it is called here.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="Of all records; repeat.")
@click.option("--no-topics", is_flag=True, help="None is added to its records any more.")
@click.option(
    "--kind-of-resource", "resource_kind", metavar="ID", help="Of records that do not say."
)
@click.option("--language", metavar="TAG", help="Of records that do not say, such as ca.")
@click.option("--country", metavar="CC", help="Of records that do not say.")
@click.option(
    "--label", type=click.Choice([each.value for each in Label]), help="Who may see the records."
)
@click.option(
    "--sensitivity",
    type=click.Choice([each.value for each in Sensitivity]),
    help="What personal data they hold.",
)
@click.option(
    "--review/--no-review", default=None, help="Whether a person approves before it is published."
)
@click.option(
    "--every",
    "every_days",
    type=click.IntRange(1, 366),
    metavar="DAYS",
    help="How often the server asks.",
)
@common
def change(
    common: Common, source: str, topics: tuple[str, ...], no_topics: bool, **values: object
) -> None:
    """
    Change what becomes of the records of a source; what is not named stays as it is.

    All of it is asked anew, and its records follow. Its address and kind stay, since its records
    are known by them: for another address, add a source anew.

    \b
    Example:
      hub harvest change data.city.example --every 7 --review
      hub harvest change Repository --topic privacy --kind-of-resource report
    """
    if topics and no_topics:
        raise click.UsageError("Say --topic or --no-topics.")
    given = {name: value for name, value in values.items() if value is not None}
    if topics or no_topics:
        given["topics"] = topic_ids(topics)
    if not given:
        raise click.UsageError("Say what is to be changed.")
    with desk(common, Right.OPERATE) as at:
        changed = at.write(lambda db: change_source(db, source, given, at.act))
    if common.json:
        print_json(plain_source(changed))
        return
    say(f"Changed {changed.name!r}. All of it is asked anew.")
