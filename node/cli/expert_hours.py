"""`hub expert hours`: how long an expert worked for this hub, and how much of the month is left."""

from datetime import date
from zoneinfo import ZoneInfo

import click
import sqlite_utils

from content.experts.accounts import ExpertAccountStore
from content.experts.expert import Expert
from content.experts.hours import ExpertHoursStore
from content.experts.store import ExpertStore
from content.people.permissions import Right
from node.cli.desk import desk
from node.cli.options import DAY, RECORD, Common, common
from node.cli.output import Column, note, print_json, print_table, say


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@click.option("--log", "hours", type=float, metavar="HOURS", help="Add this, such as 2 or 0.5.")
@click.option("--day", type=DAY, metavar="DATE", help="When they worked; else today.")
@click.option("--take-back", is_flag=True, help="Forget what was noted for that day.")
@common
def hours(
    common: Common, expert_id: str, hours: float | None, day: date | None, take_back: bool
) -> None:
    """
    Show how long an expert worked for this hub, or add to it.

    What is left of the hours that they agreed to is what `hub case match` shows. For an expert with
    an account (hub user set --listing) what they note on cases is in it.

    \b
    Example:
      hub expert hours 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --log 2 --day 2026-11-20
    """
    if take_back and hours is not None:
        raise click.UsageError("Either --log or --take-back.")
    if day is not None and hours is None and not take_back:
        raise click.UsageError("Say what of that day: --log HOURS or --take-back.")
    changes = take_back or hours is not None
    with desk(common, Right.EXPERTS_EDIT if changes else Right.NETWORK_READ) as at:
        today = at.act.at.astimezone(ZoneInfo(at.hub.identity.timezone)).date()
        if day is not None and day > today:
            raise click.UsageError(f"--day: {day} has not come yet.")

        def work(
            db: sqlite_utils.Database,
        ) -> tuple[Expert, tuple[tuple[date, int], ...], int, str | None]:
            store, expert = ExpertHoursStore(db), ExpertStore(db).get(expert_id)
            if hours is not None:
                store.log(expert_id, hours, day or today, at.act)
            elif take_back:
                store.take_back(expert_id, day or today, at.act)
            minutes = store.of_month(today).get(expert_id, 0)
            account = ExpertAccountStore(db).account_of(expert_id)
            return expert, store.of(expert_id), minutes, account

        expert, days, this_month, account = at.write(work) if changes else at.read(work)
    if common.json:
        print_json(
            {
                "id": expert.id,
                "user": account,
                "hours_a_month": expert.record.capacity_hours,
                "hours_this_month": this_month / 60,
                "days": [{"day": each, "hours": minutes / 60} for each, minutes in days],
            }
        )
        return
    of = f" of {expert.record.capacity_hours}" if expert.record.capacity_hours else ""
    say(f"{expert.record.name} worked {this_month / 60:.4g}{of} hours this month.")
    if days:
        print_table(
            [Column("day"), Column("hours", right=True)],
            [(each.isoformat(), f"{minutes / 60:.4g}") for each, minutes in days],
        )
    if account is not None:
        note(f"What {account} notes on cases (hub case hours) is in it; add only what is not.")
    elif not days:
        note(f"Add hours with: hub expert hours {expert.id} --log HOURS")
