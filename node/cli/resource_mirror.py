"""The part of an import that takes back what its source has no longer: shown first, then done."""

import sys
from collections.abc import Sequence
from itertools import islice

import click
import sqlite_utils

from content.language import best_text
from content.resources.importing import Import
from content.resources.resource import Resource
from federation.mirroring import no_longer_there, retract_all
from node.cli.desk import Desk
from node.cli.lines import with_progress
from node.cli.output import note
from node.cli.refusals import Refused

BATCH = 100
_SHOWN = 20


def check_mirror(source: str | None, file: str | None, *, yes: bool, dry_run: bool) -> None:
    """Refuse a mirror of nothing in particular, and one that could not ask anybody."""
    if not source:
        raise click.UsageError(
            "--mirror takes back what came from one source before: add --source NAME."
        )
    if file == "-" and not (yes or dry_run):
        raise click.UsageError(
            "--mirror asks before it takes anything back, and stdin is the file here: add --yes."
        )


def gone_there(at: Desk, source: str, found: Import, *, yes: bool) -> tuple[Resource, ...]:
    """
    Return what the source has no longer, shown on stderr and agreed to.

    Raises Refused where nobody agrees, and where the file has bad lines: what they are about
    would look as if it were gone.
    """
    if found.problems:
        raise Refused(
            "The file has bad lines, and what they are about would be taken back. Correct them, or"
            " import without --mirror."
        )

    def work(db: sqlite_utils.Database) -> tuple[Resource, ...]:
        return no_longer_there(db, source, found.records)

    gone = at.read(work)
    if not gone:
        return ()
    note(f"{len(gone)} of {source} are not in the file any more:")
    for each in gone[:_SHOWN]:
        title = best_text(each.record.title, at.hub.identity.language, each.record.language)[1]
        note(f"  {each.id}  {title}")
    if len(gone) > _SHOWN:
        note(f"  ... and {len(gone) - _SHOWN} more.")
    if not yes:
        if not sys.stdin.isatty():
            raise Refused("Nobody is there to be asked. Say --yes to take them back for ever.")
        click.confirm("Take them back, here and at every hub that has them?", abort=True, err=True)
    return gone


def retract_gone(at: Desk, gone: Sequence[Resource]) -> int:
    """Take these back; return how many it were."""
    done = 0
    waiting = with_progress([each.id for each in gone], "Taking back")
    while batch := list(islice(waiting, BATCH)):

        def work(db: sqlite_utils.Database, batch: list[str] = batch) -> int:
            return retract_all(db, at.hub, batch, at.act_now())

        done += at.write(work)
    if done:
        at.sweep()
    return done
