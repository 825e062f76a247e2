"""The second part: a search with its origin, a change, a retraction."""

from typing import Any
from urllib.parse import quote

from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import ACTIVITY, ask, get_json, wait_for
from node.demo.setting_up import count_of
from protocol.errors import ProtocolError
from protocol.keys import VerifyKey
from protocol.log_entries import check_page, from_line
from protocol.manifest import fingerprint, name_of
from protocol.proofs import verify_proof

SPREADING_SECONDS = 90
NEW_YEAR = 2026


def tell_sharing(cast: Cast) -> None:
    """Search, update, retract."""
    found = _search(cast)
    _update(cast, found)
    _retract(cast)


def _search(cast: Cast) -> dict[str, Any]:
    teller, barcelona = cast.teller, cast.barcelona
    teller.step("In Amsterdam somebody searches in Spanish: contratación pública.")
    address = f"{cast.amsterdam.origin}/api/v1/resources?q={quote('contratación pública')}"
    page = get_json(f"{address}&hub={barcelona.authority}&limit=5")
    items: list[dict[str, Any]] = page["items"]
    for item in items[:3]:
        teller.quote(f"{title_of(item)}  [{item['hub']['name']}]")
    teller.see(
        bool(items) and all(item["hub"]["host"] == barcelona.authority for item in items),
        f"Amsterdam finds {len(items)} records of Barcelona by the Spanish name of a topic",
    )
    found = items[0]
    teller.see(
        found["id"].startswith(f"{barcelona.origin}/resources/"),
        f"its id leads home: {found['id']}",
    )
    held = held_at(cast.amsterdam, found["id"], barcelona)
    teller.see(
        proves(held["document"], key_of(barcelona)),
        "the copy that Amsterdam holds carries a proof by Barcelona's key",
    )
    document = get_json(found["id"], accept=ACTIVITY)
    teller.see(
        proves(document, key_of(barcelona)),
        "so does the document at that address",
    )
    document["name"] = "something else"
    teller.see(
        not proves(document, key_of(barcelona)), "changed by one word, the proof no longer holds"
    )
    teller.say("It came from Barcelona, says so, and anybody can check it.")
    return found


def _update(cast: Cast, found: dict[str, Any]) -> None:
    teller, barcelona = cast.teller, cast.barcelona
    teller.step("Barcelona corrects the year of that record.")
    ulid = found["id"].rpartition("/")[2]
    barcelona.command("resource", "update", ulid, "--year", str(NEW_YEAR))
    for hub in cast.hubs:
        _wait_for_year(hub, found["id"], barcelona)
        teller.see(True, f"{hub.city} shows the corrected year")
    teller.say("Seconds later every hub shows the corrected record.")


def _retract(cast: Cast) -> None:
    teller, barcelona = cast.teller, cast.barcelona
    teller.step("Barcelona takes another record back.")
    listed = get_json(f"{barcelona.origin}/api/v1/resources?hub={barcelona.authority}&limit=100")
    gone = listed["items"][-1]["id"]
    before = count_of(barcelona)
    barcelona.command("resource", "retract", gone.rpartition("/")[2])
    for hub in cast.hubs:
        _wait_for_count(hub, before - 1)
        teller.see(True, f"{hub.city} finds {before - 1} resources, one fewer")
    answer = ask("GET", gone, accept=ACTIVITY)
    teller.see(
        answer.status == 410 and answer.json.get("type") == "Tombstone",
        "its address answers 410 with a Tombstone, for ever",
    )
    teller.say("It is gone everywhere; only a tombstone stays.")
    _see_log(cast)


def _see_log(cast: Cast) -> None:
    """Fetch the whole log of Barcelona as anybody can, and prove it without asking anybody."""
    barcelona = cast.barcelona
    manifest = get_json(f"{barcelona.origin}/hub/manifest/1", accept=ACTIVITY)
    g = name_of(manifest)
    page = ask("GET", f"{barcelona.origin}/hub/log/{g}", accept="application/x-ndjson")
    lines = page.body.splitlines()
    entries = [from_line(line) for line in lines]
    try:
        checked = check_page(entries, log=g, manifest=None, after=None)
        count = len(checked.entries)
    except ProtocolError:
        count = 0
    cast.teller.see(
        count == len(lines)
        and count > barcelona.published
        and fingerprint(g) == barcelona.fingerprint,
        f"Barcelona's log of {count} entries proves itself, down to the fingerprint",
    )


def _wait_for_year(hub: RunningHub, record_id: str, origin: RunningHub) -> None:
    def corrected() -> bool:
        return bool(held_at(hub, record_id, origin)["record"]["year"] == NEW_YEAR)

    wait_for(f"{hub.city} shows the year {NEW_YEAR}", corrected, seconds=SPREADING_SECONDS)


def _wait_for_count(hub: RunningHub, count: int) -> None:
    what = f"{hub.city} no longer finds the retracted record"
    wait_for(what, lambda: count_of(hub) == count, seconds=SPREADING_SECONDS)


def title_of(item: dict[str, Any]) -> str:
    """Return a title of a record in a list, in whatever language it has."""
    titles = item["title"]
    return titles if isinstance(titles, str) else str(next(iter(titles.values())))


def held_at(hub: RunningHub, record_id: str, origin: RunningHub) -> dict[str, Any]:
    """Return a record as the API of hub shows it, its own or another hub's."""
    ulid = record_id.rpartition("/")[2]
    path = "" if hub is origin else f"/hubs/{origin.authority}"
    found: dict[str, Any] = get_json(f"{hub.origin}/api/v1{path}/resources/{ulid}")
    return found


def key_of(hub: RunningHub) -> VerifyKey:
    """Return the Ed25519 key that the actor of a hub shows."""
    actor = get_json(f"{hub.origin}/actor", accept=ACTIVITY)
    methods = actor["assertionMethod"]
    method = methods[0] if isinstance(methods, list) else methods
    return VerifyKey.from_multibase(method["id"], method["publicKeyMultibase"])


def proves(document: dict[str, Any], key: VerifyKey) -> bool:
    """Return whether the proof of a document holds under a key."""
    try:
        verify_proof(document, key, None)
    except ProtocolError:
        return False
    return True
