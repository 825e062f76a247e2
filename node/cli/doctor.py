"""`hub doctor`: is this hub well, and what to do where it is not?"""

import asyncio
from collections.abc import Iterator

import click

from node.assembly import open_node
from node.cli.desk import home_of
from node.cli.options import Common, common
from node.cli.output import print_json, say
from node.cli.refusals import in_words
from node.findings.hub import Finding, of_folder, of_origin, of_sqlite
from node.findings.running import of_running
from node.home import HubHome
from node.settings import Settings, read_settings

_MARKS = {"ok": "ok    ", "look": "look  ", "broken": "BROKEN"}


@click.command()
@common
def command(common: Common) -> None:
    """
    Check this hub: folder, keys, database, settings, clock, peers, queues, audit.

    Each line says ok, look or BROKEN, and what to do. Ends with 1 when something is broken.

    \b
    Example:
      hub doctor
    """
    findings: list[Finding] = []
    for finding in examine(home_of(common)):
        findings.append(finding)
        if not common.json:
            say(f"{_MARKS[finding.state]}  {finding.what}: {finding.found}")
            if finding.advice:
                say(f"        {finding.advice}")
    broken = any(finding.state == "broken" for finding in findings)
    if common.json:
        print_json({"well": not broken, "findings": [finding._asdict() for finding in findings]})
    if broken:
        raise SystemExit(1)


def examine(home: HubHome) -> Iterator[Finding]:
    """Look at one thing after the other; stop where the rest makes no sense any more."""
    home.check()
    yield Finding("ok", "folder", str(home.path))
    yield from of_folder(home)
    yield from of_sqlite(home)
    try:
        settings = read_settings(home)
    except Exception as error:
        yield _broken("settings", error)
        return
    yield Finding("ok", "settings", str(home.toml))
    serving = home.is_serving()
    yield Finding("ok", "server", "running" if serving else "not running (hub serve starts it)")
    try:
        yield from asyncio.run(_opened(home, settings, serving))
    except Exception as error:
        yield _broken("hub", error)


async def _opened(home: HubHome, settings: Settings, serving: bool) -> list[Finding]:
    async with open_node(home, settings, threaded=False) as node:
        findings = [Finding("ok", "keys", "all there, and they fit")]
        findings += await node.database.read(lambda db: of_running(db, node, settings, home))
        if serving:
            findings.append(await of_origin(node, settings))
        return findings


def _broken(what: str, error: Exception) -> Finding:
    words = in_words(error)
    if words is None:
        raise error
    return Finding("broken", what, words, "Correct this first, then run hub doctor again.")
