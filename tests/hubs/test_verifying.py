"""`hub verify` on addresses of real hubs, by somebody who has none."""

import pytest

from federation.publishing import add_resource, import_resources, retract_resource
from federation.transport import ForbiddenAddress, GuardedTransport
from federation.verifying import ring_from_url, verify_url
from federation.verifying.asking import NotShown
from protocol.ids import resource_id
from protocol.verdicts import Verdict
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_catching_up import Between, on_lines
from tests.hubs.test_forks import forked


async def verified(hub: RunningHub, path: str) -> Verdict:
    """Verify an address of a hub; the transport alone is borrowed."""
    now = hub.clock.now()
    return (await verify_url(hub.node.transport, hub.origin + path, None, now)).verdict


async def a_hub(network: Network, records: int = 3) -> RunningHub:
    hub = await network.hub("Amsterdam")
    some = [a_record(f"Guide {number}") for number in range(records)]
    await hub.do(lambda db: import_resources(db, hub.hub, some, hub.act()))
    return hub


async def test_a_whole_log_is_verified_page_by_page(network: Network) -> None:
    hub = await a_hub(network, 600)

    verdict = await verified(hub, f"/hub/log/{hub.hub.identity.g}")

    assert (verdict.state, verdict.kind, verdict.hub) == ("valid", "log", hub.hub.identity.g)
    assert verdict.facts["entries"] == 601


@pytest.mark.parametrize("query", ["?after=2", "?after=1&limit=1", "?limit=2"])
async def test_a_page_and_an_entry_find_their_keys(network: Network, query: str) -> None:
    hub = await a_hub(network)

    verdict = await verified(hub, f"/hub/log/{hub.hub.identity.g}{query}")

    assert verdict.state == "valid", verdict.says


async def test_a_record_its_activity_and_the_manifest_find_their_keys(network: Network) -> None:
    hub = await a_hub(network)
    activity = (await hub.get("/outbox?page=true"))[1]["orderedItems"][0]

    said = await verified(hub, activity["id"].removeprefix(hub.origin))
    record = await verified(hub, activity["object"]["id"].removeprefix(hub.origin))
    manifest = await verified(hub, "/hub/manifest/1")

    assert (said.state, said.kind, said.hub) == ("valid", "activity", hub.hub.identity.g)
    assert (record.state, record.kind, record.hub) == ("valid", "object", hub.hub.identity.g)
    assert (manifest.state, manifest.kind) == ("valid", "manifest")


@pytest.mark.parametrize("path", ["", "/actor", "/hub/manifest/1", "/hub/log/{g}"])
async def test_the_keys_of_a_hub_are_found_from_any_of_its_addresses(
    network: Network, path: str
) -> None:
    hub = await a_hub(network)
    g = hub.hub.identity.g

    ring = await ring_from_url(hub.node.transport, hub.origin + path.format(g=g))

    assert ring.g == g


async def test_a_log_that_is_altered_on_its_way_is_invalid(network: Network) -> None:
    hub = await a_hub(network)

    def forge(lines: list[dict[str, dict[str, dict[str, str]]]]) -> None:
        lines[2]["a"]["object"]["name"] = "Forged"

    assert isinstance(hub.node.transport, GuardedTransport)
    between = Between(hub.node.transport, on_lines(forge))
    url = f"{hub.origin}/hub/log/{hub.hub.identity.g}"

    verdict = (await verify_url(between, url, None, hub.clock.now())).verdict

    assert (verdict.state, verdict.code) == ("invalid", "log-content-changed")


async def test_a_log_that_is_shown_in_part_is_invalid(network: Network) -> None:
    hub = await a_hub(network)
    assert isinstance(hub.node.transport, GuardedTransport)
    between = Between(hub.node.transport, lambda _body: b"")
    url = f"{hub.origin}/hub/log/{hub.hub.identity.g}"

    verdict = (await verify_url(between, url, None, hub.clock.now())).verdict

    assert verdict.state != "valid"


async def test_a_deleted_record_is_said_to_be_deleted(network: Network) -> None:
    hub = await a_hub(network)
    added = await hub.do(lambda db: add_resource(db, hub.hub, a_record("Gone"), hub.act()))
    await hub.do(lambda db: retract_resource(db, hub.hub, added.id, hub.act()))
    path = resource_id(hub.origin, added.id).removeprefix(hub.origin)

    with pytest.raises(NotShown, match="deleted"):
        await verified(hub, path)
    whole = await verified(hub, f"/hub/log/{hub.hub.identity.g}")

    assert (whole.state, whole.facts["erased"]) == ("valid", 1)


async def test_an_address_that_is_not_trusted_is_not_asked(network: Network) -> None:
    hub = await a_hub(network)

    with pytest.raises(ForbiddenAddress):
        await verify_url(hub.node.transport, "http://127.0.0.1:1/hub/log/x", None, hub.clock.now())


async def test_a_fork_is_shown_to_anybody_by_who_knows_of_it(network: Network) -> None:
    reader, origin = await forked(network)
    g = origin.hub.identity.g

    copy = await verified(reader, f"/hub/log/{g}")
    evidence = (await reader.get(f"/hub/forks/{g}"))[1]["forks"]
    itself = (await origin.get(f"/hub/forks/{g}"))[1]["forks"]

    assert (copy.state, copy.kind, copy.code) == ("invalid", "fork", "log-fork")
    assert "number 3" in copy.says
    assert len(evidence) == 1
    assert itself == []


async def test_the_evidence_that_a_hub_shows_is_verified_as_it_is_shown(network: Network) -> None:
    reader, origin = await forked(network)

    shown = await verified(reader, f"/hub/forks/{origin.hub.identity.g}")
    none = await verified(reader, f"/hub/forks/{reader.hub.identity.g}")

    assert (shown.state, shown.code, shown.hub) == ("invalid", "log-fork", origin.hub.identity.g)
    assert (none.state, none.code) == ("unproven", "log-no-fork")
