"""hub case: from question to answer, with the texts of the case where they belong."""

from pathlib import Path
from typing import Any

import pytest

from tests.node.cli.terminal import Terminal

CANARY = "MARIGOLD-KESTREL"
QUESTION = f"Which clauses does a chatbot need? ({CANARY})\n\nWe buy one on Friday. {CANARY}"


def opened(terminal: Terminal, *options: str) -> str:
    """Open a case and return its id."""
    case = terminal.json("case", "new", "--topic", "procurement", *options, text=QUESTION)
    return str(case["id"])


def test_a_case_goes_from_question_to_answer(terminal: Terminal, tmp_path: Path) -> None:
    contact = tmp_path / "contact.txt"
    contact.write_text("Ana Ruiz\nana@city.example")
    terminal.run("user", "add", "omar", "--role", "expert")

    case = opened(terminal, "--contact-file", str(contact), "--topic", "generative-ai")
    terminal.json("case", "assign", case, "omar")
    terminal.json("case", "ask", case, text="For minors too?")
    waiting = terminal.json("case", "show", case)
    terminal.json("case", "reply", case, text="Yes.")
    answered = terminal.json("case", "answer", case, text="Three clauses.")
    closed = terminal.json("case", "close", case, "--outcome", "solved")

    assert waiting["status"] == "case-waiting"
    assert waiting["requester"]["name"] == "Ana Ruiz"
    assert waiting["topics"] == ["procurement", "generative-ai"]
    assert (answered["status"], closed["status"]) == ("case-answered", "case-closed")
    shown = terminal.run("case", "show", case).out
    assert "Three clauses." in shown
    assert "reply by requester" in shown
    assert terminal.json("case", "reopen", case, text="They ask on.")["status"] == "case-open"


def test_only_show_prints_the_text_of_a_case(terminal: Terminal) -> None:
    printed = terminal.run("case", "new", "--topic", "procurement", text=QUESTION)
    case = printed.out.split()[2].rstrip(".")
    commands = [
        ("case", "list"),
        ("case", "list", "--json"),
        ("case", "assign", case, "femke"),
        ("case", "match", case),
        ("case", "close", case, "--outcome", "redirected"),
        ("doctor",),
    ]

    others = [terminal.run(*command) for command in commands]

    assert all(p.status == 0 for p in others), [p.err for p in others]
    assert not any(CANARY in p.out + p.err for p in [printed, *others])
    assert CANARY in terminal.run("case", "show", case).out
    at_rest = [path.read_bytes() for path in terminal.home.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in content for content in at_rest)


def test_a_topic_may_be_typed_as_its_label_in_any_language(terminal: Terminal) -> None:
    case = terminal.json("case", "new", "--topic", "Privacidad", text=QUESTION)

    assert case["topics"] == ["privacy"]


def test_the_list_filters_by_a_broader_topic_and_by_who_works_on_it(terminal: Terminal) -> None:
    case = terminal.json("case", "new", "--topic", "contract-clauses", text=QUESTION)["id"]
    terminal.json("case", "assign", case, "femke")

    found = terminal.json("case", "list", "--topic", "procurement", "--assigned-to", "femke")
    others = terminal.json("case", "list", "--topic", "privacy")

    assert [item["id"] for item in found["items"]] == [case]
    assert others["items"] == []


