"""Three running hubs and the commands between them, for what goes on after an acceptance."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.demo.network import RunningHub, choose_addresses, stop_all
from node.demo.outside import wait_for
from node.demo.setting_up import found_one
from tests.node.cli.test_two_hubs import refusal, wait_for_offer, wait_for_state

pytestmark = pytest.mark.slow
Hubs = tuple[RunningHub, RunningHub, RunningHub]
QUESTION = "Which clauses?\n\nWe buy a chatbot."
ASKED = (
    *("--topic", "procurement", "--may-escalate", "yes", "--sensitivity", "data-none"),
    *("--share-name", "--share-contact"),
)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hubs]:
    hubs, _ = choose_addresses(tmp_path_factory.mktemp("hubs"))
    origin, first, second = hubs[:3]
    try:
        for hub in (origin, first, second):
            found_one(hub)
        for hub in (origin, first, second):
            hub.wait_until_up()
        for one, other in ((origin, first), (origin, second)):
            for here, there in ((one, other), (other, one)):
                here.command("peer", "add", there.origin)
                approve = ("peer", "approve", there.authority, "--fingerprint", there.fingerprint)
                here.command(*approve)
            for here, there in ((one, other), (other, one)):
                wait_for_state(here, there, "active")
        yield origin, first, second
    finally:
        stop_all(hubs)


def arrived(hub: RunningHub, offer_id: str) -> str:
    """Return the escalation of an offer at the hub that it is for, once it is there."""

    def look() -> Any:
        found = hub.command("offer", "list", "--in")["items"]
        return next((each["id"] for each in found if each["offer_id"] == offer_id), None)

    return str(wait_for("the offer arrived", look))


def taken_on(origin: RunningHub, other: RunningHub, *more: str) -> tuple[str, str, str]:
    """Open and offer a case, which is accepted; return case and escalation here, and there."""
    case = origin.command("case", "new", *ASKED, *more, text=QUESTION)["id"]
    ours = origin.command("escalate", case, "--to", other.authority)
    theirs = arrived(other, ours["offer_id"])
    other.command("offer", "accept", theirs, "--assign", other.place.operator)
    wait_for_offer(origin, ours["id"], "esc-accepted")
    return case, ours["id"], theirs


def eventually(hub: RunningHub, *command: str, seen: Any) -> Any:
    """Run a command until what it prints is as it should be; return that."""

    def look() -> Any:
        shown = hub.command(*command)
        return shown if seen(shown) else None

    return wait_for(" ".join(command), look)


def test_who_asks_is_told_to_the_hub_that_took_it_on(three: Hubs, tmp_path: Path) -> None:
    origin, other, _ = three
    contact = tmp_path / "contact.txt"
    contact.write_text("Ana Ruiz\nana@city.example")
    _, ours, theirs = taken_on(origin, other, "--contact-file", str(contact))
    copy = other.command("offer", "show", theirs)["case"]
    before = other.command("case", "show", copy)["requester"]

    told = origin.command("offer", "reveal", ours, "--fields", "name")

    shown = eventually(other, "case", "show", copy, seen=lambda it: it["requester"]["name"])
    assert (before["name"], told["revealed"]) == ("", ["name"])
    assert (shown["requester"]["name"], shown["requester"]["contact"]) == ("Ana Ruiz", "")


def test_a_question_goes_to_the_requester_and_the_reply_back(three: Hubs) -> None:
    origin, other, _ = three
    case, ours, theirs = taken_on(origin, other)

    other.command("offer", "ask", theirs, text="How old are they?")
    wait_for_offer(origin, ours, "esc-info-needed")
    looked = origin.command("offer", "forward", ours, "--preview")
    origin.command("offer", "forward", ours)
    assert "not replied" in refusal(origin, "offer", "pass-on", ours)
    origin.command("case", "reply", case, text="Fourteen. Write to ana@city.example.")
    found = origin.command("offer", "pass-on", ours, "--preview")["findings"]
    assert "confirm" in refusal(origin, "offer", "pass-on", ours)
    origin.command("offer", "pass-on", ours, "--text-file", "-", text="Fourteen.")

    thread = wait_for_offer(other, theirs, "esc-in-progress")
    assert looked["text"] == "How old are they?"
    assert [each["text"] for each in found] == ["ana@city.example"]
    assert "Fourteen." in [each["text"] for each in thread["messages"]]


def test_an_answer_brings_a_file_that_the_requester_sees_once_staff_says_so(
    three: Hubs, tmp_path: Path
) -> None:
    origin, other, _ = three
    case, ours, theirs = taken_on(origin, other)
    copy = other.command("offer", "show", theirs)["case"]
    clauses = tmp_path / "clauses.txt"
    clauses.write_text("Keep logs for thirty days.")
    [file] = other.command("case", "attach", copy, str(clauses))["items"]

    other.command("offer", "answer", theirs, "--attach-named", file["id"], text="See the file.")

    thread = eventually(
        origin,
        *("offer", "show", ours),
        seen=lambda it: [each["state"] for each in it["files"]] == ["here"],
    )
    kept = thread["files"][0]["attachment"]
    [before] = origin.command("case", "show", case)["attachments"]
    after = origin.command("case", "show-attachment", case, kept)
    target = tmp_path / "saved.txt"
    origin.command("case", "save-attachment", case, kept, "--to", str(target))
    assert (before["name"], before["shown"], after["shown"]) == ("clauses.txt", False, True)
    assert target.read_text() == clauses.read_text()


def test_a_correction_comes_and_is_confirmed(three: Hubs) -> None:
    origin, other, _ = three
    case, _, theirs = taken_on(origin, other)
    copy = other.command("offer", "show", theirs)["case"]

    right = ("case", "correct", case, "--question-file", "-")
    [shown] = origin.command(*right, "--preview", text="Clauses\n\nWe rent it.")["items"]
    done = origin.command(*right, "--expect", shown["sha256"], text="Clauses\n\nWe rent it.")

    page = eventually(
        origin, "case", "recipients", case, seen=lambda it: it["items"][0]["version"] == 2
    )
    assert done["hubs_told"] == [other.authority]
    assert "confirmed" in page["items"][0]["says"]
    assert other.command("case", "show", copy)["question"] == "We rent it."


def test_a_case_is_proposed_for_a_third_hub_and_handed_on_by_its_origin(three: Hubs) -> None:
    origin, first, second = three
    case, ours, theirs = taken_on(origin, first)

    first.command("offer", "propose", theirs, second.authority, text="They know the law.")
    proposed = wait_for_offer(origin, ours, "esc-info-needed")
    looked = origin.command(
        "escalate", case, "--to", second.authority, "--instead-of", ours, "--preview"
    )
    new = origin.command("escalate", case, "--to", second.authority, "--instead-of", ours)

    back = wait_for_offer(first, theirs, "esc-withdrawn")
    there = arrived(second, new["offer_id"])
    assert f"proposes that {second.authority} answers it" in proposed["says"]
    assert looked["to"] == second.authority
    assert back["handed_to"] == second.authority
    assert f"handed on to {second.authority}" in back["says"]
    assert second.command("offer", "show", there)["question"] == "We buy a chatbot."
    first_copy = eventually(
        origin,
        *("case", "recipients", case),
        seen=lambda it: "erased" in [each["confirmed"] for each in it["items"]],
    )
    assert {each["host"] for each in first_copy["items"]} == {first.authority, second.authority}
