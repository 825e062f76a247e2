"""Backups: whole beside a running server, no word of a case in them, restored whole or not."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import sqlite_utils

from content.audit import check_audit
from content.backups import NotABackup, copy_database, problems_of_file
from content.cases.case import CaseContent, Requester
from content.changes import Act
from content.database import Work, connect, transaction
from content.migrations import DatabaseTooNew
from content.people.authentication import Principal
from content.people.invitations import InvitationStore, NoSuchInvitation
from content.people.permissions import Role
from content.people.sessions import SessionStore
from federation.publishing import add_resource
from node.assembly import open_node
from node.audit_mark import AuditMarkFile
from node.backing_up import BackupRefused, back_up, back_up_keys
from node.chance import SystemChance
from node.home import AlreadyServing, HomeTaken, HubHome
from node.key_backup import KeyBackup, KeyFileUnusable, PassphraseTooShort, decrypt_keys
from node.restoring import BEFORE, Restored, RestoreRefused, restore, stage
from node.settings import read_settings
from tests.hubs.running import a_record
from tests.node.conftest import ORIGIN, ServedHub
from tests.node.test_api_access import CASE
from tests.seams import START

PHRASE = "six random words of a list"
CANARIES: dict[str, Any] = {
    "title": "CANARYTITLE at the station",
    "question": "CANARYQUESTION may we?",
    "context": "CANARYCONTEXT of the project",
    "jurisdiction": "CANARYJURISDICTION",
    "deadline_reason": "CANARYREASON",
    "requester": {
        "role": "who-city-official",
        "name": "CANARYNAME",
        "contact": "CANARYCONTACT",
        "organisation": "CANARYORGANISATION",
    },
}


def who(db: sqlite_utils.Database) -> Principal:
    return Principal("operator", Role.OPERATOR)


def restored(home: HubHome, file: Path, **more: Any) -> Restored:
    keys: KeyBackup | None = more.pop("keys", None)
    return restore(home, file, keys=keys, who=who, now=START, **more)


@pytest.fixture(scope="session")
def key_file(founded: HubHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of the hub of all these tests; made once, since that takes long on purpose."""
    file = tmp_path_factory.mktemp("keys") / "keys.age"
    back_up_keys(founded, ORIGIN, file, PHRASE, START)
    return file


@pytest.fixture(scope="session")
def keys(key_file: Path) -> KeyBackup:
    return decrypt_keys(key_file.read_bytes(), PHRASE)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def public_state(path: Path) -> list[tuple[Any, ...]]:
    with closing(connect(path, writes=False)) as db:
        log = db.execute("select log, seq, header, document from log_entries order by 1, 2")
        records = db.execute("select id, state, record from resources order by id")
        return [*log.fetchall(), *records.fetchall()]


async def test_a_backup_under_load_is_of_one_moment_and_restores_to_the_same_public_state(
    served: ServedHub, tmp_path: Path, keys: KeyBackup
) -> None:
    node, done = served.node, asyncio.Event()

    def publishing(number: int) -> Work[object]:
        record, act = a_record(f"Guide {number}"), Act("operator", node.clock.now())
        return lambda db: add_resource(db, node.hub, record, act)

    async def publish() -> int:
        count = 0
        while not done.is_set():
            await node.database.write(publishing(count))
            count += 1
        return count

    at_work = asyncio.create_task(publish())
    files = []
    for number in range(5):
        await asyncio.sleep(0)
        file = tmp_path / f"backup{number}"
        await asyncio.to_thread(back_up, served.home, ORIGIN, file, START)
        files.append(file)
    done.set()
    count = await at_work
    last = tmp_path / "last"
    back_up(served.home, ORIGIN, last, START)

    sizes = []
    for number, file in enumerate([*files, last]):
        home = HubHome(tmp_path / f"restored{number}")
        came = restored(home, file, keys=keys)
        assert all(each.ok for each in came.looked), came.looked
        sizes.append(len(await public_state(home.database)))
        marked = AuditMarkFile(home).read()
        assert marked is not None
        with closing(connect(home.database, writes=False)) as db:
            assert check_audit(db, marked.mark).broken is None
    assert sizes == sorted(sizes)
    assert count > 5
    assert await public_state(home.database) == await public_state(served.home.database)

    async with open_node(home, read_settings(home), threaded=False) as again:
        assert again.hub.identity == node.hub.identity


