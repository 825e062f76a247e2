"""A city adopts the framework, makes it its own, and merges what changed upstream: by commands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from content.framework.customizing import drop_item, reword
from content.framework.files import FrameworkFile, shipped, write_file
from content.framework.store import UPSTREAM, Base
from node.demo.network import RunningHub, choose_addresses, stop_all
from node.demo.outside import wait_for
from node.demo.setting_up import found_one
from tests.node.cli.terminal import Terminal, founded_in

KNOWN = shipped().framework


@pytest.fixture
def cities(tmp_path: Path) -> Iterator[tuple[RunningHub, RunningHub]]:
    """Return two running hubs that are peers."""
    hubs, _ = choose_addresses(tmp_path)
    city, other = hubs[:2]
    try:
        for hub in (city, other):
            found_one(hub)
        for hub in (city, other):
            hub.wait_until_up()
        for one, two in ((city, other), (other, city)):
            one.command("peer", "add", two.origin)
            one.command("peer", "approve", two.authority, "--fingerprint", two.fingerprint)
        for one, two in ((city, other), (other, city)):
            wait_for("they are peers", lambda one=one, two=two: is_active(one, two))
        yield city, other
    finally:
        stop_all(hubs)


def is_active(one: RunningHub, two: RunningHub) -> bool:
    return bool(one.command("peer", "show", two.authority)["state"] == "active")


def of_half_a_year_ago() -> str:
    """Return the framework as an earlier version of the program would have had it, as a file."""
    before = reword(KNOWN, "tool-dpia", texts={"why": "The law asks for it."})
    before = reword(before, "tool-hria", texts={"why": "As it was said then."})
    before = drop_item(before, "tool-repository")
    return json.dumps(write_file(FrameworkFile(UPSTREAM, before, Base("2026-05", before))))


def items_of(hub: "RunningHub | City") -> dict[str, Any]:
    return {item["id"]: item for item in hub.command("framework", "show")["items"]}


class City:
    """A city at its terminal; commands as those of a hub that runs, in this process."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def command(self, *words: str, text: str | None = None) -> Any:
        return self._terminal.json(*words, text=text)

    def refused(self, *words: str) -> str:
        printed = self._terminal.run(*words)
        assert printed.status == 1
        return printed.err


def test_a_city_adopts_customizes_assesses_and_merges_with_a_conflict_that_a_person_resolves(
    tmp_path: Path,
) -> None:
    city = City(founded_in(tmp_path))

    # It adopts the framework of half a year ago, and makes it its own.
    assert city.command("framework", "adopt", "-", text=of_half_a_year_ago())["items"] == 36
    ours = "We owe residents an answer before we collect."
    city.command("framework", "set", "tool-dpia", "--why", ours)
    city.command("framework", "set", "tool-dpia", "--responsible", "Data protection office")
    city.command("framework", "set", "tool-hria", "--language", "nl", "--why", "Omdat het moet.")
    city.command("framework", "drop", "str-ethics-board")
    city.command(
        *("framework", "add", "chatbot-rules", "--pillar", "tool-tools"),
        *("--title", "Rules for chatbots", "--topic", "generative-ai", "--after", "tool-dpia"),
    )
    link = "https://city.example/rule-7"
    city.command("framework", "attach", "tool-dpia", link)

    # It assesses itself, gets next steps, and keeps the day.
    city.command("resource", "import", "--starter", "--country", "NL")
    city.command("framework", "assess", "tool-dpia", "--level", "1", "--evidence", link)
    city.command("framework", "assess", "tool-hria", "--level", "0")
    overview = city.command("framework", "assess")
    assert [step["item"] for step in overview["next_steps"]] == ["tool-hria", "tool-dpia"]
    assert overview["next_steps"][0]["resources"]
    assert [each["scored"] for each in overview["coverage"]] == [0, 0, 2]
    kept = city.command("framework", "snapshot", "--note", "Before the summer")["number"]

    # Upstream moved on. What it changed alone is taken; what both changed, a person decides.
    before = items_of(city)
    merge = city.command("framework", "merge", "upstream")
    (conflict,) = merge["conflicts"]
    assert (conflict["item"], conflict["place"]) == ("tool-dpia", "why/en")
    assert (conflict["base"], conflict["ours"]) == ("The law asks for it.", ours)
    assert conflict["theirs"] == KNOWN.get("tool-dpia").why["en"]
    assert (merge["applied"], items_of(city)) == (False, before)
    assert "must be decided" in city.refused("framework", "merge", "--finish")
    both = f"{ours} {conflict['theirs']}"
    city.command("framework", "merge", "--decide", "tool-dpia", "why/en", "--text", both)
    assert city.command("framework", "merge", "--finish")["applied"]

    after = items_of(city)
    assert after["tool-dpia"]["why"]["en"] == both
    assert after["tool-dpia"]["responsible"] == "Data protection office"
    assert after["tool-dpia"]["resources"] == [link]
    assert after["tool-hria"]["why"] == {
        "en": KNOWN.get("tool-hria").why["en"],
        "nl": "Omdat het moet.",
    }
    assert "tool-repository" in after
    assert "str-ethics-board" not in after
    assert "chatbot-rules" in after
    assert city.command("framework", "show")["upstream"] == shipped().base.version
    changed = city.command("framework", "diff", str(kept), "ours")["differences"]
    assert {each["item"] for each in changed} == {"tool-dpia", "tool-hria", "tool-repository"}
    assert city.command("framework", "merge", "upstream")["brings"] == []

    # Its own document says where it stands.
    paper = city.command("framework", "export", "--format", "html", "--with-scores")["text"]
    assert "Rules for chatbots" in paper
    assert "0 of 4: Absent" in paper


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_city_shares_what_it_wants_and_another_one_takes_it_over(
    cities: tuple[RunningHub, RunningHub],
) -> None:
    city, other = cities
    city.command("framework", "adopt")
    city.command(
        *("framework", "add", "chatbot-rules", "--pillar", "tool-tools"),
        *("--title", "Rules for chatbots"),
    )
    city.command("framework", "set", "tool-dpia", "--why", "We owe residents an answer.")
    city.command("framework", "assess", "tool-dpia", "--level", "1")
    city.command("framework", "publish", "chatbot-rules")
    city.command("framework", "publish", "tool-dpia", "--with-score")
    other.command("framework", "adopt")

    def shown() -> dict[str, Any]:
        listed = other.command("framework", "show", "--hub", city.authority)["items"]
        return {each["item"]["id"]: each for each in listed}

    def both() -> dict[str, Any] | None:
        found = shown()
        return found if len(found) == 2 else None

    found = wait_for("both items came", both, seconds=60)
    assert found["tool-dpia"]["score"]["level"] == 1
    assert found["chatbot-rules"]["score"] is None
    seen = other.command("framework", "diff", "ours", city.authority)["differences"]
    assert {(each["kind"], each["item"]) for each in seen} == {
        ("changed", "tool-dpia"),
        ("added", "chatbot-rules"),
    }
    taken = other.command("framework", "merge", city.authority)
    assert (taken["applied"], taken["conflicts"]) == (True, [])
    assert items_of(other)["chatbot-rules"]["title"] == {"en": "Rules for chatbots"}
    assert len(items_of(other)) == 38

    # A score that is taken back vanishes there too.
    city.command("framework", "assess", "tool-dpia", "--remove")

    def without_score() -> bool:
        there = shown().get("tool-dpia")
        return there is not None and there["score"] is None

    wait_for("the score is gone", without_score, seconds=60)
