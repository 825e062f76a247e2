"""A terminal for tests: the real entry point on a real folder, in this process."""

import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from click.testing import CliRunner

from content.database import connect
from node.cli.main import cli

ORIGIN = "http://127.0.0.9:9809"
ENVIRONMENT: dict[str, str | None] = {
    "HUB_HOME": None,
    "HUB_USER": None,
    "HUB_TRUSTED_AUTHORITIES": "127.0.0.9:9809,127.0.0.10:9810",
    "COLUMNS": "80",
}
INIT = (
    *("--origin", ORIGIN, "--name", "Rights Hub Test", "--city", "Amsterdam", "--country", "NL"),
    *("--language", "en", "--timezone", "Europe/Amsterdam", "--operator", "femke"),
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


class Terminal:
    """Runs commands of the hub in one folder."""

    def __init__(self, home: Path, recovery: str = "") -> None:
        """recovery: the recovery key that was printed when the hub was founded."""
        self.home = home
        self.recovery = recovery

    def run(self, *arguments: str, text: str | bytes | None = None, **env: str) -> Printed:
        """Run a command with text on its stdin; say how it went."""
        result = CliRunner().invoke(
            cli,
            ["--home", str(self.home), *arguments],
            input=text,
            env={**ENVIRONMENT, **env},
            prog_name="hub",
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Printed(result.exit_code, result.stdout, result.stderr)

    def json(self, *arguments: str, text: str | None = None) -> Any:
        """Run a command with --json that must succeed; return what it printed."""
        printed = self.run(*arguments, "--json", text=text)
        assert printed.status == 0, printed.err
        return printed.json

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the database answers; for what no command shows."""
        db = connect(self.home / "hub.sqlite", writes=False)
        try:
            return [tuple(row) for row in db.execute(question).fetchall()]
        finally:
            db.close()

    def contents(self) -> dict[str, int]:
        """Return how many rows each table has: equal before and after, and nothing was stored."""
        tables = [row[0] for row in self.rows("select name from sqlite_schema where type='table'")]
        return {name: self.rows(f"select count(*) from [{name}]")[0][0] for name in tables}  # noqa: S608


@cache
def _founded() -> tuple[Path, str]:
    """Found one hub for the whole run, since drawing its keys is slow."""
    home = Path(mkdtemp(prefix="rights-hub-test-")) / "hub"
    return home, Terminal(home).json("init", *INIT)["recovery_key"]


def founded_in(folder: Path) -> Terminal:
    """Return a terminal at a hub of its own in folder."""
    home = folder / "hub-data"
    founded, recovery = _founded()
    shutil.copytree(founded, home)
    return Terminal(home, recovery)
