"""
The languages that pages are written in, and which of them a reader gets.

The choice of the reader comes first, then what the browser asks for, then the language of the hub.
A draft is shown to nobody who did not ask for that language (docs/adr/0057-languages.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from babel import Locale

_LONGEST_FIELD: Final = 1000


@dataclass(frozen=True)
class Language:
    """
    One language of the pages. tag: BCP 47, in addresses and `lang`; name: in itself.

    locale: whose dates, numbers and lists it uses. draft: nobody who speaks it has read the texts.
    """

    tag: str
    name: str
    locale_name: str
    draft: bool = False

    @cached_property
    def locale(self) -> Locale:
        """Return how dates, numbers, lists and countries are written."""
        return Locale.parse(self.locale_name)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Return which way it is written."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"


ENGLISH: Final = Language("en", "English", "en_GB")
LANGUAGES: Final[Mapping[str, Language]] = {
    each.tag: each
    for each in (
        ENGLISH,
        Language("es", "Español", "es"),
        Language("fr", "Français", "fr"),
        Language("ar", "العربية", "ar"),
        Language("de", "Deutsch", "de", draft=True),
        Language("ca", "Català", "ca", draft=True),
        Language("pt", "Português", "pt_PT", draft=True),
        Language("it", "Italiano", "it", draft=True),
        Language("nl", "Nederlands", "nl", draft=True),
    )
}
"""In the order in which a page offers them: those that are complete first."""


def offered(tag: str | None) -> Language | None:
    """Return the language of a tag, whatever its script and region, or None if there is none."""
    return None if tag is None else LANGUAGES.get(tag.strip().lower().partition("-")[0])


def language_for(chosen: Iterable[str | None], accept: str, hub: str) -> Language:
    """
    Return the language that a reader gets.

    chosen: tags that the reader chose, the newest first; accept: the field Accept-Language; hub:
    tag of the hub's own language.
    """
    for tag in chosen:
        if (language := offered(tag)) is not None:
            return language
    for tag in preferred(accept):
        if (language := offered(tag)) is not None:
            return language
    own = offered(hub)
    return ENGLISH if own is None or own.draft else own


def preferred(accept: str) -> list[str]:
    """
    Return the tags of an Accept-Language field, the most wanted first; none for what is no field.

    Source: RFC 9110, section 12.5.4. "*" and what has the weight 0 are left out.
    """
    weighed = [(weight, tag) for tag, weight in _ranges(accept) if weight > 0 and tag != "*"]
    return [tag for _, tag in sorted(weighed, key=lambda each: -each[0])]


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept[:_LONGEST_FIELD].split(","):
        tag, _, options = part.partition(";")
        name, _, value = options.strip().partition("=")
        try:
            weight = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            weight = 0.0
        if tag.strip() and 0 <= weight <= 1:
            yield tag.strip(), weight
