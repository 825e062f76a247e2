"""A copy of a log that leaves out content which nothing deletes: noticed, told, and healed."""

from dataclasses import replace

import pytest

from federation.catching_up import catch_up
from federation.log import Log
from federation.notices import NoticeStore
from federation.polling import LATEST, poll_heads
from federation.publishing import retract_resource, update_resource
from federation.replicas import keep_replica
from federation.withheld import WithheldStore
from protocol.log_entries import check_page, from_line
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_forks import publish
from tests.hubs.test_replicas import peer_with, public_log
from tests.hubs.test_sharing import held_titles


async def hold_back(liar: RunningHub, origin: RunningHub, *numbers: int) -> dict[int, str]:
    """Let a hub lose the content of entries of a log it shows; return what it was."""
    g, kept = origin.hub.identity.g, dict[int, str]()
    for seq in numbers:
        ((content,),) = await liar.rows(
            "select document from log_entries where log = ? and seq = ?", g, seq
        )
        kept[seq] = content
        await set_content(liar, origin, seq, None)
    return kept


async def set_content(hub: RunningHub, origin: RunningHub, seq: int, content: str | None) -> None:
    g = origin.hub.identity.g
    await hub.do(
        lambda db: db.execute(
            "update log_entries set document = ? where log = ? and seq = ?", (content, g, seq)
        )
    )


async def told(hub: RunningHub) -> list[tuple[str, str]]:
    found = await hub.read(lambda db: list(NoticeStore(db).all()))
    return [(notice.kind, notice.subject) for notice in found]


async def lacks(hub: RunningHub, origin: RunningHub) -> list[int]:
    return await hub.read(lambda db: WithheldStore(db).of(origin.hub.identity.g))


async def one_log_in_three_places(
    network: Network,
) -> tuple[RunningHub, RunningHub, RunningHub, RunningHub]:
    """Return an origin, two that hold its log (the coalition is asked first), and a newcomer."""
    origin = await network.hub("Barcelona")
    liar, honest = await network.hub("Coalition", kind="coalition"), await network.hub("Helsinki")
    reader = await network.hub("New York")
    for title in ("One", "Two", "Three"):
        await publish(origin, title)
    for holder in (liar, honest):
        await network.peers(holder, origin)
        assert (await holder.catches_up(origin)).seq == 4
    for other in (origin, liar):
        await network.peers(reader, other)
    return origin, liar, honest, reader


async def test_a_replica_that_holds_content_back_is_noticed_and_a_person_is_told(
    network: Network,
) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    await hold_back(liar, origin, 2, 3)
    origin.is_up = False

    done = await reader.catches_up(origin)

    assert (done.entries, done.seq, done.problem, done.withheld) == (4, 4, "", 2)
    assert await lacks(reader, origin) == [2, 3]
    assert await told(reader) == [("withheld", liar.host)]
    (text,) = (n.text for n in await reader.read(lambda db: list(NoticeStore(db).all())))
    assert "2, 3" in text
    assert list((await held_titles(reader, origin)).values()) == ["Three"]


async def test_others_are_asked_for_what_one_holds_back(network: Network) -> None:
    origin, liar, honest, reader = await one_log_in_three_places(network)
    await network.peers(reader, honest)
    await hold_back(liar, origin, 2, 3)
    origin.is_up = False

    done = await reader.catches_up(origin)

    assert (done.problem, done.withheld) == ("", 0)
    assert done.replicas == (liar.host, honest.host)
    assert await told(reader) == [("withheld", liar.host)]
    assert sorted((await held_titles(reader, origin)).values()) == ["One", "Three", "Two"]
    assert await public_log(reader, origin.hub.identity.g) == await public_log(
        origin, origin.hub.identity.g
    )


