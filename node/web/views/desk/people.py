"""The people of this hub, as pages of the desk name them and offer them."""

import sqlite_utils

from content.people.permissions import Right, rights_of
from content.people.store import UserStore
from node.web.speaking import gettext as _


def names_of_people(db: sqlite_utils.Database) -> dict[str, str]:
    """Return what people read, by user name; of those who left too."""
    names = {user.name: user.display_name for user in UserStore(db).list(inactive=True)}
    return {**names, "requester": _("Who asks"), "system": _("This hub, by itself")}


def people_for_cases(db: sqlite_utils.Database) -> tuple[tuple[str, str], ...]:
    """Return user name and what people read of all who can be given a case."""
    return tuple(
        (user.name, user.display_name)
        for user in UserStore(db).list()
        if Right.CASES_ASSIGNED in rights_of(user.role)
    )


def said_by(author: str, names: dict[str, str]) -> str:
    """Return who wrote a message: a name, or the host of another hub."""
    return names.get(author, author.removeprefix("hub:"))
