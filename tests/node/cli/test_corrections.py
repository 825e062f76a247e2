"""hub case correct and hub offer correct: looked at, sent, and seen in the list of recipients."""

from pathlib import Path

from tests.node.cli.terminal import Terminal
from tests.node.cli.test_escalate_several import HOSTS, case

__all__ = ["case"]
NEW = "Which clauses now?\n\nWe rent a chatbot."


def test_a_correction_is_looked_at_and_sent_as_it_was_looked_at(
    terminal: Terminal, case: str
) -> None:
    terminal.json("escalate", case, "--to", HOSTS[0])
    here = ("case", "correct", case, "--question-file", "-")

    seen = terminal.json(*here, "--preview", text=NEW)
    for_people = terminal.run(*here, "--preview", text=NEW)
    [shown] = seen["items"]
    other = terminal.run(*here, "--expect", "0" * 64, text=NEW)
    done = terminal.json(*here, "--expect", shown["sha256"], text=NEW)

    assert shown["corrected"] == ["name", "content"]
    assert "rent a chatbot" in shown["canonical"]
    assert f"{HOSTS[0]} would read otherwise than now: title, question." in for_people.out
    assert f"--expect {shown['sha256']}" in for_people.err
    assert other.status == 1
    assert "not what you looked at" in " ".join(other.err.split())
    assert (done["hubs_told"], done["hubs_to_tell"]) == ([HOSTS[0]], [])
    [recipient] = terminal.json("case", "recipients", case)["items"]
    assert (recipient["version"], recipient["newest"]) == (0, 2)
    assert len(terminal.json("offer", "show", recipient["escalation"])["corrected_at"]) == 1


def test_words_for_outsiders_are_given_anew_or_said_to_be_right(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("Clauses\n\nWhich clauses does one need?")
    for host in HOSTS:
        terminal.json("escalate", case, "--to", host, "--question-file", str(outside))
    here = ("case", "correct", case, "--question-file", "-")

    stopped = terminal.run(*here, text=NEW)
    kept = terminal.json(*here, "--here-only", text=NEW)
    behind = {each["host"]: each for each in terminal.json("case", "recipients", case)["items"]}
    for_people = terminal.run("case", "recipients", case)
    outside.write_text("Clauses\n\nWhich clauses does one need who rents?")
    told = ("offer", "correct", behind[HOSTS[0]]["escalation"], "--outside-file", str(outside))
    looked = terminal.json(*told, "--preview")
    terminal.json(*told, "--expect", looked["items"][0]["sha256"])
    terminal.run("offer", "correct", behind[HOSTS[1]]["escalation"], "--outside-stays")

    assert stopped.status == 1
    assert "--outside-file" in stopped.err
    assert "--here-only" in stopped.err
    assert sorted(kept["hubs_to_tell"]) == sorted(HOSTS)
    assert all(each["behind_since"] for each in behind.values())
    assert "hub offer correct" in for_people.err
    after = {each["host"]: each for each in terminal.json("case", "recipients", case)["items"]}
    assert [after[host]["newest"] for host in HOSTS] == [2, 1]
    assert [after[host]["behind_since"] for host in HOSTS] == [None, None]
