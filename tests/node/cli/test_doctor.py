"""hub doctor: says what is wrong and what to do, and ends with 1 only when something is broken."""

import os

import pytest

from tests.node.cli.terminal import Terminal


def test_a_new_hub_is_well(terminal: Terminal) -> None:
    printed = terminal.run("doctor")

    assert printed.status == 0, printed.out
    assert "BROKEN" not in printed.out
    assert "ok      database: sound" in printed.out
    assert "plain http" in printed.out


def test_the_findings_are_one_json_document(terminal: Terminal) -> None:
    findings = terminal.json("doctor")

    assert findings["well"] is True
    assert {"folder", "permissions", "SQLite", "database", "settings", "keys", "clock"} <= {
        finding["what"] for finding in findings["findings"]
    }


def test_keys_that_others_can_read_are_broken(terminal: Terminal) -> None:
    (terminal.home / "keys" / "vault").chmod(0o644)

    printed = terminal.run("doctor")

    assert printed.status == 1
    assert "BROKEN  permissions: others can read vault" in printed.out
    assert "chmod" in printed.out


def test_a_damaged_database_is_broken(terminal: Terminal) -> None:
    with (terminal.home / "hub.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))

    printed = terminal.run("doctor")

    assert printed.status == 1
    assert "BROKEN  database" in printed.out
    assert "backup" in printed.out
    assert "Traceback" not in printed.out + printed.err


def test_wrong_settings_and_lost_keys_are_broken(terminal: Terminal) -> None:
    settings = terminal.run("doctor", HUB_LANGUAGE="!")
    (terminal.home / "keys" / "actor-ed25519.pem").unlink()
    keys = terminal.run("doctor")

    assert (settings.status, keys.status) == (1, 1)
    assert "BROKEN  settings: HUB_LANGUAGE" in settings.out
    assert "actor-ed25519.pem" in keys.out


def test_no_hub_is_refused(terminal: Terminal) -> None:
    (terminal.home / "hub.toml").unlink()

    assert terminal.run("doctor").status == 1


@pytest.mark.parametrize("command", [("doctor",), ("serve",), ("resource", "list"), ("sync",)])
@pytest.mark.usefixtures("logged")
def test_a_lost_database_is_not_replaced_by_an_empty_one(
    terminal: Terminal, command: tuple[str, ...]
) -> None:
    for path in terminal.home.glob("hub.sqlite*"):
        path.unlink()

    printed = terminal.run(*command)

    assert printed.status == 1
    told = printed.out + printed.err
    assert "hub restore FILE" in told
    assert "hub recover --from PEER" in told
    assert not (terminal.home / "hub.sqlite").exists()
