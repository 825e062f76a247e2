"""Experts on the terminal and as JSON."""

from collections.abc import Mapping
from typing import Any

from content.experts.expert import Expert
from node.cli.moved import tell_moved
from node.cli.options import Common
from node.cli.output import print_json


def tell_expert(common: Common, expert: Expert, done: str, waits: str | None) -> None:
    """Print what was done to an expert. waits: why it is not published yet, if that is so."""
    if common.json:
        print_json({**plain_expert(expert), "waiting_because": waits})
        return
    tell_moved(done, expert.id, expert.state.value, waits)


def plain_expert(expert: Expert) -> Mapping[str, Any]:
    """Return an expert of this hub as programs read it."""
    whole: dict[str, Any] = expert.model_dump(mode="json")
    if expert.state.value == "left":
        del whole["record"]
    return whole
