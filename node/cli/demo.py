"""`hub demo`: four hubs on this machine."""

from pathlib import Path

import click

from node.cli.refusals import Refused


@click.command()
@click.option("--check", is_flag=True, help="Check each step from outside, then end: 0 or 1.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the folders of the hubs in this new folder.",
)
def command(check: bool, keep: Path | None) -> None:
    """
    See three hubs and a coalition work together on this machine, on the real catalogue.

    They are real processes that talk signed HTTP over loopback. The story is told as it happens;
    then the hubs stay up with addresses to open. Ctrl-C stops everything and cleans up.

    \b
    Example:
      hub demo
      hub demo --check
    """
    from node.demo.run import run_demo

    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise Refused(f"{keep} is not empty. Name a new folder: --keep DIR.")
    raise SystemExit(run_demo(check=check, keep=keep))
