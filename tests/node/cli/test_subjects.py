"""hub subject: what is held about a person, as a file for them, and gone when they ask."""

import json
import stat
import zipfile
from pathlib import Path

from tests.node.cli.terminal import Terminal

CANARY = "MARIGOLD-KESTREL"


def asked_by_ana(terminal: Terminal, folder: Path) -> str:
    contact = folder / "contact.txt"
    contact.write_text("Ana Ruiz\nana@city.example")
    text = f"Clauses {CANARY}\n\nWhich clauses? {CANARY}"
    options = ("--topic", "procurement", "--contact-file", str(contact))
    return str(terminal.json("case", "new", *options, text=text)["id"])


def test_the_export_is_a_file_for_its_owner_that_people_and_programs_read(
    terminal: Terminal, tmp_path: Path
) -> None:
    case = asked_by_ana(terminal, tmp_path)
    file = tmp_path / "ana.zip"

    printed = terminal.run("subject", "export", "--contact", "ana@city.example", "--to", str(file))

    assert printed.status == 0, printed.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert CANARY not in printed.out + printed.err
    assert "ana@city.example" not in printed.out + printed.err
    with zipfile.ZipFile(file) as archive:
        held = json.loads(archive.read("person.json"))
        paper = archive.read("person.md").decode()
    assert [each["id"] for each in held["cases"]] == [case]
    assert held["cases"][0]["requester"]["name"] == "Ana Ruiz"
    assert "What Rights Hub Test holds about you" in paper
    assert f"Which clauses? {CANARY}" in paper
    again = terminal.run("subject", "export", "--name", "Ana", "--to", str(file))
    assert (again.status, "there already" in again.err) == (1, True)


def test_who_is_not_known_gets_an_answer_and_no_file(terminal: Terminal, tmp_path: Path) -> None:
    asked_by_ana(terminal, tmp_path)
    file = tmp_path / "zoe.zip"

    printed = terminal.run("subject", "export", "--name", "Zoë Quinn", "--to", str(file))

    assert printed.status == 1
    assert "Nothing is held" in printed.err
    assert not file.exists()


def test_erasing_shows_first_what_goes_and_what_stays(terminal: Terminal, tmp_path: Path) -> None:
    case = asked_by_ana(terminal, tmp_path)
    held = asked_by_ana(terminal, tmp_path)
    terminal.json("case", "hold", held, "--reason", "court", "--until", "2035-06-30")

    dry = terminal.run("subject", "erase", "--name", "Ana Ruiz", "--dry-run")
    unconfirmed = terminal.run("subject", "erase", "--name", "Ana Ruiz")
    there = terminal.json("case", "show", case)
    done = terminal.json("subject", "erase", "--name", "Ana Ruiz", "--yes")

    assert f"Would go: case {case}" in dry.out
    assert f"Stays: {held}: The law asks the hub to keep this case until 2035-06-30" in dry.out
    assert unconfirmed.status == 1
    assert there["status"] == "case-received"
    assert [each["case"] for each in done["cases"]] == [case]
    assert terminal.run("case", "show", case).status == 1
    assert terminal.run("case", "show", held).status == 0


def test_of_two_people_with_one_name_one_can_be_chosen(terminal: Terminal, tmp_path: Path) -> None:
    first, second = asked_by_ana(terminal, tmp_path), asked_by_ana(terminal, tmp_path)

    found = terminal.json("subject", "find", "--name", "ana")
    chosen = terminal.json("subject", "find", "--name", "ana", "--only", second)
    wrong = terminal.run("subject", "find", "--name", "ana", "--only", second[:-1] + "0")

    assert found["cases"] == [first, second]
    assert chosen["cases"] == [second]
    assert wrong.status == 1


def test_only_operators_look_for_people(terminal: Terminal, tmp_path: Path) -> None:
    asked_by_ana(terminal, tmp_path)
    terminal.run("user", "add", "grace", "--role", "caseworker")

    assert terminal.run("--as", "grace", "subject", "find", "--name", "ana").status == 1
    assert terminal.run("subject", "find").status == 1


def test_what_is_wrong_about_a_person_is_put_right(terminal: Terminal, tmp_path: Path) -> None:
    case = asked_by_ana(terminal, tmp_path)
    right = tmp_path / "right.txt"
    right.write_text("Anna Ruiz\nanna@city.example")

    done = terminal.json("case", "correct", case, "--contact-file", str(right))
    shown = terminal.json("case", "show", case)
    nothing = terminal.run("case", "correct", case)

    assert done == {"id": case, "revision": 2, "hubs_told": [], "hubs_to_tell": []}
    assert shown["requester"]["name"] == "Anna Ruiz"
    assert shown["question"] == f"Which clauses? {CANARY}"
    assert terminal.json("subject", "find", "--contact", "ana@city.example")["cases"] == []
    assert nothing.status == 1
