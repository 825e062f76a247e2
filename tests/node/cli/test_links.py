"""hub resource check-links and hub resource links."""

from tests.harvest_source import FileServer, beside
from tests.node.cli.terminal import ORIGIN, Terminal

ADD = ("--summary", "Text.", "--language", "en", "--kind", "guide", "--topic", "privacy")
TRUSTED = "127.0.0.9:9809"


def test_links_are_looked_at_and_what_is_broken_is_listed(terminal: Terminal) -> None:
    with beside(FileServer(body=b"A document")) as server:
        env = {"HUB_TRUSTED_AUTHORITIES": f"{TRUSTED},{server.authority}"}
        there = ("--title", "There", "--url", f"{server.origin}/a")
        away = ("--title", "Away", "--url", f"{ORIGIN}/nothing-listens")
        terminal.json("resource", "add", *there, *ADD)
        added = terminal.json("resource", "add", *away, *ADD)
        before = terminal.run("resource", "show", added["ulid"]).out
        looked = terminal.run("resource", "check-links", "--due", "--json", **env).json
        again = terminal.run("resource", "check-links", "--due", "--json", **env).json
        everything = terminal.run("resource", "check-links", **env).out
    listed = terminal.run("resource", "links")
    shown = terminal.json("resource", "show", added["ulid"])

    assert "not yet" in before
    assert (looked["looked"], looked["states"]) == (2, {"ok": 1, "unreachable": 1})
    assert [each["ulids"] for each in looked["items"]] == [[added["ulid"]]]
    assert again["looked"] == 0
    assert "Looked at 2 links" in everything
    assert "there 1, cannot be reached 1" in listed.out
    assert added["ulid"] in listed.out
    assert shown["link_check"]["status"] == "unreachable"
    assert shown["link_status"] == "broken"
