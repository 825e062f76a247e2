"""Histories and the audit tell in words what somebody did, in the language of the page."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import pytest

from content.cases.assignments import AssignmentState
from content.cases.drafts import RemarkKind
from content.cases.message import MessageKind
from content.cases.status import CaseVerb
from content.experts import store as experts
from content.framework import work as framework
from content.proposals import store as proposals
from content.resources import store as resources
from federation.escalation import states
from node.web.act_words import ACTS
from node.web.acts import deed
from node.web.languages import LANGUAGES
from node.web.speaking import speaking

THINGS: Final = sorted({act.split(".")[0] for act in ACTS})
LITERAL: Final = re.compile(rf'"((?:{"|".join(THINGS)})\.[a-z_-]+)"')
FILES: Final = ("html", "json", "md", "sqlite", "toml", "xsd")
"""Ends of file names, which look like acts otherwise."""
SPANISH: Final = LANGUAGES["es"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the record of changes."""

    what: str
    note: str | None = ""


def written() -> set[str]:
    """Return the acts that stand in the source as they are."""
    texts = (
        path.read_text("utf-8")
        for folder in ("content", "federation", "node")
        for path in Path(folder).rglob("*.py")
        if path.name != "act_words.py"
    )
    found = {act for text in texts for act in LITERAL.findall(text)}
    return {act for act in found if not act.endswith(FILES)} - {"case.message"}


def put_together() -> set[str]:
    """Return the acts whose verb is put in when they happen."""
    return (
        {f"case.{verb}" for verb in CaseVerb}
        | {f"case.assignment-{state}" for state in AssignmentState if state.value != "asked"}
        | {f"case.draft-{kind}" for kind in RemarkKind}
        | {f"case.message {kind}" for kind in MessageKind}
        | {f"escalation.{verb}" for verb in get_args(states.Verb)}
        | {f"expert.{verb}" for verb in get_args(experts.Verb)}
        | {f"framework.{verb}" for verb in get_args(framework.Verb)}
        | {f"framework.{verb}" for verb in ("publish", "withdraw")}
        | {f"proposal.{verb}" for verb in get_args(proposals.Verb)}
        | {f"resource.{verb}" for verb in get_args(resources.Verb)}
    )


@pytest.mark.parametrize("act", sorted(written() | put_together()))
def test_every_act_has_words(act: str) -> None:
    assert act in ACTS


def test_what_is_said_is_in_the_language_of_the_page() -> None:
    with speaking(SPANISH):
        assert deed(Row("case.hold", "until 2027-01-31")).words == "Retención legal puesta"


def test_a_move_of_a_case_tells_both_statuses_and_what_was_noted() -> None:
    said = deed(Row("case.close", "case-answered to case-closed; answered"))

    assert (said.words, said.note) == ("Case closed", "Answered, then Closed; answered")


def test_a_move_that_left_the_status_as_it_was_tells_none() -> None:
    assert deed(Row("case.escalate", "case-escalated to case-escalated")).note == ""


def test_a_note_that_is_a_part_of_the_act_is_said_once() -> None:
    said = deed(Row("case.message", "note"))

    assert (said.words, said.note) == ("Note left", "")


def test_an_act_of_a_newer_version_has_no_words_here() -> None:
    said = deed(Row("case.sing", "a song"))

    assert (said.words, said.note) == ("", "a song")


def test_what_is_forgotten_is_no_note() -> None:
    assert deed(Row("case.read", None)).note == ""
