"""
The loops that do the node's work between requests: inbox, deliveries, deadlines, catching up.

Each loop calls one step of federation/ after the other, sleeps until the bell rings or something
is due, and goes on after any error. A step may be cut off at any moment: what it had not committed
is done again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import Final

from content.cases.dates import day_of
from content.cases.reminding import remind as remind_of_days
from content.cases.retention import Periods
from content.changes import Act
from content.mail.queue import MailQueue
from content.mail.unconfirmed import UnconfirmedStore
from content.resources.link_checks import LinkStore
from content.resources.robots_files import RobotsFiles
from federation.adopting import adopt_own
from federation.catching_up import CatchUp, catch_up_new
from federation.delivery import Courier
from federation.erasing import remind
from federation.escalation.channel import resend_unacknowledged
from federation.escalation.erasing import tell_untold
from federation.escalation.expiry import expire_due
from federation.escalation.files import fetch_files
from federation.escalation.lost_receipts import ask_for_lost
from federation.escalation.telling import remind_of_escalations
from federation.harvesting.running import run_due
from federation.hub import Node
from federation.inbox_worker import next_inbox_due, prune_wire, resume_inbox, work_inbox
from federation.law.retention import local_day
from federation.law.retention_run import run_retention
from federation.link_checking import check_due
from federation.listing_care import remind_experts, turn_pauses
from federation.polling import poll_heads
from federation.sweeping import sweep
from federation.told_heads import pull_told
from node.audit_keeping import AuditKeeper
from node.key_renewal import KeyKeeper
from node.logs import log, where
from node.mail.polling import Poller
from node.mail.sending import Postman

WATCH_SECONDS: Final = 0.25
"""How often to look whether a command wrote beside us."""
LONGEST_REST: Final = 30.0
DEADLINES_SECONDS: Final = 60.0
CASE_DAYS_SECONDS: Final = 300.0
"""How often the days of cases are looked at."""
RESEND_SECONDS: Final = 300.0
POLL_SECONDS: Final = 5.0
"""How often to look which hubs are to be asked for their heads."""
NEW_PEER_SECONDS: Final = 2.0
"""How long after a change new peers are looked for: by then the other side knows as well."""
GAP_SECONDS: Final = 2.0
"""How long after a delivery its log is read: others are on their way perhaps."""
OWN_LOG_SECONDS: Final = 30.0
"""How often peers are asked for lost entries of our own log, while it rests."""
PRUNE_SECONDS: Final = 3600.0
MARK_SECONDS: Final = 10.0
"""How often the mark of the audit follows the chain."""
RETENTION_LOOK_SECONDS: Final = 600.0
"""How often to look whether a new day has begun where the hub is."""
FILES_SECONDS: Final = 20.0
"""How often to look for files of accepted offers that are to be fetched."""
SWEEP_SECONDS: Final = 10.0
"""How often to look whether something was erased; with others, so that they share one sweep."""
SWEEP_SHARE: Final = 50.0
"""The file is written anew for one part in so many of the time at most: writers wait for it."""
LISTINGS_SECONDS: Final = 300.0
"""How often to look whether the pause of an expert begins or ends, and who is to be asked."""
HARVEST_SECONDS: Final = 30.0
"""How often to look whether a harvest source is to be asked."""
LINKS_SECONDS: Final = 300.0
"""How often to look whether links are to be looked at."""
REMIND_SECONDS: Final = 900.0
CANCEL_AGAIN_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
SYSTEM: Final = "system"


class Workers:
    """All loops of one node. `start` returns at once; `stop` ends them and waits."""

    def __init__(
        self,
        node: Node,
        *,
        alone: bool = False,
        keeper: KeyKeeper | None = None,
        audit: AuditKeeper | None = None,
        periods: Periods | None = None,
        postman: Postman | None = None,
        poller: Poller | None = None,
        links: bool = False,
    ) -> None:
        """
        Make the loops of a node.

        alone: no other process writes to the database, so there is nobody to watch for.
        keeper: who looks after its keys; None where they are in no files. audit: who looks after
        its audit; None where no file marks it. postman: who sends its mails, poller: who
        looks into its mailbox; None where no mail server is set.
        periods: how long what is kept; None for the proposals. links: whether the documents behind
        our links are looked at.
        """
        self._periods = periods or Periods()
        self._retention_ran_on: date | None = None
        self._node = node
        self._keeper = keeper
        self._audit = audit
        self._postman = postman
        self._poller = poller
        self._alone = alone
        self._links = links
        self._courier = Courier(node)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start every loop."""
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "inbox": self._inbox,
            "deliveries": self._deliveries,
            "watch": self._watch,
            "deadlines": lambda: self._every(DEADLINES_SECONDS, self._expire),
            "case-days": lambda: self._every(CASE_DAYS_SECONDS, self._remind_of_days),
            "resend": lambda: self._every(RESEND_SECONDS, self._resend),
            "heads": self._poll_heads,
            "new-peers": self._read_new_peers,
            "gaps": self._close_gaps,
            "own-log": lambda: self._every(OWN_LOG_SECONDS, self._adopt),
            "retention": lambda: self._every(RETENTION_LOOK_SECONDS, self._keep_no_longer),
            "files": lambda: self._every(FILES_SECONDS, self._fetch_files),
            "sweep": self._sweep,
            "harvest": lambda: self._every(HARVEST_SECONDS, self._harvest),
            "listings": lambda: self._every(LISTINGS_SECONDS, self._look_after_listings),
            "remind": lambda: self._every(REMIND_SECONDS, self._remind),
            "prune": lambda: self._every(PRUNE_SECONDS, self._prune),
        }
        if self._links:
            loops["links"] = self._look_at_links
        if self._alone:
            del loops["watch"]
        if self._audit is not None:
            loops["audit"] = lambda: self._every(MARK_SECONDS, self._mark_audit)
        if self._postman is not None:
            loops["mail"] = partial(self._send_mails, self._postman)
        if self._poller is not None:
            loops["mailbox"] = partial(self._look_into, self._poller)
        for name, loop in loops.items():
            task = asyncio.create_task(self._for_ever(name, loop), name=f"worker-{name}")
            self._tasks.append(task)

    async def stop(self) -> None:
        """End every loop at its next pause; what was under way is done again later."""
        tasks = [*self._tasks, *self._node.memory.handling]
        running = set(tasks)
        while running:
            for task in running:
                task.cancel()
            # Again, since a wait that ends at the moment of a cancellation may swallow it: so does
            # asyncio.wait_for before Python 3.12, which the mail library uses.
            _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._courier.stop()

    async def _for_ever(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        pause = 1.0
        while True:
            began = self._node.clock.now()
            try:
                await loop()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                code = getattr(error, "code", "")
                log.error(
                    "worker-failed",
                    worker=name,
                    error=type(error).__name__,
                    code=code,
                    at_code=where(error),
                )
                lasted = (self._node.clock.now() - began).total_seconds()
                pause = 1.0 if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
                await self._node.clock.sleep(pause)

    async def _inbox(self) -> None:
        await resume_inbox(self._node)
        while True:
            seen = self._node.bell.rings
            if await work_inbox(self._node) == 0:
                due = await next_inbox_due(self._node)
                await self._rest(self._node.bell.heard(seen), self._until(due))

    async def _deliveries(self) -> None:
        while True:
            seen = self._node.bell.orders
            due = await self._courier.start_due()
            await self._rest(self._node.bell.heard_order(seen), self._until(due))

    async def _send_mails(self, postman: Postman) -> None:
        while True:
            seen = self._node.bell.orders
            due = await postman.work()
            await self._rest(self._node.bell.heard_order(seen), self._until(due))

    async def _look_into(self, poller: Poller) -> None:
        while True:
            await self._node.clock.sleep(await poller.visit())

    async def _watch(self) -> None:
        """Ring the bell when another process wrote to the database; take up keys it changed."""
        version = await self._node.database.data_version()
        await self._look_at_keys()
        while True:
            await self._node.clock.sleep(WATCH_SECONDS)
            now = await self._node.database.data_version()
            if now != version:
                version = now
                await self._look_at_keys()
                self._node.memory.waiting = None
                self._node.bell.ring()

    async def _poll_heads(self) -> None:
        """Ask the peers how far their logs are, and read what is new."""
        while True:
            round_ = await poll_heads(self._node)
            for done in round_.read:
                _log_round(done)
            if round_.told:
                self._node.bell.ring()
            await self._node.clock.sleep(POLL_SECONDS)

    async def _read_new_peers(self) -> None:
        """Read the logs of hubs that have just become peers; again if one could not be read."""
        while True:
            seen = self._node.bell.orders
            incomplete = any(done.problem for done in await catch_up_new(self._node))
            rest = LONGEST_REST / 2 if incomplete else LONGEST_REST
            await self._rest(self._node.bell.heard_order(seen), rest)
            await self._node.clock.sleep(NEW_PEER_SECONDS)

    async def _close_gaps(self) -> None:
        """Read the logs that have come further than what is held, as deliveries said."""
        while True:
            seen = self._node.bell.rings
            for done in await pull_told(self._node):
                _log_round(done)
            await self._rest(self._node.bell.heard(seen), LONGEST_REST)
            # One import is many deliveries; their entries are read together.
            await self._node.clock.sleep(GAP_SECONDS)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await step()
            await self._node.clock.sleep(seconds)

    async def _sweep(self) -> None:
        """Make the files clean of what was erased; the longer that takes, the more seldom."""
        while True:
            began = self._node.clock.now()
            done = await sweep(self._node)
            lasted = (self._node.clock.now() - began).total_seconds()
            if done.requests or done.receipts or not done.done:
                log.info("swept", erasures=done.requests, receipts=done.receipts, done=done.done)
            await self._node.clock.sleep(max(SWEEP_SECONDS, lasted * SWEEP_SHARE))

    async def _remind(self) -> None:
        hub, act = self._node.hub, self._act()
        asked = await self._node.database.write(
            lambda db: remind(db, act) + ask_for_lost(db, hub, act)
        )
        if asked:
            self._node.bell.ring()

    async def _look_after_listings(self) -> None:
        """Begin and end pauses; with a mail server, ask experts whether the listing is right."""
        hub, act, database = self._node.hub, self._act(), self._node.database
        turned = await database.write(lambda db: turn_pauses(db, hub, act))
        asked = 0
        if self._postman is not None:
            asked = await database.write(lambda db: remind_experts(db, hub, act))
        if turned or asked:
            log.info("listings", pauses=turned, asked=asked)
            self._node.bell.ring()

    async def _harvest(self) -> None:
        for run in await run_due(self._node, SYSTEM):
            log.info(
                "harvested",
                source=run.source,
                outcome=run.outcome,
                added=run.report.added,
                changed=run.report.changed,
                retracted=run.report.retracted,
                bad=run.report.bad,
            )

    async def _look_at_links(self) -> None:
        """Look at some links every while; not at once, as a server that just began is busy."""
        while True:
            await self._node.clock.sleep(LINKS_SECONDS)
            done = await check_due(self._node)
            if done.looked or done.later:
                log.info("links", looked=done.looked, later=done.later, **done.states)

    async def _adopt(self) -> None:
        done = await adopt_own(self._node)
        if done.entries or not done.done:
            log.warning("own-log-incomplete", entries=done.entries, goes_on=done.done)

    async def _expire(self) -> None:
        hub, act = self._node.hub, self._act()
        ended = await self._node.database.write(lambda db: expire_due(db, hub, act))
        for escalation in ended:
            log.info("escalation-expired", escalation=escalation.id)
        if ended:
            self._node.bell.ring()

    async def _remind_of_days(self) -> None:
        act = self._act()
        today = day_of(act.at, self._node.hub.identity.timezone)
        hub = self._node.hub
        told = await self._node.database.write(
            lambda db: remind_of_days(db, act, today) + remind_of_escalations(db, hub, act)
        )
        if told:
            self._node.bell.ring()

    async def _fetch_files(self) -> None:
        await fetch_files(self._node)

    async def _resend(self) -> None:
        hub, act = self._node.hub, self._act()
        sent = await self._node.database.write(
            lambda db: resend_unacknowledged(db, hub, act) + tell_untold(db, hub, act)
        )
        if sent:
            self._node.bell.ring()

    async def _keep_no_longer(self) -> None:
        """Do what retention asks for, at the start and then once on each day of the hub."""
        act = self._act()
        today = local_day(self._node.hub, act.at)
        if today == self._retention_ran_on:
            return
        done = await run_retention(self._node, self._periods, act)
        self._retention_ran_on = today
        if done.did_something or done.failed:
            log.info(
                "retention",
                erased=len(done.erased),
                failed=len(done.failed),
                notices=len(done.reminders),
            )

    async def _look_at_keys(self) -> None:
        if self._keeper is not None:
            await self._keeper.look()

    async def _prune(self) -> None:
        if self._keeper is not None:
            await self._keeper.renew()
        while await prune_wire(self._node, kept_days=self._periods.delivery_days):
            pass
        now = self._node.clock.now()
        await self._node.database.write(lambda db: MailQueue(db).prune(now))
        await self._node.database.write(lambda db: LinkStore(db).prune())
        await self._node.database.write(lambda db: RobotsFiles(db).prune(now))
        vault = self._node.hub.vault
        if await self._node.database.write(lambda db: UnconfirmedStore(db, vault).prune(now)):
            await self._node.database.checkpoint()

    async def _mark_audit(self) -> None:
        if self._audit is not None:
            await self._audit.mark()

    def _act(self) -> Act:
        return Act(SYSTEM, self._node.clock.now())

    def _until(self, due: datetime | None) -> float:
        if due is None:
            return LONGEST_REST
        seconds = (due - self._node.clock.now()).total_seconds()
        return min(max(seconds, 0.05), LONGEST_REST)

    async def _rest(self, ring: Awaitable[int], seconds: float) -> None:
        """Wait for the bell, but no longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ring


def _log_round(done: CatchUp) -> None:
    if done.entries or done.problem:
        log.info(
            "caught-up",
            host=done.host,
            entries=done.entries,
            seq=done.seq,
            ended_early=bool(done.problem),
        )
