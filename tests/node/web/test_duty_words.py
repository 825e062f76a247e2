"""What the hub says to operators is known to the pages, sentence by sentence."""

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from content.cases import retention
from content.cases.holds import CaseHeld
from content.cases.retention import Kept, Periods
from content.incidents import Incident
from federation.law import subject_erase
from node.findings.hub import _ADVICE, Finding
from node.web.duty_words import KEPT, duty_told, shown
from node.web.finding_words import PLACES, SUBJECTS
from node.web.languages import LANGUAGES
from node.web.speaking import speaking
from tests.seams import START

DAY = date(2026, 11, 24)
INCIDENT = Incident(id="01KAT", noticed_at=START, noted_at=START, noted_by="olga", what="x")
ONE = Periods(case_months=1, attachments_months=1, copy_days=1)


def sentences() -> set[str]:
    """Return what the functions below node/ can say, made by themselves."""
    found = {
        make(DAY, periods).why
        for periods in (Periods(), ONE)
        for make in (retention.term_of_case, retention.term_of_attachments, retention.term_of_copy)
    }
    found.add(retention.term_of_promised_copy(DAY, DAY).why)
    for state in ("esc-declined", "esc-withdrawn", "esc-expired", "esc-erased"):
        found.add(retention.term_of_ended_copy(DAY, state).why)
    found.add(str(CaseHeld(DAY)))
    found |= {f"01KAT: {INCIDENT.clock(START + timedelta(hours=late))}" for late in (1, 71, 99)}
    return found | {
        subject_erase._ACCOUNT,
        subject_erase._AUDIT,
        subject_erase._MENTIONED,
        subject_erase._LOG,
        subject_erase._BACKUPS,
        "is told to destroy its copy of case 01KAT3Q8T6W3Y6M0S0V4N8Z2XH",
        "keeps its copy of case 01KAT3Q8T6W3Y6M0S0V4N8Z2XH until you tell its people",
    }


@pytest.mark.parametrize("text", sorted(sentences()))
def test_every_sentence_for_operators_is_known(text: str) -> None:
    with speaking(LANGUAGES["es"]):
        assert not duty_told(text).foreign, text


def test_days_are_written_as_people_write_them() -> None:
    assert duty_told("its hub wants it gone by 2026-11-24").text.endswith("24 November 2026")


def test_a_sentence_that_is_new_is_shown_as_english() -> None:
    with speaking(LANGUAGES["es"]):
        found = duty_told("Something that nobody has translated.")
        assert found.foreign

    assert found.lang == "en"


def test_everything_that_is_kept_has_a_name() -> None:
    assert set(KEPT) == {each.value for each in Kept}


QUERY = "select max(at) from changes"
ROOT = Path(__file__).parents[3]
FINDINGS = ROOT / "node" / "findings"
WORDS = re.compile("[a-z]{3}")
"""What is no name, number or moment alone."""


def findings() -> Iterator[tuple[str, str]]:
    """Yield every text with which a finding is made, by its place, with a 7 for each value."""
    for path in sorted(FINDINGS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield (
                    path.name,
                    "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "7"
                        for part in node.values
                    ),
                )
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                texts = [each for each in node.args[2:] if isinstance(each, ast.Constant)]
                yield from ((path.name, str(each.value)) for each in texts)


def subjects() -> set[str]:
    """Return what findings are about."""
    return {
        str(node.args[1].value)
        for path in FINDINGS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding"
        if isinstance(node.args[1], ast.Constant)
    }


@pytest.mark.parametrize(
    "text",
    sorted({text for _, text in findings() if " " in text and WORDS.search(text)} - {QUERY}),
)
def test_every_finding_is_known(text: str) -> None:
    with speaking(LANGUAGES["es"]):
        assert not duty_told(text).foreign, text


@pytest.mark.parametrize("text", sorted(set(_ADVICE.values()) | {"Ask its people."}))
def test_every_advice_for_a_notice_is_known(text: str) -> None:
    with speaking(LANGUAGES["es"]):
        assert not duty_told(text).foreign, text


def test_every_subject_of_a_finding_has_a_name() -> None:
    assert subjects() <= SUBJECTS.keys()
    assert PLACES.keys() <= SUBJECTS.keys()


def test_a_finding_is_shown_in_the_language_of_the_page() -> None:
    finding = Finding("look", "backup", "made on 2026-11-24, 9 days ago", "Make one: hub backup F")

    with speaking(LANGUAGES["es"]):
        found = shown(finding)
        assert found.advice is not None
        assert not found.found.foreign

    assert "24 de noviembre de 2026" in found.found.text
    assert "hub backup F" in found.advice.text
    assert found.path == "/duty/keys"


def notices() -> set[str]:
    """Return every text of a notice that is made with values, with a 7 for each of them."""
    found: set[str] = set()
    for path in (*ROOT.glob("federation/**/*.py"), *ROOT.glob("node/*.py")):
        source = path.read_text("utf-8")
        if "NoticeStore(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "text":
                found |= set(_made(node.value))
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "note":
                found |= {text for each in node.args for text in _made(each)}
    return found


def _made(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "7" for p in each.values)
            yield "".join(str(part) for part in parts)


OF_CASES = "accepted. Still asked"
"""Said in a case, not in a notice."""


@pytest.mark.parametrize("text", sorted(t for t in notices() if OF_CASES not in t))
def test_every_notice_is_known(text: str) -> None:
    whole = text.replace("7 7 will be erased", "Case 7 will be erased")
    whole = whole.replace("7 7 7 and has not", "7 promised an answer by 7 and has not")

    with speaking(LANGUAGES["es"]):
        assert not duty_told(whole).foreign, text