async def test_the_hub_itself_heals_what_a_replica_held_back_as_soon_as_it_is_there(
    network: Network,
) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    await hold_back(liar, origin, 2)
    origin.is_up = False
    await reader.catches_up(origin)
    assert await lacks(reader, origin) == [2]

    # Nothing new was published, so no head differs; it is asked for all the same.
    origin.is_up = True
    network.clock.advance(seconds=2 * LATEST.total_seconds())
    await poll_heads(reader.node)
    network.clock.advance(seconds=2 * LATEST.total_seconds())
    round_ = await poll_heads(reader.node)

    assert all(not each.problem for each in round_.read)
    assert await lacks(reader, origin) == []
    assert "One" in (await held_titles(reader, origin)).values()


async def test_a_hub_that_holds_back_its_own_content_is_shown_by_its_replicas(
    network: Network,
) -> None:
    origin, liar, honest, reader = await one_log_in_three_places(network)
    await network.peers(reader, honest)
    kept = await hold_back(origin, origin, 3)
    await hold_back(liar, origin, 3)

    done = await reader.catches_up(origin)

    assert (done.problem, done.withheld, done.replicas) == ("", 0, ())
    assert sorted(await told(reader)) == sorted(
        [("withheld", origin.host), ("withheld", liar.host)]
    )
    assert "Two" in (await held_titles(reader, origin)).values()
    await set_content(origin, origin, 3, kept[3])
    lines = await public_log(reader, origin.hub.identity.g)
    entries = [from_line(line) for line in lines]
    page = check_page(entries, log=origin.hub.identity.g, manifest=None, after=None)
    assert all(entry.a is not None for entry in page.entries)


async def test_when_it_shows_it_after_all_the_notice_ends(network: Network) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    kept = await hold_back(liar, origin, 4)
    origin.is_up = False
    await reader.catches_up(origin)
    assert await told(reader) == [("withheld", liar.host)]

    await set_content(liar, origin, 4, kept[4])
    done = await reader.catches_up(origin)

    assert (done.withheld, await told(reader)) == (0, [])
    assert "Three" in (await held_titles(reader, origin)).values()


async def test_what_is_lawfully_erased_is_not_asked_for_and_nobody_is_accused(
    network: Network,
) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    doomed = await publish(origin, "Doomed")
    await origin.do(lambda db: retract_resource(db, origin.hub, doomed, origin.act()))
    await network.settle()
    await liar.catches_up(origin)
    origin.is_up = False

    done = await reader.catches_up(origin)

    assert (done.seq, done.withheld, await told(reader)) == (6, 0, [])
    assert await lacks(reader, origin) == []


async def test_what_was_held_back_and_then_deleted_is_asked_for_no_more(network: Network) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    doomed = await publish(origin, "Doomed")
    await liar.catches_up(origin)
    await hold_back(liar, origin, 5)
    origin.is_up = False
    await reader.catches_up(origin)
    assert await lacks(reader, origin) == [5]

    origin.is_up = True
    await origin.do(lambda db: retract_resource(db, origin.hub, doomed, origin.act()))
    done = await reader.catches_up(origin)

    assert (done.seq, done.withheld) == (6, 0)
    assert "Doomed" not in (await held_titles(reader, origin)).values()


async def test_a_deletion_that_is_held_back_is_noticed_and_takes_effect_when_it_comes(
    network: Network,
) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    await reader.catches_up(origin)
    doomed = await publish(origin, "Doomed")
    await network.settle()
    await reader.catches_up(origin)
    origin.is_up = False
    await origin.do(lambda db: retract_resource(db, origin.hub, doomed, origin.act()))
    await liar.do(lambda db: db.execute("update deliveries set state = 'dropped'"))
    origin.is_up = True
    await liar.catches_up(origin)
    await hold_back(liar, origin, 6)
    origin.is_up = False

    done = await reader.catches_up(origin)

    # Its header alone is enough to erase what it names from the copy of the log.
    assert (done.seq, done.withheld) == (6, 1)
    assert await reader.rows("select seq from log_entries where document like '%Doomed%'") == []
    origin.is_up = True
    assert (await reader.catches_up(origin)).withheld == 0
    assert "Doomed" not in (await held_titles(reader, origin)).values()


