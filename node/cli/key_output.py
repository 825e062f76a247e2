"""The keys of a hub on the terminal and as JSON. Private halves are never shown."""

import sys
from typing import Any

import click

from node.cli.output import Column, note, print_fields, print_table, say, when


def show_keys(document: dict[str, Any]) -> None:
    """Print what `facts_of_keys` returned for people."""
    checked = document["recovery_key"]["checked_at"]
    print_fields(
        [
            ("fingerprint", document["fingerprint"]),
            ("manifest", document["manifest"]),
            ("recovery key", f"checked {when(checked)}" if checked else "never checked"),
        ]
    )
    say()
    rows: list[tuple[str, str, str]] = []
    for key in document["signing"]:
        until = when(key["counts_until"])
        state = f"counts until {until}" if until else f"signs since {when(key['since'])}"
        rows.append((_name(key), "signing", state))
    for key in document["sealing"]:
        state = "until" if key["current"] else "opens old messages, ended"
        rows.append((_name(key), "sealing", f"{state} {when(key['expires'])}"))
    print_table([Column("key"), Column("for"), Column("state", elastic=True)], rows)
    if not checked:
        note("\nSee whether the paper with the recovery key is legible: hub keys check-recovery")


def _name(key: dict[str, Any]) -> str:
    return str(key["id"]).partition("#")[2]


def write_it_down(recovery: str) -> None:
    """Print the next recovery key; on a terminal, go on only when it is on paper."""
    say(f"NEW RECOVERY KEY\n\n  {recovery}\n")
    say(
        "Write it on paper now and keep it away from this machine: it is stored nowhere and is\n"
        "not shown again. The old paper counts until this command has come to its end.\n"
    )
    if sys.stdin.isatty():
        click.confirm("Is it on paper?", abort=True, err=True)
