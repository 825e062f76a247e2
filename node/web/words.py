"""Dates, numbers and names as people read them. English; the pages have one language so far."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from content.language import primary_language
from content.names import country_name
from content.vocabulary import Vocabulary

_MONTHS: Final = (  # noqa: SIM905 - a line is easier to read than twelve
    "January February March April May June July August September October November December"
).split()

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
    "article": "Article",
    "page": "Page",
    "document": "Document",
    "event": "Event",
    "note": "Post",
}
OFFERS: Final = {
    "review": "Reviews drafts",
    "call": "Calls",
    "workshop": "Workshops",
    "drafting": "Drafts texts",
}
HUB_KINDS: Final = {
    "self": "This hub",
    "hub": "Hub",
    "coalition": "Coalition",
    "source": "Source, not a hub",
}


def day(at: datetime, zone: ZoneInfo) -> str:
    """Return a date as "24 November 2026", in the zone of the hub."""
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return date and time as "24 November 2026, 09:30 CET", in the zone of the hub."""
    local = at.astimezone(zone)
    return f"{day(at, zone)}, {local:%H:%M} {local.tzname()}"


def number(count: int) -> str:
    """Return a number with commas: 10,000."""
    return f"{count:,}"


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


def country(code: str) -> str:
    """Return the name of a country as it stands alone: Netherlands."""
    return country_name(code).removeprefix("the ")


def concept(concept_id: str) -> str:
    """Return the label of a concept; the id for one that a newer hub knows and we do not."""
    vocabulary = Vocabulary.load()
    return vocabulary.label(concept_id) if concept_id in vocabulary else concept_id


def kind(kind_id: str) -> str:
    """Return the label of a kind of resource, also of what sources publish."""
    return _FOREIGN_KINDS.get(kind_id) or concept(kind_id)


def offer(name: str) -> str:
    """Return what an expert offers, in words."""
    return OFFERS.get(name, name)


def host(url: str) -> str:
    """Return the host of an address, as a link shows it: without www."""
    return urlsplit(url).netloc.removeprefix("www.")
