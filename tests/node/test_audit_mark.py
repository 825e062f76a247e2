"""The mark of the audit beside the database: it follows, it never goes back, it remembers gaps."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlite_utils

from content.audit import AUDIT, ChainMark, check_audit, head_of, list_audit
from content.cases.retention import Periods
from content.changes import Act, ChangeStore
from content.database import connect, transaction
from content.migrations import apply_migrations
from federation.law.retention_run import run_retention
from federation.notices import NoticeStore
from node.assembly import open_node
from node.audit_keeping import AuditKeeper
from node.audit_mark import AuditMarkFile
from node.home import HubHome
from node.settings import read_settings
from tests.node.conftest import ServedHub
from tests.seams import START


@pytest.fixture
def folder(tmp_path: Path) -> HubHome:
    home = HubHome(tmp_path / "hub")
    home.create()
    return home


@pytest.fixture
def db(folder: HubHome) -> Iterator[sqlite_utils.Database]:
    db = connect(folder.database, writes=True)
    apply_migrations(db)
    yield db
    db.close()


def record(db: sqlite_utils.Database, times: int = 1) -> None:
    with transaction(db):
        for _ in range(times):
            ChangeStore(db).record(Act("olga", START), "case.note", "case1")


def test_the_mark_follows_the_chain(folder: HubHome, db: sqlite_utils.Database) -> None:
    file = AuditMarkFile(folder)
    file.begin(db)
    record(db, 3)

    assert file.advance(db)

    marked = file.read()
    assert marked is not None
    assert marked.mark == head_of(db)
    assert folder.audit_mark.stat().st_mode & 0o777 == 0o600


def test_the_mark_stays_where_it_is_when_the_chain_is_not_what_it_was(
    folder: HubHome, db: sqlite_utils.Database
) -> None:
    file = AuditMarkFile(folder)
    file.begin(db)
    record(db, 5)
    file.advance(db)
    before = folder.audit_mark.read_bytes()
    db.execute("delete from changes where seq > 3")
    record(db, 4)

    assert not file.advance(db)

    assert folder.audit_mark.read_bytes() == before
    marked = file.read()
    assert marked is not None
    broken = check_audit(db, marked.mark).broken
    assert broken is not None
    assert broken.reason == "rewritten"


def test_a_mark_that_is_gone_is_not_made_anew_by_itself(
    folder: HubHome, db: sqlite_utils.Database
) -> None:
    record(db)

    assert not AuditMarkFile(folder).advance(db)
    assert not folder.audit_mark.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"seq": 1}', b'{"seq":"x","hash":"00"}'])
def test_a_damaged_mark_counts_as_none(folder: HubHome, content: bytes) -> None:
    folder.audit_mark.write_bytes(content)

    assert AuditMarkFile(folder).read() is None


def test_what_was_lost_for_a_known_reason_stays_on_record(
    folder: HubHome, db: sqlite_utils.Database
) -> None:
    file = AuditMarkFile(folder)
    record(db, 2)
    file.begin(db)
    lost = head_of(db)
    db.execute("delete from changes where seq = 2")

    file.accept(head_of(db), START, "disk lost")
    record(db, 3)
    file.advance(db)

    marked = file.read()
    assert marked is not None
    assert [(gap.after, gap.lost, gap.why) for gap in marked.gaps] == [(1, lost, "disk lost")]
    assert check_audit(db, marked.mark).broken is None
    assert json.loads(folder.audit_mark.read_bytes())["gaps"][0]["lost"]["seq"] == 2


async def test_a_hub_marks_its_chain_when_it_is_founded_and_whenever_it_closes(
    served: ServedHub,
) -> None:
    file = AuditMarkFile(served.home)
    founded = file.read()
    assert founded is not None
    assert founded.mark.seq > 0

    keeper = AuditKeeper(served.home, served.node)
    assert await keeper.mark()

    marked = file.read()
    assert marked is not None
    assert marked.mark == await served.node.database.read(head_of)


async def test_a_person_is_told_once_when_the_end_is_cut_off(served: ServedHub) -> None:
    keeper = AuditKeeper(served.home, served.node)
    await keeper.mark()

    def cut(db: sqlite_utils.Database) -> None:
        db.execute("delete from changes where seq > 2")

    await served.node.database.write(cut)

    assert [await keeper.mark(), await keeper.mark()] == [False, False]
    notices = await served.node.database.read(lambda db: list(NoticeStore(db).all()))
    assert [(each.kind, each.times) for each in notices] == [("audit", 1)]


async def test_accesses_of_more_than_a_year_ago_are_forgotten(served: ServedHub) -> None:
    now = served.node.clock.now()

    def work(db: sqlite_utils.Database) -> None:
        for days in (400, 366, 364, 1):
            act = Act("olga", now - timedelta(days=days))
            ChangeStore(db).record_access(act, "case.read", f"c{days}", "api")

    await served.node.database.write(work)
    system = Act("system", now)

    runs = [await run_retention(served.node, Periods(), system) for _ in range(2)]

    assert [done.forgotten for done in runs] == [2, 0]
    rows = await served.node.database.read(lambda db: list_audit(db, kind="access"))
    assert [row.subject for row in rows] == ["c1", "c364", None, None]
    about = await served.node.database.read(lambda db: list_audit(db, subject=AUDIT))
    assert [(row.by, row.what) for row in about] == [("system", "audit.forget")]


async def test_a_hub_of_before_gets_its_mark_when_it_is_brought_up_to_date(
    served: ServedHub,
) -> None:
    await served.client.close()
    await served.node.database.close()
    db = connect(served.home.database, writes=True)
    db.execute("alter table changes rename to chained")
    db.execute(
        "create table changes (seq integer primary key autoincrement, at text not null,"
        " by text not null, what text not null, subject text not null, note text not null) strict"
    )
    db.execute("insert into changes select seq, at, by, what, subject, note from chained")
    db.execute("drop table chained")
    db.execute("create index changes_by_subject on changes (subject, seq)")
    db.execute("delete from _sqlite_migrations where migration_set = 'audit'")
    db.close()
    served.home.audit_mark.unlink()

    async with open_node(served.home, read_settings(served.home), threaded=False) as node:
        marked = AuditMarkFile(served.home).read()
        assert marked is not None
        head = await node.database.read(head_of)
        verdict = await node.database.read(lambda db: check_audit(db, marked.mark))

    assert verdict.broken is None
    assert marked.mark == head
    assert isinstance(marked.mark, ChainMark)
    assert head.seq >= 5
    assert verdict.rows == head.seq
