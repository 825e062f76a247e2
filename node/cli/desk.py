"""
A command at its desk: the hub of a folder is open, and it is known who acts.

A command writes directly into the database, also beside a running server, in one transaction;
the server notices by itself. What the acting user may not do, the command refuses.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.database import Work
from content.people.authentication import Principal
from content.people.permissions import Right, Role
from content.people.store import UserStore
from federation.hub import Hub, Node
from federation.sweeping import sweep
from node.assembly import open_node
from node.cli.options import Common
from node.cli.refusals import Refused
from node.home import HubHome
from node.settings import Settings, read_settings

T = TypeVar("T")
DEFAULT_HOME = "hub-data"


class Desk:
    """What a command works with. `act` is who does it, and when."""

    def __init__(
        self,
        runner: asyncio.Runner,
        node: Node,
        settings: Settings,
        home: HubHome,
        principal: Principal,
    ) -> None:
        self._runner = runner
        self.node = node
        self.settings = settings
        self.home = home
        self.principal = principal
        self.act = principal.act(node.clock.now())

    @property
    def hub(self) -> Hub:
        """The hub itself."""
        return self.node.hub

    def act_now(self) -> Act:
        """Return who does it and this very moment, for each part of work that takes long."""
        return self.principal.act(self.node.clock.now())

    def write(self, work: Work[T]) -> T:
        """Run work in one transaction; what it returns is on disk."""
        return self._runner.run(self.node.database.write(work))

    def read(self, work: Work[T]) -> T:
        """Run work that only reads."""
        return self._runner.run(self.node.database.read(work))

    def read_noted(self, work: Work[T], what: str, subject: str) -> T:
        """Read a case, or what belongs to one, and note on disk that it was read."""
        value = self.read(work)
        self.write(lambda db: ChangeStore(db).record_access(self.act, what, subject, "command"))
        return value

    def sweep(self) -> None:
        """Leave no trace of what was erased; a server that runs does that by itself."""
        if not self.home.is_serving():
            self._runner.run(sweep(self.node))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that may also ask the network."""
        return self._runner.run(work)


def home_of(common: Common) -> HubHome:
    """Return the folder of the hub: --home, else HUB_HOME, else ./hub-data."""
    return HubHome(common.home or Path(os.environ.get("HUB_HOME") or DEFAULT_HOME))


@contextmanager
def desk(common: Common, right: Right) -> Iterator[Desk]:
    """Open the hub for a command that needs this right. Raises Refused, which says what to do."""
    home = home_of(common)
    settings = read_settings(home)
    with asyncio.Runner() as runner:
        opened = open_node(home, settings, threaded=False)
        node = runner.run(opened.__aenter__())
        try:
            principal = runner.run(node.database.read(lambda db: who_acts(db, common.as_user)))
            principal.require(right)
            yield Desk(runner, node, settings, home, principal)
        finally:
            runner.run(opened.__aexit__(None, None, None))


def who_acts(db: sqlite_utils.Database, named: str | None) -> Principal:
    """Return the acting user: the one named, else HUB_USER, else the only active operator."""
    users = UserStore(db)
    name = named or os.environ.get("HUB_USER")
    if name:
        user = users.get(name)
        if not user.active:
            raise Refused(f"The user {name!r} is disabled. Act as somebody else: --as NAME.")
        return Principal(user.name, user.role)
    operators = [user for user in users.list() if user.role is Role.OPERATOR]
    if len(operators) != 1:
        names = ", ".join(user.name for user in operators) or "nobody"
        raise Refused(f"Say who acts, with --as NAME or in HUB_USER. Active operators: {names}.")
    return Principal(operators[0].name, operators[0].role)
