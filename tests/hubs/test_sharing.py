"""Records between real hubs: found, changed and gone elsewhere, and provable everywhere."""

import copy
import json
from typing import Any

from apsig import ProofVerifier

from content.catalogue import Catalogue
from content.resources.held import HeldResourceStore
from federation.catching_up import catch_up_all
from federation.publishing import (
    add_resource,
    import_resources,
    retract_resource,
    update_resource,
)
from tests.hubs.running import Network, RunningHub, a_record


async def held_titles(hub: RunningHub, origin: RunningHub) -> dict[str, str]:
    """Return id and title of all that a hub holds of another one."""
    held = await hub.read(lambda db: list(HeldResourceStore(db).of(origin.host)))
    return {each.url: next(iter(each.record.title.values())) for each in held}


def is_proven(document: dict[str, Any], actor: dict[str, Any]) -> bool:
    """Return whether the independent library accepts the proof under the actor's own key."""
    (key,) = actor["assertionMethod"]
    proven_by = ProofVerifier(key["publicKeyMultibase"]).verify_proof(copy.deepcopy(document))
    return bool(proven_by == key["id"])


async def test_a_resource_of_one_hub_is_found_in_another_with_origin_link_and_proof(
    network: Network,
) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)

    added = await barcelona.do(
        lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act())
    )
    await network.settle()

    url = f"{barcelona.origin}/resources/{added.id}"
    held = await amsterdam.read(lambda db: HeldResourceStore(db).get(barcelona.host, added.id))
    assert held.hub == barcelona.host
    assert held.record == added.record
    status, article = await barcelona.get(url)
    assert (status, article) == (200, json.loads(held.document))
    _, actor = await barcelona.get("/actor")
    assert is_proven(json.loads(held.document), actor)
    assert not is_proven({**article, "name": "Another name"}, actor)
    found = await amsterdam.rows("select hub, url, label from catalogue")
    assert found == [(barcelona.host, url, "tlp-clear")]


async def test_the_activity_can_be_fetched_and_its_proof_verifies_too(network: Network) -> None:
    barcelona = await network.hub("Barcelona")
    await barcelona.do(lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act()))

    _, outbox = await barcelona.get("/outbox")
    _, page = await barcelona.get(outbox["first"])
    status, activity = await barcelona.get(page["orderedItems"][0]["id"])

    _, actor = await barcelona.get("/actor")
    assert (status, outbox["totalItems"], activity["type"]) == (200, 1, "Create")
    assert is_proven(activity, actor)
    assert is_proven(activity["object"], actor)


async def test_updating_changes_it_everywhere_and_retracting_leaves_a_tombstone_everywhere(
    network: Network,
) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    added = await barcelona.do(
        lambda db: add_resource(db, barcelona.hub, a_record("Old title"), barcelona.act())
    )
    await network.settle()
    url = f"{barcelona.origin}/resources/{added.id}"

    await barcelona.do(
        lambda db: update_resource(
            db, barcelona.hub, added.id, a_record("New title"), barcelona.act()
        )
    )
    await network.settle()
    assert await held_titles(amsterdam, barcelona) == {url: "New title"}

    await barcelona.do(lambda db: retract_resource(db, barcelona.hub, added.id, barcelona.act()))
    await network.settle()
    assert await held_titles(amsterdam, barcelona) == {}
    assert await amsterdam.rows("select url from catalogue") == []
    assert await amsterdam.read(lambda db: HeldResourceStore(db).is_gone(barcelona.host, added.id))
    status, tombstone = await barcelona.get(url)
    assert (status, tombstone["type"], tombstone["id"]) == (410, "Tombstone", url)


