"""`hub delivery`: what is on its way to others, and what failed."""

from urllib.parse import urlsplit

import click
import sqlite_utils

from content.changes import ChangeStore
from content.people.permissions import Right
from federation.outbox import Delivery, Outbox
from node.cli.desk import desk
from node.cli.options import NUMBER, Common, common, limited
from node.cli.output import Column, note, print_json, print_table, say, when


@click.group()
def command() -> None:
    """
    What is on its way to other servers, and what failed and waits for you.

    The server tries again by itself: other hubs for 30 days, other servers for 3 days, and cases
    and what a peering is made of without end.
    """


@command.command("list")
@click.option("--failed", is_flag=True, help="Only what was given up or refused.")
@limited(50, 1000)
@common
def list_deliveries(common: Common, failed: bool, limit: int) -> None:
    """
    List deliveries that are not made yet: the failed ones, then those under way.

    \b
    Example:
      hub delivery list --failed
    """
    with desk(common, Right.OPERATE) as at:
        found = at.read(lambda db: Outbox(db).failed(limit))
        if not failed:
            found += at.read(lambda db: Outbox(db).waiting(limit))
    if common.json:
        print_json({"items": found})
        return
    if not found:
        note("Nothing failed." if failed else "Nothing is under way, and nothing failed.")
        return
    print_table(
        [
            Column("no", right=True),
            Column("to", elastic=True),
            Column("state"),
            Column("tries", right=True),
            Column("since"),
            Column("why", elastic=True),
        ],
        [(d.id, _host(d), d.state, d.attempts, when(d.at), d.reason) for d in found],
    )
    if any(d.state == "failed" for d in found):
        note("Send a failed one again: hub delivery retry NO   or give it up: hub delivery drop NO")


@command.command()
@click.argument("number", type=NUMBER, metavar="NO")
@common
def retry(common: Common, number: int) -> None:
    """
    Send a failed delivery again, at once.

    \b
    Example:
      hub delivery retry 17
    """
    _change(common, number, "retry", "is on its way again")


@command.command()
@click.argument("number", type=NUMBER, metavar="NO")
@common
def drop(common: Common, number: int) -> None:
    """
    Give up a failed delivery and take it off the list.

    \b
    Example:
      hub delivery drop 17
    """
    _change(common, number, "drop", "is given up")


def _change(common: Common, number: int, what: str, done: str) -> None:
    with desk(common, Right.OPERATE) as at:

        def work(db: sqlite_utils.Database) -> None:
            outbox = Outbox(db)
            outbox.retry(number) if what == "retry" else outbox.drop(number)
            ChangeStore(db).record(at.act, f"delivery.{what}", str(number))

        at.write(work)
    if common.json:
        print_json({"number": number, "done": what})
        return
    say(f"Delivery {number} {done}.")


def _host(delivery: Delivery) -> str:
    return urlsplit(delivery.inbox).netloc
