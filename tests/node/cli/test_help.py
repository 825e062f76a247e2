"""The entry point: help at once, suggestions, exit statuses, and no traceback for anybody."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from node.cli.main import COMMANDS, cli
from tests.node.cli.terminal import Terminal

HEAVY = ("aiohttp", "httpx", "pydantic", "cryptography", "sqlite_utils", "asyncio")


def test_help_lists_every_command_by_purpose_without_loading_what_commands_need() -> None:
    code = (
        "import sys; from node.cli.main import cli;"
        "cli.main(['--help'], prog_name='hub', standalone_mode=False);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_table_belongs_to_a_command_that_is_there(name: str) -> None:
    with click.Context(cli) as ctx:
        command = cli.get_command(ctx, name)

    assert command is not None
    assert command.help


def test_a_mistyped_command_is_answered_with_the_nearest(terminal: Terminal) -> None:
    printed = terminal.run("resourse", "list")

    assert printed.status == 2
    assert "Did you mean resource" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [("user", "list", "--frob"), ("case", "show"), ("user", "x")])
def test_wrong_usage_ends_with_2(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    printed = terminal.run(*arguments)

    assert printed.status == 2
    assert "Traceback" not in printed.err


def test_a_folder_without_a_hub_is_refused_with_what_to_do(tmp_path: Path) -> None:
    printed = Terminal(tmp_path / "nothing").run("user", "list")

    assert printed.status == 1
    assert printed.err.startswith("Refused: There is no hub in")
    assert "hub init" in printed.err
    assert not (tmp_path / "nothing").exists()


def test_the_real_entry_point_refuses_with_1_and_keeps_stdout_empty(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "node.cli.main", "user", "list", "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "HUB_HOME": str(tmp_path)},
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "Refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_refused_with_its_place(terminal: Terminal) -> None:
    printed = terminal.run("user", "list", HUB_COUNTRY="Netherlands")

    assert printed.status == 1
    assert "HUB_COUNTRY" in printed.err
    assert "such as NL" in printed.err


def test_the_folder_and_the_user_may_be_named_after_the_command_too(terminal: Terminal) -> None:
    printed = Terminal(Path("nowhere")).run(
        "user", "list", "--home", str(terminal.home), "--as", "femke"
    )

    assert printed.status == 0, printed.err
    assert "femke" in printed.out
