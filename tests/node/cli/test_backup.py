"""hub backup and hub restore, as a person at the terminal uses them."""

import shutil
from pathlib import Path

from tests.node.cli.terminal import Terminal

PHRASE = "six random words of a list\n"


def data_only(terminal: Terminal, folder: Path) -> str:
    file = str(folder / "data")
    terminal.json("backup", file)
    return file


def backed_up(terminal: Terminal, folder: Path) -> tuple[str, str]:
    file, keys = str(folder / "data"), str(folder / "keys.age")
    printed = terminal.run("backup", file, "--keys", keys, text=PHRASE)
    assert printed.status == 0, printed.err
    return file, keys


def test_a_hub_moves_to_a_new_machine(terminal: Terminal, tmp_path: Path) -> None:
    case = terminal.json(
        "case", "new", "--question-file", "-", text="Cameras\nMay the city do this?"
    )["id"]
    file, keys = backed_up(terminal, tmp_path)
    shutil.rmtree(terminal.home)

    verified = terminal.run("restore", file, "--keys", keys, "--verify", text=PHRASE)
    assert not terminal.home.exists()
    restored = terminal.run("restore", file, "--keys", keys, text=PHRASE)

    assert verified.status == 0, verified.out + verified.err
    assert "open all 1 cases" in verified.out
    assert restored.status == 0, restored.err
    assert "May the city do this?" in terminal.run("case", "show", case).out
    assert terminal.run("audit", "verify").status == 0
    assert "BROKEN" not in terminal.run("doctor").out


def test_an_old_backup_waits_for_its_lost_entries_before_it_publishes(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = data_only(terminal, tmp_path)
    terminal.run("resource", "import", "--starter", "--country", "NL")
    terminal.run("doctor")  # any command notes how far the log is by now

    terminal.json("restore", file, "--overwrite")
    doctor = terminal.run("doctor").out

    assert terminal.rows("select count(*) from log_entries") == [(1,)]
    assert "older than what others have seen" in doctor
    assert "audit" in doctor
    gaps = terminal.json("audit", "verify")["gaps"]
    assert len(gaps) == 1
    assert gaps[0]["lost_to"] > gaps[0]["after"]


def test_doctor_tells_how_old_the_backups_are(terminal: Terminal, tmp_path: Path) -> None:
    before = terminal.run("doctor").out
    backed_up(terminal, tmp_path)
    after = terminal.run("doctor").out

    assert "look    backup: none was ever made" in before
    assert "ok      backup: made on" in after
    assert "ok      backup of keys: made on" in after


def test_a_passphrase_comes_from_stdin_or_a_file_and_must_be_right(
    terminal: Terminal, tmp_path: Path
) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE, encoding="utf-8")
    options = ("--keys", str(tmp_path / "keys.age"), "--passphrase-file", str(phrase))

    alone = terminal.json("backup", *options)
    empty = terminal.run("backup", "--keys", str(tmp_path / "other.age"), text="")
    short = terminal.run("backup", "--keys", str(tmp_path / "other.age"), text="short\n")
    terminal.run("backup", str(tmp_path / "data"))
    wrong = terminal.run(
        *("restore", str(tmp_path / "data"), "--verify", "--keys", str(tmp_path / "keys.age")),
        text="another passphrase\n",
    )

    assert alone["key_files"] == len(list((terminal.home / "keys").iterdir()))
    assert alone["file"] is None
    assert (empty.status, short.status, wrong.status) == (1, 1, 1)
    assert "12 signs" in short.err
    assert "passphrase is wrong" in wrong.err
    assert not (tmp_path / "other.age").exists()


def test_refusals_say_what_to_do(terminal: Terminal, tmp_path: Path) -> None:
    file = data_only(terminal, tmp_path)

    again = terminal.run("backup", file)
    there = terminal.run("restore", file)
    nothing = terminal.run("backup")
    both = terminal.run("restore", file, "--verify", "--overwrite")
    alone = terminal.run("restore", file, "--passphrase-file", file)
    other = terminal.run("restore", str(terminal.home / "hub.toml"), "--verify")

    assert (again.status, there.status, other.status) == (1, 1, 1)
    assert "--overwrite" in again.err
    assert "--overwrite" in there.err
    assert (nothing.status, both.status, alone.status) == (2, 2, 2)
    assert "no database" in other.err or "backup" in other.err


def test_a_backup_without_keys_can_be_looked_at_and_says_so(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = data_only(terminal, tmp_path)

    checks = terminal.json("restore", file, "--verify")

    assert checks["good"] is True
    assert {each["what"]: each["ok"] for each in checks["checks"]} == {
        "database": True,
        "rows": True,
        "public log": True,
        "audit": True,
        "keys": None,
    }