def test_the_list_fits_into_80_columns(terminal: Terminal) -> None:
    opened(terminal, "--topic", "generative-ai", "--topic", "transparency-accountability")

    lines = terminal.run("case", "list").out.splitlines()

    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize(
    ("arguments", "text", "status", "words"),
    [
        (("new", "--topic", "procurment"), QUESTION, 1, "procurement"),
        (("new", "--topic", "guide"), QUESTION, 1, "no topic"),
        (("new", "--language", "dutch!"), QUESTION, 1, "language"),
        (("new", "--country", "XX!"), QUESTION, 1, "country"),
        (("new",), "", 1, "no text"),
        (("new",), b"\xff\xfe", 1, "UTF-8"),
        (("new",), "x" * 70_000, 1, "64 KiB"),
        (("new",), "title\n\nbody \x1b[2J", 1, "control"),
        (("new", "--requester", "nobody"), QUESTION, 2, "who-city-official"),
        (("new", "--question-file", "nowhere.txt"), None, 2, "nowhere.txt"),
        (("new", "--contact-file", "/dev/null"), QUESTION, 1, "no text"),
        (("list", "--topic", "nothing"), None, 1, "nothing"),
        (("list", "--cursor", "x"), None, 1, "cursor"),
        (("list", "--limit", "0"), None, 2, "limit"),
        (("show", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), None, 1, "There is no case"),
        (("show", "42"), None, 2, "is no id"),
        (("assign", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "femke"), None, 1, "There is no case"),
        (("answer", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), "text", 1, "There is no case"),
        (("match", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), None, 1, "There is no case"),
    ],
)
def test_bad_input_is_refused_and_stores_nothing(
    terminal: Terminal,
    arguments: tuple[str, ...],
    text: str | bytes | None,
    status: int,
    words: str,
) -> None:
    before = terminal.contents()

    printed = terminal.run("case", *arguments, text=text)

    assert printed.status == status, printed.err
    assert words in printed.err
    assert printed.out == ""
    assert CANARY not in printed.err
    assert terminal.contents() == before


def test_what_the_status_does_not_allow_is_refused_with_what_it_does(terminal: Terminal) -> None:
    case = opened(terminal)
    terminal.json("case", "close", case, "--outcome", "solved")
    before = terminal.contents()

    printed = terminal.run("case", "answer", case, text="Too late.")

    assert printed.status == 1
    assert "Possible now: reopen" in printed.err
    assert terminal.contents() == before


def test_a_case_is_assigned_to_users_of_this_hub_only(terminal: Terminal) -> None:
    case = opened(terminal)

    printed = terminal.run("case", "assign", case, "nobody")

    assert printed.status == 1
    assert "no user 'nobody'" in printed.err
    assert terminal.json("case", "show", case)["assigned_to"] == []


def test_a_reader_sees_no_case(terminal: Terminal) -> None:
    case = opened(terminal)
    terminal.run("user", "add", "omar", "--role", "reader")

    refused = [terminal.run("--as", "omar", "case", *rest) for rest in (("list",), ("show", case))]

    assert [p.status for p in refused] == [1, 1]
    assert not any(CANARY in p.out + p.err for p in refused)


def test_a_hold_keeps_a_case_until_it_is_released(terminal: Terminal) -> None:
    case = opened(terminal)
    reason = "Court order 12/2026"
    terminal.json("case", "hold", case, "--reason", reason, "--until", "2035-06-30")

    refused = terminal.run("case", "erase", case, "--yes")
    released = terminal.json("case", "release", case)
    erased = terminal.json("case", "erase", case, "--yes")

    assert refused.status == 1
    assert "until 2035-06-30" in refused.err
    assert released == {"case": case, "released": 1}
    assert (erased["case"], erased["to_tell"]) == (case, [])
    assert "was erased" in terminal.run("case", "show", case).err


def test_erasing_wants_to_be_confirmed(terminal: Terminal) -> None:
    case = opened(terminal)

    refused = terminal.run("case", "erase", case)

    assert (refused.status, refused.out) == (1, "")
    assert "--yes" in refused.err
    assert terminal.json("case", "show", case)["status"] == "case-received"


def test_a_case_that_is_not_there_cannot_be_held(terminal: Terminal) -> None:
    gone = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"

    held = terminal.run("case", "hold", gone, "--reason", "court", "--until", "2035-06-30")

    assert held.status == 1
    assert "no case" in held.err


def test_the_queue_shows_what_is_at_work_with_counts_and_dates(terminal: Terminal) -> None:
    new, taken, closed = opened(terminal), opened(terminal), opened(terminal)
    terminal.json("case", "take", taken)
    terminal.json("case", "due", taken, "2027-01-15", "--reason", "Tender")
    terminal.json("case", "close", closed, "--outcome", "duplicate")

    queue = terminal.json("case", "list")

    assert [item["id"] for item in queue["items"]] == [new, taken]
    assert queue["items"][1]["due"] == "2027-01-15"
    assert queue["counts"]["by_status"]["case-closed"] == 1
    assert queue["counts"]["unassigned"] == 1
    everything = terminal.json("case", "list", "--all", "--sort", "newest")
    assert {item["id"] for item in everything["items"]} == {new, taken, closed}
    printed = terminal.run("case", "list")
    assert "01-15" in printed.out
    assert "1 received, 1 open, 1 closed." in printed.err


