"""A hub with people who can be written to, a mail server, and a postman between them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlite_utils

from content.changes import Act
from content.mail.people import MailPersonStore
from node.mail.sending import Postman
from node.mail.servers import MailServer
from tests.mail_server import PostOffice, Taken, post_office
from tests.node.conftest import ServedHub
from tests.seams import FixedClock

SENDER = "help@hub.example"
REQUEST: dict[str, Any] = {
    "title": "CANARYTITLE at the station",
    "question": "CANARYQUESTION: may the city do this?",
    "language": "es",
    "country": "NL",
    "requester": {
        "role": "who-city-official",
        "name": "CANARYNAME",
        "contact": "ana@city.example",
    },
    "consents": {"mail_notices": True},
}


@dataclass
class MailHub:
    """The hub under test, in words."""

    served: ServedHub
    office: PostOffice
    postman: Postman
    clock: FixedClock

    async def has_address(self, user: str, address: str, language: str = "") -> None:
        act = Act("operator", self.clock.now())

        def work(db: sqlite_utils.Database) -> None:
            people = MailPersonStore(db, self.served.node.hub.vault)
            people.put(user, act, address=address, language=language or None)

        await self.served.node.database.write(work)

    async def has_request(self, **changes: Any) -> str:
        answer = await self.served.post("/api/v1/cases", {**REQUEST, **changes}, "operator")
        assert answer.status == 201, answer.body
        return str(answer.json["id"])

    async def does(self, case: str, verb: str, body: Any = None, role: str = "operator") -> None:
        answer = await self.served.post(f"/api/v1/cases/{case}/{verb}", body, role)
        assert answer.status == 200, answer.body

    async def mails(self) -> list[Taken]:
        """Let the postman go once; return what arrived by that."""
        before = len(self.office.taken)
        await self.postman.work()
        return self.office.taken[before:]

    async def rows(self, question: str) -> list[tuple[Any, ...]]:
        return await self.served.node.database.read(
            lambda db: [tuple(row) for row in db.execute(question).fetchall()]
        )


@pytest.fixture
async def hub(served: ServedHub) -> AsyncIterator[MailHub]:
    clock = FixedClock(served.node.clock.now())
    served.node.clock = clock
    async with post_office() as office:
        server = MailServer("127.0.0.1", office.port, "none", "", "")
        yield MailHub(served, office, Postman(served.node, server, SENDER), clock)
