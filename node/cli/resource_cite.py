"""`hub resource cite`: the citation of a resource, in words or for a reference manager."""

import click
import sqlite_utils

from content.hubs import HubDirectory
from content.people.permissions import Right
from content.resources.citing.citation import Citation, as_text, citation_of
from content.resources.citing.files import FILES, bibtex, csl, ris
from content.resources.held import HeldResourceStore
from content.resources.store import ResourceStore
from node.cli.desk import desk
from node.cli.options import RECORD, Common, common
from node.cli.output import print_json, say
from protocol.ids import resource_id as address_of


@click.command()
@click.argument("resource_id", type=RECORD, metavar="ID")
@click.option("--hub", metavar="HOST", help="Of another hub, as search shows it.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(list(FILES)),
    default="text",
    show_default=True,
    help="In words, or a file for a reference manager.",
)
@common
def cite(common: Common, resource_id: str, hub: str | None, shape: str) -> None:
    """
    Print how a resource is cited. With --json all forms at once.

    \b
    Example:
      hub resource cite 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
      hub resource cite 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --format bibtex
    """
    with desk(common, Right.NETWORK_READ) as at:
        identity = at.hub.identity

        def work(db: sqlite_utils.Database) -> Citation:
            if hub is None or hub == identity.host:
                record = ResourceStore(db).get(resource_id).record
                return citation_of(record, address_of(identity.origin, resource_id), identity.name)
            held = HeldResourceStore(db).get(hub, resource_id)
            entry = HubDirectory(db).find(hub)
            return citation_of(held.record, held.url, hub if entry is None else entry.name)

        citation = at.read(work)
    if common.json:
        print_json(
            {
                "text": as_text(citation),
                "bibtex": bibtex(citation),
                "ris": ris(citation),
                "csl": csl(citation),
            }
        )
        return
    say(FILES[shape].write(citation).replace("\r\n", "\n").rstrip("\n"))
