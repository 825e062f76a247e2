"""What can be wrong with a translation without anybody reading it."""

import re
from collections import Counter
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message

_PLACE = re.compile(r"%\([a-z_]+\)[a-z]|%%|%")
_BLANKS = " \t\n"
_ELEMENT = re.compile(r"<[^>]*>")


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts that have no translation, or an uncertain one."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not all(_forms(message, catalogue.num_plurals)))
    ]


def broken(catalogue: Catalog) -> Iterator[str]:
    """
    Yield what differs between a text and its translation that must be the same.

    Those are places for values, elements with their attributes, and blanks at either end. A form
    for one, two or none may leave its number out.
    """
    for message in catalogue:
        forms = [form for form in _forms(message, catalogue.num_plurals) if form]
        if not message.id or not forms:
            continue
        wanted = message.id if isinstance(message.id, str) else message.id[1]
        for number, form in enumerate(forms):
            places, expected = _places(form), _places(wanted)
            may_lack = message.pluralizable and number < len(forms) - 1
            if places - expected or (places != expected and not may_lack):
                yield f"{wanted!r}: places differ in {form!r}"
            if Counter(_ELEMENT.findall(form)) != Counter(_ELEMENT.findall(wanted)):
                yield f"{wanted!r}: elements differ in {form!r}"
            if form != form.strip(_BLANKS) and wanted == wanted.strip(_BLANKS):
                yield f"{wanted!r}: blanks around {form!r}"


def _forms(message: Message, plurals: int) -> list[str]:
    if not message.pluralizable:
        return [str(message.string or "")]
    given = list(message.string) if isinstance(message.string, tuple | list) else []
    return [*given, *[""] * (plurals - len(given))][:plurals]


def _places(text: str) -> set[str]:
    return set(_PLACE.findall(text))
