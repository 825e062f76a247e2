"""
Asking an OAI-PMH 2.0 repository: ListRecords, page by page, from where the last run ended.

The address may choose a part: `?set=...`, and a prefix: `&metadataPrefix=...`; else our own is
taken where it is offered, and oai_dc. The window begins with the repository's own time, not ours.
Source: https://www.openarchives.org/OAI/2.0/guidelines-harvester.htm
"""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from content.harvest.oai_pmh import (
    KNOWN_PREFIXES,
    OAI_DC,
    Identified,
    RepositoryError,
    read_identify,
    read_prefixes,
    read_records,
)
from content.harvest.source import HarvestSource, Progress
from federation.harvesting.asking import Answer, Asker, HarvestFailed
from federation.harvesting.gathered import Gathered

_XML: Final = ("Accept", "text/xml, application/xml")
PERSISTENT: Final = "persistent"


async def gather_oai(
    asker: Asker, source: HarvestSource, progress: Progress, *, look_for_gone: bool, all_anew: bool
) -> Gathered:
    """
    Return what a repository has, or what changed there since the last run.

    look_for_gone: see all of it again, unless it tells deletions for ever. all_anew: in any case.
    Raises HarvestFailed, SourceUnreadable.
    """
    parts = urlsplit(source.url)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    chosen = dict(parse_qsl(parts.query))
    about = read_identify((await _ask(asker, base, {"verb": "Identify"})).body)
    wanted = {
        "verb": "ListRecords",
        "metadataPrefix": chosen.get("metadataPrefix") or await _prefix(asker, base),
    }
    if "set" in chosen:
        wanted["set"] = chosen["set"]
    whole = all_anew or not progress.since or (look_for_gone and about.deletions != PERSISTENT)
    if not whole:
        wanted["from"] = _datestamp(str(progress.since), about)
    try:
        return await _list(asker, base, wanted, whole=whole)
    except RepositoryError as error:
        if error.kind != "badResumptionToken":
            raise
        # The list changed meanwhile, or we were too slow: begin once more.
        return await _list(asker, base, wanted, whole=whole)


async def _list(asker: Asker, base: str, wanted: dict[str, str], *, whole: bool) -> Gathered:
    gathered = Gathered(full=whole)
    page = read_records((await _ask(asker, base, wanted)).body)
    gathered.since = page.answered_at or None
    count = 0
    while True:
        for reading in page.readings:
            gathered.take(reading)
        count += len(page.readings)
        if not page.token:
            break
        before = page.token
        again = {"verb": "ListRecords", "resumptionToken": page.token}
        page = read_records((await _ask(asker, base, again)).body)
        if page.token == before:
            raise HarvestFailed("The repository shows the same page again and again.")
    if page.size is not None and count < page.size:
        gathered.full = False
        gathered.report.notes.append(
            f"The repository says that it has {page.size} records, and showed {count}. Nothing is"
            " taken for gone."
        )
    return gathered


async def _prefix(asker: Asker, base: str) -> str:
    """Return the best of the formats that a repository has."""
    offered = read_prefixes((await _ask(asker, base, {"verb": "ListMetadataFormats"})).body)
    return next((each for each in KNOWN_PREFIXES if each in offered), OAI_DC)


async def _ask(asker: Asker, base: str, arguments: dict[str, str]) -> Answer:
    return await asker.get(f"{base}?{urlencode(arguments, quote_via=quote)}", _XML)


def _datestamp(since: str, about: Identified) -> str:
    """Return where the window begins, as finely as the repository counts."""
    return since if about.to_the_second else since[:10]
