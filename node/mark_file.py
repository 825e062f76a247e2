"""
The note of how far our own log was shown to others: a small file beside the database.

It is in no backup. A database that lacks what it names was restored, and does not append before
the lost entries are back (docs/adr/0027-own-log-after-a-loss.md).
"""

import json
from collections.abc import Mapping
from pathlib import Path

from federation.high_water import Mark
from node.home import replace_private


class HighWaterFile:
    """Reads and replaces the file, all or nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Mark] | None:
        """See `MarkFile.read`; a file that is damaged counts as none."""
        try:
            known = json.loads(self._path.read_bytes())
            return {log: Mark(int(mark["seq"]), str(mark["hash"])) for log, mark in known.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, marks: Mapping[str, Mark]) -> None:
        """See `MarkFile.write`."""
        known = {log: {"seq": mark.seq, "hash": mark.hash} for log, mark in sorted(marks.items())}
        replace_private(self._path, json.dumps(known).encode())
