"""hub harvest: sources are added, asked, approved, paused and removed."""

from pathlib import Path

import pytest

from tests.harvest_source import CkanPortal, FileServer, a_package, beside
from tests.node.cli.terminal import Printed, Terminal

FEED = (
    b"<rss version='2.0'><channel><title>City</title><item><title>One</title><guid>1</guid></item>"
    b"<item><title>Two</title><guid>2</guid></item></channel></rss>"
)


class Harvesting:
    """A terminal whose hub may reach one server on loopback."""

    def __init__(self, terminal: Terminal, authority: str) -> None:
        self.terminal = terminal
        self._trusted = f"127.0.0.9:9809,{authority}"

    def run(self, *arguments: str) -> Printed:
        return self.terminal.run("harvest", *arguments, HUB_TRUSTED_AUTHORITIES=self._trusted)

    def done(self, *arguments: str) -> Printed:
        printed = self.run(*arguments)
        assert printed.status == 0, printed.err
        return printed


def test_the_life_of_a_source(terminal: Terminal) -> None:
    with beside(FileServer(body=FEED)) as server:
        hub = Harvesting(terminal, server.authority)
        url = f"{server.origin}/feed.xml"

        added = hub.done("add", url, "--kind", "feed", "--topic", "privacy", "--name", "City news")
        tried = hub.done("run", "City news", "--dry-run", "--json").json["items"][0]
        before = terminal.rows("select count(*) from resources")[0][0]
        done = hub.done("run", "City news", "--json").json["items"][0]
        again = hub.done("run").out
        shown = hub.done("show", "City news").out
        listed = hub.done("list", "--json").json["items"][0]
        hub.done("pause", "City news")
        paused = hub.done("list").out
        hub.done("resume", "City news")
        removed = hub.done("remove", "City news", "--take-back-records").out

    assert "--dry-run" in added.err
    assert (tried["added"], tried["dry_run"], before) == (2, True, 0)
    assert (done["added"], done["outcome"]) == (2, "done")
    assert "nothing new, says the source" in again
    assert "Added 2, changed 0, unchanged 0, taken back 0, bad 0." in shown
    assert (listed["records"], listed["last_run"]["outcome"]) == (2, "not-modified")
    assert "paused" in paused
    assert "2 records were taken back" in removed
    assert terminal.rows("select count(*) from harvest_items") == [(0,)]
    assert terminal.json("resource", "search", "one")["total"] == 0


def test_what_a_source_with_review_gives_waits_for_a_person(terminal: Terminal) -> None:
    portal = CkanPortal()
    portal.put(a_package("one"), a_package("two"), a_package("three"))
    with beside(portal):
        hub = Harvesting(terminal, portal.authority)
        hub.done("add", portal.origin, "--kind", "ckan", "--review", "--name", "Portal")
        hub.done("run")
        new = hub.done("waiting", "Portal", "--json").json["items"]
        unwanted = next(each["ulid"] for each in new if "Three" in str(each["record"]))
        hub.done("dismiss", "Portal", unwanted)
        hub.done("approve", "Portal", "--all")
        published = len(terminal.json("resource", "list", "--state", "published")["items"])
        portal.put(a_package("one", "2026-07-01T00:00:00.000000", title="One, second edition"))
        del portal.packages["two"]
        hub.done("run", "Portal", "--full")
        changed = hub.done("waiting", "Portal", "--json").json["items"]
        still = terminal.json("resource", "search", "second edition")["with_all_words"]
        again = hub.done("run", "Portal", "--full", "--json").json["items"][0]
        hub.done("approve", "Portal", "--all")
        nothing = hub.done("waiting", "Portal").err
        refused = hub.run("approve", "Portal", unwanted)

    assert [each["change"] for each in new] == ["new", "new", "new"]
    assert published == 2
    assert sorted((each["change"], tuple(each["fields"])) for each in changed) == [
        ("change", ("title",)),
        ("gone", ()),
    ]
    assert not still
    assert (again["waiting"], again["left_out"], again["added"]) == (0, 1, 0)
    assert "Nothing waits." in nothing
    assert refused.status == 1
    titles = str(terminal.json("resource", "list", "--state", "published")["items"])
    assert "One, second edition" in titles
    assert "Two" not in titles


def test_records_that_are_kept_are_known_again(terminal: Terminal) -> None:
    with beside(FileServer(body=FEED)) as server:
        hub = Harvesting(terminal, server.authority)
        hub.done("add", f"{server.origin}/f", "--kind", "feed")
        hub.done("run")
        hub.done("remove", server.authority, "--keep-records")
        hub.done("add", f"{server.origin}/f", "--kind", "feed")
        report = hub.done("run", "--json").json["items"][0]

    assert (report["added"], report["unchanged"]) == (0, 2)


def test_a_failed_run_says_why_and_stores_nothing(terminal: Terminal) -> None:
    with beside(FileServer(body=b"<html>moved</html>", content_type="text/html")) as server:
        hub = Harvesting(terminal, server.authority)
        hub.done("add", server.origin, "--kind", "feed", "--name", "Page")
        failed = hub.run("run", "Page")

    assert failed.status == 1
    assert "no feed behind the address" in failed.out
    assert terminal.rows("select count(*) from resources") == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("add", "ftp://a.example/", "--kind", "feed"), "url"),
        (("add", "https://a.example/", "--kind", "feed", "--language", "nonsense"), "language"),
        (("add", "https://a.example/", "--kind", "feed", "--kind-of-resource", "x"), "resource"),
        (("show", "Nothing"), "hub harvest list"),
        (("run", "Nothing"), "hub harvest list"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    terminal: Terminal, arguments: tuple[str, ...], reason: str
) -> None:
    printed = Harvesting(terminal, "127.0.0.10:9810").run(*arguments)

    assert printed.status == 1
    assert reason in printed.err


def test_who_may_not_add_a_source_may_still_run_one(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("user", "add", "carla", "--role", "caseworker")
    with beside(FileServer(body=FEED)) as server:
        hub = Harvesting(terminal, server.authority)
        refused = hub.run("add", server.origin, "--kind", "feed", "--as", "carla")
        hub.done("add", server.origin, "--kind", "feed")
        run = hub.done("run", "--as", "carla", "--json").json["items"][0]

    assert (refused.status, run["by"], run["added"]) == (1, "carla", 2)


def test_a_source_is_changed_in_what_is_named(terminal: Terminal) -> None:
    with beside(FileServer(body=FEED)) as server:
        hub = Harvesting(terminal, server.authority)
        hub.done(
            "add", f"{server.origin}/f", "--kind", "feed", "--name", "City", "--topic", "privacy"
        )
        hub.done("run", "City")
        changed = hub.done("change", "City", "--every", "7", "--language", "ca", "--json").json
        again = hub.done("run", "City", "--json").json["items"][0]
        without = hub.done("change", "City", "--no-topics", "--name", "City news", "--json").json
        nothing = hub.run("change", "City news")
        unknown = hub.run("change", "City", "--every", "3")

    assert (changed["every_days"], changed["language"], changed["topics"]) == (7, "ca", ["privacy"])
    assert again["changed"] == 2
    assert (without["name"], without["topics"], without["every_days"]) == ("City news", [], 7)
    assert (nothing.status, unknown.status) == (2, 1)
