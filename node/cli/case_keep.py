"""The commands about keeping a case: hold, release, erase."""

import sys
from datetime import date

import click
import sqlite_utils

from content.cases.holds import Hold, HoldStore, new_hold
from content.cases.store import CaseStore
from content.ids import new_id
from content.people.permissions import Right
from federation.law.erasing import Erasure, erase_case
from node.cli.desk import desk
from node.cli.options import DAY, RECORD, Common, common
from node.cli.output import print_json, say
from node.cli.refusals import Refused


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Which law or order asks for it.")
@click.option("--until", type=DAY, required=True, metavar="DATE", help="The last day of the hold.")
@common
def hold(common: Common, case_id: str, reason: str, until: date) -> None:
    """
    Keep a case although its time is over or somebody asks to erase it.

    The hold ends by itself after its last day. All holds: hub retention holds.

    \b
    Example:
      hub case hold 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --reason "Court order 12/2026" --until 2027-06-30
    """
    with desk(common, Right.CASES_WORK) as at:
        made = new_hold(
            case_id,
            reason,
            until,
            at.act,
            hold_id=new_id(at.act.at, at.hub.chance),
            timezone=at.hub.identity.timezone,
        )

        def work(db: sqlite_utils.Database) -> None:
            CaseStore(db, at.hub.vault).open_key(case_id)
            HoldStore(db, at.hub.vault).place(made, at.act)

        at.write(work)
    if common.json:
        print_json(plain_hold(made))
        return
    say(f"Case {case_id} is kept until {until}.")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def release(common: Common, case_id: str) -> None:
    """
    End every hold on a case; what is due is erased at the next run.

    \b
    Example:
      hub case release 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_WORK) as at:
        count = at.write(lambda db: HoldStore(db, at.hub.vault).release(case_id, at.act))
    if common.json:
        print_json({"case": case_id, "released": count})
        return
    say(f"Case {case_id} is under no hold any more.")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def erase(common: Common, case_id: str, yes: bool) -> None:
    """
    Erase a case: its texts, its key, its messages. Only id and dates stay.

    Other hubs that work on it are told to destroy their copies. It cannot be undone.

    \b
    Example:
      hub case erase 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --yes
    """
    confirmed(yes, f"Erase case {case_id} for ever?")
    with desk(common, Right.CASES_WORK) as at:
        done = at.write(lambda db: erase_case(db, at.hub, case_id, at.act, asked=True))
        at.run(at.node.database.rewrite())
    if common.json:
        print_json(plain_erasure(done))
        return
    say(f"Case {case_id} is erased.")
    for line in erasure_in_words(done):
        say(line)


def confirmed(yes: bool, question: str) -> None:
    """Ask the person, unless --yes was given; raise Refused if the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("This cannot be undone, so it needs a person who confirms it, or --yes.")
    if not click.confirm(question, err=True):
        raise Refused("Nothing was done.")


def plain_hold(hold: Hold) -> dict[str, object]:
    """Return a hold as programs read it."""
    return {
        "id": hold.id,
        "case": hold.case_id,
        "reason": hold.reason,
        "until": hold.until,
        "placed_at": hold.placed_at,
        "placed_by": hold.placed_by,
    }


def plain_erasure(done: Erasure) -> dict[str, object]:
    """Return what erasing a case came to as programs read it."""
    return {
        "case": done.tombstone.id,
        "erased_at": done.tombstone.erased_at,
        "taken_back": done.taken_back,
        "to_tell": done.to_tell,
        "under_way": done.under_way,
    }


def erasure_in_words(done: Erasure) -> list[str]:
    """Return what a person should know besides that the case is erased."""
    lines = [f"{copy.peer} is told to destroy its copy." for copy in done.taken_back]
    lines += [
        f"{copy.peer} keeps its copy ({copy.state}) until you tell its people to erase it."
        for copy in done.to_tell
    ]
    if done.under_way:
        lines.append(
            f"{done.under_way} sealed messages about it wait until the other hub has them; "
            "what we sent says nothing of its text any more."
        )
    return lines
