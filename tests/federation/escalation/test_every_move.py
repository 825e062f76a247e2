"""
Every state, role and verb on two real hubs: what the table lists moves both sides alike.

All else is refused where it is tried, and refused sealed where a hub that cheats sends it all the
same; neither leaves a trace. The expectations are the sentences of test_states.py, not the table.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from federation.escalation import letters
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.channel import new_note_id, send_inner
from federation.escalation.correcting import Words, correct_copy
from federation.escalation.escalation import Escalation, NoSuchEscalation
from federation.escalation.handing_on import propose_hub
from federation.escalation.offering import confirm, give_info, offer_case, reopen, withdraw
from federation.escalation.revealing import Part, reveal
from federation.escalation.states import MoveRefused, Role, State, Verb
from federation.escalation.store import EscalationStore
from federation.law.erasing import erase_case
from federation.peers import PeerStore
from tests.federation.escalation.pair import Pair, Side
from tests.federation.escalation.test_states import sentences

ACTS: dict[str, Callable[[Side, str], Any]] = {
    "accept": lambda side, id_: side.do(accept_offer, id_),
    "decline": lambda side, id_: side.do(decline_offer, id_, reason="CANARY-REASON"),
    "assign": lambda side, id_: side.do(assign_offer, id_),
    "ask": lambda side, id_: side.do(ask_origin, id_, "CANARY-ASK"),
    "propose": lambda side, id_: side.do(propose_hub, id_, "third.example", "CANARY-REASON"),
    "info": lambda side, id_: side.do(give_info, id_, "CANARY-INFO"),
    "answer": lambda side, id_: side.do(answer_origin, id_, "CANARY-ANSWER"),
    "confirm": lambda side, id_: side.do(confirm, id_),
    "reopen": lambda side, id_: side.do(reopen, id_),
    "withdraw": lambda side, id_: side.do(withdraw, id_),
    "reveal": lambda side, id_: side.do(reveal, id_, [Part.NAME]),
    "correct": lambda side, id_: side.do(correct_copy, id_, words=Words(question="CANARY-NEW")),
}
"""What people of a hub can do. Time expires; and what is erased is the case, not an escalation."""
WAY: dict[State, tuple[tuple[Role, str], ...]] = {
    "esc-offered": (),
    "esc-accepted": (("receiver", "accept"),),
    "esc-in-progress": (("receiver", "accept"), ("receiver", "assign")),
    "esc-info-needed": (("receiver", "accept"), ("receiver", "ask")),
    "esc-answered": (("receiver", "accept"), ("receiver", "answer")),
    "esc-confirmed": (("receiver", "accept"), ("receiver", "answer"), ("origin", "confirm")),
    "esc-declined": (("receiver", "decline"),),
    "esc-withdrawn": (("origin", "withdraw"),),
    "esc-expired": (("clock", "expire"),),
}
COPY = letters.CaseCopy(
    title="CANARY-FORGED",
    question="CANARY-FORGED",
    language="en",
    topics=("procurement",),
    label="tlp-amber",
    sensitivity="data-none",
    country="US",
    role="who-ngo",
    due="2026-12-24",
    due_by="2026-12-24T23:00:00.000Z",
)
LEGAL = sentences()
CHANNEL = (
    "sealed_in",
    "sealed_out",
    "sealed_out_refusals",
    "outgoing",
    "deliveries",
    "destinations",
    "peers",
)
"""That a message came, was answered and by whom is remembered; nothing else may be."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Give two hubs for the whole file: each escalation on them stands for itself."""
    found = Pair(Path(tmp_path_factory.mktemp("every-move")))
    yield found
    found.close()


