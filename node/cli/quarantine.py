"""`hub quarantine`: what came in and could not be taken in."""

import click
import sqlite_utils

from content.changes import ChangeStore
from content.people.permissions import Right
from federation.inbox_store import InboxStore
from node.cli.desk import desk
from node.cli.options import NUMBER, Common, common, limited
from node.cli.output import Column, note, print_json, print_table, say, when


@click.group()
def command() -> None:
    """What other servers sent and this hub could not take in after five attempts."""


@command.command("list")
@limited(50, 1000)
@common
def list_quarantined(common: Common, limit: int) -> None:
    """
    List what waits for you, with the reason.

    \b
    Example:
      hub quarantine list
    """
    with desk(common, Right.OPERATE) as at:
        found = at.read(lambda db: InboxStore(db).quarantined(limit))
    if common.json:
        print_json({"items": found})
        return
    if not found:
        note("The quarantine is empty.")
        return
    print_table(
        [
            Column("no", right=True),
            Column("type"),
            Column("from", elastic=True),
            Column("came"),
            Column("why", elastic=True),
        ],
        [(q.id, q.type, q.actor, when(q.received_at), q.reason) for q in found],
    )
    note("Try one again: hub quarantine retry NO   or throw it away: hub quarantine drop NO")


@command.command()
@click.argument("number", type=NUMBER, metavar="NO")
@common
def retry(common: Common, number: int) -> None:
    """
    Try again to take it in, for instance after an update of this hub.

    \b
    Example:
      hub quarantine retry 3
    """
    with desk(common, Right.OPERATE) as at:

        def work(db: sqlite_utils.Database) -> None:
            InboxStore(db).retry(number, at.act.at)
            ChangeStore(db).record(at.act, "quarantine.retry", str(number))

        at.write(work)
    _tell(common, number, "retry", "is tried again by the server")


@command.command()
@click.argument("number", type=NUMBER, metavar="NO")
@common
def drop(common: Common, number: int) -> None:
    """
    Throw it away for good.

    \b
    Example:
      hub quarantine drop 3
    """
    with desk(common, Right.OPERATE) as at:

        def work(db: sqlite_utils.Database) -> None:
            InboxStore(db).drop(number)
            ChangeStore(db).record(at.act, "quarantine.drop", str(number))

        at.write(work)
    _tell(common, number, "drop", "is thrown away")


def _tell(common: Common, number: int, what: str, done: str) -> None:
    if common.json:
        print_json({"number": number, "done": what})
        return
    say(f"Number {number} {done}.")