async def test_an_older_version_that_comes_late_does_not_replace_a_newer_one(
    network: Network,
) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    changing = await publish(origin, "Old title")
    new = a_record("New title")
    await origin.do(lambda db: update_resource(db, origin.hub, changing, new, origin.act()))
    await liar.catches_up(origin)
    await hold_back(liar, origin, 5)
    origin.is_up = False
    assert (await reader.catches_up(origin)).withheld == 1
    assert "New title" in (await held_titles(reader, origin)).values()

    origin.is_up = True
    assert (await reader.catches_up(origin)).withheld == 0

    titles = (await held_titles(reader, origin)).values()
    assert ("New title" in titles, "Old title" in titles) == (True, False)


@pytest.mark.parametrize("content", ['{"type":"Create","id":"https://x.example/1"}', "[]", "{}"])
async def test_content_that_is_not_that_of_the_entry_does_not_heal_it(
    network: Network, content: str
) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    await hold_back(liar, origin, 2)
    origin.is_up = False
    await reader.catches_up(origin)

    await set_content(liar, origin, 2, content)
    done = await reader.catches_up(origin)

    assert done.withheld == 1
    assert ("refused", liar.host) in await told(reader)
    assert await lacks(reader, origin) == [2]
    ((stored,),) = await reader.rows(
        "select document from log_entries where log = ? and seq = 2", origin.hub.identity.g
    )
    assert stored is None


async def test_who_does_not_have_the_log_is_not_accused(network: Network) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    other = await network.hub("Amsterdam")
    await network.peers(reader, other)
    await hold_back(liar, origin, 2)
    origin.is_up = False

    await reader.catches_up(origin)

    assert await told(reader) == [("withheld", liar.host)]


async def test_a_log_that_is_kept_for_others_is_healed_as_well(network: Network) -> None:
    origin, liar, honest, _ = await one_log_in_three_places(network)
    newcomer = await network.hub("Newcomer")
    for holder in (liar, honest):
        await network.peers(newcomer, holder)
    await hold_back(liar, origin, 2, 4)
    g = origin.hub.identity.g

    first = await keep_replica(newcomer.node, g, [await peer_with(newcomer, liar)])
    assert await lacks(newcomer, origin) == [2, 4]
    second = await keep_replica(newcomer.node, g, [await peer_with(newcomer, honest)])

    assert (first.seq, second.entries) == (4, 0)
    assert await lacks(newcomer, origin) == []
    assert await public_log(newcomer, g) == await public_log(origin, g)


async def test_many_that_are_held_back_come_by_the_page(network: Network) -> None:
    origin, liar = await network.hub("Barcelona"), await network.hub("Coalition", kind="coalition")
    reader = await network.hub("New York")
    for number in range(60):
        await publish(origin, f"Guide {number}")
    for one, other in ((liar, origin), (reader, origin), (reader, liar)):
        await network.peers(one, other)
    await liar.catches_up(origin)
    await hold_back(liar, origin, *range(2, 62, 2))
    origin.is_up = False
    assert (await reader.catches_up(origin)).withheld == 30
    origin.is_up = True
    asked: list[str] = []
    counting = _Counting(reader, asked)
    reader.node = replace(reader.node, transport=counting)  # type: ignore[arg-type]

    done = await catch_up(reader.node, await reader.peer(origin))

    assert done.withheld == 0
    assert len(await held_titles(reader, origin)) == 60
    assert sum("/hub/log/" in url for url in asked) < 6


class _Counting:
    """A transport that remembers what was asked for."""

    def __init__(self, hub: RunningHub, asked: list[str]) -> None:
        self._real, self._asked = hub.node.transport, asked

    async def send(self, request: object, **more: object) -> object:
        self._asked.append(request.url)  # type: ignore[attr-defined]
        return await self._real.send(request, **more)  # type: ignore[arg-type]

    async def close(self) -> None:
        await self._real.close()


async def test_dropping_a_log_forgets_what_it_lacked(network: Network) -> None:
    origin, liar, _, reader = await one_log_in_three_places(network)
    await hold_back(liar, origin, 2)
    origin.is_up = False
    await reader.catches_up(origin)

    await reader.do(lambda db: Log(db).drop(origin.hub.identity.g))

    assert await lacks(reader, origin) == []