async def test_what_was_published_before_the_peering_comes_with_the_log(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    records = [a_record(f"Guide {number}") for number in range(30)]
    report = await barcelona.do(
        lambda db: import_resources(db, barcelona.hub, records, barcelona.act())
    )
    await barcelona.do(
        lambda db: retract_resource(db, barcelona.hub, report.ids[3], barcelona.act())
    )
    await network.peers(barcelona, amsterdam)

    caught = await amsterdam.catches_up(barcelona)
    again = await amsterdam.catches_up(barcelona)

    assert (caught.entries, caught.seq, caught.problem) == (32, 32, "")
    assert (again.entries, again.problem) == (0, "")
    assert len(await held_titles(amsterdam, barcelona)) == 29
    assert len(await amsterdam.rows("select url from catalogue")) == 29


async def test_a_pull_after_a_push_changes_nothing(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    await barcelona.do(lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act()))
    await network.settle()
    before = await amsterdam.rows("select * from held_resources")

    (caught,) = await catch_up_all(amsterdam.node)

    assert (caught.entries, caught.problem) == (2, "")
    assert await amsterdam.rows("select * from held_resources") == before


async def test_a_green_resource_reaches_hubs_and_neither_coalition_nor_the_public(
    network: Network,
) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    coalition = await network.hub("Coalition", kind="coalition")
    await network.peers(barcelona, amsterdam)
    await network.peers(barcelona, coalition)

    green = a_record("Green canary", label="tlp-green")
    added = await barcelona.do(lambda db: add_resource(db, barcelona.hub, green, barcelona.act()))
    await network.settle()
    await coalition.catches_up(barcelona)

    assert list((await held_titles(amsterdam, barcelona)).values()) == ["Green canary"]
    assert await held_titles(coalition, barcelona) == {}
    assert not any(b"Green canary" in body for body in coalition.received)
    status, _ = await barcelona.get(f"/resources/{added.id}")
    assert status == 404
    _, page = await barcelona.get("/outbox?page=true")
    assert page["orderedItems"] == []
    status, problem = await barcelona.get(f"/hub/log/{barcelona.hub.identity.g}/network")
    assert (status, problem["type"].rpartition("/")[2]) == (401, "signature-missing")


async def test_a_raised_label_deletes_the_public_record_and_gives_a_new_id(
    network: Network,
) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    added = await barcelona.do(
        lambda db: add_resource(db, barcelona.hub, a_record("Canary"), barcelona.act())
    )
    await network.settle()

    raised = await barcelona.do(
        lambda db: update_resource(
            db,
            barcelona.hub,
            added.id,
            a_record("Canary", label="tlp-amber"),
            barcelona.act(),
        )
    )
    await network.settle()

    assert raised.id != added.id
    assert await held_titles(amsterdam, barcelona) == {}
    documents = await barcelona.rows(
        "select document from log_entries where document like '%Canary%'"
    )
    assert documents == []
    # The people of the hub still find it.
    assert await barcelona.rows("select ref, label from catalogue") == [(raised.id, "tlp-amber")]


async def test_importing_twice_publishes_only_what_changed(network: Network) -> None:
    barcelona = await network.hub("Barcelona")
    records = [a_record(f"Guide {number}") for number in range(3)]
    await barcelona.do(lambda db: import_resources(db, barcelona.hub, records, barcelona.act()))

    records[1] = a_record("Guide 1", summary="A better summary.")
    report = await barcelona.do(
        lambda db: import_resources(db, barcelona.hub, records, barcelona.act())
    )

    assert (report.added, report.updated, report.unchanged) == (0, 1, 2)
    operations = await barcelona.rows("select op from log_entries order by seq")
    assert operations == [("Manifest",), ("Create",), ("Create",), ("Create",), ("Update",)]


async def test_a_hub_that_was_away_gets_everything_once_it_is_back(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    amsterdam.is_up = False
    await barcelona.do(lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act()))
    await network.settle()

    amsterdam.is_up = True
    barcelona.clock.advance(days=0.5)
    await network.settle()

    assert len(await held_titles(amsterdam, barcelona)) == 1


async def test_the_index_can_be_made_anew_from_what_is_held(network: Network) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(barcelona, amsterdam)
    await barcelona.do(lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act()))
    await network.settle()
    before = await amsterdam.rows("select url, hub, label, facets from catalogue")

    await amsterdam.do(lambda db: Catalogue(db).rebuild(amsterdam.origin))

    assert await amsterdam.rows("select url, hub, label, facets from catalogue") == before
