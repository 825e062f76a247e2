"""
Asking for a feed or a file: one conditional request, so that an unchanged one costs nothing.

What is missing in a feed has only scrolled off. What is missing in a file of records is gone.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from content.harvest.feed import read_feed
from content.harvest.source import HarvestSource, Progress
from content.resources.formats import csv_reading, dcat_reading, jsonl
from content.resources.formats.shapes import Reading
from federation.harvesting.asking import Answer, Asker
from federation.harvesting.gathered import Gathered

_READERS: Mapping[str, Callable[[bytes], Iterable[Reading]]] = {
    "jsonl": lambda body: jsonl.read(body.splitlines()),
    "csv": lambda body: csv_reading.read([body]),
    "dcat": lambda body: dcat_reading.read([body]),
}
"""How a file of each kind is read."""
_FEED: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " */*;q=0.5"
)


async def gather_feed(asker: Asker, source: HarvestSource, progress: Progress) -> Gathered:
    """Return what a feed shows now. Raises HarvestFailed, SourceUnreadable."""
    answer = await _ask(asker, source, progress, _FEED)
    gathered = _gathered(answer)
    if not gathered.unchanged:
        feed = read_feed(answer.body, answer.url, answer.content_type)
        for reading in feed.readings:
            gathered.take_first(reading)
        if feed.repaired:
            gathered.report.notes.append(
                "The feed is not well-formed; it was read as well as possible."
            )
    return gathered


async def gather_file(asker: Asker, source: HarvestSource, progress: Progress) -> Gathered:
    """Return what a file of records holds. Raises HarvestFailed, SourceUnreadable."""
    answer = await _ask(asker, source, progress, "*/*")
    gathered = _gathered(answer)
    gathered.full = not gathered.unchanged
    if not gathered.unchanged:
        for reading in _READERS[source.kind](answer.body):
            gathered.take(reading)
        if gathered.report.bad:
            # Which of our records a line that cannot be read was, nobody knows.
            gathered.full = False
            gathered.report.notes.append("Some of it is bad, so nothing is taken for gone.")
    return gathered


async def _ask(asker: Asker, source: HarvestSource, progress: Progress, accept: str) -> Answer:
    """Ask for what changed since it was read last, by both of the ways that there are."""
    fields = [("Accept", accept)]
    if progress.etag:
        fields.append(("If-None-Match", progress.etag))
    if progress.last_modified:
        fields.append(("If-Modified-Since", progress.last_modified))
    return await asker.get(source.url, *fields, ok=(200, 304))


def _gathered(answer: Answer) -> Gathered:
    return Gathered(
        unchanged=answer.status == 304,
        etag=answer.etag,
        last_modified=answer.last_modified,
        moved=answer.moved,
    )
