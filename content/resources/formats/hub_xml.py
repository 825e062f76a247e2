"""
A resource as XML without loss: the metadata format `hub` of our OAI-PMH door.

Its schema is data/resource.xsd. Texts that XML cannot hold are marked `as="json"`.
"""

from importlib import resources
from typing import Any, Final
from xml.etree import ElementTree as ET

from content.language import language_tag
from content.resources.formats.shapes import Entry
from content.resources.formats.terms import HUB
from content.resources.formats.xml_texts import XML_LANG, local_name, put, take
from content.resources.record import ResourceRecord
from content.times import to_text

PREFIX: Final = "hub"
ROOT: Final = f"{{{HUB}}}resource"
_ONES: Final = {
    "url": "url",
    "publisher": "publisher",
    "year": "year",
    "language": "language",
    "country": "country",
    "city": "city",
    "kind": "kind",
    "licence": "licence",
    "label": "label",
    "sensitivity": "sensitivity",
    "source": "source",
    "sourceId": "source_id",
}
_LISTS: Final = {
    "topic": "topics",
    "principle": "principles",
    "sdg": "sdgs",
    "related": "related",
}


def schema() -> bytes:
    """Return the XML Schema of the format."""
    return (resources.files("content") / "data" / "resource.xsd").read_bytes()


def element(entry: Entry) -> ET.Element:
    """Return a record as an element."""
    record = entry.record
    root = ET.Element(ROOT)
    root.set("id", entry.id)
    root.set("modified", to_text(entry.modified))
    if entry.published is not None:
        root.set("published", to_text(entry.published))
    for name, texts in (("title", record.title), ("summary", record.summary)):
        for tag, text in texts.items():
            put(root, f"{{{HUB}}}{name}", text, tag)
    for name, field in _ONES.items():
        value = getattr(record, field)
        if value is not None:
            put(root, f"{{{HUB}}}{name}", value)
    for name, field in _LISTS.items():
        for value in getattr(record, field):
            put(root, f"{{{HUB}}}{name}", value)
    _put_statistics(root, record)
    return root


def _put_statistics(root: ET.Element, record: ResourceRecord) -> None:
    if record.statistics is None:
        return
    told = record.statistics.model_dump(mode="json")
    parent = ET.SubElement(root, f"{{{HUB}}}statistics")
    parent.set("period", told["period"])
    parent.set("requests", told["requests"])
    for each in told["topics"]:
        of_topic = ET.SubElement(parent, f"{{{HUB}}}requests")
        of_topic.set("topic", each["topic"])
        of_topic.set("requests", each["requests"])
        of_topic.set("unmet", "true" if each["unmet"] else "false")
    if told["escalations"] is not None:
        flow = ET.SubElement(parent, f"{{{HUB}}}escalations")
        for name, band in told["escalations"].items():
            flow.set(name, band)


def fields(root: ET.Element) -> dict[str, Any]:
    """
    Return the fields that an element holds, as `read_record` takes them.

    Raises ValueError for what `element` does not write.
    """
    found: dict[str, Any] = {"title": {}, "summary": {}, "topics": ()}
    for child in root:
        name = local_name(child)
        if name in ("title", "summary"):
            tag = language_tag(child.get(XML_LANG, ""))
            if tag in found[name]:
                raise ValueError(f"has the {name} in {tag} twice.")
            found[name][tag] = take(child)
        elif name in _ONES and _ONES[name] not in found:
            found[_ONES[name]] = _value(name, take(child))
        elif name in _LISTS:
            field = _LISTS[name]
            found[field] = (*found.get(field, ()), _value(name, take(child)))
        elif name == "statistics" and name not in found:
            found[name] = _statistics(child)
        else:
            raise ValueError(f"has the element {name[:60]!r}, which is not known or there twice.")
    return found


def _value(name: str, text: str) -> str | int:
    if name not in ("year", "sdg"):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise ValueError(f"{name}: is not a whole number.")
    return int(text)


def _statistics(element: ET.Element) -> dict[str, Any]:
    return {
        "period": element.get("period"),
        "requests": element.get("requests"),
        "topics": [
            {
                "topic": child.get("topic"),
                "requests": child.get("requests"),
                "unmet": child.get("unmet") == "true",
            }
            for child in element
            if local_name(child) != "escalations"
        ],
        "escalations": next(
            (dict(child.attrib) for child in element if local_name(child) == "escalations"), None
        ),
    }
