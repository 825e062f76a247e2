"""The commands about links: look whether documents are there, and list what is not."""

import sys
from typing import Any, get_args

import click

from content.people.permissions import Right
from content.resources.link_checks import BROKEN, LinkCheck, LinkState, LinkStore
from federation.link_checking import check_links as look
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say, when

MOST = 100_000
_WORDS = {
    "ok": "there",
    "moved": "moved",
    "gone": "gone",
    "unreachable": "cannot be reached",
    "refused": "not told by the server",
    "disallowed": "not checked, as the site asks programs to stay away",
    "unchecked": "not yet checked",
}
Report = list[tuple[LinkCheck, tuple[str, ...]]]


@click.command("check-links")
@click.option("--due", is_flag=True, help="Only those whose turn it is, as the server does.")
@common
def check_links(common: Common, due: bool) -> None:
    """
    Look whether the documents behind the links of this hub's resources are there.

    Politely: one question at a time to one server, with pauses, and only what its robots.txt
    allows. It can be stopped at any moment; what was seen is kept. Nothing is taken back because
    of it. The server does the same by itself (setting check_links): every link about once a month,
    broken ones more often.

    \b
    Example:
      hub resource check-links --due
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        links = at.read(lambda db: LinkStore(db).to_check(at.act.at, MOST, due_only=due))
        done = at.run(look(at.node, links, _progress))
        if sys.stderr.isatty() and links:
            click.echo("", err=True)
        report = at.read(lambda db: LinkStore(db).report((*BROKEN, "moved")))
    if common.json:
        print_json(
            {
                "looked": done.looked,
                "busy": done.later,
                "states": done.states,
                "items": [_plain(*each) for each in report],
            }
        )
        return
    states = ", ".join(f"{_WORDS[name]} {count}" for name, count in sorted(done.states.items()))
    say(f"Looked at {done.looked} links{f': {states}' if states else ''}.")
    if done.later:
        note(f"{done.later} servers were busy; these links are looked at later.")
    _print(report)


@click.command()
@click.option(
    "--state",
    "states",
    type=click.Choice(get_args(LinkState)),
    multiple=True,
    help="Only these; repeat. Else gone, unreachable and moved.",
)
@common
def links(common: Common, states: tuple[LinkState, ...]) -> None:
    """
    List the links that are gone, cannot be reached or have moved, and since when.

    \b
    Example:
      hub resource links --state gone
    """
    wanted = states or (*BROKEN, "moved")
    with desk(common, Right.CATALOGUE_EDIT) as at:
        report = at.read(lambda db: LinkStore(db).report(wanted))
        counts = at.read(lambda db: LinkStore(db).counts())
    if common.json:
        print_json({"counts": counts, "items": [_plain(*each) for each in report]})
        return
    say(", ".join(f"{_WORDS[name]} {count}" for name, count in counts.items()) or "No links.")
    _print(report)


def _print(report: Report) -> None:
    for check, ids in report:
        say(f"\n{_WORDS[check.status]} since {when(check.since)} UTC: {check.link}")
        say(f"  {check.reason}")
        say(f"  of {', '.join(ids)}")
    if report:
        note("Correct a link: hub resource update ID --url URL. Nothing is taken back by itself.")


def _plain(check: LinkCheck, ids: tuple[str, ...]) -> dict[str, Any]:
    return {
        "link": check.link,
        "status": check.status,
        "reason": check.reason,
        "moved_to": check.moved_to,
        "since": check.since,
        "checked_at": check.checked_at,
        "ulids": ids,
    }


def _progress(done: int, total: int) -> None:
    """Show on a terminal how far it is."""
    if sys.stderr.isatty():
        click.echo(f"\r  {done} of {total} links ", err=True, nl=False)
