"""A proposal: who proposes which change of which resource and why, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from content.errors import ContentError

Direction = Literal["in", "out", "own"]
"""in: another hub proposes to us. out: we propose to another hub. own: somebody of this hub."""
ProposalState = Literal["waiting", "accepted", "declined", "withdrawn", "gone"]
"""gone: the record was taken back, and what was proposed with it."""


class ProposalNotFound(ContentError):
    """There is no such proposal, or not for who asks."""

    code: ClassVar[str] = "proposal-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such proposal. `hub proposal list` shows them all.")


class ProposalDecided(ContentError):
    """The proposal waits no more."""

    code: ClassVar[str] = "proposal-decided"

    def __init__(self, state: ProposalState) -> None:
        super().__init__(f"This proposal is {state} already; nothing was changed.")


class NotOursToDecide(ContentError):
    """Only the hub that made the record decides."""

    code: ClassVar[str] = "proposal-not-ours"

    def __init__(self, peer: str) -> None:
        super().__init__(f"{peer} made this record, so it decides. You can withdraw the proposal.")


class ProposalOutdated(ContentError):
    """The record changed since somebody proposed to change it."""

    code: ClassVar[str] = "proposal-outdated"

    def __init__(self) -> None:
        super().__init__(
            "The record changed since this was proposed. Compare the two; to make the change all"
            " the same, accept it with --anyway (anyway in the API)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    One proposal, on either side of it.

    peer, actor: the other hub; "" where direction is own. offer: id of the Offer. resource: id of
    the record in the world. changes: field -> new value. base: the version that was looked at.
    by: the user here who proposed, "" where another hub did. answer: why it was declined. credit:
    the record thanks the hub. reply: id of our answer. result: id of the record that came of it.
    """

    id: str
    direction: Direction
    peer: str
    actor: str
    offer: str
    resource: str
    changes: dict[str, Any]
    reason: str
    base: datetime
    by: str
    created_at: datetime
    state: ProposalState = "waiting"
    decided_at: datetime | None = None
    decided_by: str = ""
    answer: str = ""
    credit: bool = False
    reply: str = ""
    result: str | None = None

    def to_be_decided(self) -> None:
        """Return if this hub may decide now. Raises NotOursToDecide, ProposalDecided."""
        if self.direction == "out":
            raise NotOursToDecide(self.peer)
        self.must_wait()

    def must_wait(self) -> None:
        """Return if nobody has decided yet. Raises ProposalDecided."""
        if self.state != "waiting":
            raise ProposalDecided(self.state)
