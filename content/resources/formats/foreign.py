"""
From the words of foreign catalogues to the fields of a resource, and what is left as keywords.

Other catalogues have their own kinds, subjects and languages, and markup and long texts where we
have lines. What has a counterpart here is translated; what has none is left out or kept as a
keyword, so that a record of a foreign source is seldom refused.
"""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from content.countries import country_code
from content.fields import LONGEST_LINE
from content.folding import words_of
from content.language import LONGEST_TEXT_BYTES, MOST_LANGUAGES, UNDETERMINED
from content.resources.formats.languages import tag_of
from content.resources.record import LONGEST_TITLE, MOST_IDS
from content.vocabulary import Vocabulary
from content.web_address import web_address

_KINDS: Final = {
    "legislation": "law", "regulation": "law", "act": "law", "bill": "law", "directive": "law",
    "strategy": "policy", "plan": "policy", "guideline": "guide", "guidelines": "guide",
    "manual": "guide", "handbook": "guide", "software": "tool", "service": "tool",
    "course": "training", "lesson": "training", "article": "report", "book": "report",
    "text": "report", "thesis": "report", "workingpaper": "report", "preprint": "report",
    "declaration": "charter", "casestudy": "case-study", "form": "template", "model": "template",
}  # fmt: skip
"""Types of other catalogues (DCMI Type, COAR and plain words) that are a kind of ours."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS: Final = re.compile(r"\s*<(?:br|/p|/li|/h[1-6]|/div)\b[^>]*>\s*", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_MARKUP: Final = re.compile(r"</?[A-Za-z!][^<>]*>")
_YEAR: Final = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


def plain_line(text: object, most: int = LONGEST_LINE) -> str | None:
    """Return any value as one line of at most most signs, None where nothing is left."""
    line = " ".join(plain_text(text).split())
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    return line or None


def plain_text(text: object) -> str:
    """Return any value as text without markup and control signs, not longer than a summary."""
    if not isinstance(text, str | int | float) or isinstance(text, bool):
        return ""
    found = str(text)
    if "<" in found:
        found = _MARKUP.sub("", _BREAKS.sub("\n", _HIDDEN.sub("", found)))
    found = _CONTROL.sub("", html.unescape(found) if "&" in found else found)
    found = found.replace("\u2028", "\n").replace("\u2029", "\n").strip()
    whole = found.encode("utf-8")
    if len(whole) > LONGEST_TEXT_BYTES:
        found = whole[: LONGEST_TEXT_BYTES - 3].decode("utf-8", "ignore").rstrip() + "…"
    return found


def texts_of(values: Iterable[tuple[object, object]], most: int | None = None) -> dict[str, str]:
    """
    Return pairs of language and text as a language map: of each language the first text.

    most: makes each text one line of at most so many signs. Empty where no text is left.
    """
    found: dict[str, str] = {}
    for language, value in values:
        text = plain_text(value) if most is None else plain_line(value, most)
        tag = tag_of(language) or UNDETERMINED
        if text and tag not in found and len(found) < MOST_LANGUAGES:
            found[tag] = text
    return found


def kind_of(types: Iterable[object]) -> str | None:
    """Return the first kind of ours among types of a source: ids, addresses of ids or labels."""
    ids, vocabulary = Vocabulary.load().ids("resource-kinds"), Vocabulary.load()
    for each in types:
        if not isinstance(each, str):
            continue
        last = re.split(r"[/#:]", each.strip().rstrip("/"))[-1]
        if last in ids:
            return last
        if last.lower() in ids:
            return last.lower()
        labelled = [kind for kind in vocabulary.find_by_label(each) if kind in ids]
        folded = "".join(words_of(last))
        if labelled or folded in _KINDS:
            return labelled[0] if labelled else _KINDS[folded]
    return None


def topics_of(words: Iterable[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Return the topics of ours among subjects of a source, and the other words as keywords.

    Understood are ids, addresses that end in ids, and labels in any of the nine languages.
    """
    ids, vocabulary = set(Vocabulary.load().ids("topics")), Vocabulary.load()
    topics: dict[str, None] = {}
    keywords: dict[str, None] = {}
    for each in words:
        line = plain_line(each)
        if line is None:
            continue
        last = re.split(r"[/#]", line.rstrip("/"))[-1]
        known = [last] if last in ids else [t for t in vocabulary.find_by_label(line) if t in ids]
        if known:
            topics.update(dict.fromkeys(known))
        elif "://" not in line:
            keywords[line] = None
    return tuple(topics)[:MOST_IDS], tuple(keywords)[:MOST_IDS]


def link_of(*values: object) -> str | None:
    """Return the first of values that is an address on the web, or None."""
    for value in values:
        if isinstance(value, str):
            try:
                return web_address(value.strip().replace(" ", "%20"))
            except ValueError:
                continue
    return None


def country_of(value: object) -> str | None:
    """Return a country code of two letters, or None."""
    if not isinstance(value, str):
        return None
    try:
        return country_code(value)
    except ValueError:
        return None


def year_of(*values: object) -> int | None:
    """Return the first year that one of values names, or None."""
    for value in values:
        found = _YEAR.search(str(value)) if isinstance(value, str | int | date) else None
        if found:
            return int(found[1])
    return None


def moment_of(value: object) -> datetime | None:
    """Return a moment in UTC out of ISO 8601 or RFC 2822, or None; a date is its midnight."""
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def foreign_fields(
    *,
    title: Iterable[tuple[object, object]],
    summary: Iterable[tuple[object, object]] = (),
    language: Iterable[object] = (),
    kinds: Iterable[object] = (),
    subjects: Iterable[object] = (),
    links: Iterable[object] = (),
    publisher: object = None,
    years: Iterable[object] = (),
    country: object = None,
    city: object = None,
    licence: object = None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """
    Return the fields that the words of a source give, and the keywords that are left.

    title, summary: pairs of language and text. Without a summary the title stands for it. `kind`
    is left out where no type is known, so that a default applies; `language` is `und` then.
    """
    tag = next((found for each in language if (found := tag_of(each))), None)
    titles = _told(texts_of(title, LONGEST_TITLE), tag)
    topics, keywords = topics_of(subjects)
    fields: dict[str, Any] = {
        "title": titles,
        "summary": _told(texts_of(summary), tag) or titles,
        "url": link_of(*links),
        "publisher": plain_line(publisher),
        "year": year_of(*years),
        "language": tag or next((each for each in titles if each != UNDETERMINED), UNDETERMINED),
        "country": country_of(country),
        "city": plain_line(city),
        "kind": kind_of(kinds),
        "topics": topics,
        "licence": plain_line(licence),
    }
    return {name: value for name, value in fields.items() if value is not None}, keywords


def _told(texts: Mapping[str, str], tag: str | None) -> dict[str, str]:
    """Return texts, that of no language as one in the language of the document."""
    if tag is None or UNDETERMINED not in texts:
        return dict(texts)
    return {tag: texts[UNDETERMINED], **{k: v for k, v in texts.items() if k != UNDETERMINED}}
