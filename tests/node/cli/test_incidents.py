"""hub incident: a breach is noted, its 72 hours are told in words, and nobody else reads of it."""

from datetime import UTC, datetime, timedelta

import pytest

from content.cases.vault import CaseVault
from content.changes import Act
from content.incidents import IncidentInvalid, new_incident
from tests.node.cli.terminal import Terminal
from tests.seams import START, SeededChance

CASE = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
CANARY = "MARIGOLD-KESTREL"


def noticed(hours_ago: float) -> str:
    moment = datetime.now(UTC) - timedelta(hours=hours_ago)
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_a_breach_is_noted_listed_and_closed(terminal: Terminal) -> None:
    options = ("--noticed", noticed(10), "--peer", "rights.other.example", "--case", CASE)

    added = terminal.run("incident", "add", *options, text=f"A stick was lost. {CANARY}")
    (listed,) = terminal.json("incident", "list")["items"]
    shown = terminal.run("incident", "list")
    closed = terminal.json("incident", "close", listed["id"], text="Told on Monday.")
    open_ = terminal.run("incident", "list")
    all_ = terminal.json("incident", "list", "--all")["items"]

    assert added.status == 0, added.err
    assert "left: tell the supervisory authority until" in added.out
    assert "GDPR Art. 33" in added.out
    assert CANARY not in added.out + added.err
    assert listed["what"] == f"A stick was lost. {CANARY}"
    assert (listed["peers"], listed["cases"]) == (["rights.other.example"], [CASE])
    assert listed["clock"].startswith(("61 hours left", "62 hours left"))
    assert CANARY in shown.out
    assert (closed["ending"], closed["clock"]) == ("Told on Monday.", "Closed.")
    assert (open_.out, "No incident is open" in open_.err) == ("", True)
    assert [each["closed_by"] for each in all_] == ["femke"]


def test_when_the_hours_are_over_it_is_said_and_the_doctor_is_not_well(terminal: Terminal) -> None:
    terminal.json("incident", "add", "--noticed", noticed(80), text=f"Lost. {CANARY}")

    (listed,) = terminal.json("incident", "list")["items"]
    doctor = terminal.run("doctor")

    assert "The 72 hours ended at" in listed["clock"]
    assert "say why it is late" in listed["clock"]
    assert (doctor.status, f"BROKEN  incidents: {listed['id']}" in doctor.out) == (1, True)
    assert CANARY not in doctor.out


def test_what_was_noted_is_encrypted_on_record_and_for_operators_only(terminal: Terminal) -> None:
    made = terminal.json("incident", "add", "--case", CASE, text=f"Lost. {CANARY}")
    terminal.json("incident", "close", made["id"], text=f"Found. {CANARY}")
    terminal.run("user", "add", "grace", "--role", "caseworker")

    refused = terminal.run("--as", "grace", "incident", "list")
    files = [each.read_bytes() for each in terminal.home.rglob("hub.sqlite*")]
    whats = terminal.rows("select what from changes where what like 'incident.%' order by seq")

    assert refused.status == 1
    assert not any(CANARY.encode() in data for data in files)
    assert [what for (what,) in whats][:2] == ["incident.add", "incident.close"]
    assert terminal.run("audit", "verify").status == 0


def test_a_note_that_cannot_be_right_is_refused(terminal: Terminal) -> None:
    made = terminal.json("incident", "add", text="Lost.")
    terminal.json("incident", "close", made["id"], text="Found.")

    for arguments, text, told in (
        (("add", "--noticed", noticed(-5)), "Lost.", "in the future"),
        (("add",), "  ", "happened"),
        (("close", made["id"]), "Again.", "is closed"),
        (("close", CASE), "What?", "no such incident"),
    ):
        refused = terminal.run("incident", *arguments, text=text)
        assert (refused.status, told in refused.err) == (1, True), refused.err


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "72 hours left"), (70.5, "1 hour left"), (71.9, "0 hours left"), (72, "ended at")],
)
def test_the_clock_is_told_in_words(hours: float, words: str) -> None:
    chance = SeededChance("incident")
    CaseVault(b"k" * 32, chance)
    incident = new_incident("Lost.", START, Act("femke", START), chance)

    assert words in incident.clock(START + timedelta(hours=hours))


def test_too_many_names_are_refused() -> None:
    with pytest.raises(IncidentInvalid):
        new_incident("x", START, Act("f", START), SeededChance("x"), peers=map(str, range(300)))
