"""What the hub says to operators is known to the pages, sentence by sentence."""

from datetime import date

import pytest

from content.cases import retention
from content.cases.holds import CaseHeld
from content.cases.retention import Kept, Periods
from federation.law import subject_erase
from node.web.duty_words import KEPT, duty_told
from node.web.languages import LANGUAGES
from node.web.speaking import speaking

DAY = date(2026, 11, 24)
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
