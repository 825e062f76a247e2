"""Looking at a hub from outside: plain HTTP, as any program would, and waiting with an end."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
ACTIVITY = "application/activity+json"
PAUSE = 0.15


class StoryStopped(Exception):
    """Something that had to happen did not; the message says what was awaited."""


class Answer(NamedTuple):
    """What a hub answered. headers: lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(
    method: str,
    url: str,
    *,
    body: Any = None,
    token: str | None = None,
    accept: str = "application/json",
    seconds: float = 20,
) -> Answer:
    """Send one request and return the answer, whatever its status. Raises OSError."""
    parts = urlsplit(url)
    headers = {"Accept": accept, "User-Agent": "rights-hub-demo"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection(parts.netloc, timeout=seconds)
    try:
        target = parts.path or "/"
        if parts.query:
            target += f"?{parts.query}"
        connection.request(method, target, body=data, headers=headers)
        response = connection.getresponse()
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
    finally:
        connection.close()


def get_json(url: str, *, token: str | None = None, accept: str = "application/json") -> Any:
    """Return the JSON behind a URL; StoryStopped for any status but 200."""
    answer = ask("GET", url, token=token, accept=accept)
    if answer.status != 200:
        raise StoryStopped(f"GET {url} answered {answer.status}: {_reason(answer)}")
    return answer.json


def post(url: str, body: Any, token: str) -> Any:
    """Send JSON to the API and return what it answers; StoryStopped unless it is 2xx."""
    answer = ask("POST", url, body=body, token=token)
    if not 200 <= answer.status < 300:
        raise StoryStopped(f"POST {url} answered {answer.status}: {_reason(answer)}")
    return answer.json if answer.body else None


def _reason(answer: Answer) -> str:
    try:
        problem = answer.json
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return answer.body[:200].decode(errors="replace")


def wait_for(what: str, probe: Callable[[], T | None], *, seconds: float = 20) -> T:
    """
    Return the first answer of probe that is neither None nor False.

    Raises StoryStopped, which says what was awaited, when that takes too long.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            found = probe()
        except (OSError, http.client.HTTPException):
            found = None
        if found is not None and found is not False:
            return found
        if time.monotonic() > end:
            raise StoryStopped(f"Waited {seconds:.0f} seconds for this: {what}. It did not come.")
        time.sleep(PAUSE)
