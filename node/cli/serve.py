"""`hub serve`: run the hub."""

import os
import signal
import sys
import threading

import click

from node.cli.desk import home_of
from node.cli.options import Common, in_home
from node.process import serve
from node.settings import read_settings


@click.command()
@click.option("--host", metavar="ADDRESS", help="Where to listen. Else the setting: 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Else the setting: 8080.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@in_home
def command(common: Common, host: str | None, port: int | None, until_stdin_closes: bool) -> None:
    """
    Run the hub: its pages, its API, and its work with other hubs. Stop it with Ctrl-C.

    Put a web server with TLS in front of it. Commands work beside it.

    \b
    Example:
      hub serve --port 8080
    """
    home = home_of(common)
    settings = read_settings(home)
    if until_stdin_closes:
        threading.Thread(target=_stop_with_stdin, name="stdin-watch", daemon=True).start()
    serve(home, settings, host or settings.host, port or settings.port)


def _stop_with_stdin() -> None:
    """Stop this process when whoever started it is gone, however that came about."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
