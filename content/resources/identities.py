"""
By what a document is known again, whoever describes it: its address, its DOI, its number in EU law.

Pure. Each identity is a letter for its kind and a digest, so that an index of them holds no text of
a record. Two records that share one of the first three are the same document; two with the same
title, publisher and year most likely are.
Sources: RFC 3986 section 6 (normalising addresses); https://www.doi.org/doi-handbook/;
https://eur-lex.europa.eu/content/help/eurlex-content/celex-number.html and /eli.html.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from content.folding import words_of
from content.resources.held import HeldRecord

ADDRESS, DOI, LAW, TITLE = "a", "d", "l", "t"
CERTAIN: Final = frozenset({ADDRESS, DOI, LAW})
SHORTEST_TITLE: Final = 12
"""Letters and digits that a title needs to tell documents apart: "Annual report" does not."""
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|mc_(cid|eid)|_ga|igshid|msclkid|ref_src|phpsessid|jsessionid"
)
_INDEX: Final = re.compile(r"/(index|default)\.(html?|php|aspx?)$", re.IGNORECASE)
_DOI: Final = re.compile(r"(?:^|doi:\s*|doi\.org/)(10\.\d{4,9}/\S+)", re.IGNORECASE)
_CELEX: Final = re.compile(r"celex[:=](?:3A)?(\d[0-9a-z()_-]{5,20})", re.IGNORECASE)
_EU_ELI: Final = re.compile(
    r"/eli/(reg|dir|dec)(?:_impl|_del)?/(\d{4})/(\d{1,4})(?:/|$)", re.IGNORECASE
)
_KIND_OF_LAW: Final = {"reg": "R", "dir": "L", "dec": "D"}


def identities_of(record: HeldRecord) -> frozenset[str]:
    """Return all identities of what a record describes."""
    return frozenset(_digest(kind, text) for kind, text in _identities(record))


def is_certain(identity: str) -> bool:
    """Return whether two records with this identity are the same document for certain."""
    return identity[0] in CERTAIN


def _identities(record: HeldRecord) -> Iterator[tuple[str, str]]:
    for text in (record.url, getattr(record, "source_id", None)):
        if not text:
            continue
        if doi := doi_in(text):
            yield DOI, doi
        if number := celex_in(text):
            yield LAW, number
    if record.url is not None:
        yield ADDRESS, same_address(record.url)
    publisher, year = record.publisher, getattr(record, "year", None)
    if publisher:
        for title in record.title.values():
            folded = " ".join(words_of(title))
            if len(folded.replace(" ", "")) >= SHORTEST_TITLE:
                yield TITLE, f"{folded}|{' '.join(words_of(publisher))}|{year or ''}"


def _digest(kind: str, text: str) -> str:
    return kind + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def same_address(url: str) -> str:
    """
    Return what an address has in common with others that lead to the same page.

    Scheme, "www.", the usual port, a slash or index page at the end, the fragment, the order of
    parameters and parameters that only track readers do not count. Not an address to be opened.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path), safe="/!$&'()*+,;=:@~-._")
    path = _INDEX.sub("/", re.sub(r"/{2,}", "/", path)).rstrip("/")
    pairs = sorted(
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(pair[0].lower())
    )
    return f"{host}{path}{'?' + urlencode(pairs) if pairs else ''}"


def doi_in(text: str) -> str | None:
    """Return the DOI that an address or id is, in small letters, or None."""
    found = _DOI.search(unquote(text).strip())
    return None if found is None else found[1].rstrip(".,;)/").lower()


def celex_in(text: str) -> str | None:
    """Return the CELEX number of EU law that an address names, by itself or as ELI, or None."""
    plain = unquote(text)
    if found := _CELEX.search(plain):
        return found[1].upper()
    if "europa.eu" in plain and (found := _EU_ELI.search(urlsplit(plain).path)):
        kind, year, number = found[1].lower(), found[2], found[3]
        return f"3{year}{_KIND_OF_LAW[kind]}{number.zfill(4)}"
    return None
