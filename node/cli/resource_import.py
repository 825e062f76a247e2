"""`hub resource import`: many records from a file, or the catalogue that ships with the program."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import click
import sqlite_utils

from content.people.permissions import Right
from content.resources.importing import read_jsonl
from content.resources.record import ResourceRecord
from content.starter import starter_catalogue
from federation.publishing import ImportReport, import_resources
from node.cli.desk import Desk, desk
from node.cli.lines import opened_lines, report_problems, with_progress
from node.cli.options import TEXT_FILE, Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused

BATCH = 200
"""Records a transaction: a running server gets its turn in between."""


@dataclass(slots=True)
class Totals:
    """What an import did so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    ids: list[str] = field(default_factory=list)

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
@click.option("--starter", is_flag=True, help="The catalogue that ships with the program.")
@click.option(
    "--country",
    "countries",
    multiple=True,
    metavar="CC",
    help="Of the starter catalogue only this country; repeat for several.",
)
@click.option("--skip-bad", is_flag=True, help="Import the good lines although some are bad.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@common
def import_file(
    common: Common,
    file: str | None,
    starter: bool,
    countries: tuple[str, ...],
    skip_bad: bool,
    dry_run: bool,
) -> None:
    """
    Import and publish resources from a file of JSON lines, or - for stdin.

    One line is one record, with the fields that `hub resource show --json` prints under "record".
    A record that was imported before (by url, or by source and source_id) is updated. One bad line,
    and nothing is imported.

    \b
    Example:
      hub resource import guides.jsonl --dry-run
      hub resource import --starter --country NL
    """
    if (file is None) == (not starter):
        raise click.UsageError("Name a FILE (or -), or say --starter.")
    if countries and not starter:
        raise click.UsageError("--country chooses from the starter catalogue: add --starter.")
    with desk(common, Right.CATALOGUE_EDIT) as at:
        records, problems = _starter(countries) if starter else _read(str(file))
        report_problems(problems, skip_bad=skip_bad)
        totals = _tried(at, records) if dry_run else _imported(at, records)
    totals.skipped = len(problems)
    _tell(common, totals, dry_run=dry_run, starter=starter)


def _read(file: str) -> tuple[Sequence[ResourceRecord], Sequence[tuple[int, str]]]:
    with opened_lines(file) as lines:
        found = read_jsonl(lines)
    return found.records, [(bad.line or 0, bad.reason) for bad in found.problems]


def _starter(
    countries: Sequence[str],
) -> tuple[Sequence[ResourceRecord], Sequence[tuple[int, str]]]:
    records = starter_catalogue()
    wanted = {country.upper() for country in countries}
    known = {record.country for record in records}
    if unknown := sorted(wanted - known - {None}):
        names = ", ".join(sorted(code for code in known if code))
        raise Refused(f"The starter catalogue has nothing of {', '.join(unknown)}; it has {names}.")
    return [r for r in records if not wanted or r.country in wanted], ()


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
    def work(db: sqlite_utils.Database) -> ImportReport:
        return import_resources(db, at.hub, records, at.act)

    return work


def _tell(common: Common, totals: Totals, *, dry_run: bool, starter: bool) -> None:
    if common.json:
        print_json(
            {
                "dry_run": dry_run,
                "added": totals.added,
                "updated": totals.updated,
                "unchanged": totals.unchanged,
                "skipped": totals.skipped,
                "ids": [] if dry_run else totals.ids,
            }
        )
        return
    would = "Would be " if dry_run else ""
    say(
        f"{would}{'added' if dry_run else 'Added'} {totals.added}, updated {totals.updated}, "
        f"unchanged {totals.unchanged}, skipped {totals.skipped}."
    )
    if starter and not dry_run:
        note("Their links are marked as not yet checked.")
