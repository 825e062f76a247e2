"""What was gathered of a source in one run, before anything of it is kept."""

from dataclasses import dataclass, field
from typing import Final

from content.harvest.report import HarvestReport
from content.resources.formats.shapes import BadRecord, Deleted, Found, Reading
from federation.harvesting.asking import HarvestFailed

MOST_RECORDS: Final = 50_000
"""Of one run; all of it is in memory until it is known to be whole."""


@dataclass(slots=True)
class Gathered:
    """
    found: by their id at the source, the last one where a source gave an id twice.

    full: all that the source has is in found; what is not, is gone. since, etag, last_modified: to
    be noted once all is kept. unchanged: the source said so, and there is nothing in here.
    """

    full: bool = False
    unchanged: bool = False
    since: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    moved: str | None = None
    """The new address, where the source says that it moved for ever."""
    found: dict[str, Found] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    spared: set[str] = field(default_factory=set)
    """Ids that are not in found, and yet are not gone."""
    report: HarvestReport = field(default_factory=HarvestReport)

    def take(self, reading: Reading) -> None:
        """Take what a reader found. Raises HarvestFailed when it is too much."""
        if isinstance(reading, BadRecord):
            self.report.note_bad(reading.where, reading.reason)
            self.spared.add(reading.where)
        elif isinstance(reading, Deleted):
            self.deleted.add(reading.source_id)
            self.found.pop(reading.source_id, None)
        else:
            self.found[reading.source_id] = reading
            self.deleted.discard(reading.source_id)
        if len(self.found) + len(self.deleted) > MOST_RECORDS:
            raise HarvestFailed(f"More than {MOST_RECORDS} records: choose a smaller part of it.")

    def take_first(self, reading: Reading) -> None:
        """As `take`, but the first of two with one id is kept: feeds show the newest first."""
        if not (isinstance(reading, Found) and reading.source_id in self.found):
            self.take(reading)
