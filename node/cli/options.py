"""Options that every command knows, and the shapes of values that people type."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from node.cli.refusals import Refused

F = TypeVar("F", bound=Callable[..., Any])
LARGEST_TEXT = 64 * 1024
FOLDER: click.Path = click.Path(path_type=Path)
NUMBER = click.IntRange(1, 2**63 - 1)
"""Number of a row, as lists show it: SQLite has no larger ones."""


class Common(NamedTuple):
    """What every command is told: where the hub is, who acts, whether a program reads."""

    home: Path | None
    as_user: str | None
    json: bool


def common(function: Callable[..., None]) -> Callable[..., None]:
    """Add --home, --as and --json, and hand them to function as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document, nothing else.")
    @click.option("--home", type=FOLDER, metavar="DIR", help="Folder of the hub.")
    @click.option("--as", "as_user", metavar="USER", help="Who acts.")
    @click.pass_context
    @wraps(function)
    def called(
        ctx: click.Context,
        /,
        *args: Any,
        as_json: bool,
        home: Path | None,
        as_user: str | None,
        **values: Any,
    ) -> None:
        before, before_as = ctx.obj or (None, None)
        function(Common(home or before, as_user or before_as, as_json), *args, **values)

    return called


def in_home(function: Callable[..., None]) -> Callable[..., None]:
    """As `common`, for a command that nobody in particular runs and that prints nothing."""

    @click.option("--home", type=FOLDER, metavar="DIR", help="Folder of the hub.")
    @click.pass_context
    @wraps(function)
    def called(ctx: click.Context, /, *args: Any, home: Path | None, **values: Any) -> None:
        before, _ = ctx.obj or (None, None)
        function(Common(home or before, None, False), *args, **values)

    return called


def limited(default: int, most: int = 100) -> Callable[[F], F]:
    """Add --limit to a command that lists."""
    return click.option(
        "--limit",
        type=click.IntRange(1, most),
        metavar="N",
        default=default,
        show_default=True,
        help="How many at most.",
    )


def paged(default: int) -> Callable[[F], F]:
    """Add --limit and --cursor to a command that lists page by page."""
    cursor = click.option("--cursor", metavar="CURSOR", help="Where the page before ended.")
    return lambda function: limited(default)(cursor(function))


def read_text(file: str, what: str) -> str:
    """
    Return the text in a file, or on stdin for "-"; it must be UTF-8 of at most 64 KiB.

    Texts of cases come this way, so that they are not in the history of the shell.
    what: how the message names the text when there is none.
    """
    if file == "-":
        stream = sys.stdin.buffer
        if stream.isatty():
            click.echo(f"Type {what}; end with Ctrl-D on a line of its own.", err=True)
        body = stream.read(LARGEST_TEXT + 1)
    else:
        with Path(file).open("rb") as opened:
            body = opened.read(LARGEST_TEXT + 1)
    if len(body) > LARGEST_TEXT:
        raise Refused(f"The text of {what} is longer than 64 KiB. Shorten it.")
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Refused(f"The text of {what} is not UTF-8. Save it as UTF-8 and try again.") from None
    if not text:
        raise Refused(f"There is no text for {what}. Give a file, or - and the text on stdin.")
    return text


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or fail in words."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail("give a date as YYYY-MM-DD, such as 2026-12-04.", param, ctx)


class RecordId(click.ParamType[str]):
    """The id of one of our own records: a ULID, or the whole address that ends in one."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the ULID, or fail in words."""
        from content.ids import is_id

        last = str(value).rstrip("/").rpartition("/")[2].upper()
        if not is_id(last):
            self.fail(
                f"{str(value)[:60]!r} is no id. An id has 26 signs; `list` shows them.", param, ctx
            )
        return last


DAY = Day()
RECORD = RecordId()
TEXT_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
