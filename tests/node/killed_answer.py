"""Answers a case in the hub of a folder, and is killed before its nth statement: for a test."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import sqlite_utils

from content.changes import Act
from federation.answering import answer_case
from node.assembly import open_node
from node.home import HubHome
from node.settings import read_settings


async def _answer(home: HubHome, case: str, draft: str, last: int) -> None:
    async with open_node(home, read_settings(home), threaded=False) as node:
        act = Act("operator", node.clock.now())
        left = last

        def count(_: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def work(db: sqlite_utils.Database) -> None:
            db.conn.set_trace_callback(count)
            answer_case(db, node.hub, case, act, drafts=((draft, 1),))

        await node.database.write(work)


if __name__ == "__main__":
    folder, case_id, draft_id, number = sys.argv[1:]
    asyncio.run(_answer(HubHome(Path(folder)), case_id, draft_id, int(number)))
