"""Passphrases and passwords as commands get them: from the terminal, unseen; stdin; a file."""

import sys
from pathlib import Path

import click

from node.cli.refusals import Refused

LONGEST = 1024


def ask_passphrase(file: Path | None, *, new: bool, what: str = "Passphrase") -> str:
    """
    Return a passphrase. new: it is typed twice. what: what to call it on the terminal.

    file: where its first line is, instead. Never an argument: those are seen by all users of the
    machine, and stay in the history of the shell.
    """
    if file is not None:
        with file.open("rb") as opened:
            return _line(opened.read(LONGEST + 1), str(file))
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, confirmation_prompt=new, err=True)).strip()
    return _line(sys.stdin.buffer.read(LONGEST + 1), "stdin")


def _line(content: bytes, where: str) -> str:
    try:
        text = content.decode().partition("\n")[0].strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(content) > LONGEST:
        raise Refused(f"There is no passphrase in {where}. It is the first line, in UTF-8.")
    return text
