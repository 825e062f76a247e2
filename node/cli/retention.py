"""`hub retention`: what is kept for how long, what goes when, and what a hold keeps."""

from datetime import date, timedelta

import click

from content.cases.holds import HoldStore
from content.people.permissions import Right
from federation.law.retention import Item, Reminder, local_day, plan
from federation.law.retention_run import Done, run_retention
from node.cli.case_keep import plain_hold
from node.cli.desk import Desk, desk
from node.cli.options import Common, common
from node.cli.output import Column, note, print_json, print_table, say

COLUMNS = [Column("goes on"), Column("what"), Column("case"), Column("why", elastic=True)]


@click.group()
def command() -> None:
    """
    What is kept for how long, what goes when, and what a hold keeps.

    The server does what is due once a day by itself, and gives notice 30 and 7 days before. The
    periods are settings: docs/configure.md.
    """


@command.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be done today.")
@common
def run(common: Common, dry_run: bool) -> None:
    """
    Do what is due today: give notices, end holds, erase.

    It may be stopped at any moment and run again. Nothing of a case goes without a notice 7 days
    before, unless its period is shorter than that.

    \b
    Example:
      hub retention run --dry-run
    """
    with desk(common, Right.OPERATE) as at:
        if dry_run:
            _show_due(common, at)
            return
        done = at.run(run_retention(at.node, at.settings.periods, at.act, progress=_tell_progress))
    if common.json:
        print_json(_plain_done(done))
    else:
        _say_done(done)
    if done.failed:
        raise SystemExit(1)


@command.command("list")
@click.option(
    "--days",
    type=click.IntRange(0, 36500),
    default=90,
    show_default=True,
    metavar="N",
    help="How far to look ahead.",
)
@common
def list_ahead(common: Common, days: int) -> None:
    """
    Show the calendar: what goes on which day, why, and which hold stops it.

    \b
    Example:
      hub retention list --days 30
    """
    with desk(common, Right.CASES_READ) as at:
        items, today = _planned(at)
    ahead = [item for item in items if item.day <= today + timedelta(days=days)]
    if common.json:
        print_json({"today": today, "items": [_plain_item(item) for item in ahead]})
        return
    if not ahead:
        note(f"Nothing goes within {days} days.")
        return
    _print_items(ahead)


@command.command()
@common
def holds(common: Common) -> None:
    """
    List the holds that last, the one that ends first first.

    \b
    Example:
      hub retention holds
    """
    with desk(common, Right.CASES_READ) as at:
        lasting = at.read(lambda db: HoldStore(db, at.hub.vault).lasting(at.act.at))
    if common.json:
        print_json({"items": [plain_hold(each) for each in lasting]})
        return
    if not lasting:
        note("No case is held. To hold one: hub case hold ID --reason TEXT --until DATE")
        return
    print_table(
        [Column("until"), Column("case"), Column("by"), Column("reason", elastic=True)],
        [(each.until, each.case_id, each.placed_by, each.reason) for each in lasting],
    )


def _planned(at: Desk) -> tuple[tuple[Item, ...], date]:
    items = at.read(lambda db: plan(db, at.hub, at.settings.periods, at.act.at))
    return items, local_day(at.hub, at.act.at)


def _show_due(common: Common, at: Desk) -> None:
    items, today = _planned(at)
    due = [item for item in items if item.is_due(today)]
    held = [item for item in items if item.held_until is not None and item.day <= today]
    if common.json:
        print_json(
            {
                "dry_run": True,
                "today": today,
                "would_erase": [_plain_item(item) for item in due],
                "held": [_plain_item(item) for item in held],
            }
        )
        return
    if not due and not held:
        note("Nothing is due. What comes: hub retention list")
        return
    _print_items([*due, *held])
    note(f"Nothing was done. Without --dry-run {len(due)} would be erased.")


def _print_items(items: list[Item]) -> None:
    print_table(
        COLUMNS,
        [
            (
                item.day if item.held_until is None else f"held to {item.held_until}",
                item.what.value,
                item.case_id,
                item.why,
            )
            for item in items
        ],
    )


def _tell_progress(count: int, of: int) -> None:
    if count == of or count % 50 == 0:
        note(f"{count} of {of} done.")


def _say_done(done: Done) -> None:
    for reminder in done.reminders:
        say(f"Notice: {reminder.text}")
    for item in done.erased:
        say(f"Erased: {item.what.value} {item.case_id} ({item.why}).")
    for item, code in done.failed:
        note(f"Not erased: {item.what.value} {item.case_id} ({code}). It is tried again.")
    if not (done.erased or done.failed or done.reminders):
        say("Nothing was due.")


def _plain_done(done: Done) -> dict[str, object]:
    return {
        "dry_run": False,
        "erased": [_plain_item(item) for item in done.erased],
        "failed": [{**_plain_item(item), "code": code} for item, code in done.failed],
        "notices": [_plain_reminder(each) for each in done.reminders],
        "holds_ended": done.holds_ended,
        "forgotten": done.forgotten,
    }


def _plain_item(item: Item) -> dict[str, object]:
    return {
        "what": item.what,
        "case": item.case_id,
        "why": item.why,
        "day": item.day,
        "held_until": item.held_until,
    }


def _plain_reminder(reminder: Reminder) -> dict[str, object]:
    return {
        "what": reminder.what,
        "case": reminder.case_id,
        "day": reminder.day,
        "days": reminder.days,
    }
