"""The same document from two hubs is one hit with both origins, and nothing is lost by it."""

from functools import partial
from typing import Any

import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.cases.attachment import read_attachment
from content.catalogue import Catalogue
from content.resources.duplicates import DuplicatePage, find_duplicates
from content.resources.file_store import ResourceFileStore
from content.resources.held import HeldResourceStore
from content.resources.resource import Resource
from content.resources.same import NotJoined
from content.resources.store import ResourceMerged, ResourceStore
from content.search import ResourceQuery, search_resources
from federation.merging import (
    LabelsDiffer,
    MergeSame,
    keep_apart,
    merge_resources,
    prepare_duplicates,
    unmerge_resource,
)
from federation.policy import Audience, Door, visible_labels
from federation.publishing import (
    add_resource,
    import_resources,
    retract_resource,
    update_resource,
)
from federation.publishing_files import attach_files
from tests.content.sample_files import PDF
from tests.hubs.running import Network, RunningHub, a_record

STAFF = visible_labels(Door.API, Audience.STAFF)


async def publishes(hub: RunningHub, title: str, **fields: Any) -> Resource:
    act = hub.act()
    return await hub.do(lambda db: add_resource(db, hub.hub, a_record(title, **fields), act))


async def hits(at: RunningHub, q: str = "", **more: Any) -> list[tuple[str, list[str]]]:
    """Return title and further origins of what a search finds."""
    query = ResourceQuery(q=q, **more)
    page = await at.read(lambda db: search_resources(db, query))
    return [
        (next(iter(each.title.values())), [other.hub for other in each.also]) for each in page.items
    ]


async def found(hub: RunningHub, **more: Any) -> DuplicatePage:
    await prepare_duplicates(hub.node)
    return await hub.read(lambda db: find_duplicates(db, STAFF, **more))


async def merges(hub: RunningHub, kept: str, other: str) -> str:
    act = hub.act()
    done = await hub.do(lambda db: merge_resources(db, hub.hub, kept, other, act))
    return done.how


async def two_hubs(network: Network) -> tuple[RunningHub, RunningHub]:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(amsterdam, barcelona)
    return amsterdam, barcelona


def url_of(hub: RunningHub, resource: Resource) -> str:
    return f"{hub.origin}/resources/{resource.id}"


