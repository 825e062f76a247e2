"""`hub recover`: a lost hub comes back from its peers, or goes on after a loss."""

import asyncio

import click

from content.people.permissions import Right
from federation import adopting
from federation.pause import Pause
from node.cli.desk import desk, home_of
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.recovering import recover_hub
from node.settings import read_settings


@click.command()
@click.option(
    "--from", "sources", multiple=True, metavar="PEER", help="Who holds our log. Give all you know."
)
@click.option("--operator", default="operator", metavar="USER", help="The first user.")
@click.option("--go-on", is_flag=True, help="Publish again although entries may be missing.")
@common
def command(common: Common, sources: tuple[str, ...], operator: str, go_on: bool) -> None:
    """
    Bring back a hub whose database is lost, from the copies that other hubs hold of its log.

    Its folder must hold hub.toml and the keys, and no database. Everything is checked against our
    own signatures; what does not verify is refused. What the hub published comes back. Cases,
    drafts, users, tokens and the list of peers are in no log: take them from a backup, or begin
    anew.

    A restored backup needs none of this: it takes its lost entries back by itself (hub sync). Only
    if no peer can be reached any more, --go-on lets it publish again. If one of them holds entries
    that are missing here, it will see a fork then and trust this log no longer.

    \b
    Example:
      hub recover --from rights.barcelona.example --from rights.lisboa.example
    """
    if go_on == bool(sources):
        raise click.UsageError("Give either --from PEER, or --go-on.")
    if go_on:
        _go_on(common)
        return
    home = home_of(common)
    settings = read_settings(home)
    done = asyncio.run(
        recover_hub(home, settings, sources, common.as_user or operator, progress=_progress)
    )
    if common.json:
        print_json(done)
        return
    say(f"Recovered {done.entries} entries: {done.resources} resources, {done.experts} experts.")
    for problem in done.problems:
        note(f"  {problem}")
    note("\nNext: hub serve, then add and approve the peers again: hub peer add ADDRESS")


def _progress(host: str, entries: int) -> None:
    entries_so_far = "1 entry" if entries == 1 else f"{entries} entries"
    note(f"  {host}: {entries_so_far} so far")


def _go_on(common: Common) -> None:
    with desk(common, Right.OPERATE) as at:
        if not at.read(lambda db: Pause(db).why):
            raise Refused("This hub waits for nothing.")
        last = at.run(adopting.adopt_own(at.node))
        published = 0 if last.done else at.run(adopting.go_on(at.node, at.act))
    if common.json:
        print_json({"entries": last.entries, "published": published, "silent": last.silent})
        return
    say(f"Taken back: {last.entries} entries. The log of this hub goes on.")
