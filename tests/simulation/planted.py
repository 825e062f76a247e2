"""
Faults to be planted into a world, to see that it would find them. None of them is in our code:

a disk that skips some writes (triggers in the file of a machine), and lines that swallow things.
"""

import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from protocol.http import HttpRequest, HttpResponse
from tests.simulation.machine import Machine
from tests.simulation.network import Network
from tests.simulation.running import Plant
from tests.simulation.world import World


@dataclass(frozen=True)
class HeadsSwallowed:
    """A line on which nobody hears how far the logs of others are."""

    real: Network

    async def exchange(self, sender: str, request: HttpRequest) -> HttpResponse:
        """Answer without news in place of a hub; take the Hub-Head field off deliveries."""
        if urlsplit(request.url).path == "/hub/heads":
            return HttpResponse(
                200,
                (("Content-Type", "application/json"),),
                orjson.dumps({"heads": [], "next": "0" * 16 + ".0"}),
            )
        told = tuple(pair for pair in request.headers if pair[0].lower() != "hub-head")
        return await self.real.exchange(
            sender, HttpRequest(request.method, request.url, told, request.body)
        )


def swallow_heads(world: World) -> None:
    """Let no hub hear how far the logs of others are."""
    for machine in world.machines:
        machine.line = HeadsSwallowed(world.network)


def on_the_disk_of_the_first(trigger: str) -> Plant:
    """Let the first machine have a disk on which writes go wrong, as a trigger says."""

    def plant(world: World) -> None:
        _spoil(world.machines[0], trigger)

    return plant


def _spoil(machine: Machine, trigger: str) -> None:
    db = sqlite3.connect(machine.path)
    db.execute("create table hoard (something text)")
    db.execute(f"create trigger planted {trigger}")
    db.commit()
    db.close()


IN_RECORDS: dict[str, tuple[Plant, str]] = {
    "a network that swallows heads": (swallow_heads, "entries of"),
    "a reader that skips what fills a gap": (
        on_the_disk_of_the_first(
            "before insert on held_resources when exists"
            " (select 1 from log_entries e where e.ref = new.ref)"
            " begin select raise(ignore); end"
        ),
        "as None, and it is",
    ),
    "a node that forgets tombstones": (
        on_the_disk_of_the_first(
            "before update on held_resources when new.gone_at is not null"
            " begin select raise(ignore); end"
        ),
        "and it is gone",
    ),
    "a node that keeps in its log what was erased": (
        on_the_disk_of_the_first(
            "before update of document on log_entries when new.document is null"
            " begin select raise(ignore); end"
        ),
        "or others",
    ),
    "a node that hoards what it held": (
        on_the_disk_of_the_first(
            "after insert on held_resources begin insert into hoard values (new.document); end"
        ),
        "may not any more",
    ),
    "a hub that does not note receipts": (
        on_the_disk_of_the_first(
            "before update on erasures_asked when new.receipt is not null"
            " begin select raise(ignore); end"
        ),
        "has no receipt of",
    ),
    "a disk that does not keep what was promised": (
        on_the_disk_of_the_first(
            "before insert on inbox when new.type = 'Create' begin select raise(ignore); end"
        ),
        "lost",
    ),
}
"""What is planted, and what the oracle says of it."""

IN_CASES: dict[str, tuple[Plant, str]] = {
    "a hub that does not note acknowledgements": (
        on_the_disk_of_the_first(
            "before update on sealed_out when new.acked_at is not null"
            " begin select raise(ignore); end"
        ),
        "has no acknowledgement of",
    ),
    "a hub that forgets what it took, and takes it again": (
        on_the_disk_of_the_first(
            "after insert on sealed_in when new.verb in ('ask', 'info', 'answer')"
            " begin delete from sealed_in where peer = new.peer and n = new.n; end"
        ),
        "messages of",
    ),
    "a hub that never delivers some sealed messages": (
        on_the_disk_of_the_first(
            "before insert on deliveries when new.outgoing_id % 3 = 0 and exists"
            " (select 1 from outgoing o where o.id = new.outgoing_id and o.sealed)"
            " begin select raise(ignore); end"
        ),
        "messages of",
    ),
    "a hub that keeps the text of what was withdrawn": (
        on_the_disk_of_the_first(
            "before delete on offers when exists (select 1 from escalations e"
            " where e.id = old.escalation_id and e.state = 'esc-withdrawn')"
            " begin select raise(ignore); end"
        ),
        "keeps the offer of",
    ),
    "a hub that goes on with a case that was withdrawn": (
        on_the_disk_of_the_first(
            "before update on escalations when new.direction = 'in'"
            " and new.state = 'esc-withdrawn' begin select raise(ignore); end"
        ),
        "is esc-withdrawn at",
    ),
    "a hub that loses what its staff answered": (
        on_the_disk_of_the_first(
            "before insert on case_messages when new.kind = 'answer' and exists"
            " (select 1 from escalations e where e.id = new.escalation_id and e.direction = 'in')"
            " begin select raise(ignore); end"
        ),
        "read other messages of",
    ),
    "a hub whose cases do not follow": (
        on_the_disk_of_the_first(
            "before update on cases when new.status <> old.status"
            " and new.status in ('case-answered', 'case-closed')"
            " begin select raise(ignore); end"
        ),
        "calls case",
    ),
    "a hub that keeps copies as they first came": (
        on_the_disk_of_the_first(
            "after update on cases when old.escalated_from is not null"
            " and new.revision <> old.revision and new.question is not null"
            " begin update cases set question = old.question where id = new.id; end"
        ),
        "has an older copy",
    ),
    "a hub that does not note receipts for copies": (
        on_the_disk_of_the_first(
            "before update on erasures_asked when new.receipt is not null"
            " begin select raise(ignore); end"
        ),
        "has no receipt of",
    ),
}
"""The same for what is sent sealed."""