class Both:
    """One escalation as both hubs have it, brought into a state by lawful moves."""

    def __init__(self, pair: Pair, state: State) -> None:
        self.pair = pair
        case = pair.a.has_case()
        self.outgoing = pair.a.do(offer_case, case.id, pair.b.host)
        pair.carry()
        found = pair.b.read(
            lambda db: EscalationStore(db, pair.b.hub.vault).by_offer(
                pair.a.host, "in", self.outgoing.offer_id
            )
        )
        assert found is not None
        self.incoming: Escalation = found
        for role, verb in WAY[state]:
            self.act(role, verb)
        assert self.states() == (state, state)

    def side(self, role: str) -> tuple[Side, str]:
        """Return the hub of that role and its id of the escalation."""
        if role == "origin":
            return self.pair.a, self.outgoing.id
        return self.pair.b, self.incoming.id

    def act(self, role: Role, verb: str) -> None:
        """Let somebody act and let it arrive; or let time pass."""
        if role == "clock":
            self.pair.later(days=16)
            self.pair.a.expires()
            self.pair.b.expires()
        else:
            ACTS[verb](*self.side(role))
        self.pair.carry()

    def forge(self, role: Role, verb: str) -> None:
        """Let the hub of that role send what it must not, past its own check."""
        side, id_ = self.side(role)
        escalation = side.escalation(id_)
        other = self.pair.b if role == "origin" else self.pair.a
        letter = letter_of(verb, escalation, side)
        side.write(
            lambda db: send_inner(
                db,
                side.hub,
                PeerStore(db).get(other.host),
                letter,
                side.act(),
                escalation=escalation,
                verb=verb,  # type: ignore[arg-type]
            )
        )

    def states(self) -> tuple[str, str]:
        """Return the state at the origin and at the receiver."""
        a, b = self.pair.a, self.pair.b
        return a.escalation(self.outgoing.id).state, b.escalation(self.incoming.id).state


def letter_of(verb: str, escalation: Escalation, side: Side) -> letters.Write:
    """Return a well-formed message with that verb, whoever may send it."""
    offer = escalation.offer_id
    if verb in ("ask", "info", "answer"):
        note = new_note_id(side.hub, side.act())
        return letters.note_letter(verb, note, "CANARY-FORGED")  # type: ignore[arg-type]
    return {
        "accept": letters.accept_letter(offer, f"https://{side.host}/cases/x"),
        "decline": letters.decline_letter(offer, "CANARY-FORGED", ()),
        "assign": letters.assign_letter(),
        "propose": letters.propose_letter(offer, "https://third.example/actor", "CANARY-FORGED"),
        "confirm": letters.confirm_letter(offer),
        "reopen": letters.reopen_letter(offer),
        "withdraw": letters.withdraw_letter(offer),
        "reveal": letters.reveal_letter({"name": "CANARY-FORGED"}),
        "correct": letters.correct_letter(COPY, ("content",), {}),
        "erase": letters.erase_letter(offer),
    }[verb]


def kept(side: Side, *, channel: bool) -> dict[str, list[Any]]:
    """Return every row of every table of a hub. channel: with what is remembered of messages."""

    def rows(db: Any) -> dict[str, list[Any]]:
        names = [
            name
            for (name,) in db.execute(
                "select name from sqlite_master where type = 'table'"
                " and name not like 'sqlite_%' and sql not like '%virtual%'"
            )
        ]
        return {
            name: db.execute(f"select * from [{name}]").fetchall()  # noqa: S608 - names of tables
            for name in names
            if channel or name not in CHANNEL
        }

    return side.read(rows)


def illegal(state: State) -> Iterator[tuple[Role, str]]:
    """Give all that the sentences do not allow in a state, of those who act."""
    for role in ("origin", "receiver"):
        for verb in ACTS:
            if (state, role, verb) not in LEGAL:
                yield role, verb  # type: ignore[misc]


def legal() -> list[tuple[State, Role, str]]:
    """Return all that the sentences allow, erasing apart."""
    return [key for key in LEGAL if key[2] != "erase"]  # type: ignore[misc]


def test_the_ways_lead_to_every_state_and_the_acts_are_all_verbs() -> None:
    assert set(WAY) == set(get_args(State)) - {"esc-erased"}
    assert set(ACTS) == set(get_args(Verb)) - {"erase", "expire"}


