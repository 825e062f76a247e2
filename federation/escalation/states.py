"""
The states of an escalation as a table, and the one state that both hubs compute from their acts.

A state is a concept of the scheme escalation-statuses and means the same on both sides. Each side
acts on its own copy and tells the other, so acts may cross on their way. Both hubs keep the acts of
both sides and put them in the same order (`in_order`), in which an act that another has overtaken
changes nothing; thus both end in the same state, whatever crossed (docs/adr/0017).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from federation.errors import FederationError

State = Literal[
    "esc-offered",
    "esc-accepted",
    "esc-declined",
    "esc-info-needed",
    "esc-in-progress",
    "esc-answered",
    "esc-confirmed",
    "esc-withdrawn",
    "esc-expired",
    "esc-erased",
]
Role = Literal["origin", "receiver", "clock"]
Verb = Literal[
    "accept",
    "decline",
    "assign",
    "ask",
    "propose",
    "info",
    "answer",
    "confirm",
    "reopen",
    "withdraw",
    "reveal",
    "correct",
    "erase",
    "expire",
]

OFFERED: State = "esc-offered"
_TAKEN: tuple[State, ...] = ("esc-accepted", "esc-in-progress", "esc-info-needed")
_CONTENT_HELD: tuple[State, ...] = (
    "esc-offered",
    *_TAKEN,
    "esc-answered",
    "esc-confirmed",
    "esc-declined",
    "esc-withdrawn",
    "esc-expired",
)

TABLE: Mapping[tuple[State, Role, Verb], State] = {
    ("esc-offered", "receiver", "accept"): "esc-accepted",
    ("esc-offered", "receiver", "decline"): "esc-declined",
    **{(state, "receiver", "decline"): "esc-declined" for state in _TAKEN},
    ("esc-accepted", "receiver", "assign"): "esc-in-progress",
    ("esc-in-progress", "receiver", "assign"): "esc-in-progress",
    ("esc-accepted", "receiver", "ask"): "esc-info-needed",
    ("esc-in-progress", "receiver", "ask"): "esc-info-needed",
    ("esc-info-needed", "receiver", "ask"): "esc-info-needed",
    **{(state, "receiver", "propose"): "esc-info-needed" for state in _TAKEN},
    ("esc-info-needed", "origin", "info"): "esc-in-progress",
    ("esc-accepted", "origin", "info"): "esc-accepted",
    ("esc-in-progress", "origin", "info"): "esc-in-progress",
    **{(state, "receiver", "answer"): "esc-answered" for state in _TAKEN},
    ("esc-answered", "receiver", "answer"): "esc-answered",
    ("esc-answered", "origin", "confirm"): "esc-confirmed",
    ("esc-confirmed", "origin", "reopen"): "esc-in-progress",
    ("esc-offered", "origin", "withdraw"): "esc-withdrawn",
    **{(state, "origin", "withdraw"): "esc-withdrawn" for state in _TAKEN},
    ("esc-answered", "origin", "withdraw"): "esc-withdrawn",
    **{(state, "origin", "reveal"): state for state in (*_TAKEN, "esc-answered")},
    **{
        (state, "origin", "correct"): state
        for state in (OFFERED, *_TAKEN, "esc-answered", "esc-confirmed")
    },
    ("esc-offered", "clock", "expire"): "esc-expired",
    **{(state, "origin", "erase"): "esc-erased" for state in _CONTENT_HELD},
}
"""(state, who acts, verb) -> state. What is not listed is refused. TentativeAccept is no verb: it
says that an offer was read. There is no way back from declined, withdrawn, expired and erased."""

OPEN: frozenset[State] = frozenset({"esc-offered", *_TAKEN, "esc-answered"})
"""States in which the case counts as escalated."""
AT_RECEIVER: frozenset[State] = frozenset(_TAKEN)
"""States in which the receiver has taken the case on and has not answered yet."""
ENDED: frozenset[State] = frozenset({"esc-declined", "esc-withdrawn", "esc-expired", "esc-erased"})
"""States in which the receiver has destroyed the text."""


class MoveRefused(FederationError):
    """What somebody wants to do does not fit the state of the escalation."""

    code: ClassVar[str] = "escalation-move-refused"

    def __init__(self, state: str, role: Role, verb: str) -> None:
        allowed = ", ".join(allowed_verbs(state, role)) or "nothing"
        super().__init__(
            f"The escalation is {state}; the {role} cannot {verb} it now. Possible: {allowed}."
        )


@dataclass(frozen=True, slots=True)
class Move:
    """
    One act of one side, as both hubs keep it.

    n: its number in the channel from role to the other hub. seen: the highest number of the other
    direction that role had applied when it acted (the `hub:ack` that the message carried).
    """

    role: Role
    verb: Verb
    n: int
    seen: int


def next_state(state: str, role: Role, verb: str) -> State:
    """Return the state that follows; raise MoveRefused for what the table does not list."""
    try:
        return TABLE[state, role, verb]  # type: ignore[index]
    except KeyError:
        raise MoveRefused(state, role, verb) from None


def allowed_verbs(state: str, role: Role) -> tuple[Verb, ...]:
    """
    Return what role may do in this state, in the order of the table; for pages and commands.

    To erase is not among it: an escalation is erased with its case, not by itself.
    """
    return tuple(
        verb for (at, who, verb) in TABLE if at == state and who == role and verb != "erase"
    )


def in_order(moves: Iterable[Move]) -> list[Move]:
    """
    Return the moves of both sides in the one order that both hubs agree on.

    A move comes after everything that its side had seen. Where two crossed, the origin's comes
    first: the case is the origin's, so a withdrawal beats an acceptance under way.
    """
    moves = list(moves)
    origin = sorted((m for m in moves if m.role == "origin"), key=lambda m: m.n)
    receiver = sorted((m for m in moves if m.role == "receiver"), key=lambda m: m.n)
    ordered: list[Move] = []
    taken = 0
    for move in origin:
        while taken < len(receiver) and receiver[taken].n <= move.seen:
            ordered.append(receiver[taken])
            taken += 1
        ordered.append(move)
    return ordered + receiver[taken:]


def replay(moves: Iterable[Move]) -> State:
    """Return the state that an offer is in after these moves; overtaken ones change nothing."""
    state = OFFERED
    for move in in_order(moves):
        state = TABLE.get((state, move.role, move.verb), state)
    return state


def state_seen_by(move: Move, moves: Sequence[Move]) -> State:
    """Return the state in which the author of the move saw the escalation when acting."""
    return replay(
        other
        for other in moves
        if (other.role == move.role and other.n < move.n)
        or (other.role != move.role and other.n <= move.seen)
    )
