"""`hub proposal`: corrections that were proposed, to this hub and by it."""

from typing import Any, get_args

import click

from content.people.permissions import Right
from content.proposals.proposal import Proposal, ProposalNotFound, ProposalState
from content.proposals.store import ProposalStore
from federation.proposals import accept_proposal, decline_proposal, withdraw_proposal
from federation.proposals_shown import ShownProposal, shown
from node.cli.desk import Desk, desk
from node.cli.options import RECORD, Common, common, paged
from node.cli.output import (
    Column,
    note,
    note_more,
    print_fields,
    print_json,
    print_table,
    print_text,
    say,
    when,
)

_WAYS = {"in": "from", "out": "to", "own": "here"}


@click.group()
def command() -> None:
    """
    Corrections of resources: other hubs', ours to them, and those of people of this hub.

    They are made with `hub resource propose`. Only the hub that made a record decides.
    """


@command.command("list")
@click.option("--state", type=click.Choice(get_args(ProposalState)), help="Only these.")
@paged(50)
@common
def list_proposals(
    common: Common, state: ProposalState | None, limit: int, cursor: str | None
) -> None:
    """
    List proposals, the newest first. Who may not edit the catalogue sees their own.

    \b
    Example:
      hub proposal list --state waiting
    """
    with desk(common, Right.NETWORK_READ) as at:
        by = None if at.principal.may(Right.CATALOGUE_EDIT) else at.principal.name
        page = at.read(
            lambda db: ProposalStore(db).list(state=state, by=by, limit=limit, cursor=cursor)
        )
    if common.json:
        print_json({"items": page.items, "next_cursor": page.next_cursor})
        return
    if not page.items:
        note("There are none. To make one: hub resource propose")
        return
    print_table(
        [Column("id"), Column("way"), Column("who", elastic=True), Column("what"), Column("state")],
        [
            (
                each.id,
                _WAYS[each.direction],
                each.peer or each.by,
                ", ".join(each.changes) or "-",
                each.state,
            )
            for each in page.items
        ],
    )
    note_more(page.next_cursor)


@command.command()
@click.argument("proposal_id", type=RECORD, metavar="ID")
@common
def show(common: Common, proposal_id: str) -> None:
    """
    Show a proposal beside the record as it is now.

    \b
    Example:
      hub proposal show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.NETWORK_READ) as at:
        found = at.read(lambda db: shown(db, at.hub.identity, ProposalStore(db).get(proposal_id)))
        _may_see(at, found.proposal)
    if common.json:
        print_json(_plain(found))
        return
    _print(found)


@command.command()
@click.argument("proposal_id", type=RECORD, metavar="ID")
@click.option("--credit", is_flag=True, help="The record thanks the hub that proposed it.")
@click.option("--anyway", is_flag=True, help="Although the record changed since.")
@common
def accept(common: Common, proposal_id: str, credit: bool, anyway: bool) -> None:
    """
    Make the change, and tell everybody who has the record, and who proposed it.

    \b
    Example:
      hub proposal accept 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --credit
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        done, resource = at.write(
            lambda db: accept_proposal(
                db, at.hub, proposal_id, at.act, credit=credit, anyway=anyway
            )
        )
    if common.json:
        print_json(done)
        return
    say(f"Accepted {done.id}. The record {resource.id} is changed.")


@command.command()
@click.argument("proposal_id", type=RECORD, metavar="ID")
@click.option("--because", "reason", required=True, metavar="TEXT", help="Why, for who proposed.")
@common
def decline(common: Common, proposal_id: str, reason: str) -> None:
    """
    Leave the record as it is, and tell who proposed why.

    \b
    Example:
      hub proposal decline 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --because "The first edition is meant."
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        done = at.write(lambda db: decline_proposal(db, at.hub, proposal_id, reason, at.act))
    _said(common, done, "Declined")


@command.command()
@click.argument("proposal_id", type=RECORD, metavar="ID")
@common
def withdraw(common: Common, proposal_id: str) -> None:
    """
    Take back a proposal that was made here and is not decided yet.

    \b
    Example:
      hub proposal withdraw 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.NETWORK_READ) as at:
        _may_see(at, at.read(lambda db: ProposalStore(db).get(proposal_id)))
        done = at.write(lambda db: withdraw_proposal(db, at.hub, proposal_id, at.act))
    _said(common, done, "Withdrew")


def _may_see(at: Desk, proposal: Proposal) -> None:
    if not at.principal.may(Right.CATALOGUE_EDIT) and proposal.by != at.principal.name:
        raise ProposalNotFound


def _said(common: Common, done: Proposal, word: str) -> None:
    if common.json:
        print_json(done)
        return
    say(f"{word} {done.id}.")


def _plain(found: ShownProposal) -> dict[str, Any]:
    names = Proposal.__dataclass_fields__
    return {
        **{name: getattr(found.proposal, name) for name in names},
        "title": found.title,
        "before": found.before,
        "changed_since": found.changed_since,
        "delivery": found.delivery,
    }


def _print(found: ShownProposal) -> None:
    proposal = found.proposal
    print_fields(
        [
            ("proposal", proposal.id),
            (_WAYS[proposal.direction], proposal.peer or proposal.by),
            ("record", proposal.resource),
            ("title", found.title),
            ("proposed", when(proposal.created_at)),
            ("state", proposal.state),
            ("sent", found.delivery),
            ("decided", when(proposal.decided_at)),
            ("by", proposal.decided_by),
            ("with thanks", "yes" if proposal.credit else ""),
            ("result", proposal.result),
        ]
    )
    for name, value in proposal.changes.items():
        now = None if found.before is None else found.before.get(name)
        print_text(name, f"now: {_words(now)}\nproposed: {_words(value)}")
    if proposal.reason:
        print_text("because", proposal.reason)
    if proposal.answer:
        print_text("answer", proposal.answer)
    if found.changed_since:
        note("The record changed since this was proposed; to accept it: --anyway")


def _words(value: Any) -> str:
    if value in (None, [], (), {}):
        return "nothing"
    if isinstance(value, dict):
        return "; ".join(f"{tag}: {text}" for tag, text in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
