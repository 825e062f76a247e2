"""
Texts in XML, whole: what XML 1.0 cannot hold is written as a JSON string and marked as one.

Elements are those of the standard library. Parsing is not done here: whoever reads what others sent
refuses document types and entities first (docs/adr/0064-catalogue-formats.md).
"""

import json
import re
from typing import Final
from xml.etree import ElementTree as ET

XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f]")
"""Signs that XML 1.0 does not have, and control signs that it would rather not have."""
_NOT_KEPT: Final = re.compile(rf"{_NOT_XML.pattern}|\r")
"""Those, and the one that every parser turns into another (XML 1.0, section 2.11)."""
_AS, _JSON = "as", "json"


def put(parent: ET.Element, name: str, text: object, language: str | None = None) -> None:
    """Add an element with a text that `take` gives back as it is."""
    element = _added(parent, name, language)
    value = str(text)
    if _NOT_KEPT.search(value):
        element.set(_AS, _JSON)
        value = json.dumps(value)
    element.text = value


def put_plain(parent: ET.Element, name: str, text: object, language: str | None = None) -> None:
    """Add an element with a text, without the signs that XML does not have."""
    _added(parent, name, language).text = _NOT_XML.sub("", str(text))


def take(element: ET.Element) -> str:
    """Return the text that `put` wrote. Raises ValueError for a marked text that is no JSON."""
    text = element.text or ""
    if element.get(_AS) != _JSON:
        return text
    value = json.loads(text)
    if not isinstance(value, str):
        raise ValueError("holds a text that is marked as JSON and is none.")
    return value


def local_name(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _added(parent: ET.Element, name: str, language: str | None) -> ET.Element:
    element = ET.SubElement(parent, name)
    if language is not None:
        element.set(XML_LANG, language)
    return element
