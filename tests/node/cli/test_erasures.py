"""`hub erasure`: what was taken back, who confirmed it, and what no file of the hub holds then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content.database import connect, transaction
from federation.erasures import ErasureStore, Recipient, Request
from tests.node.cli.terminal import Terminal
from tests.node.cli.test_resources import ADD

WORD = "zqcanarium"
HOST = "rights.other.example"


def traces(folder: Path, word: str) -> list[str]:
    """Return the files below a folder in which a word stands, however it is written."""
    wanted = word.lower().encode()
    return [f.name for f in folder.rglob("*") if f.is_file() and wanted in f.read_bytes().lower()]


def ask_of(terminal: Terminal, ref: str, *, days_ago: int) -> None:
    """Let the Delete of a record have been addressed to another hub, some days ago."""
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        told = ErasureStore(db).get(ref).request
        at = datetime.now(UTC) - timedelta(days=days_ago)
        request = Request(told.request, told.subject, told.kind, ref, told.log, told.seq, at)
        other = Recipient(f"https://{HOST}/actor", HOST, f"https://{HOST}/inbox", "log")
        ErasureStore(db).open(request, [other])
    db.close()


def retracted(terminal: Terminal) -> str:
    added = terminal.json("resource", "add", *ADD)
    terminal.json("resource", "retract", added["ulid"])
    return str(added["ulid"])


def test_what_is_retracted_leaves_no_trace_in_any_file_of_the_hub(terminal: Terminal) -> None:
    words = ("--title", f"Guide {WORD}", "--summary", f"About {WORD}.", "--publisher", WORD)
    added = terminal.json("resource", "add", *ADD, *words)
    terminal.json("resource", "update", added["ulid"], "--summary", f"More about {WORD}.")
    draft = terminal.json(
        "resource", "add", *ADD, *words, "--url", f"https://{WORD}.example/", "--draft"
    )
    assert traces(terminal.home, WORD)

    terminal.json("resource", "retract", added["ulid"])
    terminal.json("resource", "retract", draft["ulid"])

    assert traces(terminal.home, WORD) == []
    shown = terminal.run("resource", "show", added["ulid"])
    assert (shown.status, "is erased" in shown.err) == (1, True)


def test_a_receipt_that_is_overdue_is_shown_in_the_list_and_by_the_doctor(
    terminal: Terminal,
) -> None:
    ref = retracted(terminal)
    ask_of(terminal, ref, days_ago=8)

    listed = terminal.run("erasure", "list", "--missing")
    shown = terminal.run("erasure", "show", ref)
    doctor = terminal.run("doctor")

    assert f"OVERDUE {HOST}" in listed.out  # whole: it names whom to call, on any terminal
    assert f"Overdue: {HOST}" in listed.err
    assert "unknowable" in listed.err
    assert "read the log" in shown.out
    assert doctor.status == 1
    assert f"BROKEN  erasures: {HOST} has not confirmed 1" in doctor.out


def test_what_is_missing_for_a_day_is_no_alarm(terminal: Terminal) -> None:
    ref = retracted(terminal)
    ask_of(terminal, ref, days_ago=1)

    (erased,) = terminal.json("erasure", "list", "--missing")["items"]
    doctor = terminal.run("doctor")

    assert [(hub["host"], hub["state"]) for hub in erased["hubs"]] == [(HOST, "missing")]
    assert "1 receipts are on their way" in doctor.out


def test_the_number_of_days_is_a_setting(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = retracted(terminal)
    ask_of(terminal, ref, days_ago=8)
    monkeypatch.setenv("HUB_ERASURE_DAYS", "30")

    (erased,) = terminal.json("erasure", "list")["items"]

    assert erased["hubs"][0]["state"] == "missing"


def test_a_person_settles_what_is_known_otherwise(terminal: Terminal) -> None:
    ref = retracted(terminal)
    ask_of(terminal, ref, days_ago=8)

    terminal.json("erasure", "settle", ref, HOST, "--note", "Its people wrote a letter.")

    (hub,) = terminal.json("erasure", "show", ref)["hubs"]
    assert (hub["state"], hub["settled_note"]) == ("settled", "Its people wrote a letter.")
    assert terminal.json("erasure", "list", "--missing")["items"] == []


def test_what_was_never_erased_is_refused_in_words(terminal: Terminal) -> None:
    refused = terminal.run("erasure", "show", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH")

    assert refused.status == 1
    assert "There is no erasure" in refused.err


def test_where_nobody_is_known_to_have_had_it_no_count_is_shown(terminal: Terminal) -> None:
    """After hub recover it read 0/0, as if all had confirmed."""
    retracted(terminal)

    listed = terminal.run("erasure", "list")

    assert "0/0" not in listed.out
    assert "no hub is known to have had it" in listed.err
    assert "After hub recover" in listed.err
