"""Sealing keys are renewed every month, and peers can learn of it from the log."""

from datetime import timedelta
from pathlib import Path

import sqlite_utils

from federation.log import Log
from node.assembly import open_node
from node.home import HubHome
from node.key_renewal import KeyKeeper, renew_keys
from node.settings import read_settings
from protocol.log_entries import LogEntry, check_page, from_line
from protocol.manifest import read_manifest
from tests.seams import FixedClock


async def test_keys_are_renewed_a_month_before_their_end(home: HubHome) -> None:
    async with open_node(home, read_settings(home), threaded=False) as node:
        old = node.hub.keys.sealing
        soon = old[0].expires - timedelta(days=32)
        assert await renew_keys(home, node.hub, node.database, soon) is node.hub

        late = old[0].expires - timedelta(days=30)
        renewed = await renew_keys(home, node.hub, node.database, late)

        assert renewed.keys.sealing[2:] == old
        assert renewed.keys.sealing[0].expires > late + timedelta(days=31)
        log = await node.database.read(lambda db: lines_of(db, node.hub.identity.g))
        page = check_page(log, log=node.hub.identity.g, manifest=None, after=None)
        assert page.hub.version == 2
        assert [key.id for key in page.hub.public_sealing_keys()] == [
            key.id for key in renewed.keys.sealing
        ]


async def test_a_key_that_was_drawn_and_not_published_is_published(home: HubHome) -> None:
    async with open_node(home, read_settings(home), threaded=False) as node:
        late = node.hub.keys.sealing[0].expires - timedelta(days=30)
        renewed = await renew_keys(home, node.hub, node.database, late)

        again = await renew_keys(home, renewed, node.database, late)

        assert again is renewed
        log = await node.database.read(lambda db: lines_of(db, node.hub.identity.g))
        assert read_manifest(log[-1].a).version == 2


async def test_a_private_half_is_destroyed_thirty_days_after_its_key_ended(home: HubHome) -> None:
    async with open_node(home, read_settings(home), threaded=False) as node:
        clock = FixedClock(node.clock.now())
        node.clock = clock
        keeper = KeyKeeper(home, node)
        old = node.hub.keys.sealing
        files = [home.keys / f"sealing-{key.id.rpartition('#')[2]}.json" for key in old]
        for days in (-1, 1, 29.9):  # never down for long, so keys of every month are there
            clock.advance((old[0].expires + timedelta(days=days) - clock.now()).total_seconds())
            await keeper.renew()
        assert set(old) <= set(node.hub.keys.sealing)
        assert all(key.expires > clock.now() for key in node.hub.keys.sealing[:2])
        with files[0].open("rb") as held_open:
            clock.advance(days=0.2)

            await keeper.renew()

            assert not held_open.read().strip(b"\0")
        assert not set(old) & set(node.hub.keys.sealing)
        assert not any(path.exists() for path in files)


def lines_of(db: sqlite_utils.Database, g: str) -> list[LogEntry]:
    return [from_line(x) for x in Log(db).lines(g, after=0, limit=100, most_bytes=10**7)]


def test_private_halves_stay_in_files_of_their_own(home: HubHome) -> None:
    files: list[Path] = sorted(home.keys.glob("sealing-*.json"))

    assert len(files) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
