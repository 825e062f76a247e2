"""HTTP requests and answers as plain values. No sockets: who has one makes these of it."""

from dataclasses import dataclass, replace


def _all(headers: tuple[tuple[str, str], ...], name: str) -> tuple[str, ...]:
    wanted = name.lower()
    return tuple(value for key, value in headers if key.lower() == wanted)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """
    A request, incoming or outgoing.

    method: upper case.
    url: absolute, as the world sees it (behind a proxy: our public address, never the local one).
    headers: in order, repeated fields apart; values without white space around them.
    body: the bytes as they travel.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of the field, whatever its case, or None."""
        return next(iter(_all(self.headers, name)), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field, in order."""
        return _all(self.headers, name)

    def with_headers(self, *pairs: tuple[str, str]) -> "HttpRequest":
        """Return the request with these fields in place of those of the same names."""
        replaced = {name.lower() for name, _ in pairs}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in replaced)
        return replace(self, headers=kept + pairs)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, incoming or outgoing: status, headers in order, and the bytes of the body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of the field, whatever its case, or None."""
        return next(iter(_all(self.headers, name)), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field, in order."""
        return _all(self.headers, name)
