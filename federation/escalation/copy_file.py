"""One file that goes with a copy of a case: what it is, and whether it is there."""

from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["out", "in"]
FileState = Literal["offered", "arrives", "here", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFile:
    """
    One file of a copy, or of an answer. id: our own.

    blob: SHA-256 of the sealed blob; key: opens it; sha256: of the file. name: if who sent it chose
    to tell it. attachment_id: where its bytes are here.
    """

    id: str
    escalation_id: str
    direction: Direction
    peer: str
    blob: str
    state: FileState
    tries: int = 0
    attachment_id: str | None = None
    key: bytes = field(repr=False)
    sha256: str = field(repr=False)
    size: int
    media_type: str
    name: str | None = field(default=None, repr=False)

    @property
    def says(self) -> str:
        """Return its state in words."""
        return _SAYS[self.state]


_SAYS = {
    "offered": "can be fetched by that hub alone",
    "arrives": "arrives once the case is taken on and the hub that has it can be reached",
    "here": "here, among the files of the case",
    "unavailable": "not available: its hub does not give it any more, or it was damaged",
}
