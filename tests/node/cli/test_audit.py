"""hub audit: who did and read what; a check that names the first wrong row; a gap that is noted."""

import shutil

import pytest

from content.database import connect
from tests.node.cli.terminal import Terminal


def tamper(terminal: Terminal, statement: str) -> None:
    db = connect(terminal.home / "hub.sqlite", writes=True)
    db.execute(statement)
    db.close()


def a_case(terminal: Terminal) -> str:
    made = terminal.json(
        "case", "new", "--question-file", "-", text="Cameras\nMay the city do this?"
    )
    return str(made["id"])


def test_changes_and_readings_are_listed_without_texts(terminal: Terminal) -> None:
    case = a_case(terminal)
    terminal.run("case", "show", case)
    terminal.run("case", "match", case)

    printed = terminal.run("audit", "list", "--accesses", "--subject", case)
    rows = terminal.json("audit", "list", "--subject", case)["items"]

    assert [(row["what"], row["note"]) for row in rows[:2]] == [
        ("case.match", "command"),
        ("case.read", "command"),
    ]
    assert [row["what"] for row in rows[2:]].count("case.receive") == 1
    assert "case.read" in printed.out
    assert "case.receive" not in printed.out
    assert "Cameras" not in printed.out


def test_lists_go_on_page_by_page_and_say_when_there_is_nothing(terminal: Terminal) -> None:
    case = a_case(terminal)
    for _ in range(3):
        terminal.run("case", "show", case)

    first = terminal.json("audit", "list", "--accesses", "--limit", "2")
    second = terminal.json("audit", "list", "--accesses", "--cursor", first["next_cursor"])
    nobody = terminal.run("audit", "list", "--by", "nobody")

    assert (len(first["items"]), len(second["items"])) == (2, 1)
    assert "Nothing of that kind" in nobody.err


def test_a_whole_record_is_checked_and_doctor_says_when(terminal: Terminal) -> None:
    before = terminal.run("doctor").out
    printed = terminal.run("audit", "verify")
    after = terminal.run("doctor").out

    assert "audit: was never checked" in before
    assert printed.status == 0
    assert "whole" in printed.out
    assert "ok      audit: last checked on" in after


@pytest.mark.parametrize(
    ("statement", "reason", "seq"),
    [
        ("update changes set note = 'x' where seq = 2", "details-differ", 2),
        ("update changes set at = '2026-01-01T00:00:00.000Z' where seq = 2", "hash-differs", 2),
        ("delete from changes where seq = 2", "row-missing", 2),
        ("delete from changes where seq > 1", "end-missing", None),
    ],
)
def test_a_check_ends_with_1_and_names_the_first_wrong_row(
    terminal: Terminal, statement: str, reason: str, seq: int | None
) -> None:
    a_case(terminal)
    a_case(terminal)
    tamper(terminal, statement)

    printed = terminal.run("audit", "verify")
    document = terminal.run("audit", "verify", "--json")

    assert (printed.status, document.status) == (1, 1)
    assert "NOT WHOLE" in printed.out
    assert document.json["broken"]["reason"] == reason
    assert document.json["broken"]["seq"] == seq or seq is None
    assert "BROKEN  audit" in terminal.run("doctor").out


def test_a_chain_written_anew_is_found_by_the_row_that_was_kept_elsewhere(
    terminal: Terminal,
) -> None:
    head = terminal.json("audit", "verify")["head"]
    a_case(terminal)
    assert terminal.run("audit", "verify", "--expect", head).status == 0

    number = head.partition(":")[0]
    printed = terminal.run("audit", "verify", "--expect", f"{number}:{'0' * 64}")

    assert printed.status == 1
    assert terminal.run("audit", "verify", "--expect", "7").status == 2


def test_a_database_put_back_by_hand_is_noticed_and_can_be_accepted_on_record(
    terminal: Terminal,
) -> None:
    shutil.copy(terminal.home / "hub.sqlite", terminal.home / "copy")
    a_case(terminal)
    shutil.move(terminal.home / "copy", terminal.home / "hub.sqlite")

    noticed = terminal.run("audit", "verify", "--json")
    accepted = terminal.run("audit", "accept", "--reason", "Disk lost")
    whole = terminal.json("audit", "verify")

    assert noticed.json["broken"]["reason"] == "end-missing"
    assert accepted.status == 0
    assert [gap["why"] for gap in whole["gaps"]] == ["Disk lost"]
    assert terminal.json("audit", "list")["items"][1]["what"] == "audit.accept"


def test_an_edited_row_cannot_be_accepted_and_a_whole_record_need_not(terminal: Terminal) -> None:
    whole = terminal.run("audit", "accept", "--reason", "x")
    tamper(terminal, "update changes set by = 'somebody' where seq = 1")
    edited = terminal.run("audit", "accept", "--reason", "x")

    assert (whole.status, edited.status) == (1, 1)
    assert "cannot be accepted" in edited.err


def test_a_lost_mark_is_told(terminal: Terminal) -> None:
    (terminal.home / "audit-mark.json").unlink()

    printed = terminal.run("audit", "verify")

    assert printed.status == 1
    assert "mark" in printed.out
