"""Which format a file is in: by its name, else by how it begins."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import orjson

from content.resources.formats import csv_reading, dcat_reading, jsonl
from content.resources.formats.shapes import Reading

Reader = Callable[[Iterable[bytes]], Iterator[Reading]]
READERS: Final[Mapping[str, Reader]] = {
    "jsonl": jsonl.read,
    "csv": csv_reading.read,
    "dcat": dcat_reading.read,
}
"""What reads a file of each format. It is given the lines of the file as bytes."""
_ENDINGS: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonld": "dcat",
}
_OF_DOCUMENTS: Final = frozenset({"@context", "@graph", "@type", "@id", "dataset", "conformsTo"})
"""Names in a whole document, which no record of ours has."""


def guess_format(name: str, head: bytes) -> str:
    """
    Return the format of a file: one of `READERS`.

    name: of the file; what it tells is believed. head: its first bytes, a few hundred at least.
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"["):
        return "dcat"
    if not begin.startswith(b"{"):
        return "csv"
    line, end, _ = begin.partition(b"\n")
    return "jsonl" if _is_record(line, whole=bool(end)) else "dcat"


def _is_record(line: bytes, *, whole: bool) -> bool:
    """Return whether a first line is a record of its own rather than of a whole document."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        # A long record that is seen in part, or the first line of an indented document.
        return not whole and b'"title":' in line and b'"@' not in line
    return isinstance(value, dict) and not _OF_DOCUMENTS & value.keys()
