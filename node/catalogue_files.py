"""The formats in which the catalogue leaves, for the command and for the doors of the server."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from content.resources.formats import csv_writing, dcat_writing, jsonl
from content.resources.formats.shapes import Entry, Writing
from federation.hub import Identity

Languages = tuple[tuple[str, ...], tuple[str, ...]]
"""The languages of all titles and of all summaries, which only CSV must know beforehand."""


@dataclass(frozen=True, slots=True)
class Format:
    """
    A format that a catalogue leaves in.

    writing: how a document of this hub is written, given the languages where these are needed.
    """

    media_type: str
    writing: Callable[[Identity, Languages], Writing]
    needs_languages: bool = False


def languages_needed(shape: str, entries: Callable[[], Iterable[Entry]]) -> Languages:
    """Return what a format must know of all entries beforehand: nothing for most."""
    if not FORMATS[shape].needs_languages:
        return (), ()
    return csv_writing.languages_of(entry.record for entry in entries())


def catalogue_of(identity: Identity) -> dcat_writing.Catalogue:
    """Return how the catalogue of this hub introduces itself."""
    return dcat_writing.Catalogue(
        id=f"{identity.origin}/catalogue.jsonld",
        title=identity.name,
        description=f"Digital-rights resources of {identity.name}, {identity.city}",
        language=identity.language,
        publisher=identity.name,
        agent=identity.actor,
        homepage=f"{identity.origin}/",
    )


FORMATS: Final[Mapping[str, Format]] = {
    "jsonl": Format(jsonl.MEDIA_TYPE, lambda _identity, _languages: jsonl.WRITING),
    "csv": Format(
        csv_writing.MEDIA_TYPE,
        lambda _identity, languages: csv_writing.writing(languages),
        needs_languages=True,
    ),
    "dcat": Format(
        dcat_writing.MEDIA_TYPE,
        lambda identity, _languages: dcat_writing.writing(catalogue_of(identity)),
    ),
}
