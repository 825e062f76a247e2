"""`hub resource export`: the catalogue as a file, as far as its readers may have it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from content.people.permissions import Right
from content.resources.formats.shapes import Entry, written
from federation.exporting import READERS, Wanted, all_entries
from federation.policy import Door
from node.catalogue_files import FORMATS, languages_needed
from node.cli.desk import Desk, desk
from node.cli.options import Common, common
from node.cli.output import note, print_json


@click.command("export")
@click.option(
    "--format",
    "shape",
    type=click.Choice(list(FORMATS)),
    default="jsonl",
    show_default=True,
    help="JSON lines, CSV for spreadsheets, or DCAT-AP (JSON-LD) for data portals.",
)
@click.option(
    "--for",
    "readers",
    type=click.Choice(list(READERS)),
    default="public",
    show_default=True,
    help="Who will read the file: everybody, approved hubs, or this hub only.",
)
@click.option("--hub", metavar="HOST", help="Of another hub, or 'all' for this hub and all others.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Else stdout.",
)
@common
def export(common: Common, shape: str, readers: str, hub: str | None, output: Path | None) -> None:
    """
    Write the published resources of this hub into a file that `hub resource import` reads back.

    What its label keeps from these readers is left out. Drafts are in no file.

    \b
    Example:
      hub resource export --format csv --output resources.csv
      hub resource export --format dcat --hub all > catalogue.jsonld
    """
    wanted = Wanted(Door.EXPORT, READERS[readers], hub)
    with desk(common, Right.NETWORK_READ if readers == "public" else Right.CATALOGUE_EDIT) as at:
        if common.json:
            entries = list(_entries(at, wanted))
            print_json({"items": [_plain(each) for each in entries]})
            note(f"{len(entries)} resources may be seen by these readers.")
            return
        languages = languages_needed(shape, lambda: _entries(at, wanted))
        counted = _Counted(_entries(at, wanted))
        pieces = written(FORMATS[shape].writing(at.hub.identity, languages), counted)
        if output is None:
            sys.stdout.buffer.writelines(pieces)
            sys.stdout.buffer.flush()
        else:
            with output.open("wb") as file:
                file.writelines(pieces)
    note(f"{counted.count} resources may be seen by these readers.")


class _Counted:
    """Entries that are counted as they go by."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = entries
        self.count = 0

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._entries:
            self.count += 1
            if self.count % 5000 == 0 and sys.stderr.isatty():
                click.echo(f"\r  {self.count}", err=True, nl=False)
            yield entry


def _entries(at: Desk, wanted: Wanted) -> Iterator[Entry]:
    return all_entries(at.read, at.hub, wanted)


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "hub": entry.hub,
        "published_at": entry.published,
        "updated_at": entry.modified,
        "record": entry.record,
    }
