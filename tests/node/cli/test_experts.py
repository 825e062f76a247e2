"""hub expert: listings that people agreed to, and that end everywhere when they leave."""

import json
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from tests.node.cli.terminal import Terminal

ADD = (
    *("--name", "Omar Ben Salah", "--bio", "Marchés publics.", "--language", "fr"),
    *("--topic", "procurement", "--jurisdiction", "TN"),
)
OMAR: dict[str, Any] = {
    "name": "Omar Ben Salah",
    "bio": "Marchés publics.",
    "languages": ["fr"],
    "topics": ["procurement"],
    "scope": "network",
}


def test_an_expert_is_added_paused_confirmed_and_removed(terminal: Terminal) -> None:
    added = terminal.json("expert", "add", *ADD, "--scope", "public")
    paused = terminal.json("expert", "pause", added["id"])
    confirmed = terminal.json("expert", "confirm", paused["id"])
    removed = terminal.json("expert", "remove", confirmed["id"])

    assert added["record"]["bio"] == {"fr": "Marchés publics."}
    assert paused["state"] == "paused"
    assert confirmed["state"] == "active"
    assert removed["state"] == "left"
    assert "record" not in removed
    assert terminal.json("expert", "list")["items"] == []


def test_experts_are_imported_once_and_found_by_topic(terminal: Terminal) -> None:
    text = json.dumps(OMAR)

    first = terminal.json("expert", "import", "-", text=text)
    again = terminal.json("expert", "import", "-", text=text)

    assert (first["added"], again["added"], again["unchanged"]) == (1, 0, 1)
    found = terminal.json("expert", "search", "--topic", "procurement")
    assert [item["name"] for item in found["items"]] == ["Omar Ben Salah"]
    assert "Omar" in terminal.run("expert", "list").out


@pytest.mark.parametrize("city", ["amsterdam", "barcelona", "new-york"])
def test_the_examples_of_the_demo_are_marked_as_examples(terminal: Terminal, city: str) -> None:
    text = (resources.files("node.demo") / f"experts-{city}.jsonl").read_text("utf-8")

    terminal.json("expert", "import", "-", text=text)

    records = [item["record"] for item in terminal.json("expert", "list")["items"]]
    assert records
    assert all(record["example"] for record in records)
    assert all(record["name"].startswith("Example: ") for record in records)
    marks = ("Invented person", "Persona inventada", "Verzonnen persoon")
    assert all(t.startswith(marks) for record in records for t in record["bio"].values())


def test_bad_lines_are_named_and_nothing_is_imported(terminal: Terminal) -> None:
    before = terminal.contents()
    text = "\n".join([json.dumps(OMAR), json.dumps({**OMAR, "scope": "all"}), "[]"])

    printed = terminal.run("expert", "import", "-", text=text)

    assert printed.status == 1
    assert "line 2" in printed.err
    assert "line 3" in printed.err
    assert terminal.contents() == before


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("add", "--name", "x"), 2, "--bio"),
        (("add", *ADD, "--topic", "nothing"), 1, "nothing"),
        (("add", *ADD, "--language", "!"), 1, "language"),
        (("add", *ADD, "--jurisdiction", "Tunisia"), 1, "jurisdictions"),
        (("add", *ADD, "--scope", "all"), 2, "network"),
        (("add", *ADD, "--hours", "-1"), 1, "capacity_hours"),
        (("confirm", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), 1, "There is no expert"),
        (("pause", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), 1, "There is no expert"),
        (("remove", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), 1, "There is no expert"),
        (("show", "x"), 2, "is no id"),
        (("import", "nowhere.jsonl"), 2, "nowhere.jsonl"),
    ],
)
def test_bad_input_is_refused_and_stores_nothing(
    terminal: Terminal, arguments: tuple[str, ...], status: int, words: str
) -> None:
    before = terminal.contents()

    printed = terminal.run("expert", *arguments)

    assert printed.status == status, printed.err
    assert words in printed.err
    assert printed.out == ""
    assert terminal.contents() == before


