"""The commands that bring experts in and out as files: import, export."""

from collections.abc import Iterable

import click
import sqlite_utils

from content.experts.record import ExpertInvalid, ExpertRecord, Scope, read_expert
from content.json_lines import read_object
from content.people.permissions import Right
from federation.experts_in_files import (
    READERS,
    ExpertImport,
    experts_as_hsds,
    exported_experts,
    import_experts,
    who,
    would_import,
)
from node.cli.desk import desk
from node.cli.lines import opened_lines, report_problems
from node.cli.options import TEXT_FILE, Common, common
from node.cli.output import note, print_json, say


@click.command("import")
@click.argument("file", type=TEXT_FILE)
@click.option("--update", is_flag=True, help="Correct who is listed already, where they differ.")
@click.option("--skip-bad", is_flag=True, help="Import the good lines although some are bad.")
@click.option("--dry-run", is_flag=True, help="Only check the lines.")
@common
def import_file(common: Common, file: str, update: bool, skip_bad: bool, dry_run: bool) -> None:
    """
    Add experts from a file of JSON lines, or - for stdin. One bad line, and nothing is imported.

    Who is listed already with the same name and organisation is left alone, or corrected with
    --update. The same file twice changes nothing.

    \b
    Example:
      hub expert import experts.jsonl --dry-run
    """
    with opened_lines(file) as lines:
        records, problems = _read(lines)
    with desk(common, Right.EXPERTS_EDIT) as at:
        report_problems(problems, skip_bad=skip_bad)

        def work(db: sqlite_utils.Database) -> ExpertImport:
            if dry_run:
                return would_import(db, records, at.act, update=update)
            return import_experts(db, at.hub, records, at.act, update=update)

        done = at.write(work)
        at.sweep()
    if common.json:
        print_json(
            {
                "dry_run": dry_run,
                "added": done.added,
                "updated": done.updated,
                "unchanged": done.unchanged,
                "skipped": len(problems),
                "ids": done.ids,
            }
        )
        return
    would = "Would be added" if dry_run else "Added"
    say(
        f"{would} {done.added}, corrected {done.updated}, listed already {done.unchanged},"
        f" skipped {len(problems)}."
    )


@click.command("export")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["jsonl", "hsds"]),
    default="jsonl",
    show_default=True,
    help="JSON lines that hub expert import reads, or HSDS 3 for directories of services.",
)
@click.option(
    "--for",
    "readers",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.PUBLIC.value,
    show_default=True,
    help="Who will read the file: everybody, approved hubs, or this hub only.",
)
@common
def export(common: Common, shape: str, readers: str) -> None:
    """
    Write the experts of this hub to stdout, as far as each agreed to be seen by these readers.

    Paused ones are left out. Mail addresses are in no file. Redirect the output into one, and mind
    who gets it: a listing that ends later does not end in files.

    \b
    Example:
      hub expert export > experts.jsonl
      hub expert export --format hsds --for network > experts.json
    """
    audience = READERS[Scope(readers)]
    with desk(common, Right.NETWORK_READ if readers != "hub" else Right.EXPERTS_EDIT) as at:
        experts = at.read(lambda db: list(exported_experts(db, audience)))
        page = at.read(lambda db: experts_as_hsds(db, at.hub, audience))
    if shape == "hsds":
        print_json(page)
    elif common.json:
        print_json({"items": [expert.record.model_dump(mode="json") for expert in experts]})
    else:
        for expert in experts:
            click.echo(expert.record.model_dump_json(exclude_defaults=True))
    note(f"{len(experts)} experts agreed to be seen by these readers.")


def _read(lines: Iterable[str]) -> tuple[list[ExpertRecord], list[tuple[int, str]]]:
    records: dict[tuple[str, str], ExpertRecord] = {}
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        text = line.removeprefix("\ufeff").strip()
        if not text:
            continue
        try:
            record = read_expert(read_object(text))
        except (ValueError, ExpertInvalid) as error:
            problems.append((number, str(error)))
            continue
        if who(record) in records:
            problems.append((number, "is the same expert as a line before."))
            continue
        records[who(record)] = record
    return list(records.values()), problems
