"""What a citation of a resource says, whatever form it is written in."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from content.language import best_text
from content.resources.held import ForeignRecord, HeldRecord

_KEY_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_KEY_WORD: Final = 4
"""A word of a title that is at least so long stands in its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """
    What is cited. author: the publisher, else the hub. year: None where nobody told.

    link: the document itself, None where it is not on the web. page: the record, at its origin.
    key: a short name, plain ASCII, such as barcelona2023guia.
    """

    author: str
    year: int | None
    title: str
    language: str
    kind: str
    link: str | None
    licence: str | None
    page: str
    hub: str
    key: str


def citation_of(record: HeldRecord, page: str, hub: str) -> Citation:
    """
    Return the citation of a record, in the language of the document where it has a title in it.

    page: the address of the record at its origin. hub: the name of who made the record.
    """
    title = best_text(record.title, record.language, record.language)[1]
    foreign = isinstance(record, ForeignRecord)
    year = None if isinstance(record, ForeignRecord) else record.year
    author = record.publisher or hub
    return Citation(
        author=author,
        year=year,
        title=title,
        language=record.language,
        kind=record.kind,
        link=record.url,
        licence=None if isinstance(record, ForeignRecord) else record.licence,
        page=page,
        hub=hub if not foreign else (record.publisher or hub),
        key=_key(author, year, title, page),
    )


def as_text(citation: Citation) -> str:
    """Return the citation as one line of plain text."""
    year = "n.d." if citation.year is None else str(citation.year)
    end = "" if citation.title.endswith((".", "?", "!")) else "."
    address = citation.link or citation.page
    return f"{citation.author} ({year}). {citation.title}{end} {address}"


def _key(author: str, year: int | None, title: str, page: str) -> str:
    first = _plain(author).split(" ")[0]
    word = next((word for word in _plain(title).split(" ") if len(word) >= _KEY_WORD), "")
    key = f"{first}{year or ''}{word}"
    # Names in other scripts leave nothing; the id of the record is unique in any case.
    return key if first and word else f"resource{page.rpartition('/')[2][-8:].lower()}"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().encode("ascii", "ignore").decode()
    return _KEY_SIGNS.sub(" ", folded).strip()
