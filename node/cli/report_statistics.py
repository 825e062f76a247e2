"""`hub report statistics`: how many requests there were, in bands; shown, and then published."""

import click

from content.cases.dates import day_of
from content.people.permissions import Right
from content.resources.statistics import period_before
from federation.statistics import publish_statistics, statistics_of, statistics_record
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, print_text, say


@click.command()
@click.option("--period", metavar="QUARTER", help="Such as 2026-Q3. Else the last one that ended.")
@click.option("--publish", is_flag=True, help="Publish it; once for a quarter, for ever.")
@common
def statistics(common: Common, period: str | None, publish: bool) -> None:
    """
    Show exactly what would be published about the requests of a quarter; publish it with --publish.

    Counts are bands (under 5, 5 to 9, 10 or more), so that no single request can be told. It is off
    until hub.toml says publish_statistics = true.

    \b
    Example:
      hub report statistics --period 2026-Q3
    """
    right = Right.OPERATE if publish else Right.CASES_READ
    with desk(common, right) as at:
        today = day_of(at.act.at, at.hub.identity.timezone)
        period = period or period_before(today)
        found = at.read(lambda db: statistics_of(db, at.hub.identity, period))
        record = statistics_record(at.hub.identity, found)
        made = None
        if publish:
            chosen = at.settings.publish_statistics
            made = at.write(
                lambda db: publish_statistics(db, at.hub, period, at.act, today, chosen=chosen)
            )
            record = made.record
    if common.json:
        print_json({"record": record, "published": None if made is None else made.id})
        return
    print_text(record.title["en"], record.summary["en"])
    if made is None:
        note("Nothing is published. To publish exactly this, once the quarter is over: --publish")
        return
    say(f"Published as {at.hub.identity.origin}/resources/{made.id}")
