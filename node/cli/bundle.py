"""`hub bundle`: logs as files, for hubs with poor links."""

from pathlib import Path

import click

from content.people.permissions import Right
from federation.bundling import Bundled, export_bundle, import_bundle
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """
    Carry public logs by file: on a stick, by mail, over whatever link there is.

    A bundle needs no trust in who carries it: it is checked as what a server shows is checked.
    """


@command.command("export")
@click.argument("file", type=FILE)
@click.option(
    "--log", "who", metavar="HUB", help="Whose log: a host or a permanent name. Else ours."
)
@click.option(
    "--after", type=click.IntRange(0), default=0, metavar="SEQ", help="Leave out what comes before."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@common
def export(common: Common, file: Path, who: str | None, after: int, force: bool) -> None:
    """
    Write a public log that is held here to a file.

    \b
    Example:
      hub bundle export barcelona.bundle.gz --log rights.barcelona.example
      hub bundle export news.bundle.gz --after 1200
    """
    if file.exists() and not force:
        raise Refused(f"{file} is there already. Give another name, or --force.")
    growing = file.with_name(f"{file.name}.part")  # the file appears when it is complete
    try:
        with desk(common, Right.OPERATE) as at, growing.open("wb") as stream:
            done = at.run(export_bundle(at.node, who, stream, after=after))
        growing.replace(file)
    finally:
        growing.unlink(missing_ok=True)
    _tell(common, done, f"{done.entries} entries of {done.host}, up to number {done.seq}: {file}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@common
def import_(common: Common, file: Path) -> None:
    """
    Take in what a bundle has beyond what is held here, after checking all of it.

    Of an active peer it enters the catalogue. The log of another hub is kept as a copy, and enters
    the catalogue when that hub is an active peer.

    \b
    Example:
      hub bundle import barcelona.bundle.gz
    """
    with desk(common, Right.OPERATE) as at, file.open("rb") as stream:
        done = at.run(import_bundle(at.node, stream, progress=_progress(common)))
    entries = "1 new entry" if done.entries == 1 else f"{done.entries} new entries"
    beside = f". Kept as a copy beside the catalogue: {done.beside}" if done.beside else ""
    _tell(common, done, f"{done.host}: {entries}, up to number {done.seq}{beside}")


def _progress(common: Common) -> "_Progress | None":
    return None if common.json else _Progress()


class _Progress:
    """Says now and then how far an import is."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, entries: int) -> None:
        if entries - self._told >= 10_000:
            self._told = entries
            note(f"{entries} entries so far ...")


def _tell(common: Common, done: Bundled, words: str) -> None:
    if common.json:
        print_json(done)
    else:
        say(words)
