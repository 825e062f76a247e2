"""
Clock, chance, waiting and the web server are passed in, never reached for.

Reads the source of the lower packages (docs/adr/0002-seams.md); only node/ may do these things.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOWER = ("protocol", "content", "federation")
MODULES = (
    "random",
    "secrets",
    "uuid",
    "aiohttp.web",
    "aiohttp_jinja2",
    "freezegun",
    "numpy.random",
)
NAMES = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "os.urandom",
        "os.getrandom",
        "asyncio.sleep",
        "ulid.ULID.from_datetime",
        "ulid.ULID.from_timestamp",
        *(
            f"time.{name}{unit}"
            for name in ("time", "monotonic", "perf_counter", "process_time")
            for unit in ("", "_ns")
        ),
        *(f"time.{name}" for name in ("sleep", "gmtime", "localtime", "ctime")),
    }
)
PURE = frozenset({"uuid.UUID", "uuid.uuid5", "uuid.NAMESPACE_URL"})
"""Of these modules what is a function of its arguments alone: a UUID made of a name is a hash."""
ONLY_WITH_ARGUMENTS = frozenset({"ulid.ULID"})
"""Called without arguments, these look at the clock."""


def reached_for(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything in source that reaches past the seams."""
    tree = ast.parse(source)
    names = dict(_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _is_forbidden_module(alias.name):
                    yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if _is_forbidden_module(full):
                    yield node.lineno, full
        elif isinstance(node, ast.Name | ast.Attribute):
            full = _full_name(node, names)
            if full in NAMES or _is_forbidden_module(full):
                yield node.lineno, full
        elif isinstance(node, ast.Call) and not node.args and not node.keywords:
            full = _full_name(node.func, names)
            if full in ONLY_WITH_ARGUMENTS:
                yield node.lineno, f"{full}()"


def _is_forbidden_module(full: str) -> bool:
    return full not in PURE and any(
        full == module or full.startswith(f"{module}.") for module in MODULES
    )


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, alias.name
                else:
                    top = alias.name.split(".")[0]
                    yield top, top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        before = _full_name(node.value, names)
        return f"{before}.{node.attr}" if before else ""
    return ""


FILES = sorted(path for package in LOWER for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_below_node_reaches_for_time_chance_or_the_web_server(path: Path) -> None:
    found = [f"line {line}: {name}" for line, name in reached_for(path.read_text("utf-8"))]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime as moment\nmoment.utcnow()",
        "import datetime\nprint(datetime.datetime.today)",
        "import datetime as dt\ndt.date.today()",
        "import time\ntime.time()",
        "from time import monotonic as clock\nclock()",
        "import time\nlater = time.sleep",
        "import random",
        "import random as dice",
        "from random import choice",
        "def late():\n    import secrets\n    return secrets.token_hex()",
        "import uuid",
        "from uuid import uuid4",
        "import os\nos.urandom(8)",
        "from os import urandom\nurandom(8)",
        "import asyncio\nawait asyncio.sleep(0)",
        "from asyncio import sleep\nsleep(1)",
        "from aiohttp import web",
        "import aiohttp.web",
        "import aiohttp.web as web",
        "import aiohttp\naiohttp.web.Application()",
        "from aiohttp.web import Request",
        "from ulid import ULID\nULID()",
        "from ulid import ULID\nULID.from_datetime(now)",
    ],
)
def test_each_way_to_reach_is_noticed(source: str) -> None:
    assert list(reached_for(source))


@pytest.mark.parametrize(
    "source",
    [
        "clock.now()\nchance.bytes(8)\nawait clock.sleep(1)",
        "from datetime import datetime\ndatetime.fromisoformat(text)",
        "import asyncio\nasyncio.get_running_loop().call_later(1, stop)",
        "import aiohttp\naiohttp.ClientSession()",
        "from ulid import ULID\nULID(value)",
        "now = time\nrandom = 3\nrandom.choice",
        "import os\nos.fsync(3)",
    ],
)
def test_what_is_passed_in_is_fine(source: str) -> None:
    assert list(reached_for(source)) == []
