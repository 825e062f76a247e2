"""
Asking several hubs about one case: each gets its own sealed offer, and what is open is told.

All are checked before anything is sent, and one transaction holds it all: either every hub is asked
or none. Any of them may accept; a person decides which others are taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import sqlite_utils

from content.cases.store import CaseStore
from content.changes import Act
from content.errors import ContentError
from federation.errors import FederationError
from federation.escalation.copying import AS_IT_STANDS, Edits
from federation.escalation.escalation import Escalation
from federation.escalation.offering import check_offer, offer_case, withdraw
from federation.escalation.reading import escalations_of_case
from federation.escalation.scanning import Kept
from federation.escalation.states import OPEN
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import PeerNotFound, PeerStore

MOST_AT_ONCE: Final = 10


class NotAllCanBeAsked(FederationError):
    """
    One of several hubs cannot be asked, so none was.

    problems: each such hub, and why. causes: the same as errors, or in words where there is none.
    """

    code: ClassVar[str] = "not-all-can-be-asked"

    def __init__(self, causes: tuple[tuple[str, Exception | str], ...]) -> None:
        problems = tuple((host, str(why)) for host, why in causes)
        words = " ".join(f"{host}: {why}" for host, why in problems)
        super().__init__(f"Nothing was sent to anybody. {words}")
        self.problems = problems
        self.causes = causes


@dataclass(frozen=True, slots=True)
class Asking:
    """A hub that is asked. expect: the SHA-256 of the preview of its copy, if one was looked at."""

    host: str
    expect: str | None = None


def offer_to_several(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    asked: Sequence[Asking],
    act: Act,
    edits: Edits = AS_IT_STANDS,
    *,
    kept: Iterable[Kept] = (),
) -> tuple[Escalation, ...]:
    """
    Offer one of our cases to several hubs at once, to each in a sealed message of its own.

    One hub alone is asked as `offer_case` does. Raises CaseNotFound, CaseErased, and
    NotAllCanBeAsked, which names every hub that stands in the way.
    """
    kept = tuple(kept)
    CaseStore(db, hub.vault).get(case_id)
    if len(asked) > 1:
        _check_all(db, hub, case_id, asked, act, edits, kept)
    return tuple(
        offer_case(db, hub, case_id, each.host, act, edits, expect=each.expect, kept=kept)
        for each in asked
    )


def open_beside(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation
) -> tuple[Escalation, ...]:
    """Return the other open escalations of the same case of ours, oldest first."""
    if escalation.direction != "out" or escalation.case_id is None:
        return ()
    return tuple(
        other
        for other in escalations_of_case(db, hub, escalation.case_id)
        if other.id != escalation.id and other.direction == "out" and other.state in OPEN
    )


def withdraw_others(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str, act: Act
) -> tuple[Escalation, ...]:
    """
    Take back all other open offers of the same case; this one goes on. Return them, perhaps none.

    Each of those hubs destroys its copy and sends a receipt. Raises NoSuchEscalation.
    """
    kept = EscalationStore(db, hub.vault).get(escalation_id, "out")
    return tuple(withdraw(db, hub, each.id, act) for each in open_beside(db, hub, kept))


def _check_all(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    asked: Sequence[Asking],
    act: Act,
    edits: Edits,
    kept: tuple[Kept, ...],
) -> None:
    problems: list[tuple[str, Exception | str]] = []
    seen: set[str] = set()
    if len(asked) > MOST_AT_ONCE:
        many = f"At most {MOST_AT_ONCE} hubs are asked at once."
        problems.append((asked[MOST_AT_ONCE].host, many))
    for each in asked[:MOST_AT_ONCE]:
        try:
            host = PeerStore(db).get(each.host).host
            if host in seen:
                problems.append((each.host, "It is named twice."))
                continue
            seen.add(host)
            check_offer(db, hub, case_id, host, act, edits, expect=each.expect, kept=kept)
        except PeerNotFound as error:
            problems.append((each.host, error))
        except (FederationError, ContentError) as error:
            problems.append((host, error))
    if problems:
        raise NotAllCanBeAsked(tuple(problems))
