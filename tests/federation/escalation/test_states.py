"""The table of states, and the order in which both hubs put what crossed."""

from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cases.status import CaseStatus
from federation.escalation.states import (
    ENDED,
    OPEN,
    TABLE,
    Move,
    MoveRefused,
    Role,
    State,
    Verb,
    allowed_verbs,
    in_order,
    next_state,
    replay,
)

# The sentences of DESIGN.md 6 "States", one a line: who, verb, from which states, to which.
SENTENCES = """
receiver accept   offered                              accepted
receiver assign   accepted in-progress                 in-progress
receiver ask      accepted in-progress info-needed     info-needed
receiver propose  accepted in-progress info-needed     info-needed
origin   info     info-needed                          in-progress
origin   info     accepted                             accepted
origin   info     in-progress                          in-progress
receiver answer   accepted in-progress info-needed answered                       answered
origin   confirm  answered                             confirmed
origin   reopen   confirmed                            in-progress
receiver decline  offered accepted in-progress info-needed                        declined
origin   withdraw offered accepted in-progress info-needed answered               withdrawn
origin   reveal   accepted                             accepted
origin   reveal   in-progress                          in-progress
origin   reveal   info-needed                          info-needed
origin   reveal   answered                             answered
origin   correct  offered                              offered
origin   correct  accepted                             accepted
origin   correct  in-progress                          in-progress
origin   correct  info-needed                          info-needed
origin   correct  answered                             answered
origin   correct  confirmed                            confirmed
clock    expire   offered                              expired
"""


def sentences() -> dict[tuple[str, str, str], str]:
    """Return the sentences as a table; erasing is possible until it is done."""
    table: dict[tuple[str, str, str], str] = {}
    for line in SENTENCES.strip().splitlines():
        role, verb, *states = line.split()
        for before in states[:-1]:
            table[f"esc-{before}", role, verb] = f"esc-{states[-1]}"
    for state in get_args(State):
        if state != "esc-erased":
            table[state, "origin", "erase"] = "esc-erased"
    return table


def test_the_table_is_what_the_design_says() -> None:
    assert dict(TABLE) == sentences()


@pytest.mark.parametrize("state", get_args(State))
def test_what_the_table_does_not_list_is_refused(state: State) -> None:
    allowed = sentences()
    for role, verb in product(get_args(Role), get_args(Verb)):
        if (state, role, verb) in allowed:
            assert next_state(state, role, verb) == allowed[state, role, verb]
        else:
            with pytest.raises(MoveRefused):
                next_state(state, role, verb)


@given(st.text(), st.text())
def test_a_made_up_verb_or_state_is_refused(state: str, verb: str) -> None:
    with pytest.raises(MoveRefused):
        next_state(state, "origin", verb)


def test_every_state_is_open_ended_or_confirmed() -> None:
    assert OPEN | ENDED | {"esc-confirmed"} == set(get_args(State))
    assert set() == OPEN & ENDED


def test_nothing_but_erasing_is_possible_after_the_end() -> None:
    for state, role in product(ENDED, get_args(Role)):
        assert allowed_verbs(state, role) == ()


def test_no_state_of_an_escalation_is_named_like_one_of_a_case() -> None:
    assert not {str(status) for status in CaseStatus} & set(get_args(State))


def test_a_withdrawal_beats_what_crosses_it() -> None:
    for verb in ("accept", "decline"):
        crossing = [Move("receiver", verb, 2, 1), Move("origin", "withdraw", 2, 1)]
        assert replay(crossing) == "esc-withdrawn"


def test_an_answer_that_crosses_information_counts() -> None:
    begun = [Move("receiver", "accept", 2, 1), Move("receiver", "ask", 3, 1)]
    crossing = [Move("origin", "info", 2, 3), Move("receiver", "answer", 4, 1)]

    assert replay(begun + crossing) == "esc-answered"


def test_an_answer_sent_before_the_reopening_arrived_still_counts() -> None:
    moves = [
        Move("receiver", "accept", 2, 1),
        Move("receiver", "answer", 3, 1),
        Move("origin", "confirm", 2, 3),
        Move("origin", "reopen", 3, 3),
        Move("receiver", "answer", 4, 1),
    ]

    assert replay(moves) == "esc-answered"


@st.composite
def exchanges(draw: st.DrawFn) -> list[Move]:
    """Two sides that act and hear of each other in any interleaving, channels in order."""
    made: dict[str, list[Move]] = {"origin": [], "receiver": []}
    heard = {"origin": 0, "receiver": 0}
    for _ in range(draw(st.integers(0, 25))):
        role = draw(st.sampled_from(("origin", "receiver")))
        other = "receiver" if role == "origin" else "origin"
        if draw(st.booleans()) and heard[role] < len(made[other]):
            heard[role] += 1
        else:
            verb = draw(st.sampled_from(get_args(Verb)))
            made[role].append(_move(role, verb, len(made[role]) + 1, heard[role]))
    return made["origin"] + made["receiver"]


def _move(role: Any, verb: Any, n: int, seen: int) -> Move:
    return Move(role, verb, n, seen)


@given(exchanges(), st.randoms())
def test_the_order_does_not_depend_on_who_learned_what_first(
    moves: list[Move], shuffle: Any
) -> None:
    shuffled = list(moves)
    shuffle.shuffle(shuffled)

    assert in_order(shuffled) == in_order(moves)
    assert replay(shuffled) == replay(moves)


@given(exchanges())
def test_nothing_comes_before_what_its_author_had_seen(moves: list[Move]) -> None:
    ordered = in_order(moves)

    assert sorted(map(repr, ordered)) == sorted(map(repr, moves))
    for place, move in enumerate(ordered):
        earlier = ordered[:place]
        known = [m for m in moves if m.role != move.role and m.n <= move.seen]
        own = [m for m in moves if m.role == move.role and m.n < move.n]
        assert all(m in earlier for m in known + own)
