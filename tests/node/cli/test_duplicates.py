"""hub resource duplicates|merge|unmerge|keep-apart."""

from typing import Any

from tests.node.cli.terminal import Terminal

ADD = (
    "--summary",
    "Text.",
    "--language",
    "en",
    "--kind",
    "guide",
    "--publisher",
    "City",
    "--topic",
    "privacy",
)


def added(terminal: Terminal, title: str, url: str) -> Any:
    return terminal.json("resource", "add", "--title", title, "--url", url, *ADD)


def test_duplicates_are_listed_merged_and_parted_again(terminal: Terminal) -> None:
    one = added(terminal, "Guide to registers", "https://city.example/guide?utm_source=mail")
    two = added(terminal, "The guide", "http://www.city.example/guide/")

    listed = terminal.run("resource", "duplicates")
    found = terminal.json("resource", "duplicates")
    merged = terminal.json("resource", "merge", one["ulid"], two["ulid"])
    none = terminal.run("resource", "duplicates")
    gone = terminal.run("resource", "show", two["ulid"])
    parted = terminal.json("resource", "unmerge", two["ulid"])

    assert "The same: the same address" in listed.out
    assert found["total"] == 1
    assert {r["ulid"] for r in found["items"][0]["records"]} == {one["ulid"], two["ulid"]}
    assert merged["how"] == "merged"
    assert "No duplicates" in none.err
    assert f"merged into {one['ulid']}" in gone.err
    assert parted["ref"] != two["ulid"]
    assert terminal.json("resource", "duplicates")["total"] == 1


def test_what_is_not_the_same_is_kept_apart(terminal: Terminal) -> None:
    one = added(terminal, "Report on digital rights", "https://city.example/2")
    two = added(terminal, "Report on Digital Rights", "https://city.example/3")

    likely = terminal.run("resource", "duplicates").out
    terminal.json("resource", "keep-apart", one["ulid"], two["ulid"])

    assert "Probably the same: the same title, publisher and year" in likely
    assert terminal.json("resource", "duplicates")["items"] == []
    assert terminal.run("resource", "merge", one["ulid"], one["ulid"]).status == 1
