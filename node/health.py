"""
How the node is doing: live, ready, and figures for Prometheus.

Only counts and ages, nothing of what is kept. /metrics answers programs on this machine, and
operators with a token (SECURITY.md S53, R28).
"""

import platform
import shutil
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final

import sqlite_utils
from aiohttp import web

from content.backups import BACKUP, MADE
from content.database import sqlite3
from content.people.permissions import Right
from content.times import from_text, to_text
from node.access import principal_of, require
from node.app_keys import HOME, NODE

LEAST_FREE: Final = 0.05
"""Share of the disk that must be free for the hub to call itself ready (R12)."""
_PROXY_FIELDS = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
_OLDEST = {
    "inbox": "select min(received_at) from inbox where state = 'waiting'",
    "deliveries": "select min(at) from deliveries where state = 'waiting'",
}
_LAST_BACKUP = "select max(at) from changes where subject = ? and access = 0 and what = ?"
_COUNTS = (
    ("hub_inbox", "state", "waiting", "select count(*) from inbox where state = 'waiting'"),
    ("hub_inbox", "state", "quarantined", "select count(*) from inbox where state = 'quarantined'"),
    ("hub_deliveries", "state", "waiting", "select count(*) from deliveries where state='waiting'"),
    ("hub_deliveries", "state", "failed", "select count(*) from deliveries where state = 'failed'"),
    ("hub_peers", "state", "active", "select count(*) from peers where state = 'active'"),
    ("hub_followers", "", "", "select count(*) from followers"),
)


def health_routes() -> list[web.RouteDef]:
    """Return the routes of this module."""
    return [
        web.get("/healthz", live),
        web.get("/readyz", ready),
        web.get("/metrics", metrics),
    ]


async def live(_request: web.Request) -> web.Response:
    """GET /healthz: the process runs and its loop turns."""
    return web.json_response({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: the database answers and the disk has room; else 503 and what is wrong."""
    node, home = request.app[NODE], request.app[HOME]
    wrong = []
    try:
        await node.database.read_public(lambda db: db.execute("select 1").fetchone())
    except Exception:
        wrong.append("database")
    disk = shutil.disk_usage(home.path)
    if disk.free < disk.total * LEAST_FREE:
        wrong.append("disk")
    body = {"status": "not ready" if wrong else "ready", "wrong": wrong}
    status = 503 if wrong else 200
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics in the text format of Prometheus, version 0.0.4."""
    if not _is_local(request):
        require(await principal_of(request), Right.OPERATE)
    node, home = request.app[NODE], request.app[HOME]
    counts, oldest, backup = await node.database.read(_figures)
    now = node.clock.now()
    files = (home.database, home.database.with_name(home.database.name + "-wal"))
    lines = [
        *_family("hub_build_info", "gauge", "What runs here.", [(_build(), 1)]),
        *_family("hub_database_bytes", "gauge", "Size of the database.", [("", _size(files))]),
    ]
    names = dict.fromkeys(name for name, *_ in _COUNTS)
    for name in names:
        found = [
            (_label(label, value), counts[name, value])
            for n, label, value, _ in _COUNTS
            if n == name
        ]
        lines += _family(name, "gauge", "Number now.", found)
    ages = [
        (
            _label("queue", queue),
            0 if at is None else max(0, round((now - from_text(at)).total_seconds(), 3)),
        )
        for queue, at in oldest.items()
    ]
    lines += _family("hub_oldest_waiting_seconds", "gauge", "Age of what waits longest.", ages)
    if backup is not None:
        at = [("", from_text(backup).timestamp())]
        lines += _family("hub_last_backup_seconds", "gauge", "Time of the last backup.", at)
    lines += _family("hub_clock_seconds", "gauge", "Time of this hub.", [("", now.timestamp())])
    return web.Response(
        body="".join(f"{line}\n" for line in lines).encode(),
        headers={
            "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Hub-Time": to_text(now),
        },
    )


def _figures(
    db: sqlite_utils.Database,
) -> tuple[dict[tuple[str, str], int], dict[str, str | None], str | None]:
    counts = {(name, value): int(db.execute(sql).fetchone()[0]) for name, _, value, sql in _COUNTS}
    oldest = {queue: db.execute(sql).fetchone()[0] for queue, sql in _OLDEST.items()}
    return counts, oldest, db.execute(_LAST_BACKUP, (BACKUP, MADE)).fetchone()[0]


def _family(name: str, kind: str, text: str, samples: Iterable[tuple[str, Any]]) -> Iterable[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{labels} {value}"


def _label(name: str, value: str) -> str:
    return f'{{{name}="{value}"}}' if name else ""


def _build() -> str:
    return (
        f'{{version="{version("rights-hub")}",python="{platform.python_version()}",'
        f'sqlite="{sqlite3.sqlite_version}"}}'
    )


def _size(files: Iterable[Any]) -> int:
    return sum(file.stat().st_size for file in files if file.exists())


def _is_local(request: web.Request) -> bool:
    """Return whether a program on this machine asks, and not a proxy for somebody else."""
    remote = request.remote or ""
    local = remote.startswith("127.") or remote == "::1"
    return local and not any(field in request.headers for field in _PROXY_FIELDS)
