"""The first part of the story: hubs come up, approve each other, publish, follow."""

import json
from importlib import resources
from itertools import permutations

from content.starter import starter_catalogue
from node.demo.cast import Cast
from node.demo.network import PASSWORD, RunningHub, side_by_side
from node.demo.outside import get_json, wait_for

PEERING_SECONDS = 90
SPREADING_SECONDS = 120
EXPERTS = {
    "amsterdam": "experts-amsterdam.jsonl",
    "barcelona": "experts-barcelona.jsonl",
    "newyork": "experts-new-york.jsonl",
}


def tell_setting_up(cast: Cast) -> None:
    """From nothing to four hubs that know everything that any of them published."""
    _found(cast)
    _approve(cast)
    _publish(cast)
    _follow(cast)


def _found(cast: Cast) -> None:
    teller = cast.teller
    teller.step("Three cities and a coalition each found a hub of their own.")
    side_by_side(cast.hubs, found_one, cast.hubs)
    for hub in cast.hubs:
        hub.wait_until_up()
        place = hub.place
        teller.say(f"{place.name} runs at {hub.origin}, operated by {place.operator_name}.")
        teller.say(f"  fingerprint {hub.fingerprint}")
    answers = [
        get_json(f"{hub.origin}/actor", accept="application/activity+json") for hub in cast.hubs
    ]
    good = all(a["id"] == f"{h.origin}/actor" for a, h in zip(answers, cast.hubs, strict=True))
    teller.see(good, "each of the four answers with its own actor")


def found_one(hub: RunningHub) -> None:
    """Found a hub, start it, and get a password and a token of its operator."""
    place = hub.place
    founded = hub.command(
        "init",
        *("--origin", hub.origin, "--name", place.name, "--city", place.city),
        *("--country", place.country, "--language", place.language),
        *("--timezone", place.timezone, "--operator", place.operator),
        *("--host", hub.authority.rpartition(":")[0]),
        *("--port", hub.authority.rpartition(":")[2]),
        *(("--coalition",) if place.coalition else ()),
    )
    hub.fingerprint = founded["fingerprint"]
    hub.command("user", "password", place.operator, text=f"{PASSWORD}\n")
    hub.start()
    hub.token = hub.command("token", "add", "--label", "demo", "--days", "1")["secret"]


def _approve(cast: Cast) -> None:
    teller = cast.teller
    teller.step("Their people compare fingerprints on the phone, and approve each other.")
    there = cast.barcelona
    teller.quote(
        f"$ hub peer add {there.origin}\n"
        f'$ hub peer approve {there.authority} --fingerprint "{there.fingerprint}"'
    )
    side_by_side(cast.hubs, lambda pair: _approve_one(*pair), permutations(cast.hubs, 2))

    def all_active() -> bool:
        return all(
            peer["state"] == "active" and len(peers) == len(cast.hubs) - 1
            for peers in (_peers(hub) for hub in cast.hubs)
            for peer in peers
        )

    wait_for("all twelve approvals have arrived", all_active, seconds=PEERING_SECONDS)
    teller.see(True, "each hub shows three active peers")
    teller.say("Each is a peer of the three others now. It took both sides.")


def _approve_one(here: RunningHub, there: RunningHub) -> None:
    seen = here.command("peer", "add", there.origin)
    # What here was shown is compared with what the people of there read out: their own print-out.
    here.command("peer", "approve", seen["host"], "--fingerprint", there.fingerprint)


def _peers(hub: RunningHub) -> list[dict[str, str]]:
    items: list[dict[str, str]] = get_json(f"{hub.origin}/api/v1/peers", token=hub.token)["items"]
    return items


def _publish(cast: Cast) -> None:
    teller = cast.teller
    teller.step("Each publishes its part of a real catalogue of laws, policies, guides, templates.")
    # The coalition first, so that what is newest in its feed comes from the cities.
    for hub in (cast.coalition, cast.new_york, cast.barcelona, cast.amsterdam):
        hub.published = len(_import(hub))
        teller.say(f"{hub.place.name} publishes {hub.published} resources.")
    for hub in cast.hubs[:3]:
        lines = (resources.files("node.demo") / EXPERTS[hub.place.key]).read_text("utf-8")
        report = hub.command("expert", "import", "-", text=lines)
        teller.say(f"{hub.place.name} lists {report['added']} experts, invented for this demo.")


def _import(hub: RunningHub) -> list[str]:
    ids: list[str]
    if not hub.place.coalition:
        ids = hub.command("resource", "import", "--starter", "--country", hub.place.country)["ids"]
        return ids
    rest = [r for r in starter_catalogue() if r.country not in ("NL", "ES", "US")]
    lines = "\n".join(json.dumps(r.model_dump(mode="json")) for r in rest)
    ids = hub.command("resource", "import", "-", text=lines)["ids"]
    return ids


def _follow(cast: Cast) -> None:
    teller = cast.teller
    teller.step("Everybody follows everybody: what one publishes, all can find.")
    total = sum(hub.published for hub in cast.hubs)

    def everywhere() -> bool:
        return all(count_of(hub) == total for hub in cast.hubs)

    try:
        wait_for(
            f"all {total} resources can be found at every hub",
            everywhere,
            seconds=SPREADING_SECONDS,
        )
    finally:
        for hub in cast.hubs:
            count = count_of(hub)
            teller.see(count == total, f"{hub.city} finds {count} of {total} resources")
    teller.say(f"All four find the same {total} resources, each with the hub that published it.")
    _see_experts(cast)


def _see_experts(cast: Cast) -> None:
    """Experts listed for the network reach approved hubs, and nobody else: not the coalition."""
    teller, amsterdam = cast.teller, cast.amsterdam

    def experts_at(hub: RunningHub, token: str | None) -> int:
        address = f"{hub.origin}/api/v1/experts?hub={amsterdam.authority}"
        return int(get_json(address, token=token)["total"])

    wait_for(
        "New York knows all three experts of Amsterdam",
        lambda: experts_at(cast.new_york, cast.new_york.token) == 3,
        seconds=SPREADING_SECONDS,
    )
    public = [experts_at(hub, None) for hub in cast.hubs]
    teller.see(
        public == [1, 1, 1, 1],
        "of Amsterdam's three experts the public sees the one who agreed to it, at each hub",
    )
    teller.see(
        experts_at(cast.coalition, cast.coalition.token) == 1,
        "staff of New York see all three; the coalition got only the public one",
    )


def count_of(hub: RunningHub, query: str = "") -> int:
    """Return how many resources the API of a hub finds."""
    return int(get_json(f"{hub.origin}/api/v1/resources?limit=1{query}")["total"])
