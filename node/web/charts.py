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
MARGIN: Final = 40
"""Room beside the first and the last bar, whose labels are wider than they are."""
LABELS: Final = 8
"""So many labels have room side by side."""
MOST_NUMBERS: Final = 24
"""Of more bars than this only some carry their number."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. x, y, width, height: its place. labelled, counted: whether name and number show."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    labelled: bool
    counted: bool


def bars_of(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """
    Return bars side by side, the highest as high as there is room.

    Where there are many, only some carry their label, the last one always, so that none covers
    another; and a number stands over those that have something.
    """
    if not values:
        return []
    most = max(value for _, value in values) or 1
    step = WIDTH / len(values)
    each = max(1, -(-len(values) // LABELS))
    room = HEIGHT - FOOT - HEAD
    return [
        Bar(
            label=label,
            value=value,
            x=round(number * step + step * 0.1, 1),
            y=round(HEAD + room * (1 - value / most), 1),
            width=round(step * 0.8, 1),
            height=round(room * value / most, 1),
            labelled=(len(values) - 1 - number) % each == 0,
            counted=value > 0 and (len(values) <= MOST_NUMBERS or number % each == 0),
        )
        for number, (label, value) in enumerate(values)
    ]
