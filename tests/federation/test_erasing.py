"""Erasure and receipts converge, in whatever order things arrive, are doubled, or are cut off."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.changes import Act
from content.executors import InlineDatabase
from federation.bell import Bell
from federation.erasures import Asked, ErasureStore
from federation.handlers import answers
from federation.hub import Node
from federation.owed import ANSWERED_AGAIN_AFTER, OwedStore
from federation.parcels import Outcome, Parcels
from federation.publishing import add_resource, retract_resource, update_resource
from federation.sweeping import sweep
from protocol.document_verdicts import verdict_on_document
from protocol.json import JsonObject
from protocol.keyrings import ring_of_manifests
from tests.federation.paper_hubs import PaperHub, paper_hub
from tests.federation.test_receiving import record

WORD = "zqcanarium"
EVENTS = ("create", "update", "delete", "sweep", "receipts", "restart", "asked again")


class Life:
    """What two hubs begin with: a folder to copy, and what the origin said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[str, JsonObject] = {}
        self.ref = ""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Return a record that was created, delivered, changed and taken back at its origin."""
    life = Life(tmp_path_factory.mktemp("life"))
    with paper_hub(life.folder, "Barcelona") as origin, paper_hub(life.folder, "Amsterdam") as one:
        origin.knows(one)
        one.knows(origin)
        added = origin.do(lambda db: add_resource(db, origin.hub, record(WORD), origin.act()))
        life.ref = added.id
        life.told["create"] = origin.said()[-1]
        origin.do(lambda db: _deliver_one(db, origin))
        origin.do(
            lambda db: update_resource(
                db, origin.hub, added.id, record(f"New {WORD}"), origin.act()
            )
        )
        life.told["update"] = origin.said()[-1]
        origin.do(lambda db: retract_resource(db, origin.hub, added.id, origin.act()))
        life.told["delete"] = origin.said()[-1]
    return life


def _deliver_one(db: sqlite_utils.Database, origin: PaperHub) -> None:
    parcels, now = Parcels(db), origin.clock.now()
    (parcel,) = parcels.due(now)
    parcels.settle(parcel, Outcome("delivered", "Answered 202.", parcel.scheme), now, 0.5)


class Two:
    """An origin and a holder on files of their own."""

    def __init__(self, life: Life, folder: Path, hubs: tuple[PaperHub, PaperHub]) -> None:
        self.life = life
        self.folder = folder
        self.origin, self.holder = hubs
        self.kept: JsonObject | None = None
        self.swept = False

    def do(self, event: str) -> None:
        """Let one thing happen."""
        if event in self.life.told:
            self.holder.takes(self.life.told[event], self.origin)
        elif event == "sweep":
            asyncio.run(sweep(_node(self.holder)))
        elif event == "receipts":
            for document in self.sent():
                self._arrives(document)
        elif event == "restart":
            for hub in (self.origin, self.holder):
                path = self.folder / f"{hub.hub.identity.city}.db"
                hub.database.close_now()
                hub.database = InlineDatabase(path)
        else:
            self.holder.clock.advance(seconds=ANSWERED_AGAIN_AFTER.total_seconds() + 1)
            request, actor = self.life.told["delete"]["id"], self.origin.hub.identity.actor
            now = self.holder.clock.now()
            self.holder.do(lambda db: OwedStore(db).asked_again(request, actor, now))
        self._look()

    def sent(self) -> list[JsonObject]:
        """Return all receipts that the holder ever queued; they stay queued, so they double."""
        rows = self.holder.database.read_now(
            lambda db: db.execute("select body from outgoing order by id").fetchall()
        )
        return [orjson.loads(row[0]) for row in rows]

    def asked(self) -> Asked:
        """Return how the holder stands at the origin."""
        (asked,) = self.origin.database.read_now(
            lambda db: ErasureStore(db).get(self.life.ref).asked
        )
        return asked

    def _arrives(self, document: JsonObject) -> None:
        act = Act("hub:holder", self.origin.clock.advance(seconds=1))
        self.origin.do(
            lambda db: answers.accept(
                db,
                self.origin.hub,
                self.origin.verified(db, document, self.holder),
                act,
                None,
            )
        )

    def _look(self) -> None:
        """Check what holds at every moment: the first receipt stays, and it was true."""
        asked = self.asked()
        if self.kept is not None:
            assert asked.receipt == self.kept
        self.kept = asked.receipt
        if asked.receipt is not None:
            assert self.traces() == []

    def traces(self) -> list[str]:
        """Return the files of the holder that hold the word."""
        found = self.folder.glob("Amsterdam.db*")
        return [each.name for each in found if WORD.encode() in each.read_bytes().lower()]


@contextmanager
def two_hubs(life: Life) -> Iterator[Two]:
    """Open both hubs on copies of the files."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        hubs = []
        for city in ("Barcelona", "Amsterdam"):
            with paper_hub(folder, city) as hub:
                hubs.append(hub)
            for stale in folder.glob(f"{city}.db*"):
                stale.unlink()
            for file in life.folder.glob(f"{city}.db*"):
                shutil.copy(file, folder / file.name)
            hub.database = InlineDatabase(folder / f"{city}.db")
            hub.clock.advance(seconds=60)
        two = Two(life, folder, (hubs[0], hubs[1]))
        try:
            yield two
        finally:
            for hub in hubs:
                hub.database.close_now()


