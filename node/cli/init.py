"""`hub init`: found a hub."""

import os
import sys
from typing import Any

import click

from node.assembly import Founded, found_hub
from node.cli.desk import home_of
from node.cli.options import Common, common
from node.cli.output import note, print_fields, print_json, say
from node.cli.refusals import Refused
from node.home import HomeTaken, HubHome
from node.settings import new_settings
from protocol.manifest import fingerprint

_QUESTIONS = {
    "origin": "Public address, such as https://rights.example.org",
    "name": "Name of the hub, as people read it",
    "city": "City",
    "country": "Country, two capitals such as NL",
    "language": "Language of the hub, such as en or pt-BR",
    "operator": "Your user name, in small letters",
}


@click.command()
@click.option("--origin", metavar="URL", help="Public address; it never changes.")
@click.option("--name", metavar="TEXT", help="Name of the hub, as people read it.")
@click.option("--city", metavar="TEXT", help="Whose hub it is.")
@click.option("--country", metavar="CC", help="Two capitals, such as NL.")
@click.option("--language", metavar="TAG", help="Of the hub, such as en or pt-BR.")
@click.option("--timezone", metavar="TZ", help="Deadlines are dates there. Else UTC.")
@click.option("--coalition", is_flag=True, help="A node that gathers what all hubs publish.")
@click.option(
    "--operator", metavar="USER", help="The first user. Else asked; without a terminal, operator."
)
@click.option("--host", metavar="ADDRESS", help="Where to listen. Else 127.0.0.1.")
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="N", help="Where to listen. Else 8080."
)
@common
def command(common: Common, **given: Any) -> None:
    """
    Found a hub: its folder, keys and database, and the first operator.

    Asks for what is not given. Prints the recovery key once: write it down.

    \b
    Example:
      hub init --origin https://rights.example.org --name "Rights Hub Example" \\
          --city Example --country NL --language en --timezone Europe/Amsterdam
    """
    home = home_of(common)
    if home.path.exists() and (not home.path.is_dir() or any(home.path.iterdir())):
        raise HomeTaken(home.path)
    answers = _complete({"operator": common.as_user, **_given(given)})
    operator = answers.pop("operator")
    settings = new_settings(
        **answers, trusted_authorities=os.environ.get("HUB_TRUSTED_AUTHORITIES") or []
    )
    founded = found_hub(home, settings, operator)
    _tell(common, home, founded, operator)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _complete(given: dict[str, Any]) -> dict[str, Any]:
    """Ask on the terminal for what is missing; without one, refuse and name it."""
    missing = [name for name in _QUESTIONS if not given.get(name)]
    if sys.stdin.isatty():
        for name in missing:
            given[name] = click.prompt(_QUESTIONS[name], err=True).strip()
        return given
    if missing == ["operator"]:
        return {**given, "operator": "operator"}
    missing = [name for name in missing if name != "operator"]
    if missing:
        raise Refused(f"Missing: {', '.join(f'--{name}' for name in missing)}. Nothing was made.")
    return given


def _tell(common: Common, home: HubHome, founded: Founded, operator: str) -> None:
    identity = founded.identity
    mark = fingerprint(identity.g)
    if common.json:
        print_json(
            {
                "home": str(home.path),
                "origin": identity.origin,
                "kind": identity.kind,
                "g": identity.g,
                "fingerprint": mark,
                "operator": operator,
                "recovery_key": founded.recovery,
            }
        )
        return
    print_fields(
        [
            ("hub", identity.name),
            ("address", identity.origin),
            ("folder", home.path),
            ("fingerprint", mark),
            ("operator", operator),
        ]
    )
    say(f"\nRECOVERY KEY\n\n  {founded.recovery}\n")
    say(
        "Write it on paper now and keep it away from this machine, such as in a safe. With it\n"
        "the hub gets new keys if its keys are lost or stolen. It is stored nowhere and is not\n"
        "shown again."
    )
    where = "hub" if home.path.name == "hub-data" else f"hub --home {home.path}"
    note(
        "\nNext: a catalogue, your password for the pages, the hub at work, and what is missing:\n"
        f"  {where} resource import --starter --country {identity.country}\n"
        f"  {where} user password {operator}\n"
        f"  {where} serve\n"
        f"  {where} doctor"
    )
