"""
The process of a server: from a folder and its settings to a hub that answers, and a clean end.

On SIGTERM or SIGINT it stops accepting, finishes what is under way within ten seconds, and ends.
Whatever was answered before is on disk, so a kill costs nothing but time.
"""

import asyncio
import gc
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import ClassVar, Final

from aiohttp import http_parser

from content.database import sqlite3, sqlite_is_affected
from federation.hub import Node
from node.app import build_app
from node.assembly import open_node
from node.audit_keeping import AuditKeeper
from node.errors import NodeError
from node.garbage import collect_seldom
from node.home import HubHome
from node.http_server import HubRunner
from node.key_renewal import KeyKeeper
from node.logs import log, set_up_logs
from node.mail.polling import Poller
from node.mail.sending import Postman
from node.mail.servers import imap_server, smtp_server
from node.settings import Settings, read_settings
from node.workers import Workers

STOP_SECONDS: Final = 10.0
BACKLOG: Final = 1024


class CannotServe(NodeError):
    """Something about this machine keeps the server from running safely (SECURITY.md S54)."""

    code: ClassVar[str] = "cannot-serve"


def serve(home: HubHome, settings: Settings, host: str, port: int) -> None:
    """
    Run the hub until SIGTERM or SIGINT. Blocks; call it in the main thread.

    Raises AlreadyServing, KeyFilesUnsafe, DatabaseTooNew, CannotServe and whatever else keeps it
    from starting, before it has opened a port.
    """
    # While the program is loaded nothing becomes garbage; looking for it costs a tenth of the time.
    gc.disable()
    home.check()
    _check_machine()
    set_up_logs(settings.log_level, settings.log_format)
    with home.locked(), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(home, settings, host, port))


async def _serve(home: HubHome, settings: Settings, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(open_node(home, settings, threaded=True))
        runner = HubRunner(build_app(node, settings, home), uncapped=settings.trusted_proxies)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        workers = Workers(
            node,
            keeper=KeyKeeper(home, node),
            audit=AuditKeeper(home, node),
            periods=settings.periods,
            postman=_postman(node, settings),
            poller=_poller(node, settings),
            links=settings.check_links,
        )
        stack.push_async_callback(workers.stop)
        try:
            await runner.listen(host, port, BACKLOG)
        except OSError as error:
            raise CannotServe(
                f"Cannot listen on {host}, port {port}: {error.strerror}. Is another program "
                "there? Choose another with --host and --port, or HUB_HOST and HUB_PORT."
            ) from None
        workers.start()
        collect_seldom()
        log.info("serving", origin=settings.origin, host=host, port=port)
        await stop.wait()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        log.info("stopping")
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await stack.aclose()
        except TimeoutError:
            log.warning("stopped-unfinished")
    log.info("stopped")


def _postman(node: Node, settings: Settings) -> Postman | None:
    """Return who sends mails, if a mail server is set. Raises MailServerUnusable."""
    server = smtp_server(settings)
    if server is None:
        return None
    server.tls_context()
    return Postman(node, server, settings.mail_sender)


def _poller(node: Node, settings: Settings) -> Poller | None:
    """Return who looks into the mailbox, if there is one. Raises MailServerUnusable."""
    server = imap_server(settings)
    if server is None:
        return None
    return Poller(node, server, settings.imap_folder, settings.mail_sender)


def _check_machine() -> None:
    if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
        raise CannotServe(
            "aiohttp has no compiled HTTP parser here, and the other one is not safe enough. "
            "Install a wheel of aiohttp for this machine, without AIOHTTP_NO_EXTENSIONS."
        )
    if sqlite_is_affected(sqlite3.sqlite_version_info):
        print(
            f"Warning: SQLite {sqlite3.sqlite_version} can lose writes in its usual mode. The hub "
            "uses a slower, safe one. Better: install pysqlite3.",
            file=sys.stderr,
        )


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop


def main() -> None:
    """Serve the hub in the folder that is named: `python -m node.process FOLDER`."""
    home = HubHome(Path(sys.argv[1]))
    try:
        settings = read_settings(home)
        serve(home, settings, settings.host, settings.port)
    except NodeError as error:
        sys.exit(f"Refused: {error}")


if __name__ == "__main__":
    main()