def _node(hub: PaperHub) -> Node:
    nowhere: Any = None
    return Node(hub.hub, hub.clock, hub.database, nowhere, Bell())


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(st.sampled_from(EVENTS), max_size=12))
def test_whatever_happens_in_between_it_ends_erased_and_confirmed_once(
    life: Life, events: list[str]
) -> None:
    with two_hubs(life) as two:
        for event in (*events, *life.told, "sweep", "receipts"):
            two.do(event)

        asked = two.asked()
        confirmed = two.origin.database.read_now(
            lambda db: db.execute(
                "select count(*) from changes where what = 'erasure.confirm'"
            ).fetchone()[0]
        )
        assert confirmed == 1
        assert asked.receipt is not None
        ring = ring_of_manifests([two.holder.manifest])
        verdict = verdict_on_document(asked.receipt, ring, two.origin.clock.now())
        assert verdict.state == "valid", verdict
        assert two.traces() == []
        held = two.holder.database.read_now(
            lambda db: db.execute("select record from held_resources").fetchall()
        )
        assert held == [(None,)]


def test_no_receipt_is_given_before_the_file_is_clean(life: Life) -> None:
    with two_hubs(life) as two:
        two.do("create")
        two.do("delete")
        two.do("receipts")
        assert two.asked().receipt is None
        assert two.traces() != []

        two.do("sweep")
        two.do("receipts")
        assert two.asked().receipt is not None


def test_a_reader_that_holds_the_log_open_only_delays_the_receipt(life: Life) -> None:
    with two_hubs(life) as two:
        two.do("create")
        two.do("delete")
        other = InlineDatabase(two.folder / "Amsterdam.db")
        other._reader.conn.execute("begin")
        other._reader.conn.execute("select count(*) from held_resources").fetchone()

        held_up = asyncio.run(sweep(_node(two.holder)))
        other._reader.conn.execute("rollback")
        other.close_now()
        again = asyncio.run(sweep(_node(two.holder)))

        assert (held_up.done, held_up.receipts) == (False, 0)
        assert (again.done, again.receipts) == (True, 1)


def test_who_asks_again_within_the_hour_gets_no_second_receipt(life: Life) -> None:
    with two_hubs(life) as two:
        for event in ("create", "delete", "sweep", "delete", "sweep"):
            two.do(event)
        assert len(two.sent()) == 1

        two.holder.do(lambda db: db.execute("update deliveries set state = 'delivered'") and None)
        two.holder.clock.advance(seconds=timedelta(hours=2).total_seconds())
        two.do("delete")
        two.do("sweep")
        assert len(two.sent()) == 2
