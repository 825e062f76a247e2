"""A request is taken in whole or not at all, with its files: kill -9 at any moment (promise 4)."""

import asyncio
import io
import json
import os
import random
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlite_utils

from content.cases.attachment_store import PART_BYTES, AttachmentStore
from content.cases.listing import CaseFilter
from content.cases.receipt_store import ReceiptStore
from content.cases.store import CaseStore
from content.changes import ChangeStore
from federation.hub import Node
from federation.requesters import see_request
from node.assembly import found_hub, open_node
from node.home import HubHome
from node.settings import new_settings, read_settings
from tests.hubs.test_kill import KilledHub
from tests.strangers_at_work import Stranger

KILLS = 12
REQUEST: dict[str, Any] = {
    "title": "Draft",
    "question": "Is it good?",
    "topics": ["procurement"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official"},
}


@dataclass
class Filing:
    """Requesters at work. codes: of what was answered with 201; told: number of replies by code."""

    hub: KilledHub
    codes: list[str] = field(default_factory=list)
    replies: dict[str, int] = field(default_factory=dict)
    asked: int = 0

    async def keep_filing(self) -> None:
        """File requests with two files each, until the hub is gone."""
        while True:
            self.asked += 1
            form = aiohttp.FormData()
            body = {**REQUEST, "title": f"Draft {self.asked}"}
            form.add_field("request", json.dumps(body), content_type="application/json")
            for name, size in (("small.txt", 100), ("large.txt", 2 * PART_BYTES + 1)):
                form.add_field("attachment", io.BytesIO(b"x" * size), filename=name)
            url = f"{self.hub.origin}/api/v1/requests"
            async with self.hub.session.post(url, data=form) as answer:
                assert answer.status == 201, await answer.text()
                self.codes.append((await answer.json())["code"])

    async def keep_replying(self) -> None:
        """Reply to what was filed, with a file, until the hub is gone."""
        while True:
            if not self.codes:
                await asyncio.sleep(0)
                continue
            code = self.codes[-1]
            form = aiohttp.FormData()
            form.add_field("request", '{"text": "More."}', content_type="application/json")
            form.add_field("attachment", io.BytesIO(b"More."), filename="more.txt")
            url, fields = f"{self.hub.origin}/api/v1/requests/mine/reply", {}
            fields["Authorization"] = f"Receipt {code}"
            async with self.hub.session.post(url, data=form, headers=fields) as answer:
                if answer.status != 413:  # a case takes no more than 20 files
                    assert answer.status == 200, await answer.text()
                    self.replies[code] = self.replies.get(code, 0) + 1


@pytest.fixture
async def filing(tmp_path: Path) -> AsyncIterator[Filing]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with await Stranger.start() as stranger, aiohttp.ClientSession() as session:
        home = HubHome(tmp_path / "hub")
        settings = new_settings(
            origin=f"http://127.0.0.1:{port}",
            name="Amsterdam",
            city="Amsterdam",
            country="NL",
            language="nl",
            port=port,
            trusted_authorities=f"127.0.0.1:{port}",
            log_level="error",
        )
        found_hub(home, settings, "operator")
        hub = KilledHub(home, settings.origin, "", stranger, session)
        yield Filing(hub)
        if hub.process is not None and hub.process.returncode is None:
            await hub.kill()


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_killed_hub_has_no_half_request(filing: Filing) -> None:
    dice = random.Random(os.environ.get("HUB_TEST_SEED", "intake"))
    for _ in range(KILLS):
        await filing.hub.start()
        clients = [asyncio.create_task(filing.keep_filing()) for _ in range(3)]
        clients.append(asyncio.create_task(filing.keep_replying()))
        await asyncio.sleep(dice.uniform(0.05, 0.6))
        await filing.hub.kill()
        for result in await asyncio.gather(*clients, return_exceptions=True):
            assert isinstance(result, aiohttp.ClientError | ConnectionError), repr(result)

    assert len(filing.codes) > KILLS
    async with open_node(filing.hub.home, read_settings(filing.hub.home), threaded=False) as node:
        await node.database.read(lambda db: everything_is_whole(db, node, filing))


def everything_is_whole(db: sqlite_utils.Database, node: Node, filing: Filing) -> None:
    """Check that what was promised is there, and that nothing is there by half."""
    hub = node.hub
    assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
    for code in filing.codes:
        view = see_request(db, hub, code, node.clock.now())
        told = filing.replies.get(code, 0)
        assert len(view.messages) >= told
        assert [each.name for each in view.attachments[:2]] == ["small.txt", "large.txt"]
        assert len(view.attachments) == 2 + len(view.messages)
    found = 0
    cursor: str | None = None
    while True:
        page = CaseStore(db, hub.vault).list(CaseFilter(limit=100, cursor=cursor))
        for item in page.items:
            found += 1
            files = AttachmentStore(db, hub.vault)
            for each in files.list(item.id):
                assert len(files.get(item.id, each.id)[1]) == each.size
            assert ReceiptStore(db, hub.vault).receipt_of(item.id).receipt["type"] == "hub:Receipt"
            changes = [change.what for change in ChangeStore(db).of(item.id, limit=100).items]
            assert changes[-4:] == ["receipt.issue", "case.attach", "case.attach", "case.receive"]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found >= len(filing.codes)
    for table in ("case_receipts", "receipt_codes"):
        assert db[table].count == found
