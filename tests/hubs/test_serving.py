"""What a hub answers to other servers: addresses, media types, caching, and what it keeps quiet."""

import gzip
import json
from typing import Any

import pytest

from content.times import from_text
from federation.log import Log
from federation.peering import suspend_peer
from federation.publishing import add_resource, import_resources, retract_resource
from protocol import message_signatures
from protocol.http import HttpRequest
from protocol.log_entries import check_page, from_line
from tests.hubs.running import Network, RunningHub, a_record


async def headers_of(hub: RunningHub, path: str, **headers: str) -> tuple[int, Any, bytes]:
    """Return status, headers and body as they travel."""
    asked = {"Accept-Encoding": "identity", **headers}
    async with hub.session.get(hub.origin + path, headers=asked, auto_decompress=False) as answer:
        return answer.status, answer.headers, await answer.read()


async def test_the_actor_says_who_the_hub_is_and_how_to_check_it(network: Network) -> None:
    hub = await network.hub("Barcelona")

    status, actor = await hub.get("/actor")

    assert (status, actor["type"], actor["preferredUsername"]) == (200, "Organization", "hub")
    assert actor["hub:name"] == hub.hub.identity.g
    assert actor["publicKey"]["id"].endswith("/actor#main-key")
    for name in ("inbox", "outbox", "followers", "following", "hub:manifest", "hub:heads"):
        assert actor[name].startswith(hub.origin)
    _, manifest = await hub.get(actor["hub:manifest"])
    assert manifest["id"] == actor["hub:manifest"]
    assert manifest["sealingKeys"] == actor["hub:sealingKeys"]


async def test_a_coalition_is_a_group(network: Network) -> None:
    hub = await network.hub("Coalition", kind="coalition")

    assert (await hub.get("/actor"))[1]["type"] == "Group"


async def test_sealing_keys_that_ended_are_not_shown(network: Network) -> None:
    hub = await network.hub("Barcelona")
    hub.clock.advance(days=60)

    assert (await hub.get("/actor"))[1]["hub:sealingKeys"] == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/actor", "application/activity+json"),
        ("/application", "application/activity+json"),
        ("/outbox", "application/activity+json"),
        ("/outbox?page=true", "application/activity+json"),
        ("/followers", "application/activity+json"),
        ("/following", "application/activity+json"),
        ("/hub/manifest/1", "application/activity+json"),
        ("/hub/heads", "application/json"),
        ("/.well-known/nodeinfo", "application/json"),
        (
            "/nodeinfo/2.1",
            'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"',
        ),
    ],
)
async def test_documents_have_their_exact_media_type_a_tag_and_vary(
    network: Network, path: str, kind: str
) -> None:
    hub = await network.hub("Barcelona")

    status, headers, body = await headers_of(hub, path)
    again, _, empty = await headers_of(hub, path, **{"If-None-Match": headers["ETag"]})

    assert (status, headers["Content-Type"]) == (200, kind)
    assert headers["Vary"] == "Accept, Signature"
    assert json.loads(body)
    assert (again, empty) == (304, b"")


@pytest.mark.parametrize(
    "resource", ["acct:hub@{host}", "acct:HUB@{host}", "{origin}/actor"], ids=["acct", "case", "id"]
)
async def test_webfinger_leads_to_the_actor_with_one_canonical_subject(
    network: Network, resource: str
) -> None:
    hub = await network.hub("Barcelona")
    asked = resource.format(host=hub.host, origin=hub.origin)

    status, headers, body = await headers_of(hub, f"/.well-known/webfinger?resource={asked}")

    found = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/jrd+json")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert found["subject"] == f"acct:hub@{hub.host}"
    assert found["links"][0]["href"] == f"{hub.origin}/actor"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/.well-known/webfinger", 400),
        ("/.well-known/webfinger?resource=acct:nobody@hub.example", 404),
        ("/.well-known/webfinger?resource=%00", 404),
        ("/nodeinfo/1.0", 404),
        ("/activities/01M86E86A8X5K7VSJXRTFVGFK6", 404),
        ("/activities/..%2f..%2fetc", 404),
        ("/resources/nothing", 404),
        ("/experts/01M86E86A8X5K7VSJXRTFVGFK6", 404),
        ("/hub/manifest/2", 404),
        ("/hub/manifest/one", 404),
        ("/hub/log/unknown", 404),
        ("/hub/log/u" + "A" * 43, 404),
        ("/outbox?before=-1", 400),
        ("/outbox?before=1e9", 400),
        ("/outbox?before=99999999999999999", 400),
    ],
)
async def test_what_is_not_there_is_404_and_nonsense_400(
    network: Network, path: str, status: int
) -> None:
    hub = await network.hub("Barcelona")

    answered, headers, body = await headers_of(hub, path)

    assert answered == status
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == status


