"""hub init: a whole hub or nothing, and the recovery key once."""

import stat
from pathlib import Path

import pytest

from node.recovery_paper import read_recovery
from tests.node.cli.terminal import INIT, Terminal


def test_init_founds_a_hub_and_shows_what_to_keep_and_what_to_do_next(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "hub")

    printed = terminal.run("init", *INIT)

    assert printed.status == 0, printed.err
    recovery = next(line for line in printed.out.splitlines() if line.count("-") > 8).strip()
    assert len(read_recovery(recovery)) == 32
    assert "fingerprint" in printed.out
    assert "femke" in printed.out
    assert "resource import --starter --country NL" in printed.err
    stored = [path.read_bytes() for path in terminal.home.rglob("*") if path.is_file()]
    assert not any(recovery.encode() in content for content in stored)


def test_keys_database_and_settings_are_for_their_owner_only(terminal: Terminal) -> None:
    files = [terminal.home / "hub.toml", terminal.home / "hub.sqlite"]
    files += list((terminal.home / "keys").iterdir())

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}

    assert set(modes.values()) == {0o600}


def test_init_prints_one_json_document(tmp_path: Path) -> None:
    founded = Terminal(tmp_path / "hub").json("init", *INIT)

    assert founded["operator"] == "femke"
    assert founded["g"].startswith("u")
    assert len(founded["fingerprint"].split()) == 8
    assert founded["recovery_key"]


def test_init_never_overwrites(terminal: Terminal) -> None:
    before = {path: path.read_bytes() for path in terminal.home.rglob("*") if path.is_file()}

    printed = terminal.run("init", *INIT)

    assert printed.status == 1
    assert "not empty" in printed.err
    assert before == {p: p.read_bytes() for p in terminal.home.rglob("*") if p.is_file()}


def test_without_a_terminal_what_is_missing_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    printed = Terminal(tmp_path / "hub").run("init", "--name", "X", "--country", "NL")

    assert printed.status == 1
    assert "--origin, --city, --language" in printed.err
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--origin", "rights.example.org", "https://"),
        ("--origin", "http://rights.example.org", "trusted_authorities"),
        ("--country", "Netherlands", "two capitals"),
        ("--language", "dutch!", "language tag"),
        ("--timezone", "Mars/Olympus", "IANA"),
        ("--operator", "Fem ke", "a-z"),
        ("--name", "Hub\x1b[2J", "one line"),
    ],
)
def test_each_bad_value_is_refused_in_words_and_nothing_is_made(
    tmp_path: Path, option: str, value: str, words: str
) -> None:
    printed = Terminal(tmp_path / "hub").run("init", *INIT, option, value)

    assert printed.status == 1
    assert words in printed.err
    assert "\x1b" not in printed.err
    assert not (tmp_path / "hub").exists()


def test_the_first_operator_acts_by_default(terminal: Terminal) -> None:
    terminal.json("user", "add", "mireia", "--role", "caseworker")

    ((by,),) = terminal.rows("select by from changes where what = 'user.add' and subject='mireia'")

    assert by == "femke"
