"""`hub backup`: all data of the hub in one file, and its keys, encrypted, in another."""

import sys
from pathlib import Path

import click

from content.backups import BACKUP, MADE, MADE_KEYS
from content.changes import ChangeStore
from content.people.permissions import Right
from node.backing_up import BackedUp, back_up, back_up_keys
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.passphrase import ask_passphrase
from node.cli.progress import progress_on_stderr

FILE: click.Path = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE, required=False, metavar="[FILE]")
@click.option("--keys", "key_file", type=FILE, metavar="FILE", help="Write the keys there, too.")
@click.option(
    "--passphrase-file", type=FILE, metavar="FILE", help="Its first line. Else asked, or stdin."
)
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
@common
def command(
    common: Common,
    file: Path | None,
    key_file: Path | None,
    passphrase_file: Path | None,
    overwrite: bool,
) -> None:
    """
    Back up this hub while it runs: its data into FILE, its keys into another one.

    The data hold the texts of cases only as they lie in the database: encrypted. The keys open
    them, so keep the two files in different places. The file of the keys is encrypted with a
    passphrase (age format); make a new one whenever keys were changed (hub keys rotate). Sealing
    keys change every month: without the newest, what was sealed to them cannot be opened.

    \b
    Example:
      hub backup /media/usb/hub-2026-11-25.sqlite
      hub backup --keys /media/safe/hub-keys.age
    """
    if file is None and key_file is None:
        raise click.UsageError("Name a FILE for the data, or --keys FILE, or both.")
    made: BackedUp | None = None
    count: int | None = None
    with desk(common, Right.OPERATE) as at:
        origin = at.hub.identity.origin
        # The passphrase first: nobody wants to be asked when the long part is done.
        phrase = "" if key_file is None else ask_passphrase(passphrase_file, new=True)
        if key_file is not None:
            count = back_up_keys(at.home, origin, key_file, phrase, at.act.at, overwrite=overwrite)
            at.write(lambda db: ChangeStore(db).record(at.act, MADE_KEYS, BACKUP, f"{count} files"))
        if file is not None:
            with progress_on_stderr("copied", quiet=common.json) as progress:
                made = back_up(
                    at.home, origin, file, at.act.at, overwrite=overwrite, progress=progress
                )
            size = made.bytes
            at.write(lambda db: ChangeStore(db).record(at.act, MADE, BACKUP, f"{size} bytes"))
    if common.json:
        print_json(
            {
                "file": None if made is None else str(made.file),
                "bytes": None if made is None else made.bytes,
                "rows": None if made is None else made.rows,
                "keys": None if key_file is None else str(key_file),
                "key_files": count,
            }
        )
        return
    if made is not None:
        say(f"Backed up {made.rows:,} rows into {made.file} ({made.bytes / 2**20:.1f} MB).")
    if key_file is not None:
        say(f"Backed up {count} key files into {key_file}, encrypted.")
    if made is not None and sys.stderr.isatty():
        note(f"See whether it can be restored: hub restore {made.file} --verify")
