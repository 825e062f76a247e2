"""Fields of records in words: what they are called, and what stands in them, for side by side."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from content.language import UNDETERMINED
from node.web import words
from node.web.said import Said, said, said_by_itself, said_here
from node.web.speaking import N_
from node.web.speaking import gettext as _

FIELDS: Final = {
    "title": N_("Title"),
    "summary": N_("What it is good for"),
    "url": N_("Address of the document"),
    "publisher": N_("Publisher"),
    "year": N_("Year"),
    "language": N_("Language of the document"),
    "country": N_("Country"),
    "city": N_("City"),
    "kind": N_("What it is"),
    "topics": N_("Topics"),
    "principles": N_("Principles"),
    "sdgs": N_("Sustainable Development Goals"),
    "licence": N_("Licence"),
    "label": N_("Who may see it"),
    "sensitivity": N_("Personal data"),
    "source": N_("Taken over from"),
    "source_id": N_("Its number there"),
    "related": N_("Rests on"),
    "statistics": N_("Statistics"),
}
_CONCEPTS: Final = ("kind", "topics", "principles", "label", "sensitivity")


def field_name(name: str) -> str:
    """Return what a field of a record is called; the name of one that we do not know."""
    return _(FIELDS[name]) if name in FIELDS else name


def field_lines(name: str, value: Any) -> tuple[Said, ...]:
    """Return what stands in a field, a line each, in the words of the page; () for nothing."""
    if value is None or value == "" or name == "statistics":
        return ()
    if isinstance(value, Mapping):
        return tuple(said(str(text), tag) for tag, text in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(line for each in value for line in field_lines(name, each))
    text = str(getattr(value, "value", value))
    if name in _CONCEPTS:
        return (said_here(words.concept(text)),)
    if name == "country":
        return (said_here(words.country(text)),)
    if name == "language":
        known = text != UNDETERMINED
        return (said(words.own_name(text), text) if known else said_here(_("Not known")),)
    return (said_by_itself(text),)
