"""`hub offer`: cases that were offered to us, and ours that were offered to others."""

from dataclasses import replace

import click
import sqlite_utils

from content.people.permissions import Right
from federation.escalation.asking_back import OpenQuestion, open_question
from federation.escalation.escalation import Escalation, EscalationThread
from federation.escalation.reading import list_escalations, read_thread
from federation.escalation.several import open_beside
from federation.escalation.states import TABLE
from federation.escalation.suggesting import NextHub, next_hubs
from node.cli.desk import desk
from node.cli.offer_correct import correct
from node.cli.offer_output import (
    plain_escalation,
    plain_thread,
    print_next,
    print_thread,
)
from node.cli.offer_question import forward, pass_on, print_question, propose
from node.cli.offer_work import (
    accept,
    answer,
    ask,
    assign,
    confirm,
    decline,
    info,
    reopen,
    reveal,
    withdraw,
)
from node.cli.options import RECORD, Common, common, paged
from node.cli.output import Column, note, note_more, print_json, print_table, say

STATES = tuple(dict.fromkeys(TABLE.values()))


@click.group()
def command() -> None:
    """
    Cases that other hubs offered to us, and ours that we offered to others.

    The hub that got the offer: accept, decline, assign, ask, propose, answer. The hub that made it:
    forward, pass-on, info, reveal, correct, confirm, reopen, withdraw. Both see the same state.
    Texts come from files or stdin.
    """


for part in (
    accept,
    decline,
    assign,
    ask,
    propose,
    forward,
    pass_on,
    info,
    answer,
    confirm,
    reopen,
    reveal,
    correct,
    withdraw,
):
    command.add_command(part)


@command.command("list")
@click.option("--in", "direction", flag_value="in", help="Only what others offered us.")
@click.option("--out", "direction", flag_value="out", help="Only what we offered.")
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@paged(50)
@common
def list_offers(
    common: Common,
    direction: str | None,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> None:
    """
    List escalations, the newest first; without any text of theirs.

    \b
    Example:
      hub offer list --in --state esc-offered
    """
    with desk(common, Right.CASES_READ) as at:
        page = at.read(
            lambda db: list_escalations(
                db,
                at.hub,
                direction="in" if direction == "in" else "out" if direction == "out" else None,
                state=state,
                limit=limit,
                cursor=cursor,
            )
        )
    seen = [item.seen_at(at.act.at) for item in page.items]
    if common.json:
        items = [plain_escalation(item) for item in seen]
        print_json({"items": items, "next_cursor": page.next_cursor})
        return
    if not page.items:
        note("No escalations. Offer a case to another hub: hub escalate CASE --to HUB --preview")
        return
    print_table(
        [
            Column("id"),
            Column("", False),
            Column("hub", elastic=True),
            Column("state"),
            Column("due"),
            Column("sent"),
        ],
        [
            (
                item.id,
                "to" if item.direction == "out" else "by",
                item.peer,
                item.state.removeprefix("esc-"),
                item.due,
                None if item.delivery is None else item.delivery.word,
            )
            for item in seen
        ],
    )
    note_more(page.next_cursor)


@command.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@common
def show(common: Common, escalation: str) -> None:
    """
    Show an escalation: its text, what was said, and what can be done now.

    \b
    Example:
      hub offer show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_READ) as at:

        def work(
            db: sqlite_utils.Database,
        ) -> tuple[
            EscalationThread, OpenQuestion | None, tuple[NextHub, ...], tuple[Escalation, ...]
        ]:
            thread = read_thread(db, at.hub, escalation)
            question = open_question(db, at.hub, thread.escalation)
            rules, now = at.settings.matching, at.act.at
            thread = replace(thread, escalation=thread.escalation.seen_at(now))
            hubs = next_hubs(db, at.hub, thread.escalation, now, rules=rules)
            return thread, question, hubs, open_beside(db, at.hub, thread.escalation)

        thread, question, hubs, beside = at.read_noted(work, "escalation.read", escalation)
    if common.json:
        also = [{"id": e.id, "peer": e.peer, "state": e.state} for e in beside]
        print_json(
            {**plain_thread(thread), "question_asked": question, "next": hubs, "also_open": also}
        )
        return
    print_thread(thread)
    print_question(thread.escalation, question)
    print_next(thread.escalation, hubs)
    for each in beside:
        say(f"\nAlso asked about this case: {each.peer}, {each.state} ({each.id}).")
    if beside:
        note(f"To take those back and keep this one: hub offer withdraw {escalation} --others")
    possible = ", ".join(verb for verb in thread.escalation.possible if verb != "erase")
    note(f"\nPossible now: {possible or 'nothing; it is over'}.")
