"""`hub resource import`: many records from a file, or the catalogue that ships with the program."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import click
import sqlite_utils

from content.people.permissions import Right
from content.resources.formats.guessing import READERS
from content.resources.importing import Import
from content.resources.record import ResourceRecord
from content.starter import starter_catalogue
from federation.publishing import ImportReport, import_resources
from node.cli.desk import Desk, desk
from node.cli.lines import report_problems, with_progress
from node.cli.options import TEXT_FILE, Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.cli.resource_mirror import check_mirror, gone_there, retract_gone
from node.cli.resource_reading import read_file
from node.cli.topics import topic_ids

BATCH = 200
"""Records a transaction: a running server gets its turn in between."""


@dataclass(slots=True)
class Totals:
    """What an import did so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    retracted: int = 0
    ids: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def count(self, report: ImportReport) -> None:
        """Add what one batch did."""
        self.added += report.added
        self.updated += report.updated
        self.unchanged += report.unchanged
        self.ids.extend(report.ids)


class DryRun(Exception):
    """Ends a transaction so that nothing of it is kept. report: what it would have done."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


@click.command("import")
@click.argument("file", type=TEXT_FILE, required=False)
@click.option(
    "--format",
    "shape",
    type=click.Choice(list(READERS)),
    help="Else guessed from the name of the file and how it begins.",
)
@click.option("--starter", is_flag=True, help="The catalogue that ships with the program.")
@click.option(
    "--country",
    "countries",
    multiple=True,
    metavar="CC",
    help="Of the starter catalogue only this country; repeat for several.",
)
@click.option(
    "--source",
    metavar="NAME",
    help="Where the file is from, such as data.city.example; its ids are known under this name.",
)
@click.option("--kind", metavar="ID", help="The kind of records that name none, such as report.")
@click.option(
    "--language", metavar="TAG", help="The language of records that name none, such as nl."
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="TOPIC",
    help="Of records that name none; repeat for several.",
)
@click.option(
    "--mirror",
    is_flag=True,
    help="Take back what came from --source before and is not in the file any more.",
)
@click.option("--yes", is_flag=True, help="Do not ask before something is taken back.")
@click.option("--skip-bad", is_flag=True, help="Import the good lines although some are bad.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@common
def import_file(
    common: Common,
    file: str | None,
    shape: str | None,
    starter: bool,
    countries: tuple[str, ...],
    source: str | None,
    kind: str | None,
    language: str | None,
    topics: tuple[str, ...],
    mirror: bool,
    yes: bool,
    skip_bad: bool,
    dry_run: bool,
) -> None:
    """
    Import and publish resources from a file, or - for stdin: JSON lines, CSV or DCAT (JSON-LD).

    A record that was imported before (by source and id there, or by url) is updated; the same file
    twice changes nothing. One bad line, and nothing is imported. See docs/catalogue.md.

    \b
    Example:
      hub resource import guides.csv --dry-run
      hub resource import catalog.jsonld --source data.city.example --kind dataset --mirror
      hub resource import --starter --country NL
    """
    if (file is None) == (not starter):
        raise click.UsageError("Name a FILE (or -), or say --starter.")
    if countries and not starter:
        raise click.UsageError("--country chooses from the starter catalogue: add --starter.")
    if starter and (shape or source or kind or language or topics or mirror):
        raise click.UsageError("The starter catalogue is what it is; these options are for a FILE.")
    if mirror:
        check_mirror(source, file, yes=yes, dry_run=dry_run)
    defaults = {"kind": kind, "language": language, "topics": topic_ids(topics) if topics else None}
    with desk(common, Right.CATALOGUE_EDIT) as at:
        found = _starter(countries) if starter else read_file(str(file), shape, source, defaults)
        report_problems([(bad.where, bad.reason) for bad in found.problems], skip_bad=skip_bad)
        gone = gone_there(at, str(source), found, yes=yes or dry_run) if mirror else ()
        totals = _tried(at, found.records) if dry_run else _imported(at, found.records)
        totals.gone = [each.id for each in gone]
        totals.retracted = len(gone) if dry_run else retract_gone(at, gone)
    if found.deleted and not mirror:
        note(
            f"{len(found.deleted)} lines tell that a record was taken back; --mirror follows them."
        )
    _tell(common, totals, found, dry_run=dry_run, starter=starter)


def _starter(countries: Sequence[str]) -> Import:
    records = starter_catalogue()
    wanted = {country.upper() for country in countries}
    known = {record.country for record in records}
    if unknown := sorted(wanted - known - {None}):
        names = ", ".join(sorted(code for code in known if code))
        raise Refused(f"The starter catalogue has nothing of {', '.join(unknown)}; it has {names}.")
    return Import(tuple(r for r in records if not wanted or r.country in wanted), ())


def _imported(at: Desk, records: Sequence[ResourceRecord]) -> Totals:
    totals = Totals()
    waiting = with_progress(records, "Importing")
    while batch := list(islice(waiting, BATCH)):
        totals.count(at.write(_importing(at, batch)))
    return totals


def _tried(at: Desk, records: Sequence[ResourceRecord]) -> Totals:
    importing = _importing(at, list(with_progress(records, "Trying")))

    def work(db: sqlite_utils.Database) -> None:
        raise DryRun(importing(db))

    totals = Totals()
    try:
        at.write(work)
    except DryRun as end:
        totals.count(end.report)
    return totals


def _importing(at: Desk, records: list[ResourceRecord]) -> Any:
    act = at.act_now()  # who asks what is new since must find what is stored late

    def work(db: sqlite_utils.Database) -> ImportReport:
        return import_resources(db, at.hub, records, act)

    return work


def _tell(common: Common, totals: Totals, found: Import, *, dry_run: bool, starter: bool) -> None:
    if common.json:
        print_json(
            {
                "dry_run": dry_run,
                "added": totals.added,
                "updated": totals.updated,
                "unchanged": totals.unchanged,
                "retracted": totals.retracted,
                "skipped": len(found.problems),
                "bad": [{"where": bad.where, "reason": bad.reason} for bad in found.problems],
                "ids": [] if dry_run else totals.ids,
                "gone": totals.gone,
            }
        )
        return
    would = "Would be " if dry_run else ""
    retracted = f"retracted {totals.retracted}, " if totals.retracted else ""
    say(
        f"{would}{'added' if dry_run else 'Added'} {totals.added}, updated {totals.updated}, "
        f"unchanged {totals.unchanged}, {retracted}skipped {len(found.problems)}."
    )
    if starter and not dry_run:
        note("Their links are marked as not yet checked.")