def test_a_label_is_lowered_with_a_reason_only(terminal: Terminal) -> None:
    case = opened(terminal)

    refused = terminal.run("case", "triage", case, "--label", "tlp-green")
    lowered = terminal.run(
        "case", "triage", case, "--label", "tlp-green", "--reason-file", "-", text="No names in it."
    )

    assert (refused.status, lowered.status) == (1, 0)
    assert "needs a reason" in refused.err
    shown = terminal.json("case", "show", case)
    assert shown["label"] == "tlp-green"
    assert "No names in it." in shown["messages"][0]["text"]


def test_an_expert_works_on_assigned_cases_and_sees_no_other(terminal: Terminal) -> None:
    given, other = opened(terminal), opened(terminal)
    terminal.run("user", "add", "omar", "--role", "expert")
    terminal.json("case", "assign", given, "omar")

    assert terminal.run("--as", "omar", "case", "show", given).status == 0
    assert terminal.run("--as", "omar", "case", "note", given, text="Seen.").status == 0
    for command in (("show", other), ("history", other), ("note", other)):
        refused = terminal.run("--as", "omar", "case", *command, text="x")
        assert refused.status == 1
        assert "There is no case" in refused.err
    mine = terminal.run("--as", "omar", "case", "list", "--json").json
    assert [item["id"] for item in mine["items"]] == [given]
    told = terminal.run("--as", "omar", "case", "notices", "--seen", "--json").json
    assert [(n["kind"], n["case_id"]) for n in told["items"]] == [("assigned", given)]
    assert "Nothing new" in terminal.run("--as", "omar", "case", "notices").err


def test_the_history_tells_who_did_what(terminal: Terminal) -> None:
    case = opened(terminal)
    terminal.json("case", "triage", case, "--urgency", "urgency-high")
    terminal.json("case", "unassign", terminal.json("case", "take", case)["id"])
    terminal.json("case", "withdraw", case)

    printed = terminal.run("case", "history", case)

    steps = [item["what"] for item in terminal.json("case", "history", case)["items"]]
    assert steps[0] == "case.withdraw"
    assert steps[-1] == "case.receive"
    assert "case.unassign" in steps
    assert "femke" in printed.out
    assert CANARY not in printed.out


def test_a_day_or_none_must_be_given(terminal: Terminal) -> None:
    case = opened(terminal)

    assert terminal.run("case", "due", case).status == 1
    assert terminal.run("case", "due", case, "2020-01-01").status == 1
    assert terminal.run("case", "due", case, "soon").status == 2
    assert terminal.run("case", "due", case, "--none").status == 0


def test_drafts_are_reviewed_and_merged_into_one_answer_with_sources(terminal: Terminal) -> None:
    guide = terminal.json(
        *("resource", "add", "--title", "Buying AI", "--summary", "Clauses.", "--language", "en"),
        *("--kind", "guide", "--topic", "procurement", "--url", "https://docs.example/guide"),
    )["ulid"]
    for name, role in (("omar", "expert"), ("lin", "expert")):
        terminal.run("user", "add", name, "--role", role)
    case = opened(terminal)
    terminal.json("case", "assign", case, "omar", "lin")

    def act(who: str, *arguments: str, text: str | None = None) -> Any:
        printed = terminal.run("--as", who, "case", *arguments, "--json", text=text)
        assert printed.status == 0, printed.err
        return printed.json

    first = act("omar", "draft", "new", case, "--cite", guide, text="Keep logs 30 days.")["id"]
    second = act("lin", "draft", "new", case, text="Ask for an exit.")["id"]
    act("lin", "draft", "comment", case, first, "--revision", "1", text="Which law?")
    act("omar", "draft", "edit", case, first, "--revision", "1", "--cite", guide, text="Art. 12.")
    act("lin", "draft", "approve", case, first, "--revision", "2")
    late = terminal.run(
        *("--as", "lin", "case", "draft", "edit", case, first, "--revision", "1"), text="Lost?"
    )
    assert late.status == 1
    kept = act("lin", "draft", "list", case)["items"][2]["id"]
    assert f"Your text is kept as draft {kept}" in late.err
    assert "Lost?" in terminal.run("case", "draft", "show", case, kept).out
    act("lin", "draft", "drop", case, kept)
    shown = act("lin", "draft", "show", case, first, "--versions")
    assert [each["by"] for each in shown["versions"]] == ["omar", "omar"]

    merged = terminal.run("case", "merge", case)
    assert "=== omar, revision 2, approved by lin ===" in merged.out
    assert f"--draft {first}@2 --draft {second}@1" in merged.err
    answered = terminal.json(
        *("case", "answer", case, "--draft", f"{first}@2", "--draft", f"{second}@1"),
        text="Keep logs as Art. 12 says, and ask for an exit.",
    )

    assert answered["status"] == "case-answered"
    (message,) = terminal.json("case", "show", case)["messages"]
    assert message["authors"] == ["omar", "lin", "femke"]
    assert message["sources"][0]["title"] == "Buying AI"
    terminal.json("resource", "retract", guide)
    printed = terminal.run("case", "show", case).out
    assert "written by omar, lin, femke" in printed
    assert "is retracted by now" in printed