async def test_one_document_of_two_hubs_is_found_joined_and_parted(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    ours = await publishes(amsterdam, "Register guide", url="https://city.example/guide/")
    theirs = await publishes(
        barcelona, "Guia de registres", language="ca", url="http://www.city.example/guide?utm_x=1"
    )
    await network.settle()

    (group,) = (await found(amsterdam)).items
    before = await hits(amsterdam)
    how = await merges(amsterdam, ours.id, url_of(barcelona, theirs))
    joined, by_their_words = await hits(amsterdam), await hits(amsterdam, "registres")
    by_their_hub = await hits(amsterdam, hub=barcelona.host)
    nothing_more = await found(amsterdam)
    act = amsterdam.act()
    await amsterdam.do(
        lambda db: unmerge_resource(db, amsterdam.hub, url_of(barcelona, theirs), act)
    )

    assert (group.certain, group.why) == (True, ("address",))
    assert {each.hub for each in group.records} == {amsterdam.host, barcelona.host}
    assert len(before) == 2
    assert how == "joined"
    assert joined == [("Register guide", [barcelona.host])]
    assert by_their_words == joined
    assert by_their_hub == joined
    assert nothing_more.total == 0
    assert await hits(amsterdam) == before
    assert await hits(amsterdam, hub=barcelona.host) == [("Guia de registres", [])]


async def test_what_its_origin_changes_or_takes_back_is_followed_in_a_group(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    ours = await publishes(amsterdam, "Register guide", url="https://city.example/guide")
    theirs = await publishes(barcelona, "Guia de registres", url="https://city.example/guide")
    await network.settle()
    await merges(amsterdam, url_of(barcelona, theirs), ours.id)
    changed = a_record("Guia de algoritmes", url="https://city.example/guide")
    act = barcelona.act()
    await barcelona.do(lambda db: update_resource(db, barcelona.hub, theirs.id, changed, act))
    await network.settle()
    led_by_theirs = await hits(amsterdam)
    ended = barcelona.act()
    await barcelona.do(lambda db: retract_resource(db, barcelona.hub, theirs.id, ended))
    await network.settle()

    assert led_by_theirs == [("Guia de algoritmes", [amsterdam.host])]
    assert await hits(amsterdam) == [("Register guide", [])]
    assert await amsterdam.rows("select count(*) from catalogue_same") == [(0,)]


async def test_two_of_our_own_become_one_everywhere_and_it_can_be_undone(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    one = await publishes(amsterdam, "Register guide", year=None, topics=["privacy"])
    two = await publishes(amsterdam, "Guía de registros", language="es")
    await network.settle()

    how = await merges(amsterdam, one.id, two.id)
    await network.settle()
    kept = await amsterdam.read(lambda db: ResourceStore(db).get(one.id))
    elsewhere = await hits(barcelona)
    try:
        await amsterdam.read(lambda db: ResourceStore(db).get(two.id))
        target = ""
    except ResourceMerged as error:
        target = error.target
    again = await amsterdam.do(
        lambda db: import_resources(db, amsterdam.hub, [two.record], amsterdam.act())
    )
    act = amsterdam.act()
    back = await amsterdam.do(lambda db: unmerge_resource(db, amsterdam.hub, two.id, act))
    await network.settle()
    restored = await amsterdam.read(lambda db: ResourceStore(db).get(one.id))
    returned = await amsterdam.read(lambda db: ResourceStore(db).get(back.ref))

    assert (how, target) == ("merged", one.id)
    assert set(kept.record.title) == {"en", "es"}
    assert (kept.record.year, kept.record.topics) == (2024, ("privacy", "algorithm-registers"))
    assert two.record.url in kept.record.related
    assert elsewhere == [("Register guide", [])]
    assert (again.added, again.ids) == (0, (one.id,))
    assert restored.record == one.record
    assert returned.record == two.record
    assert back.ref != two.id
    assert len(await hits(barcelona)) == 2


async def test_no_file_is_lost_when_two_become_one(network: Network) -> None:
    amsterdam = await network.hub("Amsterdam")
    one, two = await publishes(amsterdam, "Guide"), await publishes(amsterdam, "The guide")
    for resource, contents in ((one, (b"A",)), (two, (b"A", b"B"))):
        for content in contents:
            name = "text.pdf" if len(contents) == 1 or content == b"B" else "same.pdf"
            file = read_attachment(name, PDF + content)
            attach = partial(attach_files, hub=amsterdam.hub, resource_id=resource.id)
            await amsterdam.do(lambda db, a=attach, f=file: a(db, files=[f], act=amsterdam.act()))

    await merges(amsterdam, one.id, two.id)

    files = await amsterdam.read(lambda db: ResourceFileStore(db).of(one.id))
    assert sorted(each.name for each in files) == ["text (2).pdf", "text.pdf"]


async def test_what_is_taken_back_leaves_nothing_of_what_was_merged_into_it(
    network: Network,
) -> None:
    amsterdam = await network.hub("Amsterdam")
    one = await publishes(amsterdam, "Register guide")
    two = await publishes(amsterdam, "Xylophonequartz guide")
    await merges(amsterdam, one.id, two.id)
    act = amsterdam.act()
    await amsterdam.do(lambda db: retract_resource(db, amsterdam.hub, one.id, act))
    await network.sweep()

    assert network.traces(amsterdam, "xylophonequartz") == []


async def test_a_record_that_fewer_may_see_never_stands_for_one_that_more_may_see(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    ours = await publishes(amsterdam, "Public guide", url="https://city.example/guide")
    theirs = await publishes(
        barcelona, "Secret guide", url="https://city.example/guide", label="tlp-green"
    )
    await network.settle()
    refused = ""
    try:
        await merges(amsterdam, url_of(barcelona, theirs), ours.id)
    except LabelsDiffer as error:
        refused = str(error)
    await merges(amsterdam, ours.id, url_of(barcelona, theirs))

    assert "first" in refused
    assert await hits(amsterdam) == [("Public guide", [])]
    assert await hits(amsterdam, "secret") == []
    assert await hits(amsterdam, hub=barcelona.host) == []
    assert await hits(amsterdam, labels=STAFF) == [("Public guide", [barcelona.host])]


async def test_a_leader_that_becomes_less_open_leaves_the_others_to_be_found(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    ours = await publishes(amsterdam, "Our guide", url="https://city.example/guide")
    theirs = await publishes(barcelona, "Their guide", url="https://city.example/guide")
    await network.settle()
    await merges(amsterdam, ours.id, url_of(barcelona, theirs))
    secret = a_record("Our guide", url="https://city.example/guide", label="tlp-amber")
    act = amsterdam.act()
    await amsterdam.do(lambda db: update_resource(db, amsterdam.hub, ours.id, secret, act))

    assert await hits(amsterdam) == [("Their guide", [])]


async def test_pairs_that_people_keep_apart_are_not_listed_again(network: Network) -> None:
    amsterdam = await network.hub("Amsterdam")
    one = await publishes(amsterdam, "Annual report on rights", url="https://a.example/1")
    two = await publishes(amsterdam, "Annual report on rights", url="https://a.example/2")
    before = await found(amsterdam)
    certain = await found(amsterdam, certain_only=True)
    act = amsterdam.act()
    await amsterdam.do(lambda db: keep_apart(db, amsterdam.hub, one.id, two.id, act))

    assert (before.total, before.items[0].certain, before.items[0].why) == (1, False, ("title",))
    assert certain.total == 0
    assert (await found(amsterdam)).total == 0


async def test_no_record_is_merged_with_itself_or_parted_from_nothing(network: Network) -> None:
    amsterdam = await network.hub("Amsterdam")
    one = await publishes(amsterdam, "Register guide")
    refused = []
    for step in (
        lambda db: merge_resources(db, amsterdam.hub, one.id, one.id, amsterdam.act()),
        lambda db: unmerge_resource(db, amsterdam.hub, one.id, amsterdam.act()),
    ):
        try:
            await amsterdam.do(step)
        except (MergeSame, NotJoined) as error:
            refused.append(type(error).__name__)

    assert refused == ["MergeSame", "NotJoined"]


class _TakenBack(Exception):
    """Ends a transaction so that nothing of it is kept."""


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["join", "part", "retract", "again"]), st.integers(0, 4), st.integers(0, 4)
    ),
    max_size=8,
)


async def test_whatever_people_do_each_document_is_found_once(network: Network) -> None:
    """Every record that is out is a hit or behind one, and an index made anew says the same."""
    amsterdam, barcelona = await two_hubs(network)
    theirs = [await publishes(barcelona, f"Document number {n}") for n in range(5)]
    await network.settle()
    urls = [url_of(barcelona, each) for each in theirs]

    def check(db: sqlite_utils.Database) -> None:
        def shown() -> list[tuple[str, tuple[str, ...]]]:
            page = search_resources(db, ResourceQuery(limit=50))
            return sorted((e.place.url, tuple(o.url for o in e.also)) for e in page.items)

        told = shown()
        everything = sorted(url for leader, others in told for url in (leader, *others))
        held = db.execute("select url from held_resources where gone_at is null order by url")
        assert everything == [url for (url,) in held.fetchall()]
        Catalogue(db).rebuild(amsterdam.origin)
        assert shown() == told

    def run(moves: list[tuple[str, int, int]]) -> Any:
        def work(db: sqlite_utils.Database) -> None:
            for verb, one, other in moves:
                act = amsterdam.act()
                gone = {u for u in urls if HeldResourceStore(db).by_url(u) is None}
                if {urls[one], urls[other]} & gone:
                    continue
                try:
                    if verb == "join":
                        merge_resources(db, amsterdam.hub, urls[one], urls[other], act)
                    elif verb == "part":
                        unmerge_resource(db, amsterdam.hub, urls[one], act)
                    elif verb == "again":
                        Catalogue(db).index_again(urls[one])
                    else:
                        HeldResourceStore(db).remove(
                            barcelona.host, theirs[one].id, act.at, url=urls[one]
                        )
                        Catalogue(db).drop(urls[one])
                except (MergeSame, NotJoined):
                    continue
            check(db)
            raise _TakenBack

        return work

    examples: list[list[tuple[str, int, int]]] = []

    @settings(
        max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(MOVES)
    def collect(moves: list[tuple[str, int, int]]) -> None:
        examples.append(moves)

    collect()
    for moves in examples:
        try:
            await amsterdam.do(run(moves))
        except _TakenBack:
            continue
