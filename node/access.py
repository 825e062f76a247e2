"""
Who calls: from the bearer token of a request to the one who acts (SECURITY.md S44).

Which right an endpoint needs stands in its row of the table of routes (node/api/table.py); that
table and `content.people.permissions.RIGHTS` are all there is.
"""

from datetime import date

import sqlite_utils
from aiohttp import web

from content.cases.receipt_store import ReceiptStore, RequestNotFound
from content.people.authentication import NotAuthenticated, Principal, authenticate
from content.people.permissions import Right
from content.people.tokens import TokenStore
from federation.hub import Node
from node.app_keys import LIMITER, NODE
from node.refusals import TokenInQuery, TokenMissing

_IN_QUERY = ("token", "access_token", "api_key", "apikey")
_LONGEST_FIELD = 256


def bearer_token(request: web.Request) -> str | None:
    """Return the token that the request shows, or None. Raises TokenInQuery, NotAuthenticated."""
    if request.query_string and any(
        name in request.query or value.startswith("hub_")
        for name in _IN_QUERY
        for value in request.query.values()
    ):
        raise TokenInQuery
    fields = request.headers.getall("Authorization", [])
    if not fields:
        return None
    scheme, _, token = fields[0].partition(" ")
    if len(fields) > 1 or len(fields[0]) > _LONGEST_FIELD or scheme.lower() != "bearer":
        raise NotAuthenticated
    return token.strip()


async def principal_of(request: web.Request) -> Principal | None:
    """
    Return who calls, or None for a stranger without a token.

    A token that is shown must be good, also where none is needed. Wrong ones count against the
    address. Raises TokenInQuery, NotAuthenticated, TooManyRequests.
    """
    token = bearer_token(request)
    if token is None:
        return None
    node = request.app[NODE]
    now = node.clock.now()
    try:
        principal = await node.database.read(lambda db: authenticate(db, token, now))
    except NotAuthenticated:
        request.app[LIMITER].count_failure(request)
        raise
    if not principal.use_noted and principal.token_id is not None:
        await _note_use(node, principal.token_id, now.date())
    return principal


def receipt_code(request: web.Request) -> str:
    """
    Return the receipt code that a request shows, as it was typed; "" without one.

    It belongs in the field `Authorization: Receipt CODE`: programs keep that field out of logs and
    caches, and an address is no place for a secret. The code is not checked here.
    """
    fields = request.headers.getall("Authorization", [])
    if len(fields) != 1 or len(fields[0]) > _LONGEST_FIELD:
        return ""
    scheme, _, code = fields[0].partition(" ")
    return code.strip() if scheme.lower() == "receipt" else ""


async def checked_code(request: web.Request) -> str:
    """
    Return the receipt code that a request shows, if it opens something.

    Missing, mistyped and wrong codes get one and the same answer, and count against the address.
    Raises RequestNotFound, TooManyRequests.
    """
    return await check_code(request, receipt_code(request))


async def check_code(request: web.Request, code: str) -> str:
    """Return a code as it was typed, if it opens something. Raises as `checked_code` does."""
    limiter, node = request.app[LIMITER], request.app[NODE]
    limiter.check_codes(request)
    try:
        await node.database.read(lambda db: ReceiptStore(db, node.hub.vault).opened_by(code))
    except RequestNotFound:
        limiter.count_wrong_code(request)
        raise
    return code


def require(principal: Principal | None, right: Right | None) -> None:
    """Raise TokenMissing or NotAllowed unless the caller has the right that a route needs."""
    if right is None:
        return
    if principal is None:
        raise TokenMissing
    principal.require(right)


async def _note_use(node: Node, token_id: str, day: date) -> None:
    def work(db: sqlite_utils.Database) -> None:
        TokenStore(db).note_use(token_id, day)

    await node.database.write(work)
