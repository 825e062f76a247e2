"""Dates, numbers, lists and names as people read them, in the language of the page."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_decimal
from babel.units import format_unit

from content.framework.scores import level_name
from content.language import primary_language
from content.names import COUNTRY_NAMES, country_name
from content.vocabulary import Vocabulary
from node.web.languages import ENGLISH
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _

_OWN_NAMES: Final = dict(
    line.strip().split(" ", 1)
    for line in """
    af Afrikaans|am አማርኛ|ar العربية|az Azərbaycanca|be Беларуская|bg Български|bn বাংলা|bs Bosanski
    ca Català|cs Čeština|cy Cymraeg|da Dansk|de Deutsch|el Ελληνικά|en English|es Español|et Eesti
    eu Euskara|fa فارسی|fi Suomi|fr Français|ga Gaeilge|gl Galego|he עברית|hi हिन्दी|hr Hrvatski
    hu Magyar|hy Հայերեն|id Bahasa Indonesia|is Íslenska|it Italiano|ja 日本語|ka ქართული|kk Қазақша
    km ខ្មែរ|ko 한국어|ku Kurdî|lt Lietuvių|lv Latviešu|mk Македонски|mn Монгол|ms Bahasa Melayu
    mt Malti|my မြန်မာ|ne नेपाली|nl Nederlands|no Norsk|oc Occitan|pl Polski|pt Português|rm Rumantsch
    ro Română|ru Русский|si සිංහල|sk Slovenčina|sl Slovenščina|so Soomaali|sq Shqip|sr Српски
    sv Svenska|sw Kiswahili|ta தமிழ்|th ไทย|ti ትግርኛ|tl Tagalog|tr Türkçe|uk Українська|ur اردو
    uz Oʻzbekcha|vi Tiếng Việt|zh 中文|zh-Hans 简体中文|zh-Hant 繁體中文|pt-BR Português do Brasil
    pt-PT Português de Portugal
    """.strip()
    .replace("\n", "|")
    .split("|")
)

_FOREIGN_KINDS: Final = {
    "article": N_("Article"),
    "page": N_("Page"),
    "document": N_("Document"),
    "event": N_("Event"),
    "note": N_("Post"),
}
_OFFERS: Final = {
    "review": N_("Reviews drafts"),
    "call": N_("Calls"),
    "workshop": N_("Workshops"),
    "drafting": N_("Drafts texts"),
}
_HUB_KINDS: Final = {
    "self": N_("This hub"),
    "hub": N_("Hub"),
    "coalition": N_("Coalition"),
    "source": N_("Source, not a hub"),
}


def day(at: date, zone: ZoneInfo) -> str:
    """Return a date as "24 November 2026"; at a moment, as it is in the zone of the hub."""
    local = at.astimezone(zone) if isinstance(at, datetime) else at
    written: str = format_date(local, "long", locale=spoken().locale)
    return written


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return date and time as "24 November 2026, 09:30 CET", in the zone of the hub."""
    local, locale = at.astimezone(zone), spoken().locale
    time = f"{format_time(local, 'short', locale=locale)} {local.tzname()}"
    # The locale knows how the two are joined: CLDR calls them {1} and {0}.
    joined = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return joined.replace("{1}", day(at, zone)).replace("{0}", time)


def month(written: str) -> str:
    """Return a month that was written as 2026-11: "Nov 2026"."""
    at = date(int(written[:4]), int(written[5:7]), 1)
    return str(format_skeleton("yMMM", at, locale=spoken().locale))


def number(count: float) -> str:
    """Return a number with the signs of the language: 10,000 or 10.000."""
    return format_decimal(count, locale=spoken().locale)


def size(count: int) -> str:
    """Return the size of a file of so many bytes: "3 kB", "2.5 MB"."""
    kilobytes, megabytes = math.ceil(count / 1000), round(count / 1_000_000, 1)
    locale = spoken().locale
    if kilobytes < 1000:
        return format_unit(kilobytes, "digital-kilobyte", "short", locale=locale)
    return format_unit(megabytes, "digital-megabyte", "short", locale=locale)


def listed(names: Iterable[str]) -> str:
    """Return names one after the other: "A, B, C"."""
    return _(", ").join(str(name) for name in names)


def at_least(count: int, exact: bool) -> str:
    """Return a count: 1,234, or 1,234+ where it is not exact."""
    return number(count) if exact else f"{number(count)}+"


def languages(also: str) -> list[tuple[str, str]]:
    """Return tags and own names of the languages to choose from, and one more."""
    known = {tag: own_name(tag) for tag in (*_OWN_NAMES, also)}
    return sorted(known.items(), key=lambda each: each[1].casefold())


def own_name(tag: str) -> str:
    """Return the name of a language in itself; the tag where we know none."""
    return _OWN_NAMES.get(tag) or _OWN_NAMES.get(primary_language(tag)) or tag


def language_name(tag: str) -> str:
    """Return the name of a language in that of the reader; its own name where none is known."""
    known = spoken().locale.languages.get(tag) or spoken().locale.languages.get(
        primary_language(tag)
    )
    return str(known) if known else own_name(tag)


def country(code: str) -> str:
    """Return the name of a country as it stands alone: Netherlands; the code if none has it."""
    if spoken() is ENGLISH or code not in COUNTRY_NAMES:
        return country_name(code).removeprefix("the ")
    return str(spoken().locale.territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Return codes and names of all countries, by name."""
    return sorted(
        ((code, country(code)) for code in COUNTRY_NAMES), key=lambda each: each[1].casefold()
    )


def concept(concept_id: str) -> str:
    """Return the label of a concept; the id for one that a newer hub knows and we do not."""
    vocabulary = Vocabulary.load()
    if concept_id not in vocabulary:
        return concept_id
    return vocabulary.label(concept_id, spoken().tag)


def kind(kind_id: str) -> str:
    """Return the label of a kind of resource, also of what sources publish."""
    foreign = _FOREIGN_KINDS.get(kind_id)
    return concept(kind_id) if foreign is None else _(foreign)


def offer(name: str) -> str:
    """Return what an expert offers, in words."""
    known = _OFFERS.get(name)
    return name if known is None else _(known)


def hub_kind(kind_id: str) -> str:
    """Return what kind of hub one is, in words."""
    return _(_HUB_KINDS[kind_id])


def level(reached: int) -> str:
    """Return how far an item of a framework is: "2 of 4, developing"."""
    name = level_name(reached, spoken().tag).lower()
    return _("%(level)s of 4, %(name)s", level=number(reached), name=name)


def host(url: str) -> str:
    """Return the host of an address, as a link shows it: without www."""
    return urlsplit(url).netloc.removeprefix("www.")
