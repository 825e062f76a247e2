"""hub retention: a plan that a person can read, and a run that may be cut off."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlite_utils

from content.cases.erasing import TABLES
from content.database import connect
from tests.node.cli.terminal import ENVIRONMENT, Terminal

ROOT = Path(__file__).parents[3]
AT_ONCE = {"HUB_RETENTION_CASE_MONTHS": "0"}
TEXT = "Which clauses?\n\nBy Friday."


def closed(terminal: Terminal) -> str:
    """Open a case, close it, and return its id."""
    case = str(terminal.json("case", "new", "--topic", "procurement", text=TEXT)["id"])
    terminal.json("case", "close", case, "--outcome", "solved")
    return case


def test_the_plan_says_what_goes_when_and_why(terminal: Terminal) -> None:
    case = closed(terminal)

    nothing = terminal.run("retention", "list")
    year = terminal.run("retention", "list", "--days", "400")
    plain = terminal.json("retention", "list", "--days", "400")

    assert (nothing.status, nothing.out) == (0, "")
    assert case in year.out
    assert "kept 12 months" in " ".join(year.out.split())
    assert [(item["case"], item["what"]) for item in plain["items"]] == [(case, "case")]
    assert plain["items"][0]["held_until"] is None


def test_a_dry_run_changes_nothing(terminal: Terminal) -> None:
    case = closed(terminal)
    before = terminal.contents()

    plan = terminal.run("retention", "run", "--dry-run", **AT_ONCE)

    assert case in plan.out
    assert "Nothing was done" in plan.err
    assert terminal.contents() == before
    assert terminal.json("case", "show", case)["status"] == "case-closed"


def test_a_run_erases_what_is_due_and_leaves_what_is_held(terminal: Terminal) -> None:
    due, held = closed(terminal), closed(terminal)
    at_work = terminal.json("case", "new", "--topic", "procurement", text=TEXT)["id"]
    reason = "Archive law, art. 5"
    terminal.json("case", "hold", held, "--reason", reason, "--until", "2035-06-30")

    dry = terminal.run("retention", "run", "--dry-run", **AT_ONCE)
    done = terminal.run("retention", "run", "--json", **AT_ONCE)
    again = terminal.run("retention", "run", **AT_ONCE)
    holds = terminal.json("retention", "holds")

    assert "held to 2035-06-30" in dry.out
    assert [item["case"] for item in done.json["erased"]] == [due]
    assert "Nothing was due." in again.out
    assert [(each["case"], each["reason"]) for each in holds["items"]] == [(held, reason)]
    assert "was erased" in terminal.run("case", "show", due).err
    for case in (held, at_work):
        assert terminal.run("case", "show", case).status == 0


def test_doctor_tells_of_what_goes_soon(terminal: Terminal) -> None:
    case = closed(terminal)

    terminal.json("retention", "run")
    quiet = terminal.run("doctor")
    told = terminal.run("retention", "run", HUB_RETENTION_CASE_MONTHS="1")
    loud = terminal.run("doctor")

    assert case not in quiet.out
    assert f"Case {case} will be erased on" in told.out
    assert case in loud.out
    assert "hub retention list" in loud.out


def test_only_operators_run_it(terminal: Terminal) -> None:
    terminal.run("user", "add", "grace", "--role", "caseworker")

    assert terminal.run("--as", "grace", "retention", "list").status == 0
    refused = terminal.run("--as", "grace", "retention", "run", "--dry-run")

    assert refused.status == 1
    assert "right" in refused.err


def worked_on(terminal: Terminal, folder: Path) -> str:
    """Return a closed case with something in most of the tables that know cases."""
    case = str(terminal.json("case", "new", "--topic", "procurement", text=TEXT)["id"])
    file = folder / "plan.txt"
    file.write_text("Forty cameras.")
    terminal.json("case", "attach", case, str(file))
    terminal.json("case", "assign", case, "femke")
    terminal.json("case", "due", case, str((datetime.now(UTC) + timedelta(days=30)).date()))
    draft = terminal.json("case", "draft", "new", case, text="These.")["id"]
    terminal.json("case", "draft", "comment", case, draft, "--revision", "1", text="Good.")
    terminal.json("case", "note", case, text="She is in a hurry.")
    terminal.json("case", "close", case, "--outcome", "solved")
    return case


def copy_case(db: sqlite_utils.Database, case: str, number: int) -> None:
    """Copy all rows of a case as another one: only how many there are, and whose, matters here."""
    tables = ("cases", *reversed(TABLES))
    columns = {t: [row[1] for row in db.execute(f"pragma table_info({t})")] for t in tables}
    keys = {"cases": "id", **dict.fromkeys(TABLES, "case_id")}
    rows = {
        t: db.execute(
            f"select {', '.join(columns[t])} from {t} where {keys[t]} = ?",  # noqa: S608
            (case,),
        ).fetchall()
        for t in tables
    }
    ids = {case}
    for table in tables:
        if "id" in columns[table]:
            place = columns[table].index("id")
            ids |= {row[place] for row in rows[table] if isinstance(row[place], str)}
    renamed = {each: f"{each[:21]}{number:05d}" for each in ids}
    for place, each in enumerate(sorted(ids)):
        renamed[each] = f"{each[:20]}{'ABCDEFGHJKMN'[place]}{number:05d}"
    for table in tables:
        for row in rows[table]:
            values = dict(zip(columns[table], row, strict=True))
            for name in ("id", "seq"):  # what the database numbers by itself
                if isinstance(values.get(name), int):
                    del values[name]
            db.execute(
                f"insert into {table} ({', '.join(values)})"  # noqa: S608
                f" values ({', '.join('?' * len(values))})",
                [renamed.get(v, v) if isinstance(v, str) else v for v in values.values()],
            )


def rows_of(db: sqlite_utils.Database, case: str) -> dict[str, int]:
    """Return how many rows each table has of a case, where there are any."""
    found = {
        table: db.execute(
            f"select count(*) from {table} where case_id = ?",  # noqa: S608
            (case,),
        ).fetchone()[0]
        for table in TABLES
    }
    return {table: count for table, count in found.items() if count}


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_nothing_half_erased(
    terminal: Terminal, tmp_path: Path
) -> None:
    source = worked_on(terminal, tmp_path)
    db = connect(terminal.home / "hub.sqlite", writes=True)
    db.execute("begin")
    for number in range(300):
        copy_case(db, source, number)
    db.execute("commit")
    whole = rows_of(db, source)
    command = [sys.executable, "-m", "node.cli.main", "--home", str(terminal.home)]
    env = {**os.environ, **{k: v for k, v in ENVIRONMENT.items() if v}, **AT_ONCE}

    killed = 0
    while left(db) > 40 and killed < 2:
        before = left(db)
        process = subprocess.Popen(
            [*command, "retention", "run"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while left(db) > before - 5 and process.poll() is None and time.monotonic() < end:
            pass
        process.kill()
        # One that ended by itself was not killed, and shows nothing.
        assert process.wait() == -signal.SIGKILL
        killed += 1

        # A case is whole, or it is gone with everything of it.
        assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
        for case, status, key in db.execute("select id, status, wrapped_key from cases").fetchall():
            gone = status == "case-erased"
            assert (key is None) == gone
            assert rows_of(db, case) == ({} if gone else whole)
        assert left(db) < before
    assert killed == 2
    assert len(whole) >= 8
    db.close()

    terminal.json("retention", "run")
    done = terminal.run("retention", "run", "--json", **AT_ONCE)

    assert done.status == 0
    assert terminal.rows("select count(*) from cases where wrapped_key is not null") == [(0,)]
    assert terminal.rows("select count(*) from case_topics") == [(0,)]


def left(db: sqlite_utils.Database) -> int:
    """Return how many cases are not erased."""
    row = db.execute("select count(*) from cases where wrapped_key is not null").fetchone()
    return int(row[0])
