"""Words of foreign catalogues: whatever they are, a record comes of them, or a reason why not."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.resources.formats.foreign import (
    foreign_fields,
    kind_of,
    moment_of,
    plain_line,
    plain_text,
    topics_of,
)
from content.resources.formats.languages import tag_of
from content.resources.formats.shapes import Found, record_of
from content.resources.record import RecordInvalid

_WORDS = st.text(max_size=40) | st.sampled_from(
    ("", "en", "<p>a</p>", "&lt;b&gt;", "\ud800", "a\x00b", "\u2028", "https://a.example/ b", "NL")
)
_ANYTHING = _WORDS | st.none() | st.integers() | st.lists(_WORDS, max_size=2)
_PAIRS = st.lists(st.tuples(_ANYTHING, _ANYTHING), max_size=3)
_SEVERAL = st.lists(_ANYTHING, max_size=3)


@given(
    st.fixed_dictionaries(
        {"title": _PAIRS},
        optional={
            "summary": _PAIRS,
            "language": _SEVERAL,
            "kinds": _SEVERAL,
            "subjects": _SEVERAL,
            "links": _SEVERAL,
            "publisher": _ANYTHING,
            "years": _SEVERAL,
            "country": _ANYTHING,
            "city": _ANYTHING,
            "licence": _ANYTHING,
        },
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_record_comes_of_whatever_has_a_title(words: dict[str, Any]) -> None:
    fields, _ = foreign_fields(**words)
    found = Found(source_id="1", fields=fields)

    if fields["title"]:
        assert record_of(found, source="x", defaults={"kind": "report"}).source_id == "1"
    else:
        with pytest.raises(RecordInvalid, match="title"):
            record_of(found, source="x", defaults={"kind": "report"})


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("nl", "nl"),
        ("PT_br", "pt-BR"),
        ("http://publications.europa.eu/resource/authority/language/CAT", "ca"),
        ("ger", "de"),
        ("Arabic", "ar"),
        ("http://id.loc.gov/vocabulary/iso639-1/fr/", "fr"),
        ("mostly French", None),
        (None, None),
    ],
)
def test_languages_are_known_in_the_ways_catalogues_write_them(given: Any, tag: Any) -> None:
    assert tag_of(given) == tag


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("Dataset", "dataset"),
        ("http://purl.org/dc/dcmitype/Software", "tool"),
        ("info:eu-repo/semantics/workingPaper", "report"),
        ("Guía", "guide"),
        ("Charter", "charter"),
        ("Moving image", None),
    ],
)
def test_kinds_are_translated_where_they_have_a_counterpart(given: str, kind: Any) -> None:
    assert kind_of([None, given]) == kind


def test_subjects_that_are_a_label_in_any_language_become_topics_and_the_rest_keywords() -> None:
    topics, keywords = topics_of(
        ["الخصوصية", "Contratación pública", "bicycles", "privacy", "https://x.example/bikes", 5]
    )

    assert topics[0] == "privacy"
    assert "procurement" in topics
    assert keywords == ("bicycles", "5")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\nTwo & three"),
        ("a<script>alert(1)</script>b", "ab"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("&lt;b&gt;", "<b>"),
        ("a\x1b[31mb", "a[31mb"),
    ],
)
def test_markup_becomes_plain_text_and_nothing_that_drives_a_terminal_is_left(
    given: str, text: str
) -> None:
    assert plain_text(given) == text


def test_a_long_text_is_cut_where_our_records_end() -> None:
    assert len(plain_text("ا" * 20_000).encode()) <= 16 * 1024
    assert len(plain_line("a" * 1000) or "") == 300


@pytest.mark.parametrize(
    ("given", "year"),
    [
        ("2024-05-01", 2024),
        ("2024-05-01T10:00:00+02:00", 2024),
        ("Wed, 01 May 2024 10:00:00 GMT", 2024),
        ("soon", None),
        ("0001-01-01T00:00:00+23:59", None),
    ],
)
def test_moments_are_read_as_catalogues_and_feeds_write_them(given: str, year: Any) -> None:
    found = moment_of(given)

    assert (None if found is None else found.year) == year
