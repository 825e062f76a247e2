"""The commands that let harvest sources rest, go on, and end."""

import click

from content.harvest.source import SourceState
from content.people.permissions import Right
from federation.harvesting.sources import remove_source, set_source_state
from node.cli.desk import desk
from node.cli.harvest_output import plain_source
from node.cli.options import Common, common
from node.cli.output import print_json, say


@click.command()
@click.argument("name")
@common
def pause(common: Common, name: str) -> None:
    """
    Leave a source alone for now. Its records stay.

    \b
    Example:
      hub harvest pause data.city.example
    """
    _set(common, name, "paused", "is left alone now")


@click.command()
@click.argument("name")
@common
def resume(common: Common, name: str) -> None:
    """
    Go on with a source that was paused; the server asks it at once.

    \b
    Example:
      hub harvest resume data.city.example
    """
    _set(common, name, "active", "is asked again")


def _set(common: Common, name: str, state: SourceState, words: str) -> None:
    with desk(common, Right.OPERATE) as at:
        source = at.write(lambda db: set_source_state(db, name, state, at.act))
    if common.json:
        print_json(plain_source(source))
        return
    say(f"{source.name!r} {words}.")


@click.command()
@click.argument("name")
@click.option("--keep-records", is_flag=True, help="They stay as this hub's own.")
@click.option("--take-back-records", is_flag=True, help="They are taken back, here and elsewhere.")
@common
def remove(common: Common, name: str, keep_records: bool, take_back_records: bool) -> None:
    """
    Remove a source. Say what becomes of the records that came from it.

    Records that are kept are known again if the same address is added once more. Those that are
    taken back are gone for ever, at all hubs.

    \b
    Example:
      hub harvest remove data.city.example --keep-records
    """
    if keep_records == take_back_records:
        raise click.UsageError("Say --keep-records or --take-back-records.")
    with desk(common, Right.OPERATE) as at:
        count = at.run(remove_source(at.node, name, at.act, take_back=take_back_records))
        if count:
            at.sweep()
    if common.json:
        print_json({"name": name, "removed": True, "taken_back": count})
        return
    kept = "its records stay" if keep_records else f"{count} records were taken back"
    say(f"{name!r} is removed; {kept}.")
