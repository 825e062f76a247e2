"""A hub that lost its database comes back from its peers, and nothing forged comes with it."""

import base64
import json
from pathlib import Path

import pytest

from content.database import connect
from federation.publishing import import_resources, retract_resource
from federation.publishing_experts import add_expert
from node.home import HubHome, write_private
from node.keyfiles import APPLICATION, RSA, SIGNING, VAULT
from node.recovering import NotRecovered, Recovered, recover_hub
from node.settings import Settings, new_settings
from protocol.keys import SigningKey
from protocol.moments import stamp
from tests.hubs.running import Network, RunningHub, a_record, open_hub
from tests.hubs.test_after_a_loss import own_titles
from tests.hubs.test_experts import an_expert
from tests.hubs.test_gaps import publish, two_peers
from tests.hubs.test_replicas import public_log
from tests.hubs.test_sharing import held_titles


def home_with_keys(folder: Path, hub: RunningHub, trusted: str) -> tuple[HubHome, Settings]:
    """Return the folder of a hub of which settings and keys are left, and no database."""
    home, keys, identity = HubHome(folder / "home"), hub.hub.keys, hub.hub.identity
    home.create()
    write_private(home.keys / SIGNING, keys.signing.to_pem())
    write_private(home.keys / RSA, keys.rsa.to_pem())
    write_private(home.keys / APPLICATION, keys.application.to_pem())
    write_private(home.keys / VAULT, base64.b64encode(b"0123456789abcdef" * 2))
    for key in keys.sealing:
        known = {
            "id": key.id,
            "suite": key.suite,
            "expires": stamp(key.expires),
            "seed": base64.b64encode(key.seed).decode(),
        }
        write_private(home.keys / "sealing-test.json", json.dumps(known).encode())
    write_private(home.toml, b"")
    settings = new_settings(
        origin=identity.origin,
        name=identity.name,
        city=identity.city,
        country=identity.country,
        language=identity.language,
        timezone=identity.timezone,
        trusted_authorities=f"{identity.host},{trusted}",
    )
    return home, settings


async def a_lost_hub(network: Network) -> tuple[RunningHub, RunningHub]:
    """Return a hub that published much and is about to be lost, and the peer that has it all."""
    reader, origin = await two_peers(network)
    records = [a_record(f"Guide {number}") for number in range(12)]
    report = await origin.do(lambda db: import_resources(db, origin.hub, records, origin.act()))
    await origin.do(lambda db: retract_resource(db, origin.hub, report.ids[3], origin.act()))
    await publish(origin, "Green", label="tlp-green")
    await origin.do(lambda db: add_expert(db, origin.hub, an_expert(scope="public"), origin.act()))
    await network.settle()
    await reader.catches_up(origin)
    return reader, origin


async def recover(network: Network, home: HubHome, settings: Settings, *sources: str) -> Recovered:
    return await recover_hub(home, settings, sources, "olga", clock=network.clock)


def files_in(home: HubHome) -> set[str]:
    return {path.name for path in home.path.rglob("*")}


async def test_a_hub_comes_back_from_a_peer_with_all_it_published(
    network: Network, tmp_path: Path
) -> None:
    reader, origin = await a_lost_hub(network)
    g, titles = origin.hub.identity.g, await own_titles(origin)
    logs = [await public_log(origin, log) for log in (g, f"{g}/network")]
    home, settings = home_with_keys(tmp_path, origin, reader.host)
    await network.lose(origin)

    done = await recover(network, home, settings, reader.host)

    assert (done.g, done.resources, done.experts, done.problems) == (g, 12, 1, ())
    assert done.entries == len(logs[0]) + len(logs[1])
    assert home.database.stat().st_mode & 0o077 == 0
    async with open_hub(
        home.database, origin.hub, trusted=[origin.host, reader.host], clock=network.clock
    ) as again:
        assert [await public_log(again, log) for log in (g, f"{g}/network")] == logs
        assert await own_titles(again) == titles
        assert await again.rows("select name, role from users") == [("olga", "operator")]
        held = await held_titles(reader, origin)
        for url, _ in [item for item in held.items() if item[1].startswith("Guide")]:
            assert (await again.get(url))[0] == 200
        await publish(again, "After the loss")
        done_again = await reader.catches_up(again)
        # The public log goes on; the other one waits until they are peers again.
        assert done_again.entries == 1
        assert "After the loss" in (await held_titles(reader, again)).values()


async def test_what_does_not_verify_is_refused_and_leaves_nothing(
    network: Network, tmp_path: Path
) -> None:
    reader, origin = await a_lost_hub(network)
    home, settings = home_with_keys(tmp_path, origin, reader.host)
    await network.lose(origin)
    document = "update log_entries set document = replace(document, 'Guide 5', 'Forged')"
    await reader.do(lambda db: db.execute(document))
    before = files_in(home)

    with pytest.raises(NotRecovered, match="Nothing was recovered"):
        await recover(network, home, settings, reader.host)

    assert files_in(home) - {"server.lock"} == before


async def test_the_second_source_fills_what_the_first_does_not_give(
    network: Network, tmp_path: Path
) -> None:
    reader, origin = await a_lost_hub(network)
    third = await network.hub("New York")
    await network.peers(third, origin)
    await third.catches_up(origin)
    await publish(origin, "Only the reader has this")
    await network.settle()
    await reader.catches_up(origin)
    home, settings = home_with_keys(tmp_path, origin, f"{reader.host},{third.host}")
    await network.lose(origin)

    done = await recover(network, home, settings, third.host, reader.host)

    assert (done.resources, done.experts) == (13, 1)


async def test_another_hub_cannot_take_a_log_with_its_own_keys(
    network: Network, tmp_path: Path
) -> None:
    reader, origin = await a_lost_hub(network)
    stranger = await network.hub("New York")
    home, settings = home_with_keys(tmp_path, origin, reader.host)
    (home.keys / SIGNING).unlink()
    other = SigningKey(origin.hub.keys.signing.id, stranger.hub.keys.signing.private)
    write_private(home.keys / SIGNING, other.to_pem())

    with pytest.raises(NotRecovered, match="No log of this hub was found"):
        await recover(network, home, settings, reader.host)


@pytest.mark.parametrize("source", ["nobody.invalid", "not a host", "file:///etc/passwd"])
async def test_who_is_nobody_gives_nothing(network: Network, tmp_path: Path, source: str) -> None:
    origin = await network.hub("Barcelona")
    home, settings = home_with_keys(tmp_path, origin, origin.host)

    with pytest.raises(NotRecovered):
        await recover(network, home, settings, source)

    assert not home.database.exists()


async def test_a_hub_with_a_database_or_a_server_is_not_recovered(
    network: Network, tmp_path: Path
) -> None:
    reader, origin = await a_lost_hub(network)
    home, settings = home_with_keys(tmp_path, origin, reader.host)
    with home.locked(), pytest.raises(Exception, match="runs on"):
        await recover(network, home, settings, reader.host)
    connect(home.database, writes=True).close()

    with pytest.raises(NotRecovered, match="There is a database"):
        await recover(network, home, settings, reader.host)
