"""Language tags, texts in several languages, and words as searches compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.folding import words_of
from content.language import (
    best_text,
    check_language_map,
    language_tag,
    primary_language,
)

TAGS = st.sampled_from(["en", "es", "pt", "pt-BR", "pt-PT", "zh-Hant", "zh-Hant-TW", "ar", "und"])


@pytest.mark.parametrize(
    ("given_tag", "usual"),
    [("EN", "en"), ("pt-br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")],
)
def test_a_tag_is_brought_into_its_usual_spelling(given_tag: str, usual: str) -> None:
    assert language_tag(given_tag) == usual


@pytest.mark.parametrize("wrong", ["", "english", "e", "en_US", "en-", "pt-BRA", "en\x00", "-en"])
def test_what_is_no_tag_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(ValueError, match="write one such as en, pt-BR or zh-Hant"):
        language_tag(wrong)


@pytest.mark.parametrize(
    ("texts", "wanted", "original", "tag"),
    [
        ({"pt": "a", "pt-BR": "b", "en": "c"}, "pt-BR", "en", "pt-BR"),
        ({"pt": "a", "en": "c"}, "pt-BR", "en", "pt"),
        ({"pt-BR": "b", "en": "c"}, "pt", "en", "pt-BR"),
        ({"de": "a", "en": "c"}, "ar", "de", "de"),
        ({"de": "a", "en": "c"}, "ar", "fr", "en"),
        ({"nl": "a", "de": "b"}, "ar", "fr", "de"),
    ],
)
def test_a_reader_gets_the_nearest_text_there_is(
    texts: dict[str, str], wanted: str, original: str, tag: str
) -> None:
    assert best_text(texts, wanted, original) == (tag, texts[tag])


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({}, "needs 1 to"),
        ({"english": "a"}, "not a language tag"),
        ({"pt-BR": "a", "pt-br": "b"}, "pt-BR is there twice"),
        ({"en": "  "}, "the text in en is empty"),
        ({"en": "a\x1b[31m"}, "the text in en must not hold control signs"),
        ({"en": "a" * 20_000}, "the text in en must have at most 16 KiB"),
    ],
)
def test_a_wrong_language_map_is_refused_in_words(texts: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_language_map(texts)


@given(
    st.dictionaries(TAGS, st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1),
    TAGS,
    TAGS,
)
def test_a_checked_map_stays_as_it_is_and_always_has_a_text(
    texts: dict[str, str], wanted: str, original: str
) -> None:
    checked = check_language_map(texts)

    assert check_language_map(checked) == checked
    tag, text = best_text(checked, wanted, original)
    assert checked[tag] == text
    if any(f"{each}-".lower().startswith(f"{wanted}-".lower()) for each in checked):
        assert primary_language(tag) == primary_language(wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Contratación PÚBLICA", ["contratacion", "publica"]),
        ("Straße, œuvre & Łódź", ["strasse", "oeuvre", "lodz"]),
        ("الخُصوصيّة", ["الخصوصيه"]),
        ("أحكام إدارة", ["احكام", "اداره"]),
        ("e-mail 2016/679", ["e", "mail", "2016", "679"]),
        ("臺北 data", ["臺", "北", "data"]),
        ("디지털 권리", ["디지털", "권리"]),
        ("\x00'\"()*:^-", []),
    ],
)
def test_words_lose_case_accents_and_spelling_variants(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = words_of(text)
    assert words_of(" ".join(once)) == once
