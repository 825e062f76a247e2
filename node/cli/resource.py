"""`hub resource`: the catalogue of this hub, and what other hubs published."""

import click

from node.cli.resource_cite import cite
from node.cli.resource_duplicates import duplicates, keep_apart, merge, unmerge
from node.cli.resource_export import export
from node.cli.resource_files import attach, detach, save_file
from node.cli.resource_find import list_resources, search, show
from node.cli.resource_import import import_file
from node.cli.resource_links import check_links, links
from node.cli.resource_propose import propose
from node.cli.resource_write import add, retract, update


@click.group()
def command() -> None:
    """
    The catalogue: laws, policies, guides, templates and more, each with a link.

    What this hub publishes goes to its followers and peers, signed. Other hubs' records are found
    by `search` with their origin; only the hub that made a record can change it.
    """


for part in (
    *(add, import_file, export, list_resources, show, search, update, retract),
    *(check_links, links),
    *(attach, detach, save_file, cite, propose),
    *(duplicates, merge, unmerge, keep_apart),
):
    command.add_command(part)
