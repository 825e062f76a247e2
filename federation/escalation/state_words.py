"""
The state of an escalation as a sentence, for the people of the hub that reads it.

The words of the vocabulary mean the same on both sides; what a person does next depends on which
side they are.
"""

from collections.abc import Mapping
from typing import Final

from federation.escalation.escalation import Escalation
from federation.escalation.states import State

_GONE: Final = "its text is destroyed here"
_AT_ORIGIN: Final[Mapping[State, str]] = {
    "esc-offered": "{peer} decides by {due}",
    "esc-accepted": "{peer} has taken it on{promised}",
    "esc-in-progress": "{peer} works on it{promised}",
    "esc-info-needed": "{peer} has asked something and waits for our information",
    "esc-answered": "{peer} has answered; confirm it, or say what is missing",
    "esc-confirmed": "{peer} has answered, and we have confirmed that",
    "esc-declined": "{peer} has declined and keeps nothing of it",
    "esc-withdrawn": "taken back from {peer}{handed_on}",
    "esc-expired": "{peer} did not decide by {due} and keeps nothing of it",
    "esc-erased": "{peer} was told to erase its copy",
}
_AT_RECEIVER: Final[Mapping[State, str]] = {
    "esc-offered": "we decide by {due}",
    "esc-accepted": "we have taken it on; nobody works on it yet",
    "esc-in-progress": "we work on it",
    "esc-info-needed": "waits for information of {peer}",
    "esc-answered": "we have answered; {peer} looks at it",
    "esc-confirmed": "{peer} has confirmed our answer",
    "esc-declined": f"we have declined; {_GONE}",
    "esc-withdrawn": f"{{peer}} took it back{{handed_on}}; {_GONE}",
    "esc-expired": f"nobody decided by {{due}}; {_GONE}",
    "esc-erased": f"{{peer}} erased the case; {_GONE}",
}
_PROPOSED: Final = {
    "out": "{peer} proposes that {refer} answers it; hand it on, or tell them to go on",
    "in": "waits for the word of {peer} on whether {refer} answers it instead",
}


def state_in_words(escalation: Escalation) -> str:
    """Return where it stands, and who is to do what; no text of the case is in it."""
    words = _AT_ORIGIN if escalation.direction == "out" else _AT_RECEIVER
    template = words[escalation.state]
    if escalation.state == "esc-info-needed" and escalation.refer:
        template = _PROPOSED[escalation.direction]
    by, to = escalation.answer_by, escalation.handed_to
    return template.format(
        peer=escalation.peer,
        due=escalation.due,
        promised="" if by is None else f", and promised an answer by {by}",
        handed_on="" if to is None else f", and the case was handed on to {to}",
        refer=next(iter(escalation.refer), ""),
    )