@pytest.mark.parametrize(("state", "role", "verb"), legal())
def test_what_is_allowed_moves_both_sides_alike(
    pair: Pair, state: State, role: Role, verb: str
) -> None:
    both = Both(pair, state)

    both.act(role, verb)

    expected = LEGAL[state, role, verb]
    assert both.states() == (expected, expected)


@pytest.mark.parametrize("state", WAY)
def test_what_is_not_allowed_is_refused_at_home_without_a_trace(pair: Pair, state: State) -> None:
    both = Both(pair, state)
    before = [kept(side, channel=True) for side in (pair.a, pair.b)]

    for role, verb in illegal(state):
        with pytest.raises((MoveRefused, NoSuchEscalation)):
            ACTS[verb](*both.side(role))

    assert [kept(side, channel=True) for side in (pair.a, pair.b)] == before
    assert pair.carry() == 0


@pytest.mark.parametrize("state", WAY)
def test_what_a_cheating_hub_sends_all_the_same_is_refused_sealed_and_leaves_no_trace(
    pair: Pair, state: State
) -> None:
    both = Both(pair, state)
    for role, verb in illegal(state):
        cheat, id_ = both.side(role)
        victim = pair.b if role == "origin" else pair.a
        before = kept(victim, channel=False)

        both.forge(role, verb)
        pair.carry()

        assert kept(victim, channel=False) == before, (state, role, verb)
        told = cheat.escalation(id_).delivery
        assert told is not None
        assert told.word == "failed", (state, role, verb)
        assert both.states() == (state, state), (state, role, verb)


@pytest.mark.parametrize("state", WAY)
def test_a_case_that_is_erased_is_erased_at_both_hubs_in_every_state(
    pair: Pair, state: State
) -> None:
    both = Both(pair, state)

    pair.a.do(erase_case, both.outgoing.case_id, asked=True)
    pair.carry()

    assert both.states() == ("esc-erased", "esc-erased")


@pytest.mark.parametrize("state", WAY)
def test_a_hub_that_got_a_copy_cannot_have_the_case_erased(pair: Pair, state: State) -> None:
    both = Both(pair, state)
    before = kept(pair.a, channel=False)

    both.forge("receiver", "erase")
    pair.carry()

    assert kept(pair.a, channel=False) == before
    assert both.states()[0] == state


@pytest.mark.parametrize("state", [state for state in WAY if state != "esc-offered"])
def test_time_alone_changes_nothing_but_an_undecided_offer(pair: Pair, state: State) -> None:
    both = Both(pair, state)

    pair.later(days=400)
    pair.a.expires()
    pair.b.expires()
    pair.carry()

    assert both.states() == (state, state)
    assert timedelta(days=400) <= pair.a.now - both.outgoing.created_at


@pytest.mark.parametrize(
    ("role", "verb"), [("receiver", "accept"), ("receiver", "decline"), ("origin", "withdraw")]
)
def test_an_offer_is_over_after_its_last_moment_though_no_clock_has_looked_yet(
    pair: Pair, role: Role, verb: str
) -> None:
    both = Both(pair, "esc-offered")
    pair.at(both.outgoing.due_by + timedelta(milliseconds=1))

    with pytest.raises(MoveRefused):
        ACTS[verb](*both.side(role))
    both.forge(role, verb)
    pair.carry()
    pair.a.expires()
    pair.b.expires()

    assert both.states() == ("esc-expired", "esc-expired")


def test_what_was_decided_in_the_last_moment_counts_however_late_it_arrives(pair: Pair) -> None:
    both = Both(pair, "esc-offered")
    pair.at(both.outgoing.due_by)
    ACTS["accept"](*both.side("receiver"))
    pair.later(days=3)
    pair.a.expires()
    expired = pair.a.escalation(both.outgoing.id).state

    pair.carry()

    assert expired == "esc-expired"
    assert both.states() == ("esc-accepted", "esc-accepted")