async def test_no_word_of_a_case_and_no_key_is_in_a_backup(
    served: ServedHub, tmp_path: Path, keys: KeyBackup, key_file: Path
) -> None:
    opened = await served.post("/api/v1/cases", {**CASE, **CANARIES})
    assert opened.status == 201, opened.body
    case = opened.json["id"]
    await served.post(f"/api/v1/cases/{case}/note", {"text": "CANARYNOTE"})
    await served.post(f"/api/v1/cases/{case}/answer", {"text": "CANARYANSWER"})
    await served.post(f"/api/v1/cases/{case}/close", {"text": "CANARYCLOSE"})
    file = tmp_path / "backup"

    back_up(served.home, ORIGIN, file, START)

    raw, sealed = await asyncio.to_thread(lambda: (file.read_bytes(), key_file.read_bytes()))
    assert b"CANARY" not in raw
    assert case.encode() in raw
    for content in keys.files.values():
        assert content.strip() not in raw
        assert content.strip() not in sealed
    shown = await served.get(f"/api/v1/cases/{case}", "operator")
    assert b"CANARYQUESTION" in shown.body, "else this test looked for nothing"


def test_there_is_a_canary_in_every_text_of_a_request() -> None:
    texts = {name for name, field in CaseContent.model_fields.items() if field.annotation is str}
    about = {name for name, field in Requester.model_fields.items() if field.annotation is str}

    assert texts - {"language", "country"} == CANARIES.keys() - {"requester"}
    assert about == CANARIES["requester"].keys() - {"role"}


def test_a_file_that_exists_is_not_replaced_unless_told(home: HubHome, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("mine", encoding="utf-8")

    with pytest.raises(BackupRefused, match="overwrite"):
        back_up(home, ORIGIN, file, START)
    assert file.read_text("utf-8") == "mine"

    back_up(home, ORIGIN, file, START, overwrite=True)
    assert file.stat().st_size > 4096
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupRefused, match="folder"):
        back_up(home, ORIGIN, tmp_path / "none" / "backup", START)
    assert names(tmp_path) == {"hub", "backup"}


def test_a_damaged_database_is_not_backed_up(home: HubHome, tmp_path: Path) -> None:
    before = names(tmp_path)
    with home.database.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(16384))

    with pytest.raises(NotABackup, match=r"damaged|copied"):
        back_up(home, ORIGIN, tmp_path / "backup", START)

    assert names(tmp_path) == before


