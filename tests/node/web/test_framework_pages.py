"""The pages of the policy framework: what was published, here and elsewhere, and nothing else."""

from typing import Any

import pytest
import sqlite_utils

from content.changes import Act
from content.framework.customizing import reword
from content.framework.files import shipped
from content.framework.scores import assess
from content.framework.sharing import HeldFrameworkStore, SharedItem, SharedScore
from content.framework.work import adopt_framework, customize
from content.held import Held
from content.hubs import HubDirectory, HubEntry
from content.labels import Label
from federation.publishing_framework import publish_items, withdraw_items
from tests.node.conftest import ServedHub
from tests.node.web.reading import assert_nothing_live, visit
from tests.node.web.test_hostile_texts import PAYLOADS
from tests.node.web.test_pages import assert_well_made

OTHER = "rights.barcelona.example"
ULID = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
ITEM = "tool-dpia"


async def do(hub: ServedHub, work: Any) -> Any:
    act = Act("operator", hub.node.clock.now())
    return await hub.node.database.write(lambda db: work(db, act))


async def adopted(hub: ServedHub, **texts: str) -> None:
    def work(db: sqlite_utils.Database, act: Act) -> None:
        adopt_framework(db, shipped(), act)
        customize(db, ITEM, "reword", lambda f: reword(f, ITEM, texts=texts), act)

    await do(hub, work)


async def publish(hub: ServedHub, *items: str, **more: Any) -> list[str]:
    """Publish items; return the addresses of their pages."""
    outs = await do(
        hub, lambda db, act: publish_items(db, hub.node.hub, items or (ITEM,), act, **more)
    )
    return [f"/framework/{out.ref}" for out in outs]


async def hold(hub: ServedHub, *, label: Label = Label.CLEAR, state: str = "active") -> str:
    """Hold an item of another hub; return the address of its page here."""
    now = hub.node.clock.now()
    item = shipped().framework.get("tool-hria")
    score = SharedScore(level=4, note="Every programme since 2024.", at=now)
    held = Held(
        hub=OTHER,
        ref=ULID,
        url=f"https://{OTHER}/framework/{ULID}",
        record=SharedItem(item=item, upstream="2026-11", score=score),
        document="{}",
        label=label,
        received_at=now,
        published_at=now,
        updated_at=now,
    )
    entry = HubEntry(
        host=OTHER,
        g=None,
        name="Barcelona",
        kind="hub",
        city="Barcelona",
        country="ES",
        language="ca",
        actor=f"https://{OTHER}/actor",
    )
    peer = {
        "actor": f"https://{OTHER}/actor",
        "host": OTHER,
        "kind": "hub",
        "name": "Barcelona",
        "state": state,
        "document": "{}",
        "pinned_keys": "[]",
        "sealing_keys": "[]",
        "added_at": "2026-11-24T09:30:00.000Z",
        **dict.fromkeys(
            ("city", "country", "language", "inbox", "fingerprint", "agreement", "added_by"), ""
        ),
    }

    def work(db: sqlite_utils.Database, _: Act) -> None:
        HeldFrameworkStore(db).put(held)
        HubDirectory(db).put(entry)
        db["peers"].insert(peer)

    await do(hub, work)
    return f"/hubs/{OTHER}/framework/{ULID}"


async def test_an_item_is_shown_with_its_guidance_and_its_score_if_that_is_published(
    served: ServedHub,
) -> None:
    await adopted(served, why="Because we collect too much.")
    await do(served, lambda db, act: assess(db, ITEM, {"level": 2, "note": "A draft."}, act))
    assert "not published items" in (await visit(served, "/framework")).text

    (path,) = await publish(served, scored=True)
    listed, page = await visit(served, "/framework"), await visit(served, path)

    assert path in listed.links
    assert "2 of 4, developing" in listed.text
    for words in ("Because we collect too much.", "What to do first", "A draft.", "2 of 4"):
        assert words in page.text
    assert "operator" not in page.text
    assert_well_made(listed)
    assert_well_made(page)


async def test_what_is_not_public_or_taken_back_has_no_page(served: ServedHub) -> None:
    await adopted(served)
    (green,) = await publish(served, "tool-hria", label=Label.GREEN)
    (gone,) = await publish(served)
    await do(served, lambda db, act: withdraw_items(db, served.node.hub, [ITEM], act))

    assert (await served.get(green)).status == 404
    assert (await served.get(f"/framework/{ULID}")).status == 404
    assert_well_made(await visit(served, gone, status=410))
    listed = await visit(served, "/framework")
    assert [link for link in listed.links if link.startswith("/framework/")] == []


async def test_the_framework_of_another_hub_has_its_pages_while_it_is_a_peer(
    served: ServedHub,
) -> None:
    path = await hold(served)

    first = await visit(served, "/framework")
    listed, page = await visit(served, f"/hubs/{OTHER}/framework"), await visit(served, path)

    assert f"/hubs/{OTHER}/framework" in first.links
    assert path in listed.links
    assert "Every programme since 2024." in page.text
    assert_well_made(listed)
    assert_well_made(page)
    await do(served, lambda db, _: db.execute("update peers set state = 'suspended'") and None)
    assert (await served.get(path)).status == 404
    assert OTHER not in (await visit(served, "/framework")).text


async def test_what_hubs_share_among_each_other_is_not_on_a_page(served: ServedHub) -> None:
    path = await hold(served, label=Label.GREEN)

    assert (await served.get(path)).status == 404
    assert (await visit(served, "/framework")).links.count(f"/hubs/{OTHER}/framework") == 0


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_field_of_an_item_is_live(served: ServedHub, payload: str) -> None:
    await adopted(served, title=payload, why=payload)
    await do(
        served,
        lambda db, act: customize(
            db, ITEM, "reword", lambda f: reword(f, ITEM, responsible=payload), act
        ),
    )
    await do(served, lambda db, act: assess(db, ITEM, {"level": 1, "note": payload}, act))

    (path,) = await publish(served, scored=True, confirmed=True)

    for address in ("/framework", path):
        assert_nothing_live(await visit(served, address))
    assert payload in (await visit(served, path)).text


async def test_published_items_are_in_the_feeds(served: ServedHub) -> None:
    await adopted(served)
    (path,) = await publish(served)
    await publish(served, "tool-hria", label=Label.GREEN)
    held = await hold(served)

    feed = (await served.get("/feed.json")).json
    atom = (await served.get("/feed.atom")).body.decode()

    pages = [item["url"].partition("://")[2].partition("/")[2] for item in feed["items"]]
    assert sorted(f"/{page}" for page in pages) == sorted([path, held])
    assert path in atom
    assert {item["_hub"]["host"] for item in feed["items"]} == {
        served.node.hub.identity.host,
        OTHER,
    }


async def test_a_pillar_is_the_heading_of_its_items_and_not_one_of_them(served: ServedHub) -> None:
    await adopted(served)
    await publish(served, "tool-dpia")
    bare = await visit(served, "/framework")
    (pillar,) = await publish(served, "tool-tools")

    page = await visit(served, "/framework")

    assert "Tools Data protection impact assessment" in bare.words
    assert page.links.count(pillar) == 1
    assert page.words.count("Tools Tools are the methods") == 1, "with what it is beneath"
    assert page.words.index("Tools are the methods") < page.words.index("Data protection impact")
