"""The citation files of a record: their addresses, beside its page."""

from dataclasses import dataclass
from typing import Final

from content.resources.citing.files import FILES

_NAMES: Final = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}
"""The names of the formats, which are the same in all languages."""


@dataclass(frozen=True, slots=True)
class CitationLink:
    """A file for reference managers."""

    name: str
    path: str


def citation_links(page: str) -> tuple[CitationLink, ...]:
    """Return the citation files of the record at that page."""
    return tuple(
        CitationLink(name, f"{page}/citation.{FILES[shape].ending}")
        for shape, name in _NAMES.items()
    )
