"""Dates, numbers, names and directions."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from content.starter import starter_catalogue
from content.vocabulary import LANGUAGES
from node.web import words
from node.web.languages import LANGUAGES as OF_PAGES
from node.web.said import direction_of, said, said_best, said_originally
from node.web.speaking import speaking

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


def test_dates_are_in_the_zone_of_the_hub() -> None:
    assert words.day(AT, ZoneInfo("UTC")) == "24 November 2026"
    assert words.day(AT, ZoneInfo("Europe/Madrid")) == "25 November 2026"
    assert words.moment(AT, ZoneInfo("Europe/Madrid")) == "25 November 2026, 00:30 CET"


def test_numbers_are_readable() -> None:
    assert words.number(10000) == "10,000"
    assert words.at_least(1234, exact=False) == "1,234+"


def test_languages_have_their_own_names() -> None:
    assert words.own_name("ar") == "العربية"
    assert words.own_name("pt-BR") == "Português do Brasil"
    assert words.own_name("fr-CA") == "Français"
    assert words.own_name("xx") == "xx"
    tags = {*LANGUAGES, *(record.language for record in starter_catalogue())}
    assert all(words.own_name(tag) != tag for tag in tags)


def test_countries_stand_alone() -> None:
    assert words.country("NL") == "Netherlands"
    assert words.country("ZZ") == "ZZ"


def test_what_a_newer_hub_knows_is_shown_as_it_is() -> None:
    assert words.concept("new-topic") == "new-topic"
    assert words.kind("note") == "Post"


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("en", "ltr"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("und", "auto"),
    ],
)
def test_a_text_knows_its_direction(tag: str, direction: str) -> None:
    assert direction_of(tag) == direction


def test_only_other_languages_are_marked() -> None:
    assert not said("Hi", "en-GB").foreign
    assert said("Hola", "es").foreign
    assert said("?", "und").lang == ""


def test_a_translated_title_keeps_its_original_beside_it() -> None:
    texts = {"en": "Guide", "nl": "Gids"}
    shown = said_best(texts, "nl")

    assert shown is not None
    assert shown.text == "Guide"
    original = said_originally(texts, "nl", shown)
    assert original is not None
    assert original.text == "Gids"
    assert said_originally({"nl": "Gids"}, "nl", said_best({"nl": "Gids"}, "nl")) is None
    assert said_best({}, "en") is None


@pytest.mark.parametrize(
    ("tag", "date", "moment", "many", "country", "size"),
    [
        ("en", "25 November 2026", "25 November 2026, 00:30 CET", "10,000", "Netherlands", "2 kB"),
        ("es", "25 de noviembre de 2026", None, "10.000", "Países Bajos", "2 kB"),
        ("fr", "25 novembre 2026", None, "10\u202f000", "Pays-Bas", "2\u202fko"),
        ("ar", "25 نوفمبر 2026", None, "10,000", "هولندا", "2 كيلوبايت"),
        ("de", "25. November 2026", None, "10.000", "Niederlande", "2 kB"),
    ],
)
def test_dates_numbers_and_names_are_those_of_the_language(
    tag: str, date: str, moment: str | None, many: str, country: str, size: str
) -> None:
    zone = ZoneInfo("Europe/Madrid")
    with speaking(OF_PAGES[tag]):
        assert words.day(AT, zone) == date
        assert words.moment(AT, zone).startswith(date)
        assert moment in (None, words.moment(AT, zone))
        assert words.number(10_000) == many
        assert words.country("NL") == country
        assert words.country("ZZ") == "ZZ"
        assert words.size(1_234) == size


def test_the_commas_of_a_list_are_those_of_the_language() -> None:
    assert words.listed(["A", "B"]) == "A, B"
    with speaking(OF_PAGES["ar"]):
        assert words.listed(["A", "B"]) == "A، B"
    assert words.listed([]) == ""
