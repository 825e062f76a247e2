"""
Rate limits by address and by peer (docs/adr/0022-rate-limits.md, SECURITY.md S56).

Kept in memory: a restart forgets them, which harms nobody. What is limited: calls without a token
that write, the inbox, calls to the API without a token, and failures that look like guessing.
"""

from ipaddress import IPv6Address, ip_address
from time import time
from typing import Final

from aiohttp import web
from limits import (
    RateLimitItem,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from node.refusals import TooManyRequests

INBOX_PER_ADDRESS: Final = RateLimitItemPerSecond(6000, 10)
"""Many hubs may share one address; beyond that a hub is limited by what it signs with."""
OPEN_PER_ADDRESS: Final = RateLimitItemPerSecond(600, 10)
"""Pages, documents and the API without a token."""
CATALOGUES_PER_ADDRESS: Final = RateLimitItemPerMinute(20, 10)
"""Whole catalogues, in ten minutes: of a large hub each costs seconds."""
FAILURES_PER_ADDRESS: Final = RateLimitItemPerMinute(20)
"""Tokens that are not valid."""
CODES_PER_ADDRESS: Final = RateLimitItemPerMinute(10, 15)
"""Receipt codes that open nothing, in a quarter of an hour."""
SIGN_INS_PER_ACCOUNT: Final = RateLimitItemPerMinute(10, 15)
"""Failed sign-ins with one name, in a quarter of an hour (SECURITY.md S39)."""
SIGN_INS_PER_ADDRESS: Final = RateLimitItemPerMinute(30, 15)
"""Failed sign-ins from one address."""
FILINGS_PER_ADDRESS: Final = RateLimitItemPerHour(20)
"""Requests that are filed without a token. A city office may share one address."""
REPLIES_PER_ADDRESS: Final = RateLimitItemPerHour(60)
"""What requesters send with their code."""


class Limiter:
    """
    Counts what each address does. trusted_proxies: whose X-Forwarded-For is believed (S50).

    Programs on this machine itself, which come without a proxy, are not limited.
    """

    def __init__(self, trusted_proxies: frozenset[str] = frozenset()) -> None:
        self._proxies = trusted_proxies
        self._window = FixedWindowRateLimiter(MemoryStorage())

    def address_of(self, request: web.Request) -> str | None:
        """Return whom to count: an address, of IPv6 the /64 it is in; None for this machine."""
        address = request.remote or ""
        if address in self._proxies and "X-Forwarded-For" in request.headers:
            # The last entry is the one that our own proxy wrote.
            forwarded = request.headers.getall("X-Forwarded-For")[-1]
            address = forwarded.rpartition(",")[2].strip()
        elif address.startswith("127.") or address == "::1":
            return None
        return _network(address)

    def check(self, limit: RateLimitItem, what: str, request: web.Request) -> None:
        """Count one more, or raise TooManyRequests with the time after which to come again."""
        address = self.address_of(request)
        if address is not None and not self._window.hit(limit, what, address):
            raise self._refusal(limit, what, address)

    def count_failure(self, request: web.Request) -> None:
        """Count a token that is not valid; TooManyRequests when there were too many."""
        address = self.address_of(request) or "local"
        if not self._window.hit(FAILURES_PER_ADDRESS, "failures", address):
            raise self._refusal(FAILURES_PER_ADDRESS, "failures", address)

    def check_codes(self, request: web.Request) -> None:
        """
        Raise TooManyRequests if the address has shown too many wrong receipt codes.

        Asked before a code is looked at, so that a right one is not told from a wrong one either.
        """
        address = self.address_of(request) or "local"
        if not self._window.test(CODES_PER_ADDRESS, "codes", address):
            raise self._refusal(CODES_PER_ADDRESS, "codes", address)

    def count_wrong_code(self, request: web.Request) -> None:
        """Count a receipt code that opens nothing."""
        self._window.hit(CODES_PER_ADDRESS, "codes", self.address_of(request) or "local")

    def check_sign_in(self, request: web.Request) -> None:
        """Raise TooManyRequests if there were too many failed sign-ins from this address."""
        address = self.address_of(request) or "local"
        if not self._window.test(SIGN_INS_PER_ADDRESS, "sign-ins", address):
            raise self._refusal(SIGN_INS_PER_ADDRESS, "sign-ins", address)

    def begin_sign_in(self, name: str) -> None:
        """
        Count one more try with a name, or raise TooManyRequests; names that nobody has, too.

        Counted before the password is looked at, so that tries at the same time count as well.
        """
        whom = ("sign-ins-of", name.casefold()[:64])
        if not self._window.hit(SIGN_INS_PER_ACCOUNT, *whom):
            raise self._refusal(SIGN_INS_PER_ACCOUNT, *whom)

    def count_failed_sign_in(self, request: web.Request) -> None:
        """Count a name with a password that is not theirs, by the address."""
        self._window.hit(SIGN_INS_PER_ADDRESS, "sign-ins", self.address_of(request) or "local")

    def forget_sign_ins(self, name: str) -> None:
        """Forget the tries with a name, once somebody showed that it is theirs."""
        self._window.clear(SIGN_INS_PER_ACCOUNT, "sign-ins-of", name.casefold()[:64])

    def _refusal(self, limit: RateLimitItem, *whom: str) -> TooManyRequests:
        reset = self._window.get_window_stats(limit, *whom).reset_time
        return TooManyRequests(int(reset - time()) + 1)


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64))
    return address
