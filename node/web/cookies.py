"""The cookie of a session: its name, its fields, and who is signed in by it."""

from typing import Final

import sqlite_utils
from aiohttp import web

from content.people.sessions import SEEN_SECONDS, SessionRules, SessionStore, SignedIn
from node.app_keys import NODE, SETTINGS
from node.settings import Settings

_LONGEST: Final = 64


def cookie_name(settings: Settings) -> str:
    """
    Return the name of the cookie.

    Over plain http it names the port, since browsers share cookies among the ports of a host.
    """
    if settings.https:
        return "__Host-hub-session"
    return f"hub-session-{settings.authority.rpartition(':')[2]}"


def set_cookie(answer: web.StreamResponse, settings: Settings, secret: str) -> None:
    """Let the browser keep a session until it is closed (SECURITY.md S40)."""
    answer.set_cookie(
        cookie_name(settings),
        secret,
        path="/",
        httponly=True,
        secure=settings.https,
        samesite="Lax",
    )


def clear_cookie(answer: web.StreamResponse, settings: Settings) -> None:
    """Let the browser forget the session."""
    answer.del_cookie(
        cookie_name(settings), path="/", httponly=True, secure=settings.https, samesite="Lax"
    )


def secret_of(request: web.Request) -> str:
    """Return the secret that the request shows; "" without one. It is not checked here."""
    secret = request.cookies.get(cookie_name(request.app[SETTINGS]), "")
    return secret if len(secret) <= _LONGEST else ""


def rules_of(settings: Settings) -> SessionRules:
    """Return how long sessions of this hub last."""
    return SessionRules(settings.session_idle, settings.session_whole)


async def signed_in(request: web.Request) -> SignedIn | None:
    """Return whose session the request shows; None for strangers. Notes the use now and then."""
    secret = secret_of(request)
    if not secret:
        return None
    node, rules = request.app[NODE], rules_of(request.app[SETTINGS])
    now = node.clock.now()
    found = await node.database.read(lambda db: SessionStore(db, rules).find(secret, now))
    if found is not None and (now - found.session.seen_at).total_seconds() > SEEN_SECONDS:
        session_id = found.session.id

        def work(db: sqlite_utils.Database) -> None:
            SessionStore(db).note_use(session_id, now)

        await node.database.write(work)
    return found
