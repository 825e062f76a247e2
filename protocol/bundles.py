"""
Bundles: a part of a public log as a file, for hubs with poor links (docs/verify.md).

NDJSON, packed with gzip: one line that says what it is, then the lines of the log as they are
everywhere. The first line is not signed: it helps to say what is missing, and proves nothing.
"""

from dataclasses import dataclass

from protocol.canonical import SAFE_INTEGER, canonicalize
from protocol.intake import LOG_LIMITS, parse_document
from protocol.log_entries import name_in_log
from protocol.log_errors import LogLineMalformed

BUNDLE_TYPE = "hub:Bundle"


@dataclass(frozen=True, slots=True)
class BundleLine:
    """The first line of a bundle. log: name of the log; first, to: numbers of its ends."""

    log: str
    first: int
    to: int


def bundle_line(bundle: BundleLine) -> bytes:
    """Return the first line of a bundle."""
    fields = {"type": BUNDLE_TYPE, "version": 1, "log": bundle.log}
    return canonicalize({**fields, "from": bundle.first, "to": bundle.to}) + b"\n"


def read_bundle_line(line: bytes) -> BundleLine:
    """Return what the first line of a bundle says. Raises LogLineMalformed, LogInvalid."""
    value = parse_document(line, LOG_LIMITS)
    if value.get("type") != BUNDLE_TYPE or value.get("version") != 1:
        raise LogLineMalformed("This is no bundle of a kind that is known here.")
    log, first, to = value.get("log"), value.get("from"), value.get("to")
    numbers = [number for number in (first, to) if type(number) is int]
    if len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1] <= SAFE_INTEGER:
        raise LogLineMalformed("The bundle does not say which entries it holds.")
    if not isinstance(log, str) or name_in_log(log)[1] != "public":
        raise LogLineMalformed("A bundle holds a public log.")
    return BundleLine(log, *numbers)
