"""
XML of others, read without expanding anything: no document type, no entities of its own, no files.

An entity may stand for a file of this machine or, nested, for gigabytes (XXE and "billion laughs",
SECURITY.md). Nothing that we harvest needs one, so a document that declares any is refused whole.
"""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from content.harvest.reading import SourceUnreadable


class Forbidden(SourceUnreadable):
    """The document declares entities or a type of its own; it was not read."""

    code = "harvest-entities"

    def __init__(self) -> None:
        super().__init__("The XML declares entities or a document type, so it was not read.")


def read_xml(body: bytes) -> Element:
    """Return the root of a document. Raises SourceUnreadable; Forbidden for any declaration."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise Forbidden from None
    except (ParseError, ValueError, LookupError):
        raise SourceUnreadable("The answer is not well-formed XML.") from None
    return root


def text_of(element: Element) -> str:
    """Return all text inside an element, in its order."""
    return "".join(element.itertext())
