"""`kill -9` while a mail is handed over: nothing is lost, and what comes twice is the same mail."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.cases.vault import CaseVault
from content.changes import Act
from content.database import connect, transaction
from content.mail.kinds import MailKind
from content.mail.people import MailPersonStore
from content.mail.queue import MailQueue, Recipient
from node.home import HubHome
from node.keyfiles import load_vault_key
from tests.mail_server import PostOffice, post_office
from tests.node.mail.conftest import SENDER
from tests.seams import START, SeededChance


def someone_is_told(home: HubHome) -> None:
    """Note something to tell, as a command does beside the server or before it starts."""
    vault = CaseVault(load_vault_key(home), SeededChance("kill"))
    db = connect(home.database, writes=True)
    with transaction(db):
        people = MailPersonStore(db, vault)
        people.put("operator", Act("operator", START), address="olga@hub.example")
        MailQueue(db).tell(Recipient("user", "operator"), MailKind.ASSIGNED, "x", datetime.now(UTC))
    db.close()


async def serving(home: HubHome, office: PostOffice) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "HUB_SMTP_HOST": "127.0.0.1",
        "HUB_SMTP_PORT": str(office.port),
        "HUB_SMTP_TLS": "none",
        "HUB_MAIL_SENDER": SENDER,
        "HUB_HOST": "127.0.0.1",
        "HUB_PORT": str(office.port + 1 if office.port < 65000 else office.port - 1),
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node.process", str(home.path)),
        env=environment,
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.parametrize("answered", [False, True], ids=["before-the-answer", "after-it"])
async def test_a_killed_server_sends_the_same_mail_again_or_not_at_all(
    home: HubHome, answered: bool
) -> None:
    someone_is_told(home)
    async with post_office() as office:
        hub = await serving(home, office)
        if answered:
            await office.until(1)
        else:
            office.before_answer = lambda: os.kill(hub.pid, signal.SIGKILL)
            await office.until(1)
        if hub.returncode is None and answered:
            hub.send_signal(signal.SIGKILL)
        await hub.wait()
        office.before_answer = lambda: None
        second = await serving(home, office)
        try:
            if not answered:
                await office.until(2)
        finally:
            second.send_signal(signal.SIGTERM)
            await second.wait()

    assert len({mail.message["Message-ID"] for mail in office.taken}) == 1
    assert len({mail.raw for mail in office.taken}) == 1
    assert len(office.taken) <= 2
