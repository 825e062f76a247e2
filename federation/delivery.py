"""
Delivering what the outbox holds: in order for each inbox, and no host ever waits for another.

Each host that has something due gets a lane, which works off its inboxes one request at a time.
At most `concurrency` lanes run, and hosts that failed before get at most half of them, so that
many that hang leave room for those that answer (R6, R11; docs/adr/0015-delivery.md).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import sqlite_utils

from federation.backoff import parse_retry_after
from federation.bounded import Bounded
from federation.parcels import Outcome, Parcel, Parcels
from federation.told_heads import HUB_HEAD
from federation.transport import ForbiddenAddress, Limits, TransportFailed
from protocol import cavage, message_signatures
from protocol.claims import Scheme
from protocol.errors import ProtocolError
from protocol.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from federation.hub import Node

CONCURRENCY = 20
DELIVERY_LIMITS = Limits(seconds=10.0, bytes=256 * 1024)
LANE_MOST = 50
"""Requests that one lane makes before it lets other hosts go first."""
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(slots=True)
class DeliveryRound:
    """
    What a round of deliveries did.

    retrying: attempts that will be repeated; failed: deliveries that a person has to look at.
    next_due: when the next inbox that failed is to be tried again, None when there is none.
    """

    delivered: int = 0
    retrying: int = 0
    failed: int = 0
    next_due: datetime | None = None

    def count(self, outcome: Outcome) -> None:
        """Count one attempt."""
        if outcome.kind == "delivered":
            self.delivered += 1
        elif outcome.kind == "later":
            self.retrying += 1
        else:
            self.failed += 1


class Courier:
    """Delivers for one node. `start_due` starts lanes and returns; lanes run on beside it."""

    def __init__(self, node: "Node", concurrency: int = CONCURRENCY) -> None:
        """concurrency: most lanes at the same time, 2 or more."""
        self._node = node
        self._slots = asyncio.Semaphore(concurrency)
        self._slots_of_failing = asyncio.Semaphore(max(1, concurrency // 2))
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._bodies: Bounded[str, bytes] = Bounded(64)
        """By the id of the activity: the number of its row is used again once it was pruned."""
        self._round = DeliveryRound()
        self._errors: list[BaseException] = []
        self._look_again: set[str] = set()
        """Hosts that had something due while their lane was running."""

    @property
    def busy(self) -> frozenset[str]:
        """The hosts that are being delivered to, or wait for a slot."""
        return frozenset(self._lanes)

    async def start_due(self) -> datetime | None:
        """
        Start a lane for every host that has something due and no lane yet.

        Return when to look again if nothing rings the bell before; None when nothing waits.
        Raises what went wrong in a lane that ended since the last call.
        """
        if self._errors:
            raise self._errors.pop()
        now = self._node.clock.now()
        parcels = await self._node.database.read(lambda db: Parcels(db).due(now))
        next_due = await self._node.database.read(lambda db: Parcels(db).next_due(now))
        by_host: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            by_host.setdefault(parcel.host, []).append(parcel)
        for host, first in by_host.items():
            if host in self._lanes:
                self._look_again.add(host)
                continue
            lane = asyncio.create_task(self._lane(first))
            self._lanes[host] = lane
            lane.add_done_callback(partial(self._ended, host))
        return next_due

    async def finish(self) -> DeliveryRound:
        """Wait until all lanes have ended; return what was done since the last call."""
        while self._lanes:
            await asyncio.wait(self._lanes.values())
        if self._errors:
            raise self._errors.pop()
        done, self._round = self._round, DeliveryRound()
        return done

    async def stop(self) -> None:
        """End all lanes. What was on its way will be sent again, with the same bytes."""
        lanes = list(self._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    def _ended(self, host: str, task: "asyncio.Task[None]") -> None:
        self._lanes.pop(host, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._errors.append(error)
        if host in self._look_again or error is not None:
            self._look_again.discard(host)
            self._node.bell.ring()

    async def _lane(self, first: Iterable[Parcel]) -> None:
        queue = list(first)
        if queue[0].failures:
            async with self._slots_of_failing, self._slots:
                await self._work_off(queue)
        else:
            async with self._slots:
                await self._work_off(queue)

    async def _work_off(self, queue: list[Parcel]) -> None:
        made = 0
        for head in queue:
            parcel: Parcel | None = head
            while parcel is not None and made < LANE_MOST:
                outcome = await self._attempt(parcel)
                made += 1
                self._round.count(outcome)
                parcel = await self._settle(parcel, outcome)
                if outcome.host_is_down:
                    return
            if made >= LANE_MOST:
                self._look_again.add(head.host)
                return

    async def _settle(self, parcel: Parcel, outcome: Outcome) -> Parcel | None:
        """Note the outcome; return the next parcel of the same inbox, in one trip to the disk."""
        now, spread = self._node.clock.now(), self._node.hub.chance.uniform()

        def settle(db: sqlite_utils.Database) -> Parcel | None:
            parcels = Parcels(db)
            refused = parcel.sealed and outcome.status == _FORBIDDEN
            if refused and parcels.let_peering_first(parcel):
                return parcels.next_for(parcel.inbox)
            parcels.settle(parcel, outcome, now, spread)
            if outcome.kind in ("later", "gone"):
                return None
            return parcels.next_for(parcel.inbox)

        return await self._node.database.write(settle)

    async def _attempt(self, parcel: Parcel) -> Outcome:
        body = self._bodies.get(parcel.activity_id)
        if body is None:
            body = await self._node.database.read(partial(self._first_shown, parcel.outgoing))
            if not body:
                return Outcome(
                    "refused", "Its content was erased before it arrived.", parcel.scheme
                )
            self._bodies.put(parcel.activity_id, body)
        outcome = await self._knock(parcel, body, parcel.scheme)
        if outcome.status != _UNAUTHORIZED or parcel.is_hub:
            return outcome
        other: Scheme = "rfc9421" if parcel.scheme == "cavage" else "cavage"
        second = await self._knock(parcel, body, other)
        return second if second.kind == "delivered" else outcome

    def _first_shown(self, outgoing: int, db: sqlite_utils.Database) -> bytes:
        """Return the bytes to send, once it is noted how far our log is that they stand in."""
        self._node.high_water.note(db)
        return Parcels(db).body(outgoing)

    async def _knock(self, parcel: Parcel, body: bytes, scheme: Scheme) -> Outcome:
        request = HttpRequest(
            "POST", parcel.inbox, (("Content-Type", "application/activity+json"),), body
        )
        keys, now = self._node.hub.keys, self._node.clock.now()
        try:
            if parcel.is_hub:
                if parcel.head:
                    request = request.with_headers((HUB_HEAD, parcel.head))
                request = message_signatures.sign_for_hub(request, keys.signing, now)
            elif scheme == "rfc9421":
                request = message_signatures.sign_for_stranger(request, keys.rsa, now)
            else:
                request = cavage.sign(request, keys.rsa, now)
            answer = await self._node.transport.send(request, limits=DELIVERY_LIMITS)
        except (ForbiddenAddress, ProtocolError) as error:
            return Outcome("refused", f"Not sent. {error}", scheme)
        except TransportFailed as error:
            return Outcome("later", str(error), scheme, host_is_down=True)
        return judge(answer, scheme, now, sealed=parcel.sealed)


_UNAUTHORIZED = "Answered 401."
_FORBIDDEN = "Answered 403."


def judge(answer: HttpResponse, scheme: Scheme, now: datetime, *, sealed: bool) -> Outcome:
    """
    Return what an answer to a delivery means (DESIGN.md 6, "Giving up").

    2xx is done and 410 is gone. 401, 408, 425, 429, redirects and 5xx are tried again; a 403 too
    for parts of cases, since the relation may heal. All else is refused, and a person is told.
    """
    status = f"Answered {answer.status}."
    if 200 <= answer.status < 300:
        return Outcome("delivered", status, scheme)
    if answer.status == 410:
        return Outcome("gone", status, scheme)
    again = answer.status == 401 or answer.status in _TRY_AGAIN or (sealed and answer.status == 403)
    if again or answer.status < 400 or answer.status >= 500:
        retry_after = parse_retry_after(answer.header("retry-after"), now)
        return Outcome("later", status, scheme, retry_after)
    return Outcome("refused", status, scheme)


async def deliver_due(node: "Node", concurrency: int = CONCURRENCY) -> DeliveryRound:
    """
    Deliver all that is due, as one step that returns: for commands, tests and simulations.

    A running node keeps a Courier instead, whose lanes do not wait for one another.
    """
    courier = Courier(node, concurrency)
    total = DeliveryRound()
    while True:
        next_due = await courier.start_due()
        if not courier.busy:
            total.next_due = next_due
            return total
        done = await courier.finish()
        total.delivered += done.delivered
        total.retrying += done.retrying
        total.failed += done.failed
