"""hub case study and hub report statistics."""

import json

from tests.node.cli.terminal import Terminal


def test_a_case_study_needs_consent_and_a_person(terminal: Terminal) -> None:
    text = "Chatbot\n\nWhich clauses does the housing office of our town need by Friday?"
    case = terminal.json("case", "new", "--topic", "procurement", text=text)["id"]
    terminal.json("case", "answer", case, text="Three.")

    printed = terminal.run("case", "study", case)

    assert printed.status == 1
    assert "has not agreed" in printed.err
    record = {"title": "x", "summary": "y", "language": "en", "kind": "case-study", "topics": []}
    refused = terminal.run(
        "case", "study", case, "--file", "-", "--confirm", text=json.dumps(record)
    )
    assert refused.status == 1
    assert "has not agreed" in refused.err
    assert terminal.run("case", "study", case, "--file", "-", text="[]").status == 1


def test_statistics_are_shown_first_and_published_only_by_choice(terminal: Terminal) -> None:
    before = terminal.contents()

    shown = terminal.run("report", "statistics", "--period", "2026-Q1")
    refused = terminal.run("report", "statistics", "--period", "2026-Q1", "--publish")

    assert "Every other topic: under 5" in shown.out
    assert "Nothing is published" in shown.err
    assert refused.status == 1
    assert "publish_statistics" in refused.err
    assert terminal.contents() == before
    assert terminal.run("report", "statistics", "--period", "spring").status == 1
    published = terminal.run(
        *("report", "statistics", "--period", "2026-Q1", "--publish", "--json"),
        HUB_PUBLISH_STATISTICS="true",
    )
    assert published.status == 0, published.err
    assert published.json["record"]["statistics"]["requests"] == "under-5"
    again = terminal.run(
        *("report", "statistics", "--period", "2026-Q1", "--publish"),
        HUB_PUBLISH_STATISTICS="true",
    )
    assert again.status == 1
    assert "published already" in again.err
