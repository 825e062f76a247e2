"""
The command `hub`. Its list of commands is a table, and a module is imported when it is used.

So `hub --help` answers at once. Every error that we raise on purpose becomes one line on stderr
and exit status 1 here, in one place (docs/adr/0018-settings-and-commands.md).
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click

from node.cli.refusals import Refused, in_words


class Entry(NamedTuple):
    """A command in the table: what it is for, where it lives, and its line in the help."""

    purpose: str
    module: str
    summary: str


SET_UP = "Set up and run"
KNOWLEDGE = "What is known, and who knows"
CASES = "Cases"
LAW = "What the law asks"
NETWORK = "The network"
PEOPLE = "People of this hub"

COMMANDS: Mapping[str, Entry] = {
    "init": Entry(SET_UP, "init", "Found a hub in a new folder."),
    "serve": Entry(SET_UP, "serve", "Run the hub: pages, API, and the work with other hubs."),
    "recover": Entry(SET_UP, "recover", "Bring back a lost hub from the logs of its peers."),
    "doctor": Entry(SET_UP, "doctor", "Check this hub, and say what to do about what is wrong."),
    "backup": Entry(SET_UP, "backup", "All data in one file, and the keys in another."),
    "restore": Entry(SET_UP, "restore", "Bring a backup back, or see whether it is good."),
    "audit": Entry(SET_UP, "audit", "Who did and read what, and whether that record is whole."),
    "keys": Entry(SET_UP, "keys", "The keys of this hub: look, rotate, recover."),
    "demo": Entry(SET_UP, "demo", "See four hubs work together on this machine."),
    "resource": Entry(KNOWLEDGE, "resource", "The catalogue: add, import, search, publish."),
    "harvest": Entry(KNOWLEDGE, "harvest", "Catalogues and feeds of others, asked regularly."),
    "proposal": Entry(KNOWLEDGE, "proposal", "Corrections: proposed to us, and by us."),
    "expert": Entry(KNOWLEDGE, "expert", "The people who can be asked."),
    "framework": Entry(KNOWLEDGE, "framework", "The policy framework: adopt, assess, merge."),
    "case": Entry(CASES, "case", "Requests to this hub, from question to answer."),
    "mail": Entry(CASES, "mail", "Mails: what is told, what failed, and requests by mail."),
    "escalate": Entry(CASES, "escalate", "Offer a case to another hub, sealed."),
    "offer": Entry(CASES, "offer", "Cases offered to us, and ours offered to others."),
    "redress": Entry(CASES, "redress", "Who helps with personal matters, country by country."),
    "retention": Entry(LAW, "retention", "What goes when, and what a hold keeps."),
    "subject": Entry(LAW, "subject", "What is held about a person: find, export, erase."),
    "incident": Entry(LAW, "incident", "Breaches of personal data, and the 72 hours."),
    "report": Entry(LAW, "report", "What the network covers and lacks; papers for the law."),
    "peer": Entry(NETWORK, "peer", "Other hubs: add, compare fingerprints, approve, block."),
    "sync": Entry(NETWORK, "sync", "Catch up with what other hubs published."),
    "verify": Entry(NETWORK, "verify", "Check that something is what a hub published."),
    "bundle": Entry(NETWORK, "bundle", "Carry logs by file, where links are poor."),
    "notice": Entry(NETWORK, "notice", "What an operator has to look at, and ticking it off."),
    "erasure": Entry(NETWORK, "erasure", "What was taken back, and which hubs confirmed it."),
    "lookup": Entry(NETWORK, "lookup", "Show who is behind an address or a handle."),
    "delivery": Entry(NETWORK, "delivery", "What is on its way to others, and what failed."),
    "quarantine": Entry(NETWORK, "quarantine", "What came in and could not be taken in."),
    "user": Entry(PEOPLE, "user", "Who works at this hub."),
    "token": Entry(PEOPLE, "token", "Secrets with which programs act for a user."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the module of the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """Import and return the command, or None."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = import_module(f"node.cli.{entry.module}").command
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which ones come near."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args and args[0] not in COMMANDS:
                self._suggest(ctx, args[0])
            raise error

    def _suggest(self, ctx: click.Context, name: str) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=2)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"There is no command {name!r}.{hint}", ctx=ctx)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands, grouped by what they are for."""
        for purpose in dict.fromkeys(entry.purpose for entry in COMMANDS.values()):
            with formatter.section(purpose):
                formatter.write_dl(
                    [(n, e.summary) for n, e in COMMANDS.items() if e.purpose == purpose],
                    col_max=12,
                )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what went wrong into words."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, KeyboardInterrupt):
            raise
        except BrokenPipeError:
            raise
        except Exception as error:
            words = in_words(error)
            if words is None:
                if ctx.params.get("trace"):
                    raise
                raise Refused(
                    f"The program failed ({type(error).__name__}). That is a fault of ours, and "
                    "nothing of the last step was stored. Run it again as "
                    "`hub --trace ...` and report what you see, without private texts."
                ) from error
            raise Refused(words) from error


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 88},
    epilog="Begin with `hub demo`, or with `hub init`. Each command explains itself: "
    "`hub case new --help`.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the hub. Else $HUB_HOME, else ./hub-data.",
)
@click.option(
    "--as",
    "as_user",
    metavar="USER",
    help="Who acts. Else $HUB_USER, else the only active operator.",
)
@click.option("--trace", is_flag=True, help="Show the technical trace when the program fails.")
@click.version_option(package_name="rights-hub", message="Rights Hub %(version)s")
@click.pass_context
def cli(ctx: click.Context, home: Path | None, as_user: str | None, trace: bool) -> None:  # noqa: ARG001
    """A helpdesk for digital rights in cities that works with the hubs of other cities."""
    ctx.obj = (home, as_user)


def main() -> NoReturn:
    """Run the command line and leave with 0 done, 1 refused, 2 wrong usage, 130 interrupted."""
    try:
        cli.main(prog_name="hub", standalone_mode=True)
    except BrokenPipeError:
        # Whoever read our output left, as `head` does: that is no fault.
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


if __name__ == "__main__":
    main()
