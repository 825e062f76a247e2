"""Sending what the queue holds: bundle, compose, hand over, note. Each step may run twice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import sqlite_utils

from content.experts.links import ExpertLinkStore
from content.mail.queue import TOO_LATE, MailLetter, MailQueue
from content.mail.unconfirmed import UnconfirmedStore
from federation.backoff import Patience, next_attempt
from federation.hub import Node
from federation.mailing import Envelope, compose
from node.logs import log
from node.mail.servers import MailServer
from node.mail.submission import LetterRefused, MailServerTrouble, submitting

PATIENCE: Final = Patience(timedelta(minutes=1), TOO_LATE)
_LONGEST_PAUSE: Final = timedelta(minutes=30)


@dataclass(slots=True)
class Postman:
    """Carries letters to one mail server. After trouble with the server everything waits."""

    node: Node
    server: MailServer
    sender: str
    trouble: str = ""
    """What is wrong with the server now; "" while all is well."""
    _troubles: int = 0
    _not_before: datetime | None = field(default=None)

    async def work(self) -> datetime | None:
        """Send what is due; return when to come again, None if nothing waits."""
        now = self.node.clock.now()
        if self._not_before is not None and now < self._not_before:
            return self._not_before
        ready = await self.node.database.write(lambda db: self._ready(db, now))
        if ready:
            try:
                async with submitting(self.server, self.sender) as submission:
                    for letter, envelope in ready:
                        try:
                            await submission.send(envelope)
                        except LetterRefused as error:
                            await self._refused(letter, error)
                        else:
                            await self._sent(letter)
            except MailServerTrouble as error:
                return await self._wait(error, now)
            self._troubles, self.trouble, self._not_before = 0, "", None
        return await self.node.database.read(lambda db: MailQueue(db).next_due())

    def _ready(self, db: sqlite_utils.Database, now: datetime) -> list[tuple[MailLetter, Envelope]]:
        queue = MailQueue(db)
        queue.bundle(now, self.node.hub.chance)
        ready = []
        for letter in queue.due(now):
            envelope = compose(db, self.node.hub, letter, self.sender)
            if envelope is None:
                queue.forget(letter)
            elif letter.made_at <= now - TOO_LATE:
                queue.failed(letter, letter.reason or "it could not be sent for three days", now)
            else:
                ready.append((letter, envelope))
        return ready

    async def _sent(self, letter: MailLetter) -> None:
        now = self.node.clock.now()

        def work(db: sqlite_utils.Database) -> None:
            MailQueue(db).sent(letter, now)
            if letter.recipient.what == "mail":
                UnconfirmedStore(db, self.node.hub.vault).told(letter.recipient.id)
            elif letter.recipient.what == "expert":
                ExpertLinkStore(db, self.node.hub.vault).sent(letter.recipient.id)

        await self.node.database.write(work)
        log.info("mail-sent", letter=letter.id)

    async def _refused(self, letter: MailLetter, error: LetterRefused) -> None:
        now, spread = self.node.clock.now(), self.node.hub.chance.uniform()
        log.warning("mail-refused", letter=letter.id, for_ever=error.for_ever)

        def work(db: sqlite_utils.Database) -> None:
            if error.for_ever:
                MailQueue(db).failed(letter, str(error), now)
            else:
                due = next_attempt(letter.attempts + 1, now, spread=spread, patience=PATIENCE)
                MailQueue(db).put_off(letter, due, str(error), tried=True)

        await self.node.database.write(work)

    async def _wait(self, error: MailServerTrouble, now: datetime) -> datetime:
        self._troubles += 1
        self.trouble = f"mail server: {error}"
        pause = min(timedelta(minutes=1) * (1 << min(self._troubles - 1, 10)), _LONGEST_PAUSE)
        self._not_before = again = now + pause
        log.warning("mail-server-trouble", why=str(error), pause=pause.total_seconds())

        def work(db: sqlite_utils.Database) -> None:
            queue = MailQueue(db)
            for letter in queue.due(now):
                queue.put_off(letter, again, self.trouble, tried=False)

        await self.node.database.write(work)
        return again
