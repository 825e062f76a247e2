"""`hub harvest run`: ask a source now."""

import sys

import click

from content.harvest.report import HarvestRun
from content.harvest.source import HarvestSource
from content.harvest.source_store import HarvestRunning, SourceStore
from content.people.permissions import Right
from federation.harvesting.running import How, run_source
from node.cli.desk import Desk, desk
from node.cli.harvest_output import plain_run, print_run
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused


@click.command()
@click.argument("name", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--full", is_flag=True, help="See all of the source again, also what is gone there.")
@click.option(
    "--accept-removals",
    is_flag=True,
    help="Follow the source although most of its records are gone there.",
)
@common
def run(common: Common, name: str | None, dry_run: bool, full: bool, accept_removals: bool) -> None:
    """
    Ask a source now, by name or address; without NAME all that are not paused.

    It is asked politely: one question a second. If it breaks off, nothing of the run is kept.

    \b
    Example:
      hub harvest run data.city.example --dry-run
      hub harvest run data.city.example --full
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        done = _runs(at, common, name, How(full, accept_removals, dry_run, _progress))
    if common.json:
        items = [{"source": who.name, **plain_run(run, dry=dry_run)} for who, run in done]
        print_json({"items": items})
    else:
        for who, each in done:
            say(f"{who.name}:")
            print_run(each, dry=dry_run)
            if who.review and each.report.moved and not dry_run:
                note(f"Look at what waits for approval: hub harvest waiting '{who.name}'")
    failed = [who.name for who, each in done if each.outcome in ("failed", "stopped")]
    if failed:
        raise Refused(f"Not harvested: {', '.join(failed)}. The reason is above.")


def _runs(
    at: Desk, common: Common, name: str | None, how: How
) -> list[tuple[HarvestSource, HarvestRun]]:
    if name is None:
        sources = [s for s in at.read(lambda db: SourceStore(db).all()) if s.state == "active"]
    else:
        sources = [at.read(lambda db: SourceStore(db).get(name))]
    if not sources and not common.json:
        note("There is no source to ask. Add one: hub harvest add URL --kind KIND")
    done = []
    for source in sources:
        note(f"Asking {source.name} ...")
        try:
            done.append((source, at.run(run_source(at.node, source, at.act, how))))
        except HarvestRunning as error:
            if name is not None:
                raise
            note(str(error))
        if sys.stderr.isatty():
            click.echo("", err=True)
    return done


def _progress(what: str, done: int, total: int | None) -> None:
    """Show on a terminal how far it is."""
    if sys.stderr.isatty():
        far = f"{done} of {total}" if total is not None else f"{done} questions"
        click.echo(f"\r  {what}: {far}    ", err=True, nl=False)
