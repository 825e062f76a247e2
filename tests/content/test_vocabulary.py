"""The vocabulary of the package: complete, and found by its labels in nine languages."""

import pytest

from content.vocabulary import LANGUAGES, ConceptUnknown, Vocabulary

VOCABULARY = Vocabulary.load()


def test_every_concept_has_a_label_in_every_language_and_a_broader_one_that_exists() -> None:
    concepts = [concept for scheme in VOCABULARY.schemes for concept in scheme.concepts]

    assert len(concepts) == 162
    for concept in concepts:
        assert set(concept.labels) == set(LANGUAGES), concept.id
        assert all(concept.labels.values())
        assert concept.broader is None or VOCABULARY.concept(concept.broader).scheme == (
            concept.scheme
        )


def test_a_parent_knows_all_below_it_and_a_child_all_above_it() -> None:
    assert VOCABULARY.narrower("procurement") == ("contract-clauses", "vendor-due-diligence")
    assert VOCABULARY.broader("contract-clauses") == ("procurement",)
    assert "fnd-charter" in VOCABULARY.narrower("fnd-foundations")
    assert VOCABULARY.broader("fnd-charter") == ("fnd-commitments", "fnd-foundations")


def test_narrower_and_broader_are_two_sides_of_one_thing() -> None:
    for topic in VOCABULARY.ids("topics"):
        assert all(topic in VOCABULARY.broader(child) for child in VOCABULARY.narrower(topic))


@pytest.mark.parametrize(
    "label",
    ["Contratación pública", "contratacion PUBLICA", "Öffentliche Beschaffung", "المشتريات العامة"],
)
def test_a_concept_is_found_by_its_label_in_any_language(label: str) -> None:
    assert "procurement" in VOCABULARY.find_by_label(label)


def test_a_text_that_is_no_label_finds_no_concept() -> None:
    assert VOCABULARY.find_by_label("public") == ()
    assert VOCABULARY.find_by_label("") == ()


def test_a_reader_gets_the_label_in_the_own_language_else_in_english() -> None:
    assert VOCABULARY.label("privacy", "pt-BR") == "Privacidade"
    assert VOCABULARY.label("privacy", "ko") == "Privacy"


def test_an_unknown_concept_or_scheme_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConceptUnknown, match="privacy"):
        VOCABULARY.concept("privcy")
    with pytest.raises(ConceptUnknown, match="resource-kinds"):
        VOCABULARY.scheme("resource-kind")
    assert "privcy" not in VOCABULARY
    assert "privacy" in VOCABULARY
