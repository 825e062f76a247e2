"""Files of resources: each content once, under its digest, and gone with the last who has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlite_utils

from content.cases.attachment import NewAttachment, read_attachment
from content.changes import Act
from content.database import connect, transaction
from content.migrations import apply_migrations
from content.resources.file_store import (
    PART_BYTES,
    ResourceFileDamaged,
    ResourceFileStore,
)
from content.resources.files import (
    MOST_OF_RESOURCE,
    FileNameTaken,
    ResourceFile,
    ResourceFileNotFound,
    TooManyFiles,
    check_room,
    named,
)
from tests.content.sample_files import PDF, office
from tests.seams import START

ACT = Act("femke", START)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    yield db
    db.close()


def a_file(name: str = "clauses.pdf", data: bytes = PDF) -> NewAttachment:
    return read_attachment(name, data)


def parts(db: sqlite_utils.Database) -> int:
    return int(db.execute("select count(*) from resource_file_parts").fetchone()[0])


def test_a_file_comes_back_byte_for_byte_with_the_type_of_its_content(
    db: sqlite_utils.Database,
) -> None:
    large = PDF + b"x" * (2 * PART_BYTES)
    store = ResourceFileStore(db)
    with transaction(db):
        store.add("one", [a_file("../clauses.exe", large)], ACT)

    (told,) = store.of("one")
    found, data = store.get("one", told.sha256)

    assert (found.name, found.media_type, found.size) == (
        "clauses.exe.pdf",
        "application/pdf",
        len(large),
    )
    assert data == large
    assert parts(db) == 3


def test_one_content_of_two_resources_is_kept_once_and_until_both_are_gone(
    db: sqlite_utils.Database,
) -> None:
    store = ResourceFileStore(db)
    with transaction(db):
        store.add("one", [a_file()], ACT)
        store.add("two", [a_file("other-name.pdf")], ACT)
        assert store.add("two", [a_file("third-name.pdf")], ACT) == 0  # it is there already
    (told,) = store.of("two")

    with transaction(db):
        store.remove("one", told.sha256)
    assert (parts(db), told.name) == (1, "other-name.pdf")
    with transaction(db):
        assert store.drop("two") == 1
    assert parts(db) == 0
    with pytest.raises(ResourceFileNotFound):
        store.get("two", told.sha256)


def test_files_go_with_the_resource_that_takes_the_place_of_another(
    db: sqlite_utils.Database,
) -> None:
    store = ResourceFileStore(db)
    with transaction(db):
        store.add("old", [a_file()], ACT)
        store.move("old", "new")

    assert store.of("old") == ()
    assert store.get("new", store.of("new")[0].sha256)[1] == PDF


def test_two_files_of_one_name_are_refused_and_nothing_is_stored(
    db: sqlite_utils.Database,
) -> None:
    store = ResourceFileStore(db)
    with transaction(db):
        store.add("one", [a_file("a.docx", office())], ACT)
        with pytest.raises(FileNameTaken):
            store.add(
                "one", [a_file("b.pdf"), a_file("a.docx", office("word/document.xml", "x"))], ACT
            )

    assert [each.name for each in store.of("one")] == ["a.docx"]


def test_damage_is_told_and_never_handed_out(db: sqlite_utils.Database) -> None:
    store = ResourceFileStore(db)
    with transaction(db):
        store.add("one", [a_file()], ACT)
        db.execute("update resource_file_parts set data = ?", (b"%PDF-1.7 other",))

    with pytest.raises(ResourceFileDamaged):
        store.get("one", store.of("one")[0].sha256)


def told(number: int, size: int = 1) -> ResourceFile:
    return ResourceFile(
        name=f"{number}.pdf", media_type="application/pdf", size=size, sha256=f"{number:064x}"
    )


def test_there_is_room_for_some_files_and_no_more() -> None:
    full = [told(number) for number in range(MOST_OF_RESOURCE)]
    check_room(full[1:], full[:1])
    check_room(full, full)

    with pytest.raises(TooManyFiles):
        check_room(full, [told(99)])
    with pytest.raises(TooManyFiles):
        check_room([], [told(number, 10 * 1024 * 1024) for number in range(5)])


def test_a_file_is_known_by_name_and_by_digest() -> None:
    files = [told(1), told(2)]

    assert named(files, "2.pdf") is named(files, f"{2:064x}") is files[1]
    with pytest.raises(ResourceFileNotFound):
        named(files, "3.pdf")
