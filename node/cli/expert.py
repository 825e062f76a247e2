"""`hub expert`: the people who can be asked."""

import click

from node.cli.expert_care import confirm, link, pause, remove, resume
from node.cli.expert_files import export, import_file
from node.cli.expert_find import list_experts, search, show
from node.cli.expert_hours import hours
from node.cli.expert_write import add, update


@click.group()
def command() -> None:
    """
    The people who can be asked.

    Each listing has a scope that the expert agreed to: hub (this hub only), network (approved hubs
    too) or public. Whoever leaves is deleted here and everywhere the listing went.
    """


for part in (
    *(add, import_file, export, list_experts, search, show, update),
    *(confirm, link, hours, pause, resume, remove),
):
    command.add_command(part)
