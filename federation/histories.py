"""
The manifests of another hub, asked for at its own address: what its keys are now, and were before.

They prove themselves from the hub's permanent name on, so they cost no trust and few bytes.
"""

from typing import ClassVar

from federation.errors import FederationError
from federation.hub import Node
from federation.transport import Limits
from protocol.http import HttpRequest
from protocol.json import JsonObject
from protocol.log_entries import from_line
from protocol.manifest_history import check_history

HISTORY_LIMITS = Limits(seconds=10.0, bytes=2 * 1024 * 1024)
"""About a thousand manifests."""


class HistoryNotShown(FederationError):
    """The hub answered, and not with its manifests. passing: the fault may pass by itself."""

    code: ClassVar[str] = "history-not-shown"

    def __init__(self, status: int) -> None:
        cut = "its answer was cut off" if status == 200 else f"it answered {status}"
        super().__init__(f"The hub does not show its former manifests; {cut}.")
        self.passing = status in (200, 408, 425, 429) or status >= 500


async def fetch_history(node: Node, log_url: str, g: str) -> list[JsonObject]:
    """
    Return all manifests of a hub, oldest first, each proven by the one before.

    log_url: address of its public log. g: its permanent name, which the first one must give.
    Raises TransportFailed, HistoryNotShown, or ProtocolError for what is no such history.
    """
    request = HttpRequest("GET", f"{log_url}?only=manifests")
    answer = await node.transport.send(request, limits=HISTORY_LIMITS)
    if answer.status != 200 or not answer.body.endswith(b"\n"):
        raise HistoryNotShown(answer.status)
    entries = [from_line(line) for line in answer.body.splitlines()]
    documents = [entry.a for entry in entries if entry.a is not None]
    check_history(documents, g)
    return documents
