"""`hub erasure`: what was taken back, and which hubs confirmed that they erased it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click

from content.people.permissions import Right
from federation.erasing import settle_erasure
from federation.erasures import Asked, ErasureStore, Standing
from node.cli.desk import Desk, desk
from node.cli.options import Common, common, paged
from node.cli.output import (
    Column,
    note,
    note_more,
    print_fields,
    print_json,
    print_table,
    say,
    when,
)

_WORDS: Mapping[str, str] = {
    "erased": "confirmed",
    "missing": "not confirmed yet",
    "overdue": "OVERDUE",
    "settled": "settled by a person",
    "told": "told; not known to have had it",
}
_GOT: Mapping[str, str] = {
    "delivery": "took the delivery",
    "log": "read the log",
    "head": "showed that it holds the log",
}
_UNKNOWABLE = (
    "Waited for is every hub that acknowledged the content. Who else read it, as anybody may read"
    " a public log, is unknowable."
)

_NOBODY = (
    "A - means that no hub is known to have had it. After hub recover that is so of all that was"
    " taken back before: who had it is in no log, so it is not known any more."
)


@click.group()
def command() -> None:
    """
    What this hub took back, and which hubs have confirmed that they erased it.

    Retracting a resource and removing an expert erases the content here, and asks every hub that
    has it to do the same. Each answers with a signed receipt. Who stays silent is asked again.
    """


@command.command("list")
@click.option("--missing", is_flag=True, help="Only what some hub has not confirmed.")
@paged(50)
@common
def list_erasures(common: Common, missing: bool, limit: int, cursor: str | None) -> None:
    """
    List what was taken back, the newest first.

    \b
    Example:
      hub erasure list --missing
    """
    with desk(common, Right.OPERATE) as at:
        page = at.read(
            lambda db: ErasureStore(db).list(missing=missing, limit=limit, cursor=cursor)
        )
    if common.json:
        items = [_plain(each, at) for each in page.items]
        print_json({"items": items, "next_cursor": page.next_cursor})
        return
    if not page.items:
        note("Everything is confirmed." if missing else "Nothing was taken back yet.")
        return
    print_table(
        [
            Column("id"),
            Column("kind"),
            Column("erased"),
            Column("confirmed", right=True),
            Column("missing"),  # whole: it names whom to call
        ],
        [_row(each, at) for each in page.items],
    )
    note_more(page.next_cursor)
    note(_UNKNOWABLE)
    if not all(any(each.got for each in e.asked) for e in page.items):
        note(_NOBODY)
    late = sorted({a.host for e in page.items for a in e.asked if _state(a, at) == "overdue"})
    if late:
        _red(f"Overdue: {', '.join(late)}. Call their people; hub erasure show ID tells more.")


@command.command()
@click.argument("what", metavar="ID")
@common
def show(common: Common, what: str) -> None:
    """
    Show one erasure, hub by hub. ID: of the record, its ULID or whole address.

    With --json each receipt is printed as it was signed; hub verify checks it.

    \b
    Example:
      hub erasure show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.OPERATE) as at:
        standing = at.read(lambda db: ErasureStore(db).get(what))
    if common.json:
        print_json(_plain(standing, at))
        return
    told = standing.request
    print_fields(
        [
            ("record", told.subject),
            ("kind", told.kind),
            ("taken back", when(told.at)),
            ("request", told.request),
            ("no trace here since", when(told.swept_at) or "soon; the server is at it"),
        ]
    )
    say()
    if standing.asked:
        print_table(
            [
                Column("hub", elastic=True),
                Column("state"),
                Column("since"),
                Column("asked", right=True),
                Column("had it", elastic=True),
            ],
            [_line(each, _state(each, at)) for each in standing.asked],
        )
    else:
        note("No hub is known to have had it.")
    note(_UNKNOWABLE)
    if any(_state(each, at) == "overdue" for each in standing.asked):
        _red(f"Overdue: call its people, or: hub erasure settle {told.ref} HOST --note TEXT")


@command.command()
@click.argument("what", metavar="ID")
@click.argument("host", metavar="HOST")
@click.option(
    "--note", "words", required=True, metavar="TEXT", help="How it is known, for the record."
)
@common
def settle(common: Common, what: str, host: str, words: str) -> None:
    """
    Wait no longer for the receipt of a hub, such as one that is lost for ever.

    A receipt that comes all the same is still taken.

    \b
    Example:
      hub erasure settle 01KAT3Q8T6W3Y6M0S0V4N8Z2XH rights.other.example --note "Disk destroyed."
    """
    with desk(common, Right.OPERATE) as at:
        at.write(lambda db: settle_erasure(db, what, host, at.act, note=words))
    if common.json:
        print_json({"id": what, "host": host, "done": "settle"})
        return
    say(f"No receipt of {host} is waited for any more.")


def _red(text: str) -> None:
    click.secho(text, fg="red", err=True)


def _days(at: Desk) -> timedelta:
    return timedelta(days=at.settings.erasure_days)


def _state(asked: Asked, at: Desk) -> str:
    return asked.state(at.act.at, _days(at))


def _row(standing: Standing, at: Desk) -> tuple[object, ...]:
    states = Counter(_state(each, at) for each in standing.asked)
    waited = states["erased"] + states["missing"] + states["overdue"]
    late = [each.host for each in standing.asked if _state(each, at) == "overdue"]
    open_ = [each.host for each in standing.asked if _state(each, at) == "missing"]
    words = [f"OVERDUE {host}" for host in late] + open_
    told = standing.request
    confirmed = f"{states['erased']}/{waited}" if waited else "-"
    return (told.ref, told.kind, when(told.at), confirmed, ", ".join(words))


def _line(asked: Asked, state: str) -> tuple[object, ...]:
    since: datetime | None = asked.received_at or asked.settled_at or asked.asked_at
    return (
        asked.host,
        _WORDS[state],
        when(since),
        asked.asks,
        "" if asked.got is None else _GOT[asked.got],
    )


def _plain(standing: Standing, at: Desk) -> dict[str, Any]:
    told = standing.request
    return {
        "id": told.subject,
        "ref": told.ref,
        "kind": told.kind,
        "request": told.request,
        "log": told.log,
        "at": told.at,
        "clean_here": told.swept_at is not None,
        "swept_at": told.swept_at,
        "hubs": [
            {
                "host": each.host,
                "actor": each.actor,
                "state": _state(each, at),
                "got": each.got,
                "asked_at": each.asked_at,
                "asks": each.asks,
                "missing_since": each.missing_since,
                "erased_at": each.erased_at,
                "received_at": each.received_at,
                "settled_at": each.settled_at,
                "settled_by": each.settled_by,
                "settled_note": each.settled_note,
                "receipt": each.receipt,
            }
            for each in standing.asked
        ],
    }
