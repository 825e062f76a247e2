"""`hub lookup`: who is behind an address or a handle."""

import click

from content.people.permissions import Right
from federation.discovery import discover
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_fields, print_json


@click.command()
@click.argument("address")
@common
def command(common: Common, address: str) -> None:
    """
    Show who is behind a URL, a host or a handle; nothing is stored.

    \b
    Example:
      hub lookup https://rights.barcelona.example
      hub lookup @news@city.example
    """
    with desk(common, Right.NETWORK_READ) as at:
        found = at.run(discover(at.node, address))
    if common.json:
        print_json(
            {
                "kind": found.kind,
                "host": found.host,
                "name": found.name,
                "city": found.city,
                "country": found.country,
                "actor": found.actor,
                "g": found.g,
                "fingerprint": found.fingerprint,
            }
        )
        return
    kinds = {"hub": "a hub", "coalition": "a coalition of hubs", "source": "not a hub (a source)"}
    print_fields(
        [
            ("name", found.name),
            ("is", kinds[found.kind]),
            ("place", ", ".join(part for part in (found.city, found.country) if part)),
            ("address", found.host),
            ("actor", found.actor),
            ("fingerprint", found.fingerprint),
        ]
    )
    note(f"\nTo work with it: hub peer add {found.host}")
