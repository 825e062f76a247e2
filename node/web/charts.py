"""Charts as SVG that needs no script: bars with their numbers, over the table that they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 220
FOOT: Final = 28
"""Room below the bars for what they are."""
HEAD: Final = 24
"""Room above the highest bar for its number."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. label: what it is. x, y, width, height: its place in the picture."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    labelled: bool


def bars_of(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """
    Return bars side by side, the highest as high as there is room.

    Where there are many, only some carry their label, so that none covers another.
    """
    if not values:
        return []
    most = max(value for _, value in values) or 1
    step = WIDTH / len(values)
    each = max(1, -(-len(values) // 12))
    room = HEIGHT - FOOT - HEAD
    return [
        Bar(
            label=label,
            value=value,
            x=round(number * step + step * 0.1, 1),
            y=round(HEAD + room * (1 - value / most), 1),
            width=round(step * 0.8, 1),
            height=round(room * value / most, 1),
            labelled=number % each == 0,
        )
        for number, (label, value) in enumerate(values)
    ]
