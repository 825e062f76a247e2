"""`hub restore`: bring a backup back, or see whether it could be brought back."""

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from node.cli.desk import home_of, who_acts
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.passphrase import ask_passphrase
from node.cli.progress import progress_on_stderr
from node.cli.refusals import Refused
from node.clock import WallClock
from node.home import HubHome
from node.key_backup import KeyBackup, decrypt_keys
from node.restoring import Looked, restore, stage

FILE: click.Path = click.Path(path_type=Path, dir_okay=False, exists=True)
_SIGNS = {True: "ok    ", False: "BROKEN", None: "-     "}
LARGEST_KEY_FILE = 8 * 1024 * 1024


@click.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--keys", "key_file", type=FILE, metavar="FILE", help="The file of the keys.")
@click.option(
    "--passphrase-file", type=FILE, metavar="FILE", help="Its first line. Else asked, or stdin."
)
@click.option("--verify", is_flag=True, help="Only see whether all of it is there and sound.")
@click.option("--overwrite", is_flag=True, help="Put it in the place of the database of now.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def command(
    common: Common,
    file: Path,
    key_file: Path | None,
    passphrase_file: Path | None,
    verify: bool,
    overwrite: bool,
    yes: bool,
) -> None:
    """
    Bring a backup back into the folder of the hub, or into a new one. Stop the server first.

    What the hub published since the backup comes back from its peers by itself, before it
    publishes anything new. Cases, drafts and users are as old as the backup. With --overwrite the
    database of now is kept beside the new one; delete it when it is not needed any more.

    With --verify nothing is restored: the backup is unpacked into a temporary folder, its database,
    log, audit, numbers of rows and, with --keys, its keys are checked, and the folder is deleted.

    \b
    Example:
      hub restore hub-2026-11-25.sqlite --keys hub-keys.age --verify
      hub restore hub-2026-11-25.sqlite --keys hub-keys.age
    """
    if verify and overwrite:
        raise click.UsageError("With --verify nothing is overwritten.")
    if overwrite and not yes and not common.json and sys.stdin.isatty():
        click.confirm(
            f"Put {file} in the place of the database in {home_of(common).path}?",
            abort=True,
            err=True,
        )
    keys = _keys(key_file, passphrase_file)
    if verify:
        _verify(common, file, keys)
        return
    now, home = WallClock().now(), home_of(common)
    with progress_on_stderr("restored", quiet=common.json) as progress:
        done = restore(
            home,
            file,
            keys=keys,
            who=lambda db: who_acts(db, common.as_user),
            now=now,
            overwrite=overwrite,
            progress=progress,
        )
    has_keys = home.keys.is_dir() and any(home.keys.iterdir())
    if common.json:
        print_json(
            {
                "made_at": done.note.made_at,
                "origin": done.note.origin,
                "checks": _as_json(done.looked),
                "key_files": done.keys,
                "has_keys": has_keys,
                "before": None if done.before is None else str(done.before),
            }
        )
        return
    _show(done.looked)
    say(f"Restored {done.note.origin} as of {done.note.made_at:%Y-%m-%d %H:%M} UTC.")
    if done.before is not None:
        note(f"The database of before is {done.before}. Delete it when all is well.")
    if not has_keys:
        note("There are no keys here yet. Put keys/ back, or write: hub keys recover")
    note("Next: hub doctor, then hub serve. It asks its peers for what it published since.")


def _verify(common: Common, file: Path, keys: KeyBackup | None) -> None:
    with (
        TemporaryDirectory(prefix="hub-restore-") as folder,
        progress_on_stderr("unpacked", quiet=common.json) as progress,
    ):
        staged = stage(file, HubHome(Path(folder)), keys, WallClock().now(), progress)
    good = all(each.ok is not False for each in staged.looked)
    if common.json:
        print_json(
            {
                "good": good,
                "made_at": staged.note.made_at,
                "origin": staged.note.origin,
                "version": staged.note.version,
                "checks": _as_json(staged.looked),
            }
        )
    else:
        _show(staged.looked)
        made = f"{staged.note.made_at:%Y-%m-%d %H:%M} UTC"
        say(f"Backup of {staged.note.origin}, {made}: {'good' if good else 'NOT good'}.")
    if not good:
        raise SystemExit(1)


def _keys(file: Path | None, passphrase_file: Path | None) -> KeyBackup | None:
    if file is None:
        if passphrase_file is not None:
            raise click.UsageError("--passphrase-file goes with --keys.")
        return None
    if file.stat().st_size > LARGEST_KEY_FILE:
        raise Refused(f"{file} is too large for a file of keys.")
    return decrypt_keys(file.read_bytes(), ask_passphrase(passphrase_file, new=False))


def _show(looked: Iterable[Looked]) -> None:
    for each in looked:
        say(f"{_SIGNS[each.ok]}  {each.what}: {each.found}")


def _as_json(looked: Iterable[Looked]) -> list[dict[str, object]]:
    return [each._asdict() for each in looked]
