"""hub case new with all fields, attachments, receipts, consents; hub redress."""

import json
from pathlib import Path

import pytest

from tests.content.sample_files import PDF
from tests.node.cli.terminal import Terminal

CANARY = "MARIGOLD-KESTREL"
WHOLE = {
    "title": "Chatbot clauses",
    "question": f"Which clauses? {CANARY}",
    "context": f"We buy it together. {CANARY}",
    "stage": "stage-tender",
    "topics": ["procurement"],
    "principles": ["p2-privacy-security"],
    "framework": ["tool-procurement-clauses"],
    "request_type": "req-procurement",
    "wanted": ["wanted-answer", "wanted-review"],
    "language": "es",
    "country": "ES",
    "jurisdiction": "Catalunya",
    "deadline": "2026-12-04",
    "deadline_reason": "The council votes",
    "urgency": "urgency-high",
    "requester": {
        "role": "who-dpo",
        "name": "Ana",
        "contact": "ana@x.example",
        "organisation": "",
        "organisation_type": "org-municipality",
    },
    "label": "tlp-amber",
    "sensitivity": "data-none",
    "consents": {
        "escalate": "yes",
        "escalate_to": ["a.example"],
        "share_name": False,
        "share_contact": False,
        "publish_lesson": True,
        "mail_notices": False,
    },
}


def file(folder: Path, name: str, content: object) -> str:
    path = folder / name
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return str(path)


def test_a_whole_request_comes_from_a_file(terminal: Terminal, tmp_path: Path) -> None:
    made = terminal.json("case", "new", "--request-file", file(tmp_path, "r.json", WHOLE))

    shown = terminal.json("case", "show", made["id"])

    assert {name: shown[name] for name in WHOLE} == WHOLE
    printed = terminal.run("case", "show", made["id"]).out
    for part in ("req-procurement", "2026-12-04, The council votes", "only to a.example", CANARY):
        assert part in printed


def test_options_say_the_same_and_overrule_the_file(terminal: Terminal, tmp_path: Path) -> None:
    options = {
        "--stage": "stage-tender",
        "--topic": "procurement",
        "--principle": "p2-privacy-security",
        "--item": "tool-procurement-clauses",
        "--type": "req-procurement",
        "--language": "es",
        "--country": "ES",
        "--jurisdiction": "Catalunya",
        "--deadline": "2026-12-04",
        "--deadline-reason": "The council votes",
        "--urgency": "urgency-high",
        "--requester": "who-dpo",
        "--organisation-type": "org-municipality",
        "--contact-file": file(tmp_path, "contact.txt", b"Ana\nana@x.example"),
        "--context-file": file(tmp_path, "context.txt", str(WHOLE["context"]).encode()),
        "--may-escalate": "yes",
        "--escalate-to": "a.example",
        "--sensitivity": "data-none",
        "--wanted": "wanted-answer",
    }
    words = [word for pair in options.items() for word in pair]
    wanted = ("--wanted", "wanted-review", "--publish-lesson")
    text = f"{WHOLE['title']}\n{WHOLE['question']}"

    by_options = terminal.json("case", "new", *words, *wanted, text=text)
    shown = terminal.json("case", "show", by_options["id"])
    assert {name: shown[name] for name in WHOLE} == WHOLE

    whole = file(tmp_path, "r.json", WHOLE)
    other = terminal.json("case", "new", "--request-file", whole, "--urgency", "urgency-low")
    assert terminal.json("case", "show", other["id"])["urgency"] == "urgency-low"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"[]", "one JSON object"),
        (b"\xff", "not JSON in UTF-8"),
        (b'{"question": "x", "title": "y", "requester": []}', "requester"),
        (b'{"question": "x", "title": "y", "surprise": 1}', "surprise: is not a field"),
        (b'{"question": "x", "title": "y", "stage": "dream"}', "stage"),
        (b" " * 300_000, "longer than 256 KiB"),
    ],
)
def test_a_wrong_request_file_is_refused(
    terminal: Terminal, tmp_path: Path, content: bytes, reason: str
) -> None:
    refused = terminal.run("case", "new", "--request-file", file(tmp_path, "r.json", content))

    assert refused.status == 1
    assert reason in refused.err
    assert terminal.json("case", "list")["items"] == []


