"""Looking into the mailbox again and again, and taking in what is there."""

import asyncio
from dataclasses import dataclass
from typing import Final

from content.errors import ContentError
from federation.hub import Node
from node.logs import log, where
from node.mail.arriving import take_arrived
from node.mail.mailbox import AT_ONCE, Fetched, open_mailbox
from node.mail.servers import MailServer
from node.mail.submission import MailServerTrouble

POLL_SECONDS: Final = 60.0
_LONGEST_PAUSE: Final = 1800.0


@dataclass(slots=True)
class Poller:
    """Visits one mailbox. own: the address that the hub writes from."""

    node: Node
    server: MailServer
    folder: str
    own: str
    trouble: str = ""
    _troubles: int = 0

    async def visit(self) -> float:
        """Take in what is there; return after how many seconds to come again."""
        try:
            more = await self._visit()
        except (MailServerTrouble, ContentError) as error:
            self._troubles += 1
            self.trouble = str(error)
            pause = min(POLL_SECONDS * (1 << min(self._troubles - 1, 10)), _LONGEST_PAUSE)
            log.warning("mailbox-trouble", why=self.trouble, pause=pause)
            return pause
        self._troubles, self.trouble = 0, ""
        return 0.0 if more else POLL_SECONDS

    async def _visit(self) -> bool:
        """Take in mails until the mailbox is empty, or a visit is full; return if there is more."""
        mails = await asyncio.to_thread(self._fetch)
        decided: list[int] = []
        failed: list[int] = []
        try:
            for mail in mails:
                try:
                    arrival = await take_arrived(self.node, mail.raw, self.own)
                except ContentError:
                    raise
                except Exception as error:
                    # A fault of ours with this one mail; it must not keep all others.
                    log.error("mail-failed", error=type(error).__name__, at_code=where(error))
                    failed.append(mail.uid)
                else:
                    log.info("mail-arrived", outcome=arrival.value)
                    decided.append(mail.uid)
        finally:
            # A crash before this takes the same mails again, and they are known then.
            if decided or failed:
                await asyncio.to_thread(self._clear, decided, failed)
        return len(mails) == AT_ONCE

    def _fetch(self) -> list[Fetched]:
        with open_mailbox(self.server, self.folder) as mailbox:
            return mailbox.fetch()

    def _clear(self, decided: list[int], failed: list[int]) -> None:
        with open_mailbox(self.server, self.folder) as mailbox:
            mailbox.set_aside(failed)
            mailbox.delete(decided)
