"""hub resource attach, detach, save-file."""

import hashlib
from pathlib import Path

from tests.content.sample_files import PDF
from tests.node.cli.terminal import Terminal

ADD = (
    *("resource", "add", "--title", "Clauses", "--summary", "For buying.", "--language", "en"),
    *("--kind", "template", "--topic", "procurement"),
)


def test_files_are_attached_saved_and_taken_off(terminal: Terminal, tmp_path: Path) -> None:
    ulid = terminal.json(*ADD)["ulid"]
    file = tmp_path / "clauses.pdf"
    file.write_bytes(PDF)

    attached = terminal.json("resource", "attach", ulid, str(file))
    shown = terminal.run("resource", "show", ulid)
    saved = terminal.run("resource", "save-file", ulid, "clauses.pdf", "--to", str(tmp_path / "x"))
    again = terminal.run("resource", "save-file", ulid, "clauses.pdf", "--to", str(tmp_path / "x"))
    off = terminal.run("resource", "detach", ulid, "clauses.pdf")

    (told,) = attached["files"]
    assert told["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert told["url"].endswith(f"/resources/{ulid}/files/{told['sha256']}")
    assert "clauses.pdf" in shown.out
    assert saved.status == 0, saved.err
    assert (tmp_path / "x").read_bytes() == PDF
    assert (again.status, "already" in again.err) == (1, True)
    assert (off.status, off.out) == (0, "It has no files.\n")
    assert terminal.rows("select * from resource_file_parts") == []


def test_what_is_not_there_is_said(terminal: Terminal, tmp_path: Path) -> None:
    ulid = terminal.json(*ADD)["ulid"]

    for words in (
        ("resource", "detach", ulid, "nothing.pdf"),
        ("resource", "save-file", ulid, "nothing.pdf"),
        ("resource", "save-file", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "nothing.pdf"),
        ("resource", "save-file", "https://far.example/resources/x", "nothing.pdf"),
    ):
        printed = terminal.run(*words)
        assert (printed.status, printed.out) == (1, ""), words
        assert "no" in printed.err
