"""`hub demo`: set up, tell the story, stay up or end, and leave nothing behind."""

import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

from node.demo.canaries import look_for_canaries
from node.demo.cast import Cast
from node.demo.network import PASSWORD, RunningHub, choose_addresses, stop_all
from node.demo.outside import StoryStopped
from node.demo.story import STEPS, tell_story
from node.demo.telling import Teller


class Interrupted(Exception):
    """The person, or the system, asks the demo to stop."""


def run_demo(*, check: bool, keep: Path | None) -> int:
    """
    Run the demo; return the exit status.

    0 when all was well, and when a person ended it after the story; 1 when something was not as it
    must be; 130 when it was interrupted before.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            return _run(keep.resolve(), check=check, keep=True)
        with tempfile.TemporaryDirectory(prefix="rights-hub-demo-") as folder:
            return _run(Path(folder), check=check, keep=False)
    except Interrupted:
        click.echo("Stopped; nothing is left running.", err=True)
        return 130


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    # A second Ctrl-C must not cut the cleaning up short.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Interrupted


def _run(folder: Path, *, check: bool, keep: bool) -> int:
    hubs, remarks = choose_addresses(folder)
    if keep:
        click.echo(f"The folders of the hubs are kept in {folder}", err=True)
    teller = Teller(STEPS + check, check=check)
    for remark in remarks:
        click.echo(f"Note: {remark}", err=True)
    try:
        cast = Cast(hubs, teller)
        try:
            tell_story(cast)
            if check:
                look_for_canaries(cast)
        except StoryStopped as stopped:
            teller.see(False, str(stopped))
            _show_logs(hubs)
        if check:
            return _verdict(teller)
        if not teller.all_good:
            return 1
        try:
            _stay(cast)
        except Interrupted:
            click.echo("\nStopping the hubs ...", err=True)
        return 0
    finally:
        stop_all(hubs)


def _verdict(teller: Teller) -> int:
    bad = [item for item in teller.seen if not item.good]
    click.echo(
        f"\n{len(teller.seen) - len(bad)} of {len(teller.seen)} things seen from outside are as "
        f"they must be, in {teller.seconds:.0f} seconds."
    )
    for item in bad:
        click.echo(f"  ✗ {item.what}")
    return 1 if bad else 0


def _show_logs(hubs: Sequence[RunningHub]) -> None:
    for hub in hubs:
        end = hub.log_end()
        if end:
            click.echo(f"The log of {hub.city} ends:\n{end}\n", err=True)


def _stay(cast: Cast) -> None:
    """Print what there is to open, and wait for Ctrl-C."""
    click.echo(click.style("\nThe hubs stay up. Open in a browser:", bold=True))
    for hub in cast.hubs:
        click.echo(f"  {hub.origin:<22} {hub.place.name}")
    click.echo("\nFor the pages of the staff, sign in at /sign-in of a hub:")
    for hub in cast.hubs:
        click.echo(f"  {hub.origin}/sign-in   name {hub.place.operator}, password: {PASSWORD}")
    amsterdam = cast.amsterdam
    click.echo(
        "\nFor programs, the API of Amsterdam with its operator's token:\n"
        f'  curl -H "Authorization: Bearer {amsterdam.token}" \\\n'
        f"    {amsterdam.origin}/api/v1/escalations\n"
        "\nCommands of this hub, in another terminal:\n"
        f"  {_program()} --home {amsterdam.home} peer list\n"
        "\nCtrl-C stops everything."
    )
    sys.stdout.flush()
    while True:
        time.sleep(1)
        for hub in cast.hubs:
            if hub.process is not None and hub.process.poll() is not None:
                hub.process = None
                click.echo(f"{hub.place.name} has stopped. Its log:\n{hub.log_end()}", err=True)


def _program() -> str:
    """Return how this program was called, as a person would type it."""
    name = Path(sys.argv[0])
    return str(name) if name.name == "hub" else f"{Path(sys.executable).name} -m node.cli.main"
