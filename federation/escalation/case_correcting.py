"""
Correcting a case of ours here and, in the same step, at every hub that has a copy of it.

Either all are told or nothing happens; who cannot be told now is left behind by a person's word,
and stands so in the list of recipients until it is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import sqlite_utils

from content.cases.case import Case, read_case_content
from content.cases.store import CaseStore
from content.changes import Act
from content.errors import ContentError
from federation.errors import FederationError
from federation.escalation.copy_fields import IDENTITY
from federation.escalation.correcting import (
    AS_THE_CASE_SAYS,
    Correction,
    NothingToCorrect,
    Words,
    concerns,
    preview_correction,
    send_correction,
)
from federation.escalation.escalation import Escalation
from federation.escalation.scanning import Kept
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.states import allowed_verbs
from federation.escalation.store import EscalationStore
from federation.hub import Hub

_ON_THE_WIRE: Final = {"title": "name", "question": "content"}
_OF_WHO_ASKS: Final = ("name", "contact", "organisation")


class NotAllCanBeToldNow(FederationError):
    """
    A hub that has a copy cannot be told, so nothing was corrected.

    problems: each, and why. causes: the same as the errors themselves.
    """

    code: ClassVar[str] = "not-all-can-be-told"

    def __init__(self, causes: tuple[tuple[str, Exception], ...]) -> None:
        problems = tuple((host, str(why)) for host, why in causes)
        told = " ".join(f"{host}: {why}" for host, why in problems)
        super().__init__(
            f"Nothing was corrected, since other hubs have a copy. {told} Look first: --preview."
            " To correct it here alone for now: --here-only."
        )
        self.problems = problems
        self.causes = causes


@dataclass(frozen=True, slots=True)
class Corrected:
    """
    What correcting a case came to. told: hubs that are sent how their copy reads now.

    behind: hubs that have the text as it was and were not told: by somebody's word, or because what
    they have is not known here any more.
    """

    case: Case
    told: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def correct_case(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    changes: Mapping[str, Any],
    act: Act,
    words: Words = AS_THE_CASE_SAYS,
    *,
    here_only: bool = False,
    expect: Iterable[str] = (),
    kept: Iterable[Kept] = (),
) -> Corrected:
    """
    Put right what a case says, and tell every hub that has a copy with it.

    changes: title, question, and of the requester name, contact, organisation. words: how it reads
    for outsiders, where it went in other words. expect: the SHA-256 of each preview. Raises
    CaseNotFound, CaseErased, CaseEnded, CaseInvalid, and NotAllCanBeToldNow.
    """
    store = CaseStore(db, hub.vault)
    before = store.get(case_id)
    after, names = _changed(before, changes, act)
    case = store.replace(after, act, "case.correct", ", ".join(changes))
    told, behind = [], []
    problems: list[tuple[str, Exception]] = []
    copies = SentCopyStore(db, hub.vault)
    for escalation in _concerned(db, hub, case_id, names, act):
        known = copies.get(escalation.id) is not None
        copies.leave_behind(escalation.id, names, act.at)
        if here_only or not known:
            behind.append(escalation.peer)
            continue
        try:
            send_correction(db, hub, escalation.id, act, words, expect=expect, kept=kept)
            told.append(escalation.peer)
        except NothingToCorrect:
            copies.up_to_date(escalation.id)
        except (FederationError, ContentError) as error:
            problems.append((escalation.peer, error))
    if problems:
        raise NotAllCanBeToldNow(tuple(problems))
    return Corrected(case, tuple(told), tuple(behind))


def preview_case_correction(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    changes: Mapping[str, Any],
    act: Act,
    words: Words = AS_THE_CASE_SAYS,
) -> tuple[Correction, ...]:
    """
    Return what would leave to each hub that has a copy; store nothing. Raises as `correct_case`.
    """
    after, names = _changed(CaseStore(db, hub.vault).get(case_id), changes, act)
    found = []
    problems: list[tuple[str, Exception]] = []
    for escalation in _concerned(db, hub, case_id, names, act):
        if SentCopyStore(db, hub.vault).get(escalation.id) is None:
            continue
        try:
            found.append(
                preview_correction(db, hub, escalation, act, words, case=after, names=names)
            )
        except NothingToCorrect:
            continue
        except (FederationError, ContentError) as error:
            problems.append((escalation.peer, error))
    if problems:
        raise NotAllCanBeToldNow(tuple(problems))
    return tuple(found)


def _changed(case: Case, changes: Mapping[str, Any], act: Act) -> tuple[Case, tuple[str, ...]]:
    """Return the case as it will read, and by which names the others know what changes."""
    who = {name: changes[name] for name in _OF_WHO_ASKS if name in changes}
    asked = {name: changes[name] for name in _ON_THE_WIRE if name in changes}
    values = {name: getattr(case, name) for name in type(case.content()).model_fields}
    values |= {**asked, "requester": {**case.requester.model_dump(), **who}}
    after = case.change(read_case_content(values), act)
    names = [
        *(_ON_THE_WIRE[name] for name in asked if getattr(case, name) != getattr(after, name)),
        *(
            f"{IDENTITY}{name}"
            for name in who
            if getattr(case.requester, name) != getattr(after.requester, name)
        ),
    ]
    return after, tuple(names)


def _concerned(
    db: sqlite_utils.Database, hub: Hub, case_id: str, names: Iterable[str], act: Act
) -> tuple[Escalation, ...]:
    """Return the escalations by which a hub has what is corrected."""
    names, copies = tuple(names), SentCopyStore(db, hub.vault)
    return tuple(
        each
        for each in EscalationStore(db, hub.vault).of_case(case_id)
        if each.direction == "out"
        and "correct" in allowed_verbs(each.state_at(act.at), "origin")
        and concerns(copies.get(each.id), each, names)
    )
