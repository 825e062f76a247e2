"""Who is who: the directory of hubs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from content.database import transaction
from content.hubs import HubDirectory, HubEntry, HubUnknown
from tests.content.shelf import HOST, PEER, Shelf, open_shelf
from tests.seams import START

OURS = HubEntry(
    host=HOST,
    name="Amsterdam",
    city="Amsterdam",
    country="NL",
    language="nl",
    kind="self",
    g="uOurs",
    actor=f"https://{HOST}/actor",
)
THEIRS = replace(
    OURS,
    host=PEER,
    name="Barcelona",
    country="ES",
    kind="hub",
    g="uTheirs",
    actor="https://b/actor",
)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        with transaction(shelf.db):
            HubDirectory(shelf.db).put(THEIRS)
            HubDirectory(shelf.db).put(OURS)
        yield shelf


def test_this_hub_comes_first_and_each_is_found_by_host_or_permanent_name(shelf: Shelf) -> None:
    hubs = HubDirectory(shelf.db)

    assert [hub.host for hub in hubs.list()] == [HOST, PEER]
    assert hubs.own() == OURS
    assert hubs.get(PEER) == hubs.get("uTheirs") == THEIRS
    assert hubs.list("hub") == (THEIRS,)
    assert hubs.find("nobody") is None
    with pytest.raises(HubUnknown):
        hubs.get("nobody")


def test_the_records_of_each_hub_in_the_catalogue_are_counted(shelf: Shelf) -> None:
    shelf.publish()
    shelf.hold()
    shelf.hold()

    assert [hub.records for hub in HubDirectory(shelf.db).list()] == [1, 2]


def test_when_a_hub_was_last_heard_only_moves_forward_and_survives_a_new_name(
    shelf: Shelf,
) -> None:
    hubs = HubDirectory(shelf.db)
    with transaction(shelf.db):
        hubs.heard(PEER, START)
        hubs.heard(PEER, START - timedelta(days=1))
        hubs.heard("unknown.example", START)
        hubs.put(replace(THEIRS, name="Barcelona Ciutat Digital"))

    assert hubs.get(PEER).last_heard_at == START
    assert hubs.get(PEER).name == "Barcelona Ciutat Digital"
    assert hubs.get(HOST).last_heard_at is None


def test_a_hub_that_moves_takes_its_permanent_name_along(shelf: Shelf) -> None:
    hubs = HubDirectory(shelf.db)
    with transaction(shelf.db):
        hubs.put(replace(THEIRS, host="new.example"))

    assert hubs.get("uTheirs").host == "new.example"
    assert hubs.get(PEER).g is None
    with transaction(shelf.db):
        hubs.remove(PEER)
    assert hubs.find(PEER) is None
