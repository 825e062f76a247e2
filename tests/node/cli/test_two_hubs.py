"""Two running hubs and the commands between them: peers, lookup, sync, escalations to any end."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from node.demo.network import HUB, RunningHub, choose_addresses, stop_all
from node.demo.outside import StoryStopped, wait_for
from node.demo.setting_up import found_one

pytestmark = pytest.mark.slow
QUESTION = "Which clauses?\n\nWe buy a chatbot."
ASKED = ("--topic", "procurement", "--may-escalate", "yes")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningHub, RunningHub]]:
    hubs, _ = choose_addresses(tmp_path_factory.mktemp("hubs"))
    here, there = hubs[:2]
    try:
        for hub in (here, there):
            found_one(hub)
        for hub in (here, there):
            hub.wait_until_up()
        for one, other in ((here, there), (there, here)):
            one.command("peer", "add", other.origin)
            wrong = ("peer", "approve", other.authority, "--fingerprint", one.fingerprint)
            assert "ingerprint" in refusal(one, *wrong)
            one.command("peer", "approve", other.authority, "--fingerprint", other.fingerprint)
        for one, other in ((here, there), (there, here)):
            wait_for_state(one, other, "active")
        yield here, there
    finally:
        stop_all(hubs)


def wait_for_state(hub: RunningHub, other: RunningHub, state: str) -> None:
    def reached() -> bool:
        return bool(hub.command("peer", "show", other.authority)["state"] == state)

    wait_for(f"{hub.city} shows {other.city} as {state}", reached)


def offered(here: RunningHub, there: RunningHub) -> tuple[str, str, str]:
    """Open and offer a case; return case and escalation here, and the escalation there."""
    case = here.command("case", "new", *ASKED, text=QUESTION)["id"]
    ours = here.command("escalate", case, "--to", there.authority)

    def arrived() -> Any:
        found = there.command("offer", "list", "--in")["items"]
        return next((i["id"] for i in found if i["offer_id"] == ours["offer_id"]), None)

    return case, ours["id"], wait_for("the offer arrived", arrived)


def wait_for_offer(hub: RunningHub, escalation: str, state: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        shown: dict[str, Any] = hub.command("offer", "show", escalation)
        return shown if shown["state"] == state else None

    return wait_for(f"{hub.city} shows {state}", reached)


def refusal(hub: RunningHub, *arguments: str, text: str | None = None) -> str:
    """Run a command that must be refused; return the reason."""
    with pytest.raises(StoryStopped) as refused:
        hub.command(*arguments, text=text)
    assert "Traceback" not in str(refused.value)
    return str(refused.value)


def printed(hub: RunningHub, *arguments: str, text: str) -> bytes:
    """Run a command as people do; return what stands on stdout."""
    done = subprocess.run(
        [*HUB, "--home", str(hub.home), *arguments],
        input=text.encode(),
        env=hub.environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_lookup_shows_who_is_there_and_verify_compares_keys(
    pair: tuple[RunningHub, RunningHub],
) -> None:
    here, there = pair

    found = here.command("lookup", there.origin)
    verified = here.command("peer", "verify", there.authority)

    assert (found["kind"], found["fingerprint"]) == ("hub", there.fingerprint)
    assert verified["same"] is True


def test_what_was_published_while_suspended_comes_with_a_sync(
    pair: tuple[RunningHub, RunningHub],
) -> None:
    here, there = pair
    here.command("peer", "suspend", there.authority)
    there.command("resource", "import", "--starter", "--country", "BG")

    def arrived() -> bool:
        return bool(here.command("delivery", "list")["items"] == [])

    wait_for("nothing is under way", arrived)
    here.command("peer", "resume", there.authority)
    wait_for_state(here, there, "active")
    rounds = here.command("sync", there.authority)["items"]

    assert rounds[0]["problem"] == ""
    found = here.command("resource", "search", "--hub", there.authority)
    assert found["total"] == 3
    one = found["items"][0]
    shown = here.command("resource", "show", one["ulid"], "--hub", there.authority)
    assert shown["id"] == one["id"]


def test_an_offer_is_declined_with_a_reason(pair: tuple[RunningHub, RunningHub]) -> None:
    here, there = pair
    _, ours, theirs = offered(here, there)

    there.command(
        "offer", "decline", theirs, "--suggest", "c.example", text="We know nothing of this."
    )

    wait_for_offer(here, ours, "esc-declined")
    shown = here.command("offer", "show", ours)
    assert shown["reason"] == "We know nothing of this."
    assert [(each["host"], each["standing"]) for each in shown["next"]] == [
        ("c.example", "unknown")
    ]
    assert there.command("offer", "show", theirs)["question"] is None


def test_an_offer_is_withdrawn(pair: tuple[RunningHub, RunningHub]) -> None:
    here, there = pair
    _, ours, theirs = offered(here, there)

    here.command("offer", "withdraw", ours)

    wait_for_offer(there, theirs, "esc-withdrawn")
    assert "Possible" in refusal(there, "offer", "accept", theirs)


def test_an_answer_is_confirmed_and_the_confirmation_taken_back(
    pair: tuple[RunningHub, RunningHub],
) -> None:
    here, there = pair
    case, ours, theirs = offered(here, there)

    accepted = there.command("offer", "accept", theirs, "--assign", there.place.operator)
    there.command("offer", "answer", theirs, text="Three clauses.")
    wait_for_offer(here, ours, "esc-answered")
    here.command("offer", "confirm", ours)
    wait_for_offer(there, theirs, "esc-confirmed")
    here.command("offer", "reopen", ours)
    wait_for_offer(there, theirs, "esc-in-progress")

    assert there.command("case", "show", accepted["case"])["escalated_from"] == theirs
    texts = [m["text"] for m in here.command("case", "show", case)["messages"]]
    assert any("Three clauses." in text for text in texts)


def test_a_preview_stores_and_sends_nothing(pair: tuple[RunningHub, RunningHub]) -> None:
    here, there = pair
    case = here.command("case", "new", *ASKED, text=QUESTION)["id"]
    before = here.command("offer", "list")

    preview = here.command("escalate", case, "--to", there.authority, "--preview")

    assert preview["document"]["name"] == "Which clauses?"
    assert json.loads(preview["canonical"]) == preview["document"]
    assert hashlib.sha256(preview["canonical"].encode()).hexdigest() == preview["sha256"]
    assert here.place.operator not in json.dumps(preview)
    assert here.command("offer", "list") == before
    noted = here.command("audit", "list", "--accesses", "--subject", case)["items"]
    assert [row["what"] for row in noted] == ["case.preview"]


def test_people_see_both_sides_and_the_very_bytes(pair: tuple[RunningHub, RunningHub]) -> None:
    here, there = pair
    case = here.command("case", "new", *ASKED, text=QUESTION)["id"]
    outside = "For outsiders\n\nCall +34 612 345 678."
    offer = ("escalate", case, "--to", there.authority, "--question-file", "-")

    seen = printed(here, *offer, "--preview", text=outside).decode()
    raw = printed(here, *offer, "--preview", "--canonical", text=outside)

    sha256 = hashlib.sha256(raw).hexdigest()
    assert f"SHA-256  {sha256}" in seen
    assert raw.decode() in seen
    for shown in ("question: the case says", "We buy a chatbot.", "question: leaves edited"):
        assert shown in seen
    assert "question.phone-number.1 (line 1): +34 612 345 678" in seen
    assert "question.phone-number.1" in refusal(here, *offer, text=outside)
    assert "looked at" in refusal(here, *offer, "--expect", "0" * 64, text=outside)
    kept = ("--expect", sha256, "--keep-found", "question.phone-number.1=The office, public.")
    offered = here.command(*offer, *kept, text=outside)
    assert offered["state"] == "esc-offered"
    here.command("offer", "withdraw", offered["id"])


@pytest.mark.parametrize("due", ["2020-01-01", "2099-01-01"])
def test_a_date_out_of_range_is_refused(pair: tuple[RunningHub, RunningHub], due: str) -> None:
    here, there = pair
    case = here.command("case", "new", *ASKED, text=QUESTION)["id"]

    reason = refusal(here, "escalate", case, "--to", there.authority, "--due", due)

    assert "date must be" in reason


def test_a_peer_is_removed_with_what_it_published(
    pair: tuple[RunningHub, RunningHub],
) -> None:
    here, there = pair

    removed = here.command("peer", "remove", there.authority, "--purge")

    assert removed["state"] == "ended"
    assert here.command("resource", "search", "--hub", there.authority)["total"] == 0
    wait_for_state(there, here, "ended")
