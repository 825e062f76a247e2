"""What the server does for the audit: its mark follows the chain."""

from content.audit import AUDIT
from federation.hub import Node
from federation.notices import NoticeStore
from node.audit_mark import AuditMarkFile
from node.home import HubHome
from node.logs import log

_TOLD = "The record of who did what is not what it was. Look at it with: hub audit verify"


class AuditKeeper:
    """Keeps the audit of a running server."""

    def __init__(self, home: HubHome, node: Node) -> None:
        self._file = AuditMarkFile(home)
        self._node = node
        self._told = False

    async def mark(self) -> bool:
        """Note how far the chain is; tell a person once where it is not what the mark says."""
        fits = await self._node.database.read(self._file.advance)
        if not fits and not self._told:
            log.error("audit-differs-from-its-mark")
            at = self._node.clock.now()
            await self._node.database.write(
                lambda db: NoticeStore(db).note("audit", AUDIT, _TOLD, at)
            )
        self._told = not fits
        return fits
