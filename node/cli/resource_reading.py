"""Files of resources that are imported: opened, their format guessed, read with progress."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

import click

from content.resources.formats.guessing import READERS, guess_format
from content.resources.importing import Import, collect
from node.cli.refusals import Refused

_HEAD = 4096
_PROGRESS_FROM = 8 * 1024 * 1024


def read_file(
    file: str, shape: str | None, source: str | None, defaults: Mapping[str, Any]
) -> Import:
    """
    Return what a file holds, or stdin for "-". shape: its format, None to guess it.

    source, defaults: as in `record_of`. Raises FormatUnreadable; Refused where a kind is missing.
    """
    given = {name: value for name, value in defaults.items() if value is not None}
    with _opened(file) as (stream, size):
        chosen = shape or guess_format(file, stream.peek(_HEAD)[:_HEAD])
        found = collect(
            READERS[chosen](_with_progress(stream, size)), source=source, defaults=given
        )
    if found.problems and all(bad.reason.startswith("kind: is missing") for bad in found.problems):
        raise Refused(
            f"{len(found.problems)} records do not say of which kind they are. Say it for all of"
            " them: --kind report, or another word that hub resource search shows."
        )
    return found


@contextmanager
def _opened(file: str) -> Iterator[tuple[BufferedReader, int]]:
    if file == "-":
        yield BufferedReader(sys.stdin.buffer), 0  # type: ignore[arg-type]
        return
    path = Path(file)
    with path.open("rb") as stream:
        yield stream, path.stat().st_size


def _with_progress(stream: BufferedReader, size: int) -> Iterator[bytes]:
    if size < _PROGRESS_FROM:
        yield from stream
        return
    with click.progressbar(length=size, label="Reading", file=sys.stderr) as bar:
        for line in stream:
            yield line
            bar.update(len(line))
