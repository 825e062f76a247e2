"""`hub case recipients`: which hubs got a copy of a case, of what, and whether it is gone there."""

from datetime import timedelta

import click

from content.people.permissions import Right
from federation.escalation.recipients import Recipient, recipients_of
from node.cli.desk import desk
from node.cli.options import RECORD, Common, common
from node.cli.output import note, print_json, say, when


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def recipients(common: Common, case_id: str) -> None:
    """
    Show which hubs got a copy of a case: which fields, since when, and whether it is gone there.

    Works for an erased case too: who confirmed it, and who has not. No text is shown.

    \b
    Example:
      hub case recipients 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_READ) as at:
        days = timedelta(days=at.settings.erasure_days)
        found = at.read_noted(
            lambda db: recipients_of(db, at.hub, case_id, at.act.at, days),
            "case.recipients",
            case_id,
        )
    if common.json:
        print_json({"case": case_id, "items": [_plain(each) for each in found]})
        return
    if not found:
        note("No other hub got a copy of this case.")
    for each in found:
        red = each.confirmed == "overdue"
        say(click.style(f"{each.host} ({each.name})", fg="red" if red else None, bold=True))
        say(f"   got on {when(each.since)}: {each.what}")
        gone = "" if each.confirmed_at is None else f" ({when(each.confirmed_at)})"
        say(f"   {each.says}{gone}")
        if each.behind_since is not None and each.confirmed is None:
            note(f"   To tell it: hub offer correct {each.escalation} --preview")
        if each.request is not None:
            note(f"   The receipt: hub erasure show {each.request}")


def _plain(each: Recipient) -> dict[str, object]:
    return {
        "host": each.host,
        "name": each.name,
        "escalation": each.escalation,
        "state": each.state,
        "fields": each.fields,
        "what": each.what,
        "since": each.since,
        "version": each.version,
        "newest": each.newest,
        "behind_since": each.behind_since,
        "says": each.says,
        "confirmed": each.confirmed,
        "asked_at": each.asked_at,
        "confirmed_at": each.confirmed_at,
        "erasure": each.request,
    }
