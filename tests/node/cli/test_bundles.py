"""`hub bundle` on the terminal."""

import gzip

from tests.node.cli.terminal import Terminal


def test_our_own_log_is_written_to_a_file_that_verifies_anywhere(terminal: Terminal) -> None:
    path = str(terminal.home.parent / "ours.bundle.gz")

    made = terminal.json("bundle", "export", path)
    verified = Terminal(terminal.home.parent / "nothing").json("verify", path)

    assert (made["entries"], made["seq"]) == (1, 1)
    assert (verified["verdict"], verified["g"]) == ("valid", made["log"])


def test_a_file_that_is_there_is_not_replaced_by_mistake(terminal: Terminal) -> None:
    path = terminal.home.parent / "ours.bundle.gz"
    path.write_text("mine")

    refused = terminal.run("bundle", "export", str(path))
    forced = terminal.run("bundle", "export", str(path), "--force")

    assert (refused.status, "--force" in refused.err) == (1, True)
    assert forced.status == 0, forced.err
    assert gzip.decompress(path.read_bytes()).startswith(b"{")


def test_what_cannot_be_written_leaves_no_file(terminal: Terminal) -> None:
    path = terminal.home.parent / "theirs.bundle.gz"

    refused = terminal.run("bundle", "export", str(path), "--log", "nobody.example")

    assert refused.status == 1
    assert list(path.parent.glob("theirs*")) == []


def test_our_own_log_is_not_imported(terminal: Terminal) -> None:
    path = str(terminal.home.parent / "ours.bundle.gz")
    terminal.run("bundle", "export", path)

    refused = terminal.run("bundle", "import", path)

    assert refused.status == 1
    assert "our own log" in refused.err
