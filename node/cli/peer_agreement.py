"""`hub peer agreement`: what stands behind a peer, on paper."""

from datetime import date

import click

from content.people.permissions import Right
from federation.law.agreements import BASES, note_agreement
from federation.peers import TransferBasis
from node.cli.desk import desk
from node.cli.options import DAY, Common, common
from node.cli.output import print_json
from node.cli.peer_output import plain_peer, print_peer

transfer_basis = click.option(
    "--transfer-basis",
    type=click.Choice(BASES[1:]),
    help="Ground on which personal data may go to its country.",
)


@click.command()
@click.argument("peer")
@click.option("--agreement", metavar="TEXT", help="The agreement behind it.")
@click.option("--agreed-on", type=DAY, metavar="DATE", help="Its date, as YYYY-MM-DD.")
@transfer_basis
@common
def agreement(
    common: Common,
    peer: str,
    agreement: str | None,
    agreed_on: date | None,
    transfer_basis: TransferBasis | None,
) -> None:
    """
    Note what stands behind a peer: the agreement, and the ground for sending data to its country.

    \b
    Example:
      hub peer agreement rights.nairobi.example --transfer-basis clauses
    """
    with desk(common, Right.PEERS_MANAGE) as at:
        found = at.write(
            lambda db: note_agreement(
                db,
                peer,
                at.act,
                agreement=agreement,
                agreed_on=agreed_on,
                transfer_basis=transfer_basis,
            )
        )
    if common.json:
        print_json(plain_peer(found))
        return
    print_peer(found)
