"""Attachments: what is taken, what is left out of it, and how it lies in the file."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from content.cases.attachment import (
    LARGEST,
    LARGEST_OF_CASE,
    LONGEST_FILE_NAME,
    MOST_OF_CASE,
    AttachmentEmpty,
    AttachmentTooLarge,
    NewAttachment,
    TooManyAttachments,
    file_name,
    read_attachment,
)
from content.cases.attachment_store import PART_BYTES, AttachmentNotFound, AttachmentStore
from content.cases.case import Case, read_case_content
from content.cases.file_types import TAKEN, FileNotTaken, type_of
from content.cases.pictures import PictureDamaged, without_notes
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.cases.vault import CaseTextDamaged, CaseVault
from content.changes import Act, ChangeStore
from content.database import connect, transaction
from content.ids import new_id
from content.migrations import apply_migrations
from tests.content.sample_files import PDF, PICTURES, office, open_document, picture, zipped
from tests.seams import START, SeededChance

ACT = Act("ana", START)
CHANCE = SeededChance("attachments")
CANARY = b"CANARY-IN-A-FILE "


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(file, writes=True)
    apply_migrations(db)
    yield db
    db.close()


@pytest.fixture
def vault() -> CaseVault:
    return CaseVault(b"k" * 32, CHANCE)


@pytest.fixture
def case(db: sqlite_utils.Database, vault: CaseVault) -> str:
    values = {"title": "Draft", "question": "Is it good?", "language": "en", "country": "NL"}
    content = read_case_content({**values, "requester": {"role": "who-city-official"}})
    case = Case.received(content, ACT, case_id=new_id(START, CHANCE))
    CaseStore(db, vault).add(case, ACT)
    return case.id


def text(name: str = "notes.txt", size: int = 100) -> NewAttachment:
    return read_attachment(name, (CANARY * (size // len(CANARY) + 1))[:size])


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("draft.pdf", PDF, "application/pdf"),
        ("a.docx", office(), "vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", office("xl/workbook.xml"), "spreadsheetml.sheet"),
        ("a.pptx", office("ppt/presentation.xml"), "presentationml.presentation"),
        ("a.odt", open_document(), "opendocument.text"),
        ("a.ods", open_document("spreadsheet"), "opendocument.spreadsheet"),
        ("a.odp", open_document("presentation"), "opendocument.presentation"),
        ("a.csv", b"a;b\n1;2\n", "text/csv"),
        ("a.txt", "Überall العربية\r\n\t".encode(), "text/plain"),
        ("bom.txt", b"\xef\xbb\xbftext", "text/plain"),
        ("page.html", b"<script>alert(1)</script>", "text/plain"),
        ("a.svg", b"<svg onload='alert(1)'/>", "text/plain"),
        ("whatever", picture("drawing.png"), "image/png"),
        ("whatever.txt", picture("turned.jpg"), "image/jpeg"),
        ("a", picture("lossy.webp"), "image/webp"),
    ],
)
def test_the_content_tells_what_a_file_is(name: str, data: bytes, media_type: str) -> None:
    assert read_attachment(name, data).kind.media_type.endswith(media_type)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped("a.txt"), "Archives"),
        (zipped("word/document.xml"), "Archives"),
        (zipped("[Content_Types].xml"), "Archives"),
        (open_document("text-template"), "Archives"),
        (office("word/document.xml", "word/vbaProject.bin"), "macros"),
        (open_document("text", "Basic/Standard/Module1.xml"), "macros"),
        (office()[:60], "damaged"),
        (b"PK\x05\x06" + b"\x00" * 18, "Archives"),
        (b"\x1f\x8b\x08" + b"\x00" * 20, "Archives"),
        (b"7z\xbc\xaf\x27\x1c", "Archives"),
        (b"Rar!\x1a\x07\x00", "Archives"),
        (b"\x00" * 257 + b"ustar" + b"\x00" * 200, "Archives"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Old or password-protected"),
        (b"MZ\x90\x00\x03", "not known"),
        (b"\x7fELF\x02", "not known"),
        (b"GIF89a\x01\x00", "not known"),
        (b"text with \x00 in it", "not known"),
        (b"text with \x1b[2J in it", "not known"),
        ("Latin-1: é".encode("latin-1"), "not known"),
        (b" %PDF-1.7", None),
    ],
)
def test_what_is_not_on_the_list_is_refused(data: bytes, reason: str | None) -> None:
    if reason is None:
        assert read_attachment("x.pdf", data).name == "x.pdf.txt"
        return
    with pytest.raises(FileNotTaken, match=reason) as refusal:
        read_attachment("looks-good.pdf", data)
    assert "Taken are PDF" in str(refusal.value)


@given(st.binary(max_size=400))
def test_any_bytes_are_taken_or_refused_in_our_own_words(data: bytes) -> None:
    try:
        taken = read_attachment("x", data)
    except (FileNotTaken, PictureDamaged, AttachmentEmpty):
        return
    assert taken.kind in TAKEN


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\x00\x00\x00WEBP"]),
    st.binary(max_size=300),
)
def test_any_bytes_after_a_true_beginning_are_taken_or_refused(begin: bytes, rest: bytes) -> None:
    with suppress(PictureDamaged):
        assert len(read_attachment("x", begin + rest).data) <= len(begin + rest) + 40


@pytest.mark.parametrize("name", sorted(path.name for path in PICTURES.iterdir()))
def test_a_picture_loses_its_notes_and_nothing_else(name: str) -> None:
    before = picture(name)
    assert b"CANARY" in before

    taken = read_attachment(name, before)

    assert b"CANARY" not in taken.data
    assert b"GPS" not in taken.data
    assert without_notes(taken.kind, taken.data) == taken.data
    assert taken.filed_sha256 == hashlib.sha256(before).hexdigest() != taken.sha256
    # What is coded of the picture itself is there byte for byte.
    coded = {"lossy.webp": b"VP8 ", "lossless.webp": b"VP8L", "drawing.png": b"IDAT"}
    begin = before.index(coded.get(name, b"\xff\xda"))
    assert before[begin : begin + 40] in taken.data


def test_a_picture_on_its_side_stays_as_it_was_held() -> None:
    taken = read_attachment("x", picture("turned.jpg")).data

    held = taken.index(b"Exif\x00\x00MM\x00*")
    assert taken[held + 16 : held + 26] == b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"


@pytest.mark.parametrize("name", ["turned.jpg", "progressive.jpg", "drawing.png", "lossy.webp"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.8])
def test_a_picture_that_is_cut_off_is_refused(name: str, part: float) -> None:
    data = picture(name)

    with pytest.raises(PictureDamaged):
        read_attachment(name, data[: int(len(data) * part)])


def test_size_and_emptiness_are_refused() -> None:
    with pytest.raises(AttachmentEmpty):
        read_attachment("x.txt", b"")
    with pytest.raises(AttachmentTooLarge):
        read_attachment("x.txt", b"x" * (LARGEST + 1))
    assert len(read_attachment("x.txt", b"x" * LARGEST).data) == LARGEST


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("draft.pdf", "draft.pdf"),
        ("DRAFT.PDF", "DRAFT.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ana\\tender.pdf", "tender.pdf"),
        ("annex\u202efdp.exe", "annexfdp.exe.pdf"),
        ("", "attachment.pdf"),
        (".pdf", "pdf.pdf"),
        ("...", "attachment.pdf"),
        ("two\nlines.pdf", "twolines.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("Ausschreibung für Köln.pdf", "Ausschreibung für Köln.pdf"),
        ("مسودة.pdf", "مسودة.pdf"),
        ("lone \ud800.pdf", "lone _.pdf"),
    ],
)
def test_a_name_becomes_harmless_and_fits_the_content(given_name: str, kept: str) -> None:
    assert file_name(given_name, type_of("", PDF)) == kept


@given(st.text(max_size=300), st.sampled_from(TAKEN))
def test_every_name_is_one_short_harmless_line(name: str, kind) -> None:
    kept = file_name(name, kind)

    assert kept.lower().endswith(kind.endings)
    assert 1 < len(kept) <= LONGEST_FILE_NAME + 2
    assert not set(kept) & set('/\\\n\r\0"<>|?*')
    assert not kept.startswith((".", " "))
    assert file_name(kept, kind) == kept


@pytest.mark.parametrize("size", [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES])
def test_a_file_comes_back_as_it_was_stored(
    db: sqlite_utils.Database, vault: CaseVault, case: str, size: int
) -> None:
    new = text(size=size)

    (stored,) = AttachmentStore(db, vault).add(case, [new], ACT, CHANCE, shown=True)

    found, data = AttachmentStore(db, vault).get(case, stored.id)
    assert (found, data) == (stored, new.data)
    assert hashlib.sha256(data).hexdigest() == found.sha256
    assert AttachmentStore(db, vault).list(case) == (stored,)
    assert [c.what for c in ChangeStore(db).of(case).items] == ["case.attach", "case.receive"]


def test_the_file_on_disk_tells_neither_content_nor_name(
    db: sqlite_utils.Database, vault: CaseVault, case: str, file: Path
) -> None:
    new = text("canary-name.txt", size=300_000)
    AttachmentStore(db, vault).add(case, [new], ACT, CHANCE, shown=True)

    stored = b"".join(path.read_bytes() for path in file.parent.iterdir())

    for secret in (b"CANARY", b"canary-name", new.sha256.encode(), bytes.fromhex(new.sha256)):
        assert secret not in stored


def test_erasing_a_case_erases_its_files(
    db: sqlite_utils.Database, vault: CaseVault, case: str
) -> None:
    (stored,) = AttachmentStore(db, vault).add(case, [text()], ACT, CHANCE, shown=True)

    with transaction(db):
        CaseStore(db, vault).erase(case, ACT)

    for table in ("case_attachments", "case_attachment_parts"):
        assert list(db[table].rows) == []
    with pytest.raises(CaseErased):
        AttachmentStore(db, vault).get(case, stored.id)


def test_a_case_takes_so_many_files_and_no_more(
    db: sqlite_utils.Database, vault: CaseVault, case: str
) -> None:
    store = AttachmentStore(db, vault)
    store.add(case, [text()] * (MOST_OF_CASE - 1), ACT, CHANCE, shown=True)

    with transaction(db), pytest.raises(TooManyAttachments):
        store.add(case, [text(), text()], ACT, CHANCE, shown=True)

    assert len(store.list(case)) == MOST_OF_CASE - 1


def test_a_case_takes_so_many_bytes_and_no_more(
    db: sqlite_utils.Database, vault: CaseVault, case: str
) -> None:
    large = text(size=LARGEST)
    store = AttachmentStore(db, vault)
    store.add(case, [large] * (LARGEST_OF_CASE // LARGEST), ACT, CHANCE, shown=True)

    with pytest.raises(TooManyAttachments):
        store.add(case, [text(size=1)], ACT, CHANCE, shown=True)


def test_a_part_that_is_gone_changed_or_moved_is_noticed(
    db: sqlite_utils.Database, vault: CaseVault, case: str
) -> None:
    store = AttachmentStore(db, vault)
    (stored,) = store.add(case, [text(size=3 * PART_BYTES)], ACT, CHANCE, shown=True)
    damage = [
        "delete from case_attachment_parts where place = 2",
        "update case_attachment_parts set place = 9 where place = 1",
        "update case_attachment_parts set data ="
        " (select data from case_attachment_parts where place = 0) where place = 1",
    ]

    for how in damage:
        db.execute("begin")
        db.execute(how)
        with pytest.raises(CaseTextDamaged):
            store.get(case, stored.id)
        db.execute("rollback")
    assert store.get(case, stored.id)[0] == stored


def test_a_file_is_found_in_its_own_case_only(
    db: sqlite_utils.Database, vault: CaseVault, case: str
) -> None:
    store = AttachmentStore(db, vault)
    (stored,) = store.add(case, [text()], ACT, CHANCE, shown=True)

    with pytest.raises(AttachmentNotFound):
        store.get(case, new_id(START, CHANCE))
    with pytest.raises(CaseNotFound):
        store.get(new_id(START, CHANCE), stored.id)
