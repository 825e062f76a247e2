"""
All texts of the pages, from templates, Python and the table of problems.

The catalogues are a function of the sources alone: no dates and no line numbers, so that two
people who add texts meet in a conflict only where they wrote the same one.
"""

import importlib
import io
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

import federation
import protocol
from content.coverage import notes
from node.problem_table import PROBLEMS
from node.problems import error_classes
from node.web.catalogues import catalogue_path
from node.web.languages import ENGLISH, LANGUAGES
from protocol.errors import ProtocolError

ROOT = Path(__file__).parents[2]
WEB = ROOT / "node/web"
TRANSLATED = tuple(each for each in LANGUAGES.values() if each is not ENGLISH)
OPTIONS = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
TAGS = ("TRANSLATORS:",)


@cache
def template() -> Catalog:
    """Return every text of the pages, untranslated, in the order of the files; for reading only."""
    catalogue = _empty(None)
    for text in problems_on_pages():
        catalogue.add(text, locations=[("node/problem_table.py", 1)])
    for name, note in notes_on_pages():
        where = [("content/coverage/notes.py", 1)]
        catalogue.add(name, locations=where, context="a figure")
        catalogue.add(note, locations=where)
    for path in sorted((*WEB.rglob("*.html"), *WEB.rglob("*.py"))):
        for text, comments, context in _texts_of(path):
            where = path.relative_to(ROOT).as_posix()
            catalogue.add(text, locations=[(where, 1)], auto_comments=comments, context=context)
    return catalogue


def notes_on_pages() -> Iterator[tuple[str, str]]:
    """Yield the names of figures about the network, and what is said on how each is counted."""
    for group in (v for v in vars(notes).values() if isinstance(v, dict) and "counted" in v):
        for name, note in group.items():
            yield name.replace("_", " "), note


def problems_on_pages() -> Iterator[str]:
    """
    Yield what pages of refusals say that is in the table of problems.

    Other servers alone see those of the protocol, and the hub's own failures have one heading.
    """
    for package in (protocol, federation):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    of_servers = {each.code for each in error_classes() if issubclass(each, ProtocolError)}
    for code, row in PROBLEMS.items():
        if code not in of_servers:
            if row.status < 500:
                yield row.title
            if row.detail is not None:
                yield row.detail


def committed(tag: str) -> Catalog:
    """Return the catalogue of a language as it lies in the tree; an empty one if there is none."""
    path = catalogue_path(tag)
    if not path.exists():
        return _empty(tag)
    with path.open("rb") as file:
        return read_po(file, locale=tag, abort_invalid=True)


def brought_up_to_date(tag: str) -> Catalog:
    """Return the catalogue of a language with all texts of today, new ones untranslated."""
    old, new = committed(tag), _empty(tag)
    for message in template():
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        same = known is not None and known.pluralizable == message.pluralizable
        new.add(
            message.id,
            known.string if known is not None and same else None,
            locations=message.locations,
            auto_comments=message.auto_comments,
            flags=message.flags | ({"fuzzy"} if known is not None and known.fuzzy else set()),
            context=message.context,
        )
    return new


def as_text(catalogue: Catalog) -> str:
    """Return a catalogue as its file holds it."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, include_lineno=False, sort_by_file=True)
    lines = out.getvalue().decode().splitlines()
    # What says only when and by which program a file was written makes every two of them differ.
    kept = (line for line in lines if not line.startswith(_RESTLESS))
    return "\n".join(kept).rstrip("\n") + "\n"


_RESTLESS = (
    '"POT-Creation-Date:',
    '"PO-Revision-Date:',
    '"Generated-By:',
    '"Last-Translator:',
    '"Language-Team:',
    '"Report-Msgid-Bugs-To:',
)


def _empty(tag: str | None) -> Catalog:
    return Catalog(
        locale=tag,
        project="Rights Hub",
        version="0",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Texts of the pages. Written by `make messages`; see CONTRIBUTING.md.",
    )


def _texts_of(path: Path) -> Iterator[tuple[Any, list[str], str | None]]:
    method = "jinja2" if path.suffix == ".html" else "python"
    options = OPTIONS if method == "jinja2" else {}
    with path.open("rb") as file:
        found = extract(method, file, DEFAULT_KEYWORDS, TAGS, options)
        for _, text, comments, context in found:
            yield text, comments, context
