"""Searching the catalogue: who finds what, in which language, and who does not see what."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.catalogue import Catalogue
from content.database import transaction
from content.hubs import HubDirectory, HubEntry
from content.indexes import rebuild_if_stale
from content.labels import Label
from content.paging import BadLimit
from content.resources.held import ForeignRecord, HeldResourceStore
from content.search import BadQuery, FacetCount, Why
from content.starter import starter_catalogue
from tests.content.shelf import HOST, ORIGIN, PEER, Shelf, open_shelf
from tests.seams import START


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        yield shelf


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with open_shelf(tmp_path_factory.mktemp("starter")) as shelf:
        shelf.publish_all(starter_catalogue())
        yield shelf


def test_words_are_found_whatever_their_case_and_accents_and_in_any_order(shelf: Shelf) -> None:
    shelf.publish(title={"es": "Guía de contratación"}, language="es")
    shelf.publish(title="A guide to cameras")

    found = shelf.search("CONTRATACION guia")

    assert next(iter(found.items[0].title.values())) == "Guía de contratación"
    assert found.with_all_words == 1


def test_a_record_is_found_by_the_texts_of_all_its_languages(shelf: Shelf) -> None:
    shelf.publish(title={"nl": "Gids", "ar": "دليل المشتريات"}, summary={"fr": "Marchés publics"})

    assert shelf.titles("gids") == shelf.titles("دليل") == shelf.titles("marches") == ["Gids"]


def test_the_last_word_may_still_be_being_typed(shelf: Shelf) -> None:
    shelf.publish(title="Algorithm register")

    assert shelf.titles("algorithm regis") == ["Algorithm register"]
    assert shelf.search("regis ").total == 0
    assert shelf.titles("algo register") == ["Algorithm register"]
    assert shelf.search("algo register").missing == ("algo",)


def test_words_written_together_are_found_as_a_phrase(shelf: Shelf) -> None:
    shelf.publish(title="Regulation 2016/679")
    shelf.publish(title="679 cases of 2016")
    shelf.publish(title={"zh-Hant": "臺北市個人資料保護"}, language="zh-Hant")

    assert shelf.titles("2016/679") == ["Regulation 2016/679"]
    assert shelf.titles("資料保護") == ["臺北市個人資料保護"]
    assert shelf.titles("護保") == []


@pytest.mark.parametrize(
    "q", ["contratación pública", "Beschaffung", "Öffentliche Beschaffung", "المشتريات العامة"]
)
def test_a_concept_is_found_by_its_label_in_any_language_for_records_in_every_language(
    shelf: Shelf, q: str
) -> None:
    shelf.publish(title="Buying software", topics=["procurement"])
    shelf.publish(title={"pt-BR": "Cláusulas"}, language="pt-BR", topics=["contract-clauses"])
    shelf.publish(title="Cameras", topics=["urban-surveillance"])

    found = shelf.search(q)

    assert found.total == 2
    assert {item.language for item in found.items} == {"en", "pt-BR"}
    assert all(Why("concept", "procurement") in item.why for item in found.items)


def test_a_label_among_other_words_stands_for_its_concept(shelf: Shelf) -> None:
    shelf.publish(title="Buying software in Utrecht", topics=["procurement"])
    shelf.publish(title="Buying software in Delft", topics=["procurement"])

    found = shelf.search("contratación pública Utrecht")

    assert shelf.titles("contratación pública Utrecht")[0] == "Buying software in Utrecht"
    assert (found.with_all_words, found.total) == (1, 2)
    assert shelf.search("Utrecht Vertragsklauseln").missing == ("vertragsklauseln",)


def test_a_parent_topic_finds_its_children_and_counts_them(shelf: Shelf) -> None:
    shelf.publish(title="Parent", topics=["procurement"])
    shelf.publish(title="Child", topics=["contract-clauses", "vendor-due-diligence"])

    found = shelf.search(topic="procurement")

    assert found.total == 2
    assert found.facets["topic"][0] == FacetCount("procurement", 2)
    assert shelf.titles(topic="contract-clauses") == ["Child"]


def test_portuguese_finds_the_portuguese_of_brazil_but_not_the_other_way_round(
    shelf: Shelf,
) -> None:
    shelf.publish(title={"pt-BR": "Do Brasil"}, language="pt-BR")
    shelf.publish(title={"pt": "De Portugal"}, language="pt")

    assert shelf.search(language="PT").total == 2
    assert shelf.titles(language="pt-br") == ["Do Brasil"]
    assert shelf.search().facets["language"] == (FacetCount("pt", 2),)


def test_a_hub_is_chosen_by_host_or_by_permanent_name(shelf: Shelf) -> None:
    shelf.publish(title="Ours")
    shelf.hold(title="Theirs")
    with transaction(shelf.db):
        HubDirectory(shelf.db).put(
            HubEntry(
                host=PEER,
                name="Barcelona",
                city="Barcelona",
                country="ES",
                language="ca",
                kind="hub",
                g="uAbC",
                actor=f"https://{PEER}/actor",
            )
        )

    assert shelf.titles(hub=HOST) == ["Ours"]
    assert shelf.titles(hub=PEER.upper()) == shelf.titles(hub="uAbC") == ["Theirs"]
    assert shelf.titles(hub="unknown.example") == shelf.titles(hub="\x00") == []
    assert shelf.search().facets["hub"] == (FacetCount(HOST, 1), FacetCount(PEER, 1))


def test_a_title_weighs_more_than_a_summary_and_a_summary_with_the_word_more_than_none(
    shelf: Shelf,
) -> None:
    shelf.publish(title="Something else", summary="Here a drone is mentioned once among others.")
    shelf.publish(title="Drone policy")

    assert shelf.titles("drone") == ["Drone policy", "Something else"]


def test_the_word_itself_in_a_title_weighs_more_than_one_of_the_same_meaning_there_and_in_the_text(
    shelf: Shelf,
) -> None:
    topics = ["transparency-accountability"]
    shelf.publish(title="Transparency standard", summary="How to record.", topics=topics)
    shelf.publish(
        title="Accountability at work", summary="A study of accountability.", topics=topics
    )

    assert shelf.titles("transparency") == ["Transparency standard", "Accountability at work"]


def test_what_may_not_be_seen_is_neither_shown_nor_counted(shelf: Shelf) -> None:
    shelf.publish(title="Clear clause")
    shelf.publish(title="Green clause", label="tlp-green")
    shelf.hold(title="Held green clause", label=Label.GREEN)

    public = shelf.search("clause")
    staff = shelf.search("clause", labels=frozenset({"tlp-clear", "tlp-green"}))

    assert (public.total, public.facets["kind"]) == (1, (FacetCount("guide", 1),))
    assert [item.place.label for item in public.items] == [Label.CLEAR]
    assert staff.total == 3
    assert shelf.search("clause", labels=frozenset()).total == 0
    assert shelf.search(labels=frozenset({"tlp-blue"})).total == 0


def test_what_is_changed_retracted_or_gone_disappears_from_results(shelf: Shelf) -> None:
    changed = shelf.publish(title="First wording")
    retracted = shelf.publish(title="Retracted wording")
    held = shelf.hold(title="Gone wording")

    shelf.change(changed, title="Second text")
    shelf.retract(retracted)
    with transaction(shelf.db):
        HeldResourceStore(shelf.db).remove(PEER, held.ref, START, url=held.url)
        Catalogue(shelf.db).drop(held.url)
        Catalogue(shelf.db).drop("https://never.example/there")

    assert shelf.titles("wording") == []
    assert shelf.titles() == ["Second text"]


def test_a_found_record_says_whose_it_is_and_why_it_was_found(shelf: Shelf) -> None:
    held = shelf.hold(
        title="Chatbots at school",
        summary="Rules for minors.",
        publisher="Generalitat",
        topics=["generative-ai"],
    )

    (found,) = shelf.search("minors generalitat IA generativa chatb").items

    assert found.why == (
        Why("summary", "minors"),
        Why("names", "generalitat"),
        Why("concept", "generative-ai"),
        Why("title", "chatbots"),
    )
    place = found.place
    assert (place.url, place.hub, place.ref, place.own) == (held.url, PEER, held.ref, False)
    assert (place.published_at, place.updated_at) == (held.published_at, held.updated_at)
    assert found.record == held.record
    assert found.link_status is None


def test_what_a_source_says_is_found_beside_the_rest_and_marked(shelf: Shelf) -> None:
    shelf.hold_record(
        ForeignRecord(title={"und": "Camera walk"}, kind="event", tags=("surveillance",)),
        hub="mastodon.example",
    )

    (found,) = shelf.search("surveillance").items

    assert (found.place.origin_kind, found.kind, found.language) == ("source", "event", "und")
    assert found.topics == ()
    assert shelf.search(kind="event").total == 1


def test_the_newest_come_first_and_a_clock_of_others_puts_nothing_on_top(shelf: Shelf) -> None:
    future = shelf.hold_record(
        shelf.hold(title="Old").record, hub="future.example", published_at=START + timedelta(days=9)
    )
    shelf.publish(title="New")

    assert shelf.search().items[0].title == {"en": "New"}
    assert shelf.search(hub="future.example").items[0].place.published_at == future.received_at


def test_records_are_sorted_by_title_as_people_read_it(shelf: Shelf) -> None:
    for title in ("zebra", "Álgebra", "beta", "Alpha"):
        shelf.publish(title=title)

    assert shelf.titles(sort="title") == ["Álgebra", "Alpha", "beta", "zebra"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"topic": "privcy"}, "the nearest are privacy"),
        ({"kind": "guid"}, "the nearest are guide|allowed are"),
        ({"language": "english"}, "write one such as en"),
        ({"q": "a" * 257}, "at most 256 signs"),
        ({"q": "a " * 25}, "at most 24 words"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(
    shelf: Shelf, wrong: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadQuery, match=reason):
        shelf.search(**wrong)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_page_has_one_to_a_hundred_records(shelf: Shelf, limit: int) -> None:
    with pytest.raises(BadLimit):
        shelf.search(limit=limit)


def test_signs_that_are_no_words_find_nothing_and_blanks_find_all(shelf: Shelf) -> None:
    shelf.publish()

    assert shelf.search('"*():^-+\x00{}').total == 0
    assert shelf.search(" \t").total == 1


def test_the_index_can_be_made_anew_from_what_is_stored(shelf: Shelf) -> None:
    shelf.publish(title="Ours")
    shelf.retract(shelf.publish(title="Retracted"))
    shelf.hold(title="Theirs")
    shelf.hold(title="Elsewhere", hub="lisbon.example")
    before = shelf.search(sort="title")

    with transaction(shelf.db):
        assert Catalogue(shelf.db).rebuild(ORIGIN) == 3
        Catalogue(shelf.db).drop_hub("lisbon.example")

    assert shelf.titles(sort="title") == ["Ours", "Theirs"]
    assert before.total == 3


def test_words_of_what_was_dropped_can_be_made_to_vanish_from_the_file(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.publish(title="Something that stays")
    held = shelf.hold(title="canaryzebra")
    with transaction(shelf.db):
        HeldResourceStore(shelf.db).remove(PEER, held.ref, START, url=held.url)
        Catalogue(shelf.db).drop(held.url)
        Catalogue(shelf.db).purge()

    shelf.db.execute("pragma wal_checkpoint(truncate)").fetchall()
    assert b"naryzebra" not in (tmp_path / "hub.db").read_bytes()


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("AI procurement clauses", "EU model contractual AI clauses"),
        ("algorithm register amsterdam", "Amsterdam algorithm register"),
        ("lei proteção de dados", "Lei Geral de Proteção de Dados"),
        ("carta derechos digitales", "Carta de Derechos Digitales"),
    ],
)
def test_the_starter_catalogue_answers_plain_questions(starter: Shelf, q: str, title: str) -> None:
    titles = [text for item in starter.search(q).items for text in item.title.values()]

    assert any(title.lower() in each.lower() for each in titles[:5]), titles


@pytest.mark.parametrize("q", ["الخصوصية", "Privatsphäre", "vie privée", "Riservatezza"])
def test_the_starter_catalogue_finds_a_concept_in_all_languages_of_its_records(
    starter: Shelf, q: str
) -> None:
    found = starter.search(q)
    languages = {facet.value for facet in found.facets["language"]}

    assert found.total >= starter.search(topic="privacy").total
    assert {"en", "pt"} <= languages


def test_an_index_made_by_another_version_is_made_anew_at_the_start(shelf: Shelf) -> None:
    shelf.publish(title="Ours")
    shelf.list_expert()
    with transaction(shelf.db):
        assert rebuild_if_stale(shelf.db, ORIGIN) is True
        assert rebuild_if_stale(shelf.db, ORIGIN) is False
        shelf.db.execute("update index_state set value = '0/older'")
        shelf.db.execute("delete from catalogue")
        assert rebuild_if_stale(shelf.db, ORIGIN) is True

    assert shelf.titles() == ["Ours"]
