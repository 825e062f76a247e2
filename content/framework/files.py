"""
A framework as a file: JSON that holds the items, and the upstream version that they came from.

Reading what was written gives the same framework, so a hub may hand its own to another one, which
can adopt it, compare it, or merge it. The format is described in docs/framework.md.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from content.errors import ContentError
from content.framework.item import Framework, read_framework
from content.framework.store import UPSTREAM, Base
from content.framework.upstream import upstream
from content.text import is_label
from content.validation import shown

FORMAT = "rights-hub-framework/1"
LARGEST_FILE = 8 * 1024 * 1024


class NoFrameworkFile(ContentError):
    """The file does not hold a framework; the message says what is wrong with it."""

    code: ClassVar[str] = "framework-file-invalid"


@dataclass(frozen=True, slots=True)
class FrameworkFile:
    """
    What a file holds. origin: the host of the hub that wrote it, or UPSTREAM for a pristine one.

    base: the upstream version that the framework came from.
    """

    origin: str
    framework: Framework
    base: Base


def shipped() -> FrameworkFile:
    """Return the framework that ships with the program, as if it were read from a file."""
    known = upstream()
    return FrameworkFile(UPSTREAM, known.framework, Base(known.version, known.framework))


def write_file(file: FrameworkFile) -> dict[str, Any]:
    """Return what stands in the file, as JSON values. The items of the base are always there."""
    return {
        "format": FORMAT,
        "origin": file.origin,
        "items": _items(file.framework),
        "upstream": {"version": file.base.version, "items": _items(file.base.framework)},
    }


def read_file(text: str) -> FrameworkFile:
    """Return the framework in the text of a file. Raises NoFrameworkFile, FrameworkInvalid."""
    if len(text) > LARGEST_FILE:
        raise NoFrameworkFile("A file with a framework has at most 8 MiB.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise NoFrameworkFile(
            "The file is not JSON. Write one with: hub framework export --format json"
        ) from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise NoFrameworkFile(f"The file does not say that its format is {FORMAT}.")
    if unknown := sorted(set(values) - {"format", "origin", "items", "upstream"}):
        raise NoFrameworkFile(f"The file has a field that is not known: {shown(unknown[0])}.")
    origin, base = values.get("origin"), values.get("upstream")
    if not isinstance(origin, str) or not is_label(origin, 300):
        raise NoFrameworkFile("The field origin must name the hub that wrote the file.")
    if not isinstance(base, dict) or not isinstance(base.get("version"), str):
        raise NoFrameworkFile("The field upstream must have version and items.")
    if not is_label(base["version"], 64):
        raise NoFrameworkFile("The version of upstream must be one line of at most 64 signs.")
    return FrameworkFile(
        origin,
        read_framework({"items": values.get("items")}),
        Base(base["version"], read_framework({"items": base.get("items")})),
    )


def _items(framework: Framework) -> list[Mapping[str, Any]]:
    return [_plain(item) for item in framework.items]


def _plain(item: BaseModel) -> Mapping[str, Any]:
    return item.model_dump(mode="json", exclude_defaults=True)
