"""Looking for the words of the case where they must not be: outside, and at rest."""

from collections.abc import Iterator

from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import Answer, ask, get_json
from node.demo.texts import CANARIES

_PAGES = (
    "/",
    "/resources",
    "/resources?q=kestrel",  # a page repeats what was searched, so not the whole word
    "/experts",
    "/hubs",
    "/feed",
    "/api",
    "/feed.atom",
    "/feed.json",
    "/metrics",
    "/healthz",
    "/readyz",
    "/actor",
    "/application",
    "/outbox",
    "/followers",
    "/following",
    "/hub/heads",
    "/hub/manifest/1",
    "/api/v1/resources?limit=100",
    "/api/v1/resources?q=chatbot",
    "/api/v1/experts?limit=100",
    "/api/v1/hubs",
    "/api/v1/feed",
    "/api/v1/stats",
    "/api/v1/openapi.json",
    "/api/v1/cases",
    "/api/v1/escalations",
)


def look_for_canaries(cast: Cast) -> None:
    """Note for each place whether a word of the case is there."""
    teller = cast.teller
    teller.step("Does any word of the case show where it must not?")
    here = ask("GET", f"{cast.new_york.origin}/api/v1/cases", token=cast.new_york.token).body
    teller.see(CANARIES[0].encode() in here, "the look finds it where it belongs: with a token")
    for hub in cast.hubs:
        answers = list(_public(hub))
        found = sorted(
            {f"{word} at {path}" for path, answer in answers for word in _words_in(answer.body)}
        )
        found += sorted({f"status {a.status} at {path}" for path, a in answers if a.status >= 500})
        teller.see(
            not found,
            f"{hub.city}: no word of the case in {len(answers)} pages, feeds, lists and metrics"
            + _at(found),
        )
    for hub in cast.hubs:
        files = [path for path in hub.home.rglob("*") if path.is_file()] + [hub.log_file]
        found = sorted(
            {f"{w} in {path.name}" for path in files for w in _words_in(path.read_bytes())}
        )
        teller.see(
            not found,
            f"{hub.city}: no word of the case in its {len(files)} files and process log"
            + _at(found),
        )


def _words_in(content: bytes) -> list[str]:
    return [word for word in CANARIES if word.encode() in content]


def _at(found: list[str]) -> str:
    return f": {'; '.join(found[:5])}" if found else ""


def _public(hub: RunningHub) -> Iterator[tuple[str, Answer]]:
    """Yield each public address with what it answers to people and to programs."""
    for path in (*_PAGES, *_log_pages(hub)):
        for accept in ("text/html", "application/activity+json"):
            yield path, ask("GET", f"{hub.origin}{path}", accept=accept)


def _log_pages(hub: RunningHub) -> Iterator[str]:
    for head in get_json(f"{hub.origin}/hub/heads")["heads"]:
        yield f"/hub/log/{head['log']}?after=0&limit=500"
