"""
Language tags and texts in several languages.

Tags are those of BCP 47 (RFC 5646) as far as hubs need them: language, script, region. Matching is
the basic filtering of RFC 4647, section 3.3.1: "pt" finds pt-BR, and "pt-BR" does not find pt.
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from content.text import long_text
from content.validation import shown

_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(-(?P<script>[A-Za-z]{4}))?(-(?P<region>[A-Za-z]{2}|[0-9]{3}))?"
)
UNDETERMINED = "und"
"""The tag for a text whose language nobody told (RFC 5646, section 4.1)."""
MOST_LANGUAGES = 40
LONGEST_TEXT_BYTES = 16 * 1024


def language_tag(text: str) -> str:
    """Return a tag in its usual spelling, such as en, pt-BR or zh-Hant; ValueError for others."""
    found = _TAG.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"{shown(text)} is not a language tag; write one such as en, pt-BR or zh-Hant."
        )
    parts = [found["language"].lower()]
    if found["script"]:
        parts.append(found["script"].title())
    if found["region"]:
        parts.append(found["region"].upper())
    return "-".join(parts)


LanguageTag = Annotated[str, AfterValidator(language_tag)]
"""A BCP 47 tag, brought into its usual spelling."""


def primary_language(tag: str) -> str:
    """Return the first part of a tag: pt of pt-BR."""
    return tag.partition("-")[0]


def check_language_map(texts: Mapping[str, str]) -> dict[str, str]:
    """
    Return texts by language tag, tags in their usual spelling, blanks around texts removed.

    Raises ValueError if there are none or too many, a tag is none, appears twice in two
    spellings, or a text is empty, too long or holds control signs.
    """
    if not 1 <= len(texts) <= MOST_LANGUAGES:
        raise ValueError(f"needs 1 to {MOST_LANGUAGES} languages, each with its text.")
    checked: dict[str, str] = {}
    for given, text in texts.items():
        tag = language_tag(given)
        if tag in checked:
            raise ValueError(f"the language {tag} is there twice.")
        try:
            checked[tag] = long_text(text, LONGEST_TEXT_BYTES)
        except ValueError as error:
            raise ValueError(f"the text in {tag} {error}") from None
        if not checked[tag]:
            raise ValueError(f"the text in {tag} is empty.")
    return checked


LanguageMap = Annotated[dict[str, str], AfterValidator(check_language_map)]
"""Texts by BCP 47 tag, at least one."""


def best_text(texts: Mapping[str, str], wanted: str, original: str) -> tuple[str, str]:
    """
    Return the tag and the text that a reader of wanted gets.

    In this order: wanted itself; less of it (pt for pt-BR); another of the same language (pt-BR
    for pt); the language of the original; English; the first by tag. Source: RFC 4647, section
    3.4 (lookup), and what readers prefer after it. Raises ValueError if there are no texts.
    """
    if not texts:
        raise ValueError("There is no text in any language.")
    by_tag = {tag.lower(): tag for tag in sorted(texts, reverse=True)}
    for tag in (wanted, original, "en"):
        found = _nearest(by_tag, tag.lower())
        if found is not None:
            return found, texts[found]
    first = min(texts)
    return first, texts[first]


def _nearest(by_tag: Mapping[str, str], wanted: str) -> str | None:
    shorter = wanted
    while shorter:
        if shorter in by_tag:
            return by_tag[shorter]
        shorter = shorter.rpartition("-")[0]
    same = sorted(tag for tag in by_tag if primary_language(tag) == primary_language(wanted))
    return by_tag[same[0]] if same else None
