"""How often Python looks for garbage in a process that takes in many records."""

import gc
from typing import Final

NEW_OBJECTS: Final = 20_000
"""So many more objects than before make the collector look; Python's own figure is 700."""


def collect_seldom() -> None:
    """
    Let the collector look only at what comes from now on, and not too often.

    What is loaded by now stays. A page of a log is a hundred thousand objects that are all in
    use until it is stored; to look at them again and again took a tenth of the time of catching up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()
