"""
Settings that are asked for on a page, and the lines of hub.toml that somebody then writes.

A page never writes hub.toml: it holds what whoever runs the machine decides, and the server that is
told by a page where its mail goes would be told so by a stolen session too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from node.home import HubHome
from node.settings import Settings, SettingsWrong, new_settings, read_settings


@dataclass(frozen=True, slots=True)
class Lines:
    """What to write. text: lines of TOML. file: where. wrong: by field, if it cannot be so."""

    text: str
    file: str
    wrong: tuple[tuple[str, str], ...] = ()


def written(home: HubHome) -> tuple[Settings | None, tuple[tuple[str, str], ...]]:
    """Return what hub.toml says now, which counts from the next start on; or what is wrong."""
    try:
        return read_settings(home), ()
    except SettingsWrong as error:
        return None, error.problems


def lines_for(now: Settings, given: Mapping[str, Any], home: HubHome) -> Lines:
    """Return the lines that make of the settings of now what was given; checked as at a start."""
    changed = {name: value for name, value in given.items() if value != getattr(now, name)}
    try:
        new_settings(**{**now.model_dump(), **changed})
    except SettingsWrong as error:
        return Lines("", str(home.toml), error.problems)
    shown = {name: value for name, value in changed.items() if value is not None}
    return Lines(tomli_w.dumps(shown), str(home.toml))


def waiting(running: Settings, on_disk: Settings, names: tuple[str, ...]) -> bool:
    """Return whether hub.toml says something of these that the running server does not know yet."""
    return any(getattr(running, name) != getattr(on_disk, name) for name in names)
