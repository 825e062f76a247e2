"""Texts with their language, so that browsers, screen readers and hyphenation know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from content.language import UNDETERMINED, best_text, primary_language
from node.web.speaking import spoken

_RIGHT_TO_LEFT: Final = frozenset(
    "ar arc ckb dv fa he ks ps sd syr ug ur yi".split()  # noqa: SIM905
)
_RIGHT_TO_LEFT_SCRIPTS: Final = frozenset(("arab", "hebr", "syrc", "thaa", "nkoo", "rohg"))

Direction = Literal["ltr", "rtl", "auto"]


@dataclass(frozen=True, slots=True)
class Said:
    """
    A text as it stands on a page.

    lang: its BCP 47 tag; "" if nobody told, which is what HTML wants for an unknown language.
    foreign: whether the page must say so, since it is not the language of the page.
    """

    text: str
    lang: str
    direction: Direction

    @property
    def foreign(self) -> bool:
        """Return whether the text needs its own `lang` and `dir`."""
        return primary_language(self.lang) != spoken().tag


def said(text: str, tag: str) -> Said:
    """Return a text in the language of tag."""
    lang = "" if tag == UNDETERMINED else tag
    return Said(text, lang, direction_of(tag))


def said_here(text: str) -> Said:
    """Return a text that is in the language of the page."""
    return said(text, spoken().tag)


def said_by_itself(name: str) -> Said:
    """Return a name, whose language nobody told: it stands apart from the text around it."""
    return said(name, UNDETERMINED)


def said_best(texts: Mapping[str, str], original: str) -> Said | None:
    """Return the text that a reader of the page gets; None if there is none."""
    if not texts:
        return None
    tag, text = best_text(texts, spoken().tag, original)
    return said(text, tag)


def said_originally(texts: Mapping[str, str], original: str, shown: Said | None) -> Said | None:
    """Return the text in its original language, None if it is shown already or not there."""
    if original not in texts or (shown is not None and texts[original] == shown.text):
        return None
    return said(texts[original], original)


def direction_of(tag: str) -> Direction:
    """Return which way a text in tag is written; "auto" lets the browser look at the text."""
    parts = tag.lower().split("-")
    if parts[0] == UNDETERMINED:
        return "auto"
    scripts = [part for part in parts[1:] if len(part) == 4]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if parts[0] in _RIGHT_TO_LEFT else "ltr"
