"""Simple Dublin Core, which every OAI-PMH door has: written, with what of a record it can hold."""

from typing import Final
from xml.etree import ElementTree as ET

from content.resources.formats.shapes import Entry
from content.resources.formats.xml_texts import put_plain
from content.vocabulary import Vocabulary

PREFIX: Final = "oai_dc"
NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC: Final = "http://purl.org/dc/elements/1.1/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


def element(entry: Entry) -> ET.Element:
    """Return a record as Dublin Core. Principles, goals and handling words have no place in it."""
    record, vocabulary = entry.record, Vocabulary.load()
    root = ET.Element(f"{{{NAMESPACE}}}dc")
    root.set(f"{{{XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    for tag, text in record.title.items():
        _put(root, "title", text, tag)
    for topic in record.topics:
        _put(root, "subject", vocabulary.label(topic), "en")
    for tag, text in record.summary.items():
        _put(root, "description", text, tag)
    _put(root, "publisher", record.publisher)
    _put(root, "date", record.year)
    _put(root, "type", vocabulary.label(record.kind), "en")
    _put(root, "identifier", entry.id)
    _put(root, "identifier", record.url)
    _put(root, "language", record.language)
    for link in record.related:
        _put(root, "relation", link)
    _put(root, "coverage", record.city)
    _put(root, "coverage", record.country)
    _put(root, "rights", record.licence)
    return root


def _put(root: ET.Element, name: str, text: object, language: str | None = None) -> None:
    if text is not None:
        put_plain(root, f"{{{DC}}}{name}", text, language)