def test_hours_are_logged_taken_back_and_end_with_the_listing(terminal: Terminal) -> None:
    expert = terminal.json("expert", "add", *ADD, "--hours", "4")["id"]

    terminal.json("expert", "hours", expert, "--log", "1.5")
    logged = terminal.json("expert", "hours", expert, "--log", "0.25")

    assert (logged["hours_a_month"], logged["hours_this_month"]) == (4, 1.75)
    assert "1.75 of 4 hours" in terminal.run("expert", "hours", expert).out
    taken_back = terminal.json("expert", "hours", expert, "--take-back")
    assert (taken_back["hours_this_month"], taken_back["days"]) == (0, [])

    terminal.json("expert", "hours", expert, "--log", "2")
    terminal.json("expert", "remove", expert)
    assert terminal.rows("select * from expert_hours") == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--log", "25"), "at most 24 a day"),
        (("--log", "1", "--take-back"), "Either --log or --take-back"),
        (("--log", "1", "--day", "2126-01-01"), "has not come yet"),
        (("--day", "2026-01-01"), "--log HOURS or --take-back"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    expert = terminal.json("expert", "add", *ADD)["id"]

    printed = terminal.run("expert", "hours", expert, *arguments)

    assert printed.status in (1, 2)
    assert words in printed.err
    assert terminal.rows("select * from expert_hours") == []


def test_a_listing_is_corrected_and_what_is_not_given_stays(terminal: Terminal) -> None:
    added = terminal.json(
        *("expert", "add", *ADD, "--hours", "4", "--scope", "network"),
        *("--email", "omar@cabinet.example", "--agreed-on", "2026-01-15"),
    )

    updated = terminal.json("expert", "update", added["id"], "--hours", "6", "--offer", "review")
    wider = terminal.json("expert", "update", updated["id"], "--scope", "public")

    record, before = updated["record"], added["record"]
    assert (record["capacity_hours"], record["offers"]) == (6, ["review"])
    assert record["consent_at"] == before["consent_at"]
    assert record["consent_at"].startswith("2026-01-1")
    assert record["bio"] == before["bio"]
    assert wider["record"]["consent_at"] > before["consent_at"], "another scope, another consent"
    shown = terminal.json("expert", "show", wider["id"])
    assert shown["email"] == "omar@cabinet.example"
    assert "omar@cabinet.example" in terminal.run("expert", "show", wider["id"]).out
    terminal.run("expert", "update", wider["id"], "--no-email")
    assert terminal.json("expert", "show", wider["id"])["email"] is None


def test_a_link_is_shown_once_and_the_listing_can_be_paused_for_a_time(terminal: Terminal) -> None:
    expert = terminal.json("expert", "add", *ADD)["id"]
    last = str(datetime.now(UTC).date() + timedelta(days=30))

    link = terminal.run("expert", "link", expert)
    paused = terminal.json("expert", "pause", expert, "--until", last)
    shown = terminal.json("expert", "show", expert)
    resumed = terminal.json("expert", "resume", expert)

    token = link.out.strip().rpartition("/listing/")[2]
    assert len(token) == 43
    assert token.encode() not in (terminal.home / "hub.sqlite").read_bytes()
    assert (paused["state"], shown["pause"]) == ("paused", {"from": None, "until": last})
    assert resumed["state"] == "active"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("update", "ID"), "Say what to change"),
        (("update", "ID", "--email", "nobody"), "mail address"),
        (("update", "ID", "--mail-language", "ar"), "goes with --email"),
        (("update", "ID", "--agreed-on", "2126-01-01"), "has not come yet"),
        (("update", "ID", "--no-email", "--email", "a@b.example"), "no other option"),
        (("pause", "ID", "--until", "2001-01-01"), "or later"),
        (("pause", "ID", "--from", "2001-01-01"), "or later"),
        (("resume", "ID"), "cannot be put on again"),
        (("link", "ID", "--mail"), "sends no mails"),
        (("list", "--unconfirmed", "--state", "paused"), "neither"),
    ],
)
def test_each_refusal_about_a_listing_changes_nothing(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    expert = terminal.json("expert", "add", *ADD)["id"]
    before = terminal.contents()

    printed = terminal.run("expert", *(expert if each == "ID" else each for each in arguments))

    assert printed.status in (1, 2)
    assert words in printed.err
    assert terminal.contents() == before


def test_listings_that_nobody_confirmed_for_half_a_year_are_shown(terminal: Terminal) -> None:
    terminal.json("expert", "add", *ADD, "--agreed-on", "2026-01-15")

    assert "All listings were confirmed" not in terminal.run("expert", "list", "--unconfirmed").err
    doctor = terminal.run("doctor")
    assert "1 listings were not confirmed for half a year" in doctor.out
    (expert,) = terminal.json("expert", "list", "--unconfirmed")["items"]
    terminal.run("expert", "confirm", expert["id"])
    assert "All listings were confirmed" in terminal.run("expert", "list", "--unconfirmed").err


def test_what_is_exported_is_imported_again_and_hsds_is_one_document(terminal: Terminal) -> None:
    terminal.json("expert", "add", *ADD, "--scope", "public", "--email", "omar@cabinet.example")
    terminal.json("expert", "add", "--name", "Inside", *ADD[2:])

    lines = terminal.run("expert", "export")
    again = terminal.json("expert", "import", "-", "--update", text=lines.out)
    hsds = terminal.run("expert", "export", "--format", "hsds")

    assert len(lines.out.splitlines()) == 1
    assert "omar@" not in lines.out + hsds.out
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert [each["name"] for each in hsds.json["contents"]] == ["Omar Ben Salah"]
    everything = terminal.json("expert", "export", "--for", "hub")
    assert {each["name"] for each in everything["items"]} == {"Omar Ben Salah", "Inside"}


def test_hours_on_a_case_count_once_for_the_listing_of_who_worked(terminal: Terminal) -> None:
    expert = terminal.json("expert", "add", *ADD, "--hours", "4")["id"]
    other = terminal.json("expert", "add", *ADD)["id"]
    for name in ("omar", "lin"):
        terminal.json("user", "add", name, "--role", "expert")
    case = terminal.json("case", "new", text="Which clauses?\n\nFor a chatbot.")["id"]
    terminal.json("case", "assign", case, "omar", "lin")

    terminal.json("user", "set", "omar", "--listing", expert)
    taken = terminal.run("user", "set", "lin", "--listing", expert)
    second = terminal.run("user", "set", "omar", "--listing", other)
    for name in ("omar", "lin"):
        terminal.json("case", "hours", case, "1.5", "--as", name)
    counted = terminal.json("expert", "hours", expert)
    for_people = terminal.run("expert", "hours", expert)
    terminal.json("user", "set", "omar", "--no-listing")
    terminal.json("case", "hours", case, "1", "--as", "omar")
    after = terminal.json("expert", "hours", expert)

    assert (taken.status, second.status) == (1, 1)
    assert "another already" in taken.err
    assert (counted["user"], counted["hours_this_month"]) == ("omar", 1.5)
    assert "What omar notes on cases" in for_people.err
    assert (after["user"], after["hours_this_month"]) == (None, 1.5)
    terminal.json("user", "set", "omar", "--listing", expert)
    terminal.json("expert", "remove", expert)
    assert terminal.rows("select * from expert_accounts") == []
