"""Sources: plain ActivityPub actors whose public posts a hub shows beside the rest."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from content.resources.held import ForeignRecord, HeldResourceStore
from federation.discovery import discover
from federation.peering import add_peer, remove_peer
from federation.peers import Peer, PeerStore
from tests.hubs.running import Network, RunningHub
from tests.strangers_at_work import PUBLIC, Stranger

MASTODON_NOTE = {
    "type": "Note",
    "summary": None,
    "inReplyTo": None,
    "published": "2026-11-20T08:00:00Z",
    "to": [PUBLIC],
    "cc": ["https://mastodon.example/users/city/followers"],
    "sensitive": False,
    "content": "<p>Our register of algorithms is online. "
    '<a href="https://mastodon.example/tags/privacy" class="mention hashtag" rel="tag">'
    "#<span>privacy</span></a></p>",
    "contentMap": {"nl": "<p>Our register of algorithms is online.</p>"},
    "attachment": [],
    "tag": [
        {"type": "Hashtag", "href": "https://mastodon.example/tags/privacy", "name": "#privacy"}
    ],
}
WORDPRESS_ARTICLE = {
    "type": "Article",
    "name": "Guide to  digital rights",
    "nameMap": {"en": "Guide to digital rights"},
    "summary": "An excerpt that WordPress sends.",
    "content": '<h2 onclick="x()">Part one</h2><p>Text &amp; more</p><script>alert(1)</script>',
    "contentMap": {"en": "<p>Text</p>"},
    "published": "2026-11-19T08:00:00Z",
    "updated": "2026-11-19T09:00:00Z",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "cc": [],
    "url": "https://ngo.example/guide",
}
FEDIFY_PAGE = {
    "type": "Page",
    "name": "A page",
    "to": "as:Public",
    "url": {"type": "Link", "href": "https://blog.example/a-page", "mediaType": "text/html"},
    "content": "<ul><li>One</li><li>Two</li></ul>",
}
MOBILIZON_EVENT = {
    "type": "Event",
    "name": "Workshop",
    "startTime": "2026-12-01T18:00:00+01:00",
    "to": [PUBLIC],
    "content": "<p>Come along.</p>",
}


class Source:
    """A stranger whom a hub added as a source."""

    def __init__(self, server: Stranger, hub: RunningHub, network: Network) -> None:
        self.server, self.hub, self._network = server, hub, network

    async def says(self, kind: str, number: int, obj: Any, **more: Any) -> int:
        """Send an activity to the hub; return the status of the answer."""
        body = json.dumps(self.server.activity(kind, number, obj, **more)).encode()
        url = f"{self.hub.origin}/inbox"
        headers = self.server.cavage(url, body, self.hub.clock.now())
        async with self.hub.session.post(url, data=body, headers=headers) as answer:
            status = answer.status
        await self._network.settle()
        return status

    def post(self, number: int, shape: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return an object of the source."""
        identity = f"{self.server.actor}/posts/{number}"
        return {"id": identity, "attributedTo": self.server.actor, **shape, **more}

    async def peer(self) -> Peer:
        return await self.hub.read(lambda db: PeerStore(db).get(self.server.actor))

    async def held(self) -> list[ForeignRecord]:
        found = await self.hub.read(lambda db: list(HeldResourceStore(db).all()))
        assert all(each.origin_kind == "source" for each in found)
        return [each.record for each in found if isinstance(each.record, ForeignRecord)]


@pytest.fixture
async def source(network: Network) -> AsyncIterator[Source]:
    """Return a source that accepted the hub's Follow."""
    async with await Stranger.start("city") as server:
        network.trust(server.authority)
        server.publish(name="City of Example")
        hub = await network.hub("Amsterdam")
        found = await discover(hub.node, server.actor)
        await hub.do(lambda db: add_peer(db, hub.hub, found, hub.act()))
        await network.settle()
        source = Source(server, hub, network)
        (follow,) = [received.json for received in server.received if received.method == "POST"]
        assert await source.says("Accept", 1, follow) == 202
        yield source


