"""The table of statuses and verbs: everything that is not in it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cases.case import RequesterRole
from content.cases.status import (
    MOVES,
    CaseMoveNotAllowed,
    CaseStatus,
    CaseVerb,
    next_status,
    possible_verbs,
)
from content.labels import Label, Sensitivity
from content.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("case-statuses", CaseStatus),
        ("requester-roles", RequesterRole),
        ("handling-labels", Label),
        ("data-sensitivity", Sensitivity),
    ],
)
def test_our_words_are_those_of_the_vocabulary(scheme: str, words: type[CaseStatus]) -> None:
    assert Vocabulary.load().ids(scheme) == tuple(words)


@given(st.sampled_from(CaseStatus), st.sampled_from(CaseVerb))
def test_every_pair_is_either_in_the_table_or_refused_with_what_is_possible(
    status: CaseStatus, verb: CaseVerb
) -> None:
    if (status, verb) in MOVES:
        assert next_status(status, verb) is MOVES[status, verb]
        return

    with pytest.raises(CaseMoveNotAllowed) as refusal:
        next_status(status, verb)

    text = str(refusal.value)
    assert status.value in text
    for possible in possible_verbs(status):
        assert possible.value in text
        next_status(status, possible)


@given(st.lists(st.sampled_from(CaseVerb), max_size=40))
def test_from_wherever_a_case_gets_it_can_be_erased_once_and_stays_erased(
    verbs: list[CaseVerb],
) -> None:
    status = CaseStatus.RECEIVED
    for verb in verbs:
        if (status, verb) in MOVES:
            status = next_status(status, verb)
            if verb is CaseVerb.ERASE:
                break

    if status is not CaseStatus.ERASED:
        assert next_status(status, CaseVerb.ERASE) is CaseStatus.ERASED
    assert possible_verbs(CaseStatus.ERASED) == ()


def test_every_status_is_reached_and_every_verb_leads_somewhere() -> None:
    reached, border = {CaseStatus.RECEIVED}, [CaseStatus.RECEIVED]
    while border:
        status = border.pop()
        for (before, _), after in MOVES.items():
            if before is status and after not in reached:
                reached.add(after)
                border.append(after)

    assert reached == set(CaseStatus)
    assert {verb for _, verb in MOVES} == set(CaseVerb)


def test_a_withdrawn_case_is_over_and_nothing_but_erasing_is_left() -> None:
    assert possible_verbs(CaseStatus.WITHDRAWN) == (CaseVerb.ERASE,)


def test_a_case_is_not_closed_while_another_hub_works_on_it() -> None:
    with pytest.raises(CaseMoveNotAllowed, match="answer"):
        next_status(CaseStatus.ESCALATED, CaseVerb.CLOSE)


def test_the_end_of_an_escalation_may_arrive_after_the_case_moved_on() -> None:
    for status in CaseStatus:
        if status in (CaseStatus.RECEIVED, CaseStatus.TRIAGE):
            continue
        expected = CaseStatus.OPEN if status is CaseStatus.ESCALATED else status
        assert next_status(status, CaseVerb.ESCALATION_ENDED) is expected
