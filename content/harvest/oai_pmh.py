"""
What OAI-PMH 2.0 repositories answer, as records. Pure; asking is federation/harvesting/oai_pmh.py.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html. Read are oai_dc, which every
repository has, and our own prefix, which loses nothing between hubs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from xml.etree.ElementTree import Element

from content.harvest.reading import SourceUnreadable
from content.harvest.xml import read_xml, text_of
from content.resources.formats import hub_xml
from content.resources.formats.foreign import foreign_fields, moment_of
from content.resources.formats.shapes import BadRecord, Deleted, Found, Reading

OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
OAI_DC: Final = "oai_dc"
KNOWN_PREFIXES: Final = (hub_xml.PREFIX, OAI_DC)
"""Formats of records that are read here, the best first."""
_DOI: Final = "doi:"
LONGEST_ID: Final = 1000


class RepositoryError(SourceUnreadable):
    """The repository refused. kind: the protocol's word for it, such as badResumptionToken."""

    code: ClassVar[str] = "harvest-repository"

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"The repository answered {kind[:60]}: {text[:200]}")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Identified:
    """
    Who a repository is. deletions: whether it tells what is gone, and keeps telling.

    to_the_second: whether its datestamps are, or days only.
    """

    name: str
    deletions: str
    to_the_second: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """
    One answer of ListRecords.

    token: what the next page is asked by; "" at the end. size: how many records the repository says
    that the whole list has, None where it does not say.
    """

    answered_at: str
    readings: tuple[Reading, ...]
    token: str
    size: int | None = None


def read_identify(body: bytes) -> Identified:
    """Return what Identify answers. Raises SourceUnreadable."""
    found = _answer(body, "Identify")
    return Identified(
        _text(found, "repositoryName"),
        _text(found, "deletedRecord") or "no",
        _text(found, "granularity").endswith("Z"),
    )


def read_prefixes(body: bytes) -> tuple[str, ...]:
    """Return the metadata prefixes of ListMetadataFormats. Raises SourceUnreadable."""
    formats = _answer(body, "ListMetadataFormats").findall(f"{OAI}metadataFormat")
    return tuple(_text(each, "metadataPrefix") for each in formats)


def read_records(body: bytes) -> RecordPage:
    """
    Return one page of ListRecords; nothing where there is nothing new (noRecordsMatch).

    Raises SourceUnreadable, RepositoryError.
    """
    root = _root(body)
    answered_at = _text(root, "responseDate")
    try:
        found = _part(root, "ListRecords")
    except RepositoryError as error:
        if error.kind == "noRecordsMatch":
            return RecordPage(answered_at, (), "")
        raise
    token = found.find(f"{OAI}resumptionToken")
    size = "" if token is None else token.get("completeListSize", "")
    return RecordPage(
        answered_at,
        tuple(_readings(found)),
        "" if token is None else (token.text or "").strip(),
        int(size) if size.isdecimal() and len(size) < 12 else None,
    )


def _root(body: bytes) -> Element:
    root = read_xml(body)
    if root.tag != f"{OAI}OAI-PMH":
        raise SourceUnreadable("The answer is not one of an OAI-PMH 2.0 repository.")
    return root


def _answer(body: bytes, verb: str) -> Element:
    return _part(_root(body), verb)


def _part(root: Element, verb: str) -> Element:
    found = root.find(f"{OAI}{verb}")
    if found is not None:
        return found
    error = root.find(f"{OAI}error")
    if error is None:
        raise SourceUnreadable(f"The repository did not answer {verb}.")
    raise RepositoryError(error.get("code") or "an error", " ".join(text_of(error).split()))


def _text(element: Element, name: str) -> str:
    return (element.findtext(f"{OAI}{name}") or "").strip()


def _readings(found: Element) -> Iterator[Reading]:
    for number, record in enumerate(found.iterfind(f"{OAI}record"), start=1):
        header = record.find(f"{OAI}header")
        source_id = "" if header is None else _text(header, "identifier")
        if header is None or not 0 < len(source_id) <= LONGEST_ID:
            yield BadRecord(where=f"record {number} of a page", reason="has no identifier.")
            continue
        at = moment_of(_text(header, "datestamp"))
        if header.get("status") == "deleted":
            yield Deleted(source_id=source_id, at=at)
            continue
        metadata = record.find(f"{OAI}metadata")
        content = None if metadata is None else next(iter(metadata), None)
        if content is None:
            yield BadRecord(where=source_id, reason="has no metadata.")
        else:
            read = _of_a_hub if content.tag == hub_xml.ROOT else _dublin_core
            yield read(content, source_id, at)


def _of_a_hub(content: Element, source_id: str, at: datetime | None) -> Reading:
    """Return a record as another hub wrote it, with everything that it said."""
    try:
        fields = hub_xml.fields(content)
    except ValueError as error:
        return BadRecord(where=source_id, reason=str(error))
    return Found(source_id=source_id, fields=fields, modified=at, where=source_id)


def _dublin_core(content: Element, source_id: str, at: datetime | None) -> Reading:
    """Return a record of oai_dc: fifteen fields, each of which may be there often or not at all."""

    def texts(name: str) -> list[str]:
        return [text_of(each).strip() for each in content.iterfind(f"{DC}{name}")]

    def told(name: str) -> list[tuple[object, object]]:
        return [(each.get(LANGUAGE), text_of(each)) for each in content.iterfind(f"{DC}{name}")]

    if not any(texts("title")):
        return BadRecord(where=source_id, reason="has no title.")
    fields, keywords = foreign_fields(
        title=told("title"),
        summary=told("description"),
        language=texts("language"),
        kinds=texts("type"),
        subjects=texts("subject"),
        links=[_link(each) for each in (*texts("identifier"), *texts("relation"))],
        publisher=next(iter(texts("publisher")), None),
        years=texts("date"),
        licence=_licence(texts("rights")),
    )
    return Found(
        source_id=source_id,
        fields=fields,
        keywords=keywords,
        modified=at,
        where=source_id,
    )


def _link(identifier: str) -> str:
    """Return an identifier as an address where it is a DOI without one."""
    if identifier.lower().startswith(_DOI):
        return f"https://doi.org/{identifier[len(_DOI) :].strip()}"
    if identifier.startswith("10.") and "/" in identifier:
        return f"https://doi.org/{identifier}"
    return identifier


def _licence(rights: list[str]) -> str | None:
    """Return what of the rights is a licence rather than a word about access."""
    return next(
        (each for each in rights if "licen" in each.lower() or "creativecommons" in each), None
    )
