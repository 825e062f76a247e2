"""hub delivery, quarantine and offer: lists, and refusals of what is not there."""

import pytest

from content.database import connect, transaction
from federation.inbox_store import InboxStore
from federation.notices import NoticeStore
from federation.outbox import Destination, Outbox
from tests.node.cli.terminal import Terminal
from tests.seams import START

ESCAPE = "\x1b]0;owned\x07"


@pytest.fixture
def busy(terminal: Terminal) -> Terminal:
    """A hub with a failed delivery and something in quarantine."""
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        Outbox(db).enqueue(
            "http://127.0.0.9:9809/activities/1",
            b"{}",
            [Destination("https://far.example/inbox", is_hub=False)],
            START,
        )
        db.execute("update deliveries set state = 'failed', reason = ?", (f"gone {ESCAPE}",))
        inbox = InboxStore(db)
        inbox.add(
            "https://far.example/1",
            f"https://far.example/{ESCAPE}",
            "https://far.example/actor#key",
            "Like",
            b"0" * 32,
            b"{}",
            START,
        )
        db.execute("update inbox set state = 'quarantined', reason = 'odd', attempts = 5")
    db.close()
    return terminal


def test_a_failed_delivery_is_shown_and_sent_again(busy: Terminal) -> None:
    listed = busy.run("delivery", "list", "--failed")
    busy.json("delivery", "retry", "1")

    assert "far.example" in listed.out
    assert "\x1b" not in listed.out
    assert "hub delivery retry NO" in listed.err
    assert busy.json("delivery", "list", "--failed")["items"] == []
    assert busy.json("delivery", "list")["items"][0]["state"] == "waiting"


def test_a_failed_delivery_is_given_up(busy: Terminal) -> None:
    busy.json("delivery", "drop", "1")

    assert busy.json("delivery", "list")["items"] == []
    assert busy.rows("select what, subject from changes where what like 'delivery%'") == [
        ("delivery.drop", "1")
    ]


@pytest.mark.parametrize(("verb", "state"), [("retry", "waiting"), ("drop", "dropped")])
def test_the_quarantine_is_emptied_by_a_person(busy: Terminal, verb: str, state: str) -> None:
    listed = busy.run("quarantine", "list")
    busy.json("quarantine", verb, "1")

    assert "odd" in listed.out
    assert "\x1b" not in listed.out
    assert busy.rows("select state from inbox") == [(state,)]
    assert busy.run("quarantine", "list").err == "The quarantine is empty.\n"


def test_the_doctor_points_at_both(busy: Terminal) -> None:
    printed = busy.run("doctor")

    assert printed.status == 0
    assert "1 failed" in printed.out
    assert "hub quarantine list" in printed.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("delivery", "retry", "7"),
        ("delivery", "drop", "7"),
        ("quarantine", "retry", "7"),
        ("quarantine", "drop", "7"),
        *(("offer", v, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH") for v in ("accept", "confirm", "reopen")),
        ("offer", "withdraw", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"),
        ("offer", "show", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"),
        ("offer", "assign", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "femke"),
        *(("offer", v, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH") for v in ("ask", "info", "answer", "decline")),
        ("escalate", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "--to", "x.example"),
        ("escalate", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "--to", "x.example", "--preview"),
    ],
)
def test_what_is_not_there_is_refused_and_stores_nothing(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    before = terminal.contents()

    printed = terminal.run(*arguments, text="some text")

    assert printed.status == 1, printed.err
    assert "There is no" in printed.err
    assert printed.out == ""
    assert terminal.contents() == before


@pytest.mark.parametrize("verb", ["retry", "drop"])
@pytest.mark.parametrize("queue", ["delivery", "quarantine"])
def test_a_number_that_no_row_can_have_is_wrong_usage(
    terminal: Terminal, queue: str, verb: str
) -> None:
    for number in ("0", "-1", str(2**63)):
        printed = terminal.run(queue, verb, "--", number)

        assert printed.status == 2, printed.err
        assert "in the range" in printed.err


def test_a_word_that_is_no_utf8_is_refused_in_words(terminal: Terminal) -> None:
    printed = terminal.run("peer", "show", "\udcff")

    assert printed.status == 1
    assert "not UTF-8" in printed.err


def test_no_offers_yet_says_what_to_do(terminal: Terminal) -> None:
    assert "hub escalate CASE" in terminal.run("offer", "list").err


def test_notices_are_listed_and_ticked_off_unless_they_go_on(terminal: Terminal) -> None:
    terminal.run("peer", "list")
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        NoticeStore(db).note("keys-recovered", "b.example", "It recovered its keys.", START)
        NoticeStore(db).note("forked", "b.example", "It forked.", START)
    db.close()

    listed = terminal.run("notice", "list")
    done = terminal.run("notice", "dismiss", "keys-recovered", "b.example")
    refused = terminal.run("notice", "dismiss", "forked", "b.example")
    unknown = terminal.run("notice", "dismiss", "refused", "b.example")

    assert "keys-recovered b.example" in listed.out
    assert "It stays until this ends." in listed.out
    assert done.status == 0, done.err
    assert (refused.status, "stays until it ends" in refused.err) == (1, True)
    assert (unknown.status, "no such notice" in unknown.err) == (1, True)
    assert [each["kind"] for each in terminal.json("notice", "list")["items"]] == ["forked"]
