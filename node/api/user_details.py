"""What is noted about a user: how they read, what they know, where mails go, their listing."""

import sqlite_utils

from content.experts.accounts import ExpertAccountStore
from content.mail.people import MailPersonStore
from content.people.permissions import Right
from content.people.profiles import ProfileStore
from content.people.store import UserStore
from node.api.models.people import UserDetails, UserDetailsAnswer
from node.api.people import SUBJECT
from node.api.routes import ApiRoute, Call


async def show_user_details(call: Call) -> UserDetailsAnswer:
    """Return what is noted about a user."""
    name = call.path["name"]
    return await call.read(lambda db: _details(db, call, name))


async def change_user_details(call: Call) -> UserDetailsAnswer:
    """Note all of it anew; what is empty is forgotten. Hours count for the listing they are."""
    body: UserDetails = call.body
    act, name = call.act(), call.path["name"]

    def work(db: sqlite_utils.Database) -> UserDetailsAnswer:
        before = _details(db, call, name)
        if body.display_name != before.display_name:
            UserStore(db).rename(name, body.display_name, act)
        if body.topics or body.languages:
            profiles = ProfileStore(db)
            profiles.put(name, act, topics=body.topics, languages=body.languages)
        else:
            ProfileStore(db).remove(name, act)
        people = MailPersonStore(db, call.hub.vault)
        if not body.email:
            people.remove(name, act)
        elif body.email != before.email:
            people.put(name, act, address=body.email)
        accounts = ExpertAccountStore(db)
        if body.listing != before.listing:
            accounts.part(name, act)
            if body.listing:
                accounts.link(name, body.listing, act)
        return _details(db, call, name)

    return await call.write(work)


def _details(db: sqlite_utils.Database, call: Call, name: str) -> UserDetailsAnswer:
    user, profile = UserStore(db).get(name), ProfileStore(db).find(name)
    mail = MailPersonStore(db, call.hub.vault).find(name)
    return UserDetailsAnswer(
        name=user.name,
        display_name=user.display_name,
        email=mail.address if mail else "",
        topics=list(profile.topics),
        languages=list(profile.languages),
        listing=ExpertAccountStore(db).listing_of(name) or "",
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/users/{name}/details",
        show_user_details,
        "What is noted about a user",
        SUBJECT,
        UserDetailsAnswer,
        right=Right.USERS_MANAGE,
    ),
    ApiRoute(
        "POST",
        "/users/{name}/details",
        change_user_details,
        "Note it anew",
        SUBJECT,
        UserDetailsAnswer,
        right=Right.USERS_MANAGE,
        body=UserDetails,
    ),
)
