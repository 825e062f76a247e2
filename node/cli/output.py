"""
What commands print: tables and fields for people, one JSON document for programs.

Texts come from strangers. `plain` makes control characters visible, so that a stored text cannot
drive the terminal, hide a word or forge a line.
"""

import json
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

import click

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder what is shown, so a text can look like another one."""
_BREAKS = frozenset("\u2028\u2029\x85")
_GAP = 2
_NARROWEST = 12


def plain(text: str, *, lines: bool = False) -> str:
    """Return text with control characters made visible; with lines, line ends are kept."""
    return "".join(_shown(sign, lines) for sign in text)


def _shown(sign: str, lines: bool) -> str:
    if sign == "\n":
        return sign if lines else " "
    if sign == "\t":
        return " "
    code = ord(sign)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or sign in _BIDI or sign in _BREAKS:
        return f"<U+{code:04X}>"
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    return sign


def print_json(value: Any) -> None:
    """Print one JSON document on stdout: UTF-8, indented, with nothing that drives a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_to_json)
    click.echo("".join(_escaped(sign) for sign in text))


def _escaped(sign: str) -> str:
    # Outside of strings JSON has only ASCII, so an escape is always inside of one.
    code = ord(sign)
    if 0x7F <= code < 0xA0 or sign in _BIDI or sign in _BREAKS or 0xD800 <= code < 0xE000:
        return f"\\u{code:04x}"
    return sign


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        from content.times import to_text

        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"{type(value).__name__} has no JSON form here.")


def note(text: str) -> None:
    """Tell the person something, on stderr, so that stdout holds only what was asked for."""
    click.echo(plain(text, lines=True), err=True)


def note_more(cursor: str | None) -> None:
    """Tell how to see the next page of a list, if there is one."""
    if cursor is not None:
        note(f"There are more: --cursor {cursor}")


def say(text: str = "") -> None:
    """Print a line of the answer on stdout."""
    click.echo(plain(text, lines=True))


class Column(NamedTuple):
    """A column of a table. elastic: gives way when the terminal is narrow."""

    title: str
    elastic: bool = False
    right: bool = False


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their titles, as wide as the terminal at most; elastic columns are cut."""
    cells = [[plain("-" if c is None or c == "" else str(c)) for c in row] for row in rows]
    widths = [
        max([_width(column.title), *(_width(row[place]) for row in cells)])
        for place, column in enumerate(columns)
    ]
    _fit(columns, widths)
    click.echo(_line([c.title.upper() for c in columns], columns, widths), nl=True)
    for row in cells:
        click.echo(_line(row, columns, widths))


def _fit(columns: Sequence[Column], widths: list[int]) -> None:
    """Take from the widest elastic column until the line fits."""
    room = shutil.get_terminal_size((80, 24)).columns
    elastic = [place for place, column in enumerate(columns) if column.elastic]
    while elastic and sum(widths) + _GAP * (len(widths) - 1) > room:
        widest = max(elastic, key=lambda place: widths[place])
        if widths[widest] <= _NARROWEST:
            return
        widths[widest] -= 1


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    parts = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        cut = _cut(cell, width)
        space = " " * (width - _width(cut))
        parts.append(space + cut if column.right else cut + space)
    return (" " * _GAP).join(parts).rstrip()


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    kept, used = [], 0
    for sign in text:
        used += _sign_width(sign)
        if used > width - 1:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…"


def _width(text: str) -> int:
    return sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def print_fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line; pairs without a value are left out."""
    kept = [(name, value) for name, value in pairs if value not in (None, "", (), [])]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        text = ", ".join(str(v) for v in value) if isinstance(value, tuple | list) else str(value)
        click.echo(f"{name:<{width}}  {plain(text)}")


def print_text(title: str, text: str) -> None:
    """Print a longer text under a title, indented, wrapped to the terminal."""
    import textwrap

    room = min(shutil.get_terminal_size((80, 24)).columns, 100)
    click.echo(f"\n{plain(title)}")
    for line in plain(text, lines=True).split("\n"):
        wrapped = textwrap.wrap(line, room - 2, break_long_words=False, break_on_hyphens=False)
        for part in wrapped or [""]:
            click.echo(f"  {part}".rstrip())


def when(at: datetime | None) -> str | None:
    """Return a moment as people read it: to the minute, UTC."""
    return None if at is None else at.strftime("%Y-%m-%d %H:%M")
