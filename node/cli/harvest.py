"""`hub harvest`: sources of records, asked again and again, and what they gave."""

import click

from node.cli.harvest_care import pause, remove, resume
from node.cli.harvest_change import change
from node.cli.harvest_decide import approve, dismiss, waiting
from node.cli.harvest_run import run
from node.cli.harvest_sources import add, list_sources, show


@click.group()
def command() -> None:
    """
    Harvest catalogues and feeds of others into the catalogue of this hub.

    A source is asked again and again while the server runs: what is new there is added, what
    changed is changed, what is gone is taken back. Records keep where they came from. What people
    here correct stays, and what they take back does not come again.
    """


for part in (
    add,
    list_sources,
    show,
    run,
    waiting,
    approve,
    dismiss,
    change,
    pause,
    resume,
    remove,
):
    command.add_command(part)