def test_a_restore_refuses_what_it_should(home: HubHome, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    back_up(home, ORIGIN, file, START)
    content = home.database.read_bytes()

    with home.locked(), pytest.raises(AlreadyServing):
        restored(home, file, overwrite=True)
    with pytest.raises(RestoreRefused, match="overwrite"):
        restored(home, file)
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(HomeTaken):
        restored(HubHome(strange), file)
    for wrong in (home.toml, tmp_path / "missing", strange / "letter.txt"):
        with pytest.raises(NotABackup):
            restored(home, wrong, overwrite=True)
    with pytest.raises(NotABackup, match="no backup"):
        restored(home, home.database, overwrite=True)

    assert home.database.read_bytes() == content
    assert "restoring" not in names(home.path)
    assert names(strange) == {"letter.txt"}


def test_a_backup_of_another_hub_or_of_a_later_version_is_refused(
    home: HubHome, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    back_up(home, ORIGIN, file, START)
    with closing(connect(file, writes=True)) as db:
        db.execute("insert into _sqlite_migrations values ('catalogue', 'm999', 'x')") if len(
            db["_sqlite_migrations"].columns
        ) == 3 else db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('catalogue', 'm999', 'x')"
        )
        db.execute("pragma journal_mode = delete").fetchone()
    with pytest.raises(DatabaseTooNew):
        restored(HubHome(tmp_path / "new"), file)

    back_up(home, "https://other.example", file, START, overwrite=True)
    with pytest.raises(RestoreRefused, match=r"other\.example"):
        restored(home, file, overwrite=True)


def test_the_database_of_before_is_kept_and_the_gap_is_on_record(
    home: HubHome, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    back_up(home, ORIGIN, file, START)
    with closing(connect(home.database, writes=True)) as db:
        db.execute("update users set display_name = 'Newer' where name = 'operator'")

    done = restored(home, file, overwrite=True)

    assert done.before == home.path / BEFORE
    for path, name in ((home.database, "operator"), (done.before, "Newer")):
        with closing(connect(path, writes=False)) as db:
            assert db.execute("select display_name from users").fetchone() == (name,)
            assert problems_of_file(db) == ()
    marked = AuditMarkFile(home).read()
    assert marked is not None
    assert [gap.why[:18] for gap in marked.gaps] == ["restored the backu"]
    with closing(connect(home.database, writes=False)) as db:
        assert check_audit(db, marked.mark).broken is None
        row = db.execute("select by, what from changes order by seq desc limit 1").fetchone()
    assert row == ("operator", "hub.restore")
    assert not list(home.path.glob("hub.sqlite-*"))


def test_no_session_and_no_link_that_ended_since_opens_anything_again(
    home: HubHome, tmp_path: Path
) -> None:
    file, chance = tmp_path / "backup", SystemChance()
    act = Act("operator", START)
    with closing(connect(home.database, writes=True)) as db, transaction(db):
        session = SessionStore(db).begin("operator", act, chance=chance, way="password").secret
        link = InvitationStore(db).make("operator", act, chance=chance)
    back_up(home, ORIGIN, file, START)

    restored(home, file, overwrite=True)

    with closing(connect(home.database, writes=False)) as db:
        assert SessionStore(db).find(session, START) is None
        with pytest.raises(NoSuchInvitation):
            InvitationStore(db).opened_by(link, START)


def test_a_damaged_database_gives_way(home: HubHome, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    back_up(home, ORIGIN, file, START)
    home.database.write_bytes(os.urandom(50_000))
    home.database.with_name("hub.sqlite-wal").write_bytes(os.urandom(5000))

    restored(home, file, overwrite=True)

    with closing(connect(home.database, writes=False)) as db:
        assert problems_of_file(db) == ()


def test_a_new_machine_gets_data_settings_and_keys(
    home: HubHome, tmp_path: Path, keys: KeyBackup
) -> None:
    file, new = tmp_path / "backup", HubHome(tmp_path / "new")
    back_up(home, ORIGIN, file, START)

    done = restored(new, file, keys=keys)

    assert done.keys == len(list(home.keys.iterdir()))
    assert read_settings(new) == read_settings(home)
    assert {p.name: p.read_bytes() for p in new.keys.iterdir()} == {
        p.name: p.read_bytes() for p in home.keys.iterdir()
    }
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in new.keys.iterdir())
    assert not new.high_water.exists()


def test_other_keys_are_never_replaced(home: HubHome, tmp_path: Path, keys: KeyBackup) -> None:
    file = tmp_path / "backup"
    back_up(home, ORIGIN, file, START)
    (home.keys / "vault").write_bytes(b"another")
    before = home.database.read_bytes()

    with pytest.raises(RestoreRefused, match="other keys"):
        restored(home, file, keys=keys, overwrite=True)

    assert home.database.read_bytes() == before


def test_what_is_wrong_in_a_backup_is_told(home: HubHome, tmp_path: Path, keys: KeyBackup) -> None:
    file = tmp_path / "backup"
    back_up(home, ORIGIN, file, START)
    with closing(connect(file, writes=True)) as db:
        db.execute("update changes set by = 'somebody' where seq = 1")
        db.execute("update log_entries set header = replace(header, 'Manifest', 'manifest')")
        db.execute("delete from hubs")
        db.execute("pragma journal_mode = delete").fetchone()
    folder = HubHome(tmp_path / "look")
    folder.path.mkdir()

    found = stage(file, folder, keys, START, lambda _done, _all: None).looked

    wrong = {each.what for each in found if each.ok is False}
    assert wrong == {"rows", "public log", "audit"}


def test_a_key_file_opens_with_its_passphrase_only(
    home: HubHome, tmp_path: Path, key_file: Path
) -> None:
    sealed = key_file.read_bytes()

    assert b"age" in sealed[:60].lower()
    with pytest.raises(KeyFileUnusable, match="passphrase"):
        decrypt_keys(sealed, PHRASE + "x")
    with pytest.raises(KeyFileUnusable):
        decrypt_keys(sealed[:200], PHRASE)
    with pytest.raises(PassphraseTooShort):
        back_up_keys(home, ORIGIN, tmp_path / "short", "short", START)
    assert not (tmp_path / "short").exists()
    assert "vault" not in repr(KeyBackup(ORIGIN, START, {}))


CHILD = """
import sys
from pathlib import Path
from content.people.authentication import Principal
from content.people.invitations import InvitationStore, NoSuchInvitation
from content.people.permissions import Role
from content.people.sessions import SessionStore
from content.times import from_text
from node.backing_up import back_up
from node.home import HubHome
from node.restoring import restore
what, home, file = sys.argv[1], HubHome(Path(sys.argv[2])), Path(sys.argv[3])
steps = int(sys.argv[4])

def wait_at_step(done, all_pages):
    global steps
    steps -= 1
    if steps == 0:
        print("here", flush=True)
        sys.stdin.read()

at = from_text("2026-11-25T09:00:00.000Z")
print("ready", flush=True)
if what == "backup":
    back_up(home, "http://127.0.0.2:9802", file, at, overwrite=True,
            progress=wait_at_step)
else:
    restore(home, file, keys=None, who=lambda db: Principal("operator", Role.OPERATOR),
            now=at, overwrite=True, progress=wait_at_step)
print("done", flush=True)
"""


def killed(
    what: str, home: HubHome, file: Path, *, after: float | None = None, step: int = 0
) -> tuple[bool, float]:
    """
    Run a backup or restore in a process of its own and kill it; return whether it was done.

    after: seconds of work before the kill; step: how many parts are copied when it is killed.
    With neither it ends by itself. Also returns the seconds it worked.
    """
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, what, str(home.path), str(file), str(step)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        began = perf_counter()
        if step:
            assert process.stdout.readline() == b"here\n"
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(after)  # the moment of the kill is what varies
        seconds = perf_counter() - began
        process.send_signal(signal.SIGKILL)
        return process.stdout.read() == b"done\n", seconds


@pytest.mark.slow
def test_a_kill_leaves_nothing_half_under_the_final_name(home: HubHome, tmp_path: Path) -> None:
    with closing(connect(home.database, writes=True)) as db:
        db.execute("create table ballast (content blob)")
        db.execute("begin")
        for _ in range(6500):
            db.execute("insert into ballast values (randomblob(4000))")
        db.execute("commit")
    good, file = tmp_path / "good", tmp_path / "backup"
    back_up(home, ORIGIN, good, START)
    whole = {"backup": 0.0, "restore": 0.0}
    for number in range(20):
        what, turn = ("backup", "restore")[number % 2], number // 2
        target = file if what == "backup" else good
        if turn == 0:  # shows how long it takes here
            done, whole[what] = killed(what, home, target)
            assert done
        elif turn <= 3:  # while it copies
            done, _ = killed(what, home, target, step=turn)
            assert not done
        else:  # ever later, also between its last steps
            killed(what, home, target, after=whole[what] * (turn - 3) / 6)

        if file.exists():
            folder = HubHome(tmp_path / f"look{number}")
            folder.path.mkdir()
            looked = stage(file, folder, None, START, lambda _done, _all: None).looked
            assert all(each.ok is not False for each in looked), looked
        with closing(connect(home.database, writes=False)) as db:
            assert problems_of_file(db) == ()
            marked = AuditMarkFile(home).read()
            assert marked is not None
            assert check_audit(db, marked.mark).broken is None
        assert home.toml.is_file()
    back_up(home, ORIGIN, file, START, overwrite=True)
    restored(home, file, overwrite=True)
    assert not list(tmp_path.glob(".*partial*"))
    assert "restoring" not in names(home.path)


def test_a_copy_of_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("x" * 5000, encoding="utf-8")

    with pytest.raises(NotABackup):
        copy_database(tmp_path / "text", tmp_path / "copy")
