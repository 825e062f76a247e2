"""A database of an older version gets what searching needs, and what was in it is found."""

from pathlib import Path

from content.database import connect
from content.migrations import SETS, apply_migrations, pending_migrations
from content.migrations.catalogue import migrations
from content.search import ResourceQuery, search_resources, suggest
from tests.content.shelf import Shelf, open_shelf


def test_an_existing_database_is_searched_with_forms_and_slips_after_the_upgrade(
    tmp_path: Path,
) -> None:
    older = Shelf(tmp_path / "hub.db")
    older.open()
    older.publish(title="Zebra clauses", topics=["privacy"])
    for table in ("catalogue_words", "directory_words"):
        older.db.execute(f"drop table {table}")
    older.db.execute(
        "delete from _sqlite_migrations where migration_set = ? and name = 'm006_words'",
        (migrations.name,),
    )
    older.db.conn.commit()
    older.close()

    db = connect(tmp_path / "hub.db", writes=True)
    waiting = pending_migrations(db, SETS)
    assert waiting == ("catalogue/m006_words",)
    assert apply_migrations(db) == 1
    db.close()

    public = connect(tmp_path / "hub.db", writes=False, public=True)
    for q in ("zebras ", "zebrq ", "clause "):
        assert search_resources(public, ResourceQuery(q=q)).total == 1, q
    assert suggest(public, "zeb")[0].text == "Zebra clauses"
    public.close()


def test_facets_of_an_existing_database_are_counted_after_the_upgrade(tmp_path: Path) -> None:
    older = Shelf(tmp_path / "hub.db")
    older.open()
    older.publish(topics=["contract-clauses"])
    older.publish(topics=["privacy"], kind="policy")
    wanted = older.search("").facets
    for table in ("catalogue", "directory"):
        older.db.execute(f"drop index {table}_newest")
        older.db.execute(f"drop index {table}_counted")
        older.db.execute(f"drop index {table}_covered")
        older.db.execute(f"alter table {table} drop column signs")
        older.db.execute(f"create index {table}_newest on {table} (published_at desc, id desc)")
    older.db.execute("drop table facet_signs")
    older.db.execute("delete from _sqlite_migrations where name = 'm007_signs'")
    older.db.conn.commit()
    older.close()

    db = connect(tmp_path / "hub.db", writes=True)
    assert apply_migrations(db) == 1
    db.close()

    public = connect(tmp_path / "hub.db", writes=False, public=True)
    assert search_resources(public, ResourceQuery()).facets == wanted
    assert [each.value for each in wanted["kind"]] == ["guide", "policy"]
    public.close()


def test_the_words_are_read_from_the_index_and_leave_with_the_record(tmp_path: Path) -> None:
    with open_shelf(tmp_path) as shelf:
        gone = shelf.publish(title="Canaryzebra", topics=["privacy"])
        shelf.retract(gone)

        assert shelf.search("canaryzebras ").total == 0
        assert shelf.search("canaryzebra ").missing == ("canaryzebra",)