def test_files_go_in_and_out(terminal: Terminal, tmp_path: Path) -> None:
    draft, notes = file(tmp_path, "draft.pdf", PDF), file(tmp_path, "notes.txt", CANARY.encode())
    case = terminal.json("case", "new", "--attach", draft, text="Draft\nIs it good?")["id"]
    attached = terminal.json("case", "attach", case, notes)["items"][0]
    target = tmp_path / "out"
    target.mkdir()

    saved = terminal.json("case", "save-attachment", case, attached["id"], "--to", str(target))
    again = terminal.run("case", "save-attachment", case, attached["id"], "--to", str(target))

    assert Path(saved["path"]).read_text() == CANARY
    assert (again.status, "is there already" in again.err) == (1, True)
    shown = terminal.json("case", "show", case)["attachments"]
    assert [(each["name"], each["shown"]) for each in shown] == [
        ("draft.pdf", True),
        ("notes.txt", False),
    ]
    assert "draft.pdf (application/pdf" in terminal.run("case", "show", case).out
    at_rest = [path.read_bytes() for path in terminal.home.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in content for content in at_rest)


def test_a_file_that_is_not_taken_is_named_and_no_case_is_opened(
    terminal: Terminal, tmp_path: Path
) -> None:
    bad = file(tmp_path, "bad.zip", b"PK\x05\x06" + b"\x00" * 18)

    refused = terminal.run("case", "new", "--attach", bad, text="Draft\nIs it good?")

    assert refused.status == 1
    assert "bad.zip: Archives are not opened here" in refused.err
    assert terminal.json("case", "list")["items"] == []


def test_a_receipt_is_verified_with_what_was_kept(terminal: Terminal, tmp_path: Path) -> None:
    made = terminal.json("case", "new", text="Title\nQuestion?")
    receipt = file(tmp_path, "receipt.json", made["receipt"])
    right = file(tmp_path, "kept.json", {"salt": made["salt"], "filed": {"title": "Title"}})
    wrong = file(tmp_path, "other.json", {"salt": made["salt"], "filed": {"title": "Other"}})

    without_keys = terminal.run("verify", receipt, "--filed", right)
    bad = terminal.run("verify", receipt, "--filed", wrong, "--json")

    assert without_keys.status == 1
    assert "field title: It is what was filed." in without_keys.out
    assert json.loads(bad.out)["code"] == "field-differs"


def test_a_lost_code_is_replaced(terminal: Terminal) -> None:
    made = terminal.json("case", "new", text="Title\nQuestion?")

    new = terminal.json("case", "receipt", made["id"])

    assert new["code"] != made["code"]
    assert terminal.run("case", "receipt", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH").status == 1


def test_consents_are_noted_one_by_one(terminal: Terminal) -> None:
    case = terminal.json("case", "new", "--may-escalate", "ask", text="Title\nQuestion?")["id"]

    lesson = terminal.json("case", "consent", case, "--publish-lesson")
    agreed = terminal.json("case", "consent", case, "--escalate", "yes", "--to", "a.example")

    assert lesson["consents"]["escalate"] == "ask"
    assert agreed["consents"] == {
        "escalate": "yes",
        "escalate_to": ["a.example"],
        "share_name": False,
        "share_contact": False,
        "publish_lesson": True,
        "mail_notices": False,
    }
    assert terminal.run("case", "consent", case).status == 2


def test_a_personal_matter_is_redirected_and_erased(terminal: Terminal) -> None:
    case = terminal.json("case", "new", "--country", "ES", text=f"My flat\n{CANARY}")["id"]

    chosen = terminal.json("case", "redirect", case, "--body", "es-sindic", "--yes")
    again = terminal.run("case", "redirect", case, "--yes")

    assert chosen["bodies"] == ["es-sindic"]
    assert (again.status, "erased" in again.err) == (1, True)
    assert terminal.run("case", "show", case).status == 1


def test_the_list_of_bodies_is_the_hubs_own(terminal: Terminal, tmp_path: Path) -> None:
    shipped = terminal.json("redress", "list", "--country", "NL")["items"]
    add = ("redress", "add", "nl-amsterdam", "--name", "Ombudsman Metropool", "--country", "nl")
    more = ("--kind", "ombudsperson", "--url", "https://ombudsman.example")
    terminal.run(*add, *more, "--region", "Amsterdam", "--checked", "2026-11-25")
    terminal.run("redress", "remove", "nl-acm")
    line = {**shipped[0], "name": "Put right", "checked_on": "2026-11-25"}
    terminal.run("redress", "import", file(tmp_path, "bodies.jsonl", line))

    now = {
        each["id"]: each for each in terminal.json("redress", "list", "--country", "NL")["items"]
    }

    assert now["nl-amsterdam"]["checked_on"] == "2026-11-25"
    assert "nl-acm" not in now
    assert now[shipped[0]["id"]]["name"] == "Put right"
    assert len(now) == len(shipped)
    assert "not yet" in terminal.run("redress", "list", "--country", "NL").out
    assert terminal.run("redress", "remove", "nl-acm").status == 1
    bad = terminal.run("redress", "import", file(tmp_path, "bad.jsonl", {"id": "nl-x"}))
    assert (bad.status, "line 1" in bad.err) == (1, True)
    assert terminal.run(*add, "--kind", "ombudsperson", "--url", "javascript:1").status == 1
