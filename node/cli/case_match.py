"""`hub case match`: who could answer a case, and why."""

import click

from content.people.permissions import Right
from federation.escalation.matching import CaseMatch, CaseMatches, match_case
from node.cli.desk import desk
from node.cli.options import RECORD, Common, common
from node.cli.output import Column, note, print_json, print_table, say

_KINDS = {"staff": "staff of this hub", "expert": "expert", "hub": "hub"}


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def match(common: Common, case_id: str) -> None:
    """
    Show who could answer a case, here and at approved hubs, with the reasons.

    First who fits best: + is what speaks for asking them, - what speaks against it. Fixed rules
    give the points (hub.toml, [matching]); nobody is asked by this command, and nothing leaves.

    \b
    Example:
      hub case match 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_READ) as at:
        found = at.read_noted(
            lambda db: match_case(db, at.hub, case_id, at.act.at, rules=at.settings.matching),
            "case.match",
            case_id,
        )
        own = at.hub.identity.host
    if common.json:
        print_json(found)
        return
    if not found.ranked:
        _print_by_name(found, own)
        return
    if not found.items:
        note(
            "Nobody fits. Add topics to the case (hub case correct), note what users know (hub user"
            " set NAME --topic TOPIC), or add experts (hub expert add) or peers (hub peer add)."
        )
        return
    for place, each in enumerate(found.items, 1):
        where = "" if each.kind == "staff" else ", here" if each.hub == own else f", at {each.hub}"
        say(f"{place}. {each.name} ({_KINDS[each.kind]}{where}): {each.score:g} points")
        for reason in each.reasons:
            say(f"   + {reason}")
        for caution in each.cautions:
            say(f"   - {caution}")
    if found.total > len(found.items):
        note(f"{found.total - len(found.items)} more have fewer points and are not shown.")
    _say_what_next(case_id, found.items, own)


def _print_by_name(found: CaseMatches, own: str) -> None:
    note("Ranking is switched off here ([matching] enabled in hub.toml): all, by name alone.")
    print_table(
        [Column("name", elastic=True), Column("kind"), Column("hub", elastic=True)],
        [(e.name, e.kind, "here" if e.hub == own else e.hub) for e in found.items],
    )
    if found.total > len(found.items):
        note(f"{found.total - len(found.items)} more are not shown.")


def _say_what_next(case_id: str, items: tuple[CaseMatch, ...], own: str) -> None:
    """Tell the command that fits the first of each kind."""
    staff = next((each for each in items if each.kind == "staff"), None)
    expert = next((each for each in items if each.kind == "expert" and each.hub == own), None)
    other = next((each for each in items if each.hub != own), None)
    if staff is not None:
        note(f"To give it to {staff.name}: hub case assign {case_id} {staff.id}")
    if expert is not None:
        note(
            f"To ask {expert.name}: tell them outside of this program, and give the case to their"
            f" account (hub user add NAME --role expert): hub case assign {case_id} NAME"
        )
    if other is not None:
        note(f"To ask {other.hub}, look first: hub escalate {case_id} --to {other.hub} --preview")
