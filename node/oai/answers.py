"""
Answers of OAI-PMH as XML (http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd).

The elements of the protocol have no prefix: the namespace is written at the root as an attribute.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as ET

from content.resources.formats import hub_xml, oai_dc
from content.resources.formats.shapes import Entry, Gone
from content.resources.formats.terms import HUB
from content.resources.formats.xml_texts import put_plain
from content.vocabulary import Vocabulary
from federation.hub import Identity
from federation.public_changes import Change
from node.oai.arguments import OaiError, set_specs, specs_of

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_LOCATION: Final = f"{{{oai_dc.XSI}}}schemaLocation"
_WITHOUT_REQUEST: Final = ("badVerb", "badArgument")
"""Errors after which the arguments are not repeated."""

for _prefix, _namespace in (
    ("xsi", oai_dc.XSI),
    ("oai_dc", oai_dc.NAMESPACE),
    ("dc", oai_dc.DC),
    ("hub", HUB),
):
    ET.register_namespace(_prefix, _namespace)


@dataclass(frozen=True, slots=True)
class Token:
    """How a list goes on. value: None at its end. size: of the whole list, None if not counted."""

    value: str | None
    seen: int
    size: int | None


def seconds(at: datetime) -> str:
    """Return a moment as the protocol writes it, to the second below."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(base: str, at: datetime, arguments: Mapping[str, str], *parts: ET.Element) -> bytes:
    """Return the document around what was answered. base: the address of the door."""
    root = ET.Element("OAI-PMH", {"xmlns": NAMESPACE, _LOCATION: f"{NAMESPACE} {SCHEMA}"})
    put_plain(root, "responseDate", seconds(at))
    request = ET.SubElement(root, "request", dict(arguments))
    request.text = base
    root.extend(parts)
    body: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return body


def refusal(base: str, at: datetime, arguments: Mapping[str, str], error: OaiError) -> bytes:
    """Return the document of an error of the protocol."""
    told = ET.Element("told")
    put_plain(told, "error", error.text)
    element = told[0]
    element.set("code", error.code)
    shown = {} if error.code in _WITHOUT_REQUEST else arguments
    return answer(base, at, shown, element)


def identify(identity: Identity, base: str, mail: str, earliest: datetime) -> ET.Element:
    """Return who this repository is."""
    found = ET.Element("Identify")
    put_plain(found, "repositoryName", identity.name)
    put_plain(found, "baseURL", base)
    put_plain(found, "protocolVersion", "2.0")
    put_plain(found, "adminEmail", mail)
    put_plain(found, "earliestDatestamp", seconds(earliest))
    put_plain(found, "deletedRecord", "persistent")
    put_plain(found, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    return found


def formats(origin: str) -> ET.Element:
    """Return the formats that every record is to be had in."""
    found = ET.Element("ListMetadataFormats")
    for prefix, schema, namespace in (
        (oai_dc.PREFIX, oai_dc.SCHEMA, oai_dc.NAMESPACE),
        (hub_xml.PREFIX, f"{origin}/oai/resource.xsd", HUB),
    ):
        each = ET.SubElement(found, "metadataFormat")
        put_plain(each, "metadataPrefix", prefix)
        put_plain(each, "schema", schema)
        put_plain(each, "metadataNamespace", namespace)
    return found


def sets(language: str) -> ET.Element:
    """Return the sets: the topics of the vocabulary, named in the language of the hub."""
    found, vocabulary = ET.Element("ListSets"), Vocabulary.load()
    for topic, spec in set_specs().items():
        each = ET.SubElement(found, "set")
        put_plain(each, "setSpec", spec)
        put_plain(each, "setName", vocabulary.label(topic, language))
    return found


def listing(verb: str, changes: Iterable[Change], prefix: str, token: Token | None) -> ET.Element:
    """Return a list of records, of their headers for ListIdentifiers, or the one of GetRecord."""
    found = ET.Element(verb)
    for change in changes:
        if verb == "ListIdentifiers":
            found.append(_header(change))
        else:
            found.append(_record(change, prefix))
    if token is not None:
        further = ET.SubElement(found, "resumptionToken", {"cursor": str(token.seen)})
        if token.size is not None:
            further.set("completeListSize", str(token.size))
        further.text = token.value
    return found


def _header(change: Change) -> ET.Element:
    header = ET.Element("header")
    if isinstance(change.what, Gone):
        header.set("status", "deleted")
    put_plain(header, "identifier", change.what.id)
    put_plain(header, "datestamp", seconds(change.place.at))
    if isinstance(change.what, Entry):
        for spec in specs_of(change.what.record.topics):
            put_plain(header, "setSpec", spec)
    return header


def _record(change: Change, prefix: str) -> ET.Element:
    record = ET.Element("record")
    record.append(_header(change))
    if isinstance(change.what, Entry):
        metadata = ET.SubElement(record, "metadata")
        write = hub_xml.element if prefix == hub_xml.PREFIX else oai_dc.element
        metadata.append(write(change.what))
    return record