async def test_adding_a_source_follows_it_and_its_accept_activates_it(source: Source) -> None:
    peer = await source.peer()

    assert (peer.kind, peer.state, peer.name) == ("source", "active", "City of Example")
    assert peer.host == f"city@{source.server.authority}"
    assert "not from a hub" in peer.words


@pytest.mark.parametrize(
    ("shape", "title", "summary", "language"),
    [
        (
            MASTODON_NOTE,
            "Our register of algorithms is online. #privacy",
            "Our register of algorithms is online. #privacy",
            "nl",
        ),
        (WORDPRESS_ARTICLE, "Guide to digital rights", "Part one\nText & more", "en"),
        (FEDIFY_PAGE, "A page", "One\nTwo", "und"),
        (MOBILIZON_EVENT, "Workshop", "Come along.", "und"),
    ],
    ids=["Mastodon", "WordPress", "Fedify", "Mobilizon"],
)
async def test_the_posts_of_the_usual_servers_are_found_as_plain_text(
    source: Source, shape: dict[str, Any], title: str, summary: str, language: str
) -> None:
    assert await source.says("Create", 2, source.post(1, shape)) == 202

    (record,) = await source.held()
    assert record.title == {language: title}
    assert record.summary == {language: summary}
    assert record.publisher == "City of Example"
    found = await source.hub.rows("select hub, label, own from catalogue")
    assert found == [(f"city@{source.server.authority}", "tlp-clear", 0)]


async def test_an_update_replaces_and_a_delete_takes_back_for_ever(source: Source) -> None:
    post = source.post(1, WORDPRESS_ARTICLE)
    await source.says("Create", 2, post)
    changed = {**post, "name": "Changed", "updated": "2026-11-20T09:00:00Z", "nameMap": {}}
    await source.says("Update", 3, changed)
    assert [record.title for record in await source.held()] == [{"en": "Changed"}]

    tombstone = {"id": post["id"], "type": "Tombstone"}
    assert await source.says("Delete", 4, tombstone) == 202
    assert await source.held() == []
    assert await source.says("Create", 5, post) == 410
    assert await source.held() == []


async def test_a_delete_by_the_bare_id_works_too(source: Source) -> None:
    post = source.post(1, MASTODON_NOTE)
    await source.says("Create", 2, post)

    await source.says("Delete", 3, post["id"])

    assert await source.held() == []


@pytest.mark.parametrize(
    "change",
    [
        {"to": ["https://mastodon.example/users/city/followers"], "cc": []},
        {"inReplyTo": "https://elsewhere.example/notes/1"},
        {"type": "Question"},
        {"content": "", "contentMap": {}},
    ],
    ids=["followers only", "a reply to somebody", "another type", "empty"],
)
async def test_what_is_not_for_everybody_or_says_nothing_is_not_shown(
    source: Source, change: dict[str, Any]
) -> None:
    await source.says("Create", 2, source.post(1, {**MASTODON_NOTE, **change}))

    assert await source.held() == []


async def test_a_source_speaks_only_for_itself(source: Source) -> None:
    of_another = source.post(1, MASTODON_NOTE, attributedTo=f"{source.server.origin}/users/other")

    assert await source.says("Create", 2, of_another) == 403
    assert await source.held() == []


async def test_removing_a_source_undoes_the_follow(source: Source) -> None:
    hub = source.hub
    peer = await source.peer()

    await hub.do(lambda db: remove_peer(db, hub.hub, peer.host, hub.act()))
    await source.says("Create", 9, source.post(9, MASTODON_NOTE))

    undo = source.server.received[-1].json
    assert (undo["type"], undo["object"]["type"]) == ("Undo", "Follow")
    assert undo["object"]["id"] == peer.our_offer
    assert await source.held() == []
