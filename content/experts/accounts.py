"""Which user of this hub is which listed expert: what they note on cases counts for the listing."""

from datetime import date
from typing import ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.experts.hours import ExpertHoursStore
from content.experts.store import ExpertStore
from content.people.store import UserStore


class AccountTaken(ContentError):
    """The user or the listing belongs together with another already."""

    code: ClassVar[str] = "account-taken"

    def __init__(self) -> None:
        super().__init__(
            "That user or that listing belongs together with another already. Part them first:"
            " hub user set NAME --no-listing"
        )


class ExpertAccountStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def link(self, user: str, expert_id: str, act: Act) -> None:
        """
        Note that a user is a listed expert. Again changes nothing.

        Raises UserNotFound, ExpertNotFound, ExpertGone, AccountTaken.
        """
        UserStore(self._db).get(user)
        ExpertStore(self._db).get(expert_id)
        if self.listing_of(user) == expert_id:
            return
        made = self._db.execute(
            "insert or ignore into expert_accounts (expert_id, user) values (?, ?)",
            (expert_id, user),
        )
        if made.rowcount != 1:
            raise AccountTaken
        ChangeStore(self._db).record(act, "user.listing", user, expert_id)

    def part(self, user: str, act: Act) -> None:
        """Note that a user is no listed expert (any more); what was counted stays counted."""
        gone = self._db.execute("delete from expert_accounts where user = ?", (user,))
        if gone.rowcount:
            ChangeStore(self._db).record(act, "user.no-listing", user)

    def listing_of(self, user: str) -> str | None:
        """Return the listing of a user."""
        return self._one("select expert_id from expert_accounts where user = ?", user)

    def account_of(self, expert_id: str) -> str | None:
        """Return the user who is that expert."""
        return self._one("select user from expert_accounts where expert_id = ?", expert_id)

    def count(self, user: str, hours: float, day: date, act: Act) -> None:
        """Count hours on a case for the listing of who worked, if they have one. HoursInvalid."""
        listing = self.listing_of(user)
        if listing is not None:
            ExpertHoursStore(self._db).log(listing, hours, day, act)

    def _one(self, question: str, value: str) -> str | None:
        row = self._db.execute(question, (value,)).fetchone()
        return None if row is None else str(row[0])