def test_a_match_is_told_in_words_with_the_command_that_comes_next(terminal: Terminal) -> None:
    """Given a user and an expert who know the topic, then both are proposed, and how to go on."""
    terminal.run("user", "set", "femke", "--topic", "procurement", "--language", "en")
    terminal.run(
        *("expert", "add", "--name", "Omar", "--bio", "Contracts.", "--language", "fr"),
        *("--topic", "procurement", "--hours", "4", "--conflicts", "Advises a vendor"),
    )
    case = terminal.json("case", "new", "--topic", "contract-clauses", text=QUESTION)["id"]

    printed = terminal.run("case", "match", case)

    assert "1. femke (staff of this hub): " in printed.out
    assert "   + Covers Procurement, which includes Contract clauses" in printed.out
    assert "2. Omar (expert, here): " in printed.out
    assert "   + Has 4 of 4 hours left this month" in printed.out
    assert "   - Declares a conflict: Advises a vendor" in printed.out
    assert f"hub case assign {case} femke" in printed.err

    switched_off = terminal.run("case", "match", case, "--json", HUB_MATCHING_ENABLED="false").json
    assert switched_off["ranked"] is False
    assert [item["name"] for item in switched_off["items"]] == ["femke", "Omar"]
    assert "by name alone" in terminal.run("case", "match", case, HUB_MATCHING_ENABLED="no").err

    terminal.run("user", "set", "femke", "--no-topics")
    assert [item["name"] for item in terminal.json("case", "match", case)["items"]] == ["Omar"]


def test_an_edited_draft_cites_what_it_cited_unless_told_otherwise(terminal: Terminal) -> None:
    guide = terminal.json(
        *("resource", "add", "--title", "Buying AI", "--summary", "Clauses.", "--language", "en"),
        *("--kind", "guide", "--topic", "procurement", "--url", "https://docs.example/guide"),
    )["ulid"]
    case = opened(terminal)
    draft = terminal.json("case", "draft", "new", case, "--cite", guide, text="One.")["id"]
    cited = []

    for revision, more in enumerate(((), ("--no-cites",), (), ("--cite", guide)), start=1):
        edit = ("case", "draft", "edit", case, draft, "--revision", str(revision))
        terminal.json(*edit, *more, text=f"Text {revision}.")
        cited.append(len(terminal.json("case", "draft", "show", case, draft)["cites"]))

    assert cited == [1, 0, 0, 1]
    wrong = ("case", "draft", "edit", case, draft, "--revision", "5", "--no-cites", "--cite", guide)
    assert terminal.run(*wrong, text="x").status == 2


def test_a_file_goes_with_the_answer_to_the_requester(terminal: Terminal, tmp_path: Path) -> None:
    clauses = tmp_path / "clauses.txt"
    clauses.write_text("Keep logs for thirty days.")
    case = opened(terminal)
    [file] = terminal.json("case", "attach", case, str(clauses))["items"]
    terminal.json("case", "assign", case, "femke")

    terminal.json("case", "answer", case, "--attach", file["id"], text="See the file.")

    [after] = terminal.json("case", "show", case)["attachments"]
    assert (file["shown"], after["shown"]) == (False, True)
