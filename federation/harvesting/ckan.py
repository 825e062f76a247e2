"""
Asking a CKAN portal: what changed since the last run, or all of it.

The address may choose a part, as the portal's own pages do: `?q=...&fq=...`. What changed is asked
by `metadata_modified`; what is gone can be seen only in all of it, and package_show has the last
word about that, since a portal's search index may lag behind.
"""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from content.harvest.ckan import is_there, portal_of, read_search
from content.harvest.source import HarvestSource, Progress
from federation.harvesting.asking import Asker
from federation.harvesting.gathered import Gathered

ROWS: Final = 100
MOST_ASKED_FOR: Final = 200
"""Packages that are asked for one by one, whether they are really gone."""


async def gather_ckan(
    asker: Asker, source: HarvestSource, progress: Progress, *, full: bool, held: set[str]
) -> Gathered:
    """
    Return what a portal has, or what changed there. held: ids that we have of it.

    Raises HarvestFailed, SourceUnreadable.
    """
    portal = portal_of(source.url)
    gathered = Gathered(full=full, since=progress.since)
    chosen = [pair for pair in parse_qsl(urlsplit(source.url).query) if pair[0] in ("q", "fq")]
    if not full and progress.since:
        chosen.append(("fq", f"metadata_modified:[{_in_solr(progress.since)} TO *]"))
    queries = [value for name, value in chosen if name == "fq"]
    asked = [pair for pair in chosen if pair[0] == "q"]
    if queries:
        asked.append(("fq", " AND ".join(f"({each})" for each in queries)))
    start, count = 0, 1
    while start < count:
        page = urlencode(
            [*asked, ("sort", "metadata_modified asc, id asc"), ("rows", ROWS), ("start", start)],
            quote_via=quote,
        )
        answer = await asker.get(f"{portal}/api/3/action/package_search?{page}", _JSON)
        found = read_search(answer.body, portal)
        for reading in found.readings:
            gathered.take(reading)
        gathered.since = max(filter(None, (gathered.since, found.newest)), default=None)
        if not found.readings:
            break
        start, count = start + len(found.readings), found.count
    if full:
        await _look_for_gone(asker, portal, gathered, held)
    return gathered


async def _look_for_gone(asker: Asker, portal: str, gathered: Gathered, held: set[str]) -> None:
    """Ask for each package that the search no longer shows, as long as they are not too many."""
    missing = sorted(held - gathered.found.keys() - gathered.deleted)
    if len(missing) > MOST_ASKED_FOR:
        return
    for source_id in missing:
        answer = await asker.get(
            f"{portal}/api/3/action/package_show?id={quote(source_id, safe='')}",
            _JSON,
            ok=(200, 403, 404, 410),
        )
        if is_there(answer.status, answer.body):
            gathered.spared.add(source_id)


_JSON: Final = ("Accept", "application/json")


def _in_solr(moment: str) -> str:
    """Return a datestamp of CKAN, which has no zone, as Solr wants it: UTC with Z."""
    return moment if moment.endswith("Z") else f"{moment.partition('+')[0]}Z"