async def test_the_outbox_shows_pages_newest_first_and_nothing_erased(network: Network) -> None:
    hub = await network.hub("Barcelona")
    records = [a_record(f"Guide {number}") for number in range(25)]
    report = await hub.do(lambda db: import_resources(db, hub.hub, records, hub.act()))
    await hub.do(lambda db: retract_resource(db, hub.hub, report.ids[0], hub.act()))

    _, outbox = await hub.get("/outbox")
    _, first = await hub.get(outbox["first"])
    _, second = await hub.get(first["next"])

    items = [*first["orderedItems"], *second["orderedItems"]]
    assert outbox["totalItems"] == len(items) == 25
    assert (len(first["orderedItems"]), "next" in second) == (20, False)
    assert [each["type"] for each in items] == ["Delete", *["Create"] * 24]
    assert [each["object"]["name"] for each in items[1:3]] == ["Guide 24", "Guide 23"]
    assert first["id"] == outbox["first"]


async def test_followers_are_counted_and_never_named(network: Network) -> None:
    hub, other = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(hub, other)

    for path in ("/followers", "/following"):
        _, shown = await hub.get(path)
        assert shown["totalItems"] == 1
        assert other.host not in json.dumps(shown)


async def test_nodeinfo_counts_what_is_published_and_no_users(network: Network) -> None:
    hub = await network.hub("Barcelona")
    await hub.do(lambda db: add_resource(db, hub.hub, a_record(), hub.act()))

    _, links = await hub.get("/.well-known/nodeinfo")
    shown = [(await hub.get(link["href"]))[1] for link in links["links"][:2]]

    assert [each["version"] for each in shown] == ["2.1", "2.0"]
    assert all(each["usage"] == {"users": {}, "localPosts": 1} for each in shown)


async def test_the_log_is_served_in_pages_that_anyone_can_check(network: Network) -> None:
    hub = await network.hub("Barcelona")
    records = [a_record(f"Guide {number}") for number in range(5)]
    await hub.do(lambda db: import_resources(db, hub.hub, records, hub.act()))
    g = hub.hub.identity.g

    status, headers, body = await headers_of(hub, f"/hub/log/{g}?after=0&limit=4")
    _, _, rest = await headers_of(hub, f"/hub/log/{g}?after=4")
    _, _, packed = await headers_of(hub, f"/hub/log/{g}?after=4", **{"Accept-Encoding": "gzip"})

    assert (status, headers["Content-Type"]) == (200, "application/x-ndjson")
    assert headers["Hub-Head"] == f'"{g}";seq=6'
    page = check_page(map(from_line, body.splitlines()), log=g, manifest=None, after=None)
    last = check_page(
        map(from_line, rest.splitlines()), log=g, manifest=page.manifest, after=page.head
    )
    assert (len(page.entries), len(last.entries)) == (4, 2)
    assert gzip.decompress(packed) == rest


async def test_the_heads_name_every_log_that_is_held(network: Network) -> None:
    hub, other = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(hub, other)
    await hub.catches_up(other)

    _, shown = await hub.get("/hub/heads")

    logs = {head["log"]: head["seq"] for head in shown["heads"]}
    assert logs == {hub.hub.identity.g: 1, other.hub.identity.g: 1}


async def test_any_hub_serves_the_copy_of_a_log_that_it_holds(network: Network) -> None:
    hub, other = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(hub, other)
    await other.do(lambda db: add_resource(db, other.hub, a_record(), other.act()))
    await hub.catches_up(other)
    path = f"/hub/log/{other.hub.identity.g}"

    assert (await headers_of(hub, path))[2] == (await headers_of(other, path))[2]


async def network_log(asker: RunningHub, hub: RunningHub) -> tuple[int, bytes]:
    """Ask for the network log of a hub as a hub does: signed with our Ed25519 key."""
    url = f"{hub.origin}/hub/log/{hub.hub.identity.g}/network"
    request = message_signatures.sign_for_hub(
        HttpRequest("GET", url), asker.hub.keys.signing, asker.clock.now()
    )
    async with asker.session.get(url, headers=request.headers) as answer:
        return answer.status, await answer.read()


async def test_the_network_log_is_for_active_hubs_only(network: Network) -> None:
    hub, peer = await network.hub("Barcelona"), await network.hub("Amsterdam")
    coalition = await network.hub("Coalition", kind="coalition")
    stranger = await network.hub("New York")
    await network.peers(hub, peer)
    await network.peers(hub, coalition)
    green = a_record("Green canary", label="tlp-green")
    await hub.do(lambda db: add_resource(db, hub.hub, green, hub.act()))

    for asker, status in ((peer, 200), (coalition, 403), (stranger, 403)):
        answered, body = await network_log(asker, hub)
        assert answered == status
        assert (b"Green canary" in body) == (status == 200)
    await hub.do(lambda db: suspend_peer(db, hub.hub, peer.host, hub.act()))
    assert (await network_log(peer, hub))[0] == 403


async def test_a_log_entry_holds_the_time_it_was_appended(network: Network) -> None:
    hub = await network.hub("Barcelona")
    act = hub.act()
    await hub.do(lambda db: add_resource(db, hub.hub, a_record(), act))

    head = await hub.read(lambda db: Log(db).head(hub.hub.identity.g))

    assert head is not None
    assert (head.seq, from_text(head.header.at), head.own) == (2, act.at, True)
