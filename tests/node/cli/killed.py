"""
Runs one command of a hub on copies of its folder, and kills it at each step it takes there.

A step is whatever gives a name among the keys to a file, moves it or takes it away: the process is
killed (SIGKILL) before the first one, before the second one, and so on, until one run comes to its
end. Nothing of the hub's code is changed: Python itself reports these steps (PEP 578).

Call: python -m tests.node.cli.killed HOME FOLDER TEXT COMMAND... ; the copies are FOLDER/1 and so
on, with what was printed beside them, and the number of the last one goes to stdout.
"""

import io
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from node.cli.main import main

_STEPS = frozenset({"os.rename", "os.remove", "os.link"})


def kill_at(number: int, keys: str) -> None:
    """Let this process be killed before its step with that number."""
    steps = 0

    def watch(event: str, values: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in _STEPS and str(values[0]).startswith(keys):
            steps += 1
            if steps == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def run_once(home: Path, text: str, command: list[str], number: int) -> int:
    """Run the command in a process of its own; return how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out = os.open(home.with_suffix(".out"), os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdin = io.StringIO(text)
    sys.argv = ["hub", "--home", str(home), *command]
    kill_at(number, str(home / "keys"))
    try:
        main()
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(0 if end.code in (0, None) else 99)
    os._exit(0)


def kill_at_each_step(source: Path, folder: Path, text: str, command: list[str]) -> int:
    """Return the number of the run that came to its end."""
    number = 0
    while True:
        number += 1
        home = folder / str(number)
        shutil.copytree(source, home)
        ended = run_once(home, text, command, number)
        if ended == 0:
            return number
        if ended != -signal.SIGKILL:
            raise SystemExit(home.with_suffix(".out").read_text())


if __name__ == "__main__":
    print(kill_at_each_step(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]))
