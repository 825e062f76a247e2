"""The feeds: valid, safe, and cheap to poll."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.times import to_text
from federation.hub import Identity
from node.api.models.catalogue import HubRef
from node.feeds import ATOM, Item, as_atom, as_json_feed
from tests.node.conftest import ServedHub

IDENTITY = Identity(
    "https://hub.example", "Hub & Co", "City", "NL", "nl", "Europe/Amsterdam", "hub", "uG"
)
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
RESOURCE = {
    "title": {"en": "Guide <b>to</b> registers"},
    "summary": {"en": "How & why"},
    "url": "https://docs.example/guide",
    "language": "en",
    "kind": "guide",
    "topics": ["procurement"],
}


def item(title: str = "Title", summary: str = "Summary") -> Item:
    return Item(
        id="https://other.example/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH",
        page="https://hub.example/hubs/other.example/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH",
        link="https://docs.example/?a=1&b=2",
        title=title,
        summary=summary,
        language="en",
        hub=HubRef(host="other.example", name="Other"),
        hub_origin="https://other.example",
        topics=("procurement",),
        published=AT,
        updated=AT,
    )


def tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def test_an_atom_feed_has_what_the_standard_asks_for() -> None:
    feed = ET.fromstring(as_atom(IDENTITY, [item()]))  # noqa: S314 - our own

    for name in ("id", "title", "updated"):
        assert len(feed.findall(tag(name))) == 1
    assert {link.get("rel") for link in feed.findall(tag("link"))} == {"self", "alternate"}
    entry = feed.find(tag("entry"))
    for name in ("id", "title", "updated", "published"):
        assert entry.findtext(tag(name))
    assert entry.findtext(f"{tag('author')}/{tag('name')}") == "Other"
    assert entry.findtext(f"{tag('source')}/{tag('id')}") == "https://other.example/feed.atom"
    assert entry.find(tag("link")).get("href").startswith("https://hub.example/hubs/other.example")


def test_an_entry_from_elsewhere_names_its_feed_as_a_feed_must_be_named() -> None:
    own = replace(item(), id="https://hub.example/resources/1", hub_origin=IDENTITY.origin)
    old = replace(item(), id="https://other.example/resources/2", updated=AT - timedelta(days=3))
    feed = ET.fromstring(as_atom(IDENTITY, [own, old, item()]))  # noqa: S314 - our own

    sources = [entry.find(tag("source")) for entry in feed.findall(tag("entry"))]

    assert sources[0] is None
    for source in sources[1:]:
        assert [source.findtext(tag(name)) for name in ("id", "title", "updated")] == [
            "https://other.example/feed.atom",
            "Other",
            to_text(AT),
        ]


def test_an_address_that_strict_readers_refuse_is_encoded() -> None:
    odd = replace(item(), link="https://docs.example/a|b")

    feed = ET.fromstring(as_atom(IDENTITY, [odd]))  # noqa: S314 - our own
    [entry] = json.loads(as_json_feed(IDENTITY, [odd]))["items"]

    links = {
        each.get("rel"): each.get("href") for each in feed.find(tag("entry")).iter(tag("link"))
    }
    assert links["related"] == entry["external_url"] == "https://docs.example/a%7Cb"


def test_a_json_feed_has_what_the_standard_asks_for() -> None:
    feed = json.loads(as_json_feed(IDENTITY, [item(summary="")]))

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (entry,) = feed["items"]
    assert entry["content_text"]
    assert entry["_hub"] == {"host": "other.example", "name": "Other"}
    assert entry["authors"] == [{"name": "Other", "url": "https://other.example"}]


@given(st.text(), st.text())
def test_no_text_breaks_a_feed(title: str, summary: str) -> None:
    feed = ET.fromstring(as_atom(IDENTITY, [item(title, summary)]))  # noqa: S314 - our own

    assert len(feed.findall(tag("entry"))) == 1
    json.loads(as_json_feed(IDENTITY, [item(title.encode(errors="replace").decode(), "")]))


async def test_what_is_published_is_in_the_feeds_as_text(served: ServedHub) -> None:
    assert (await served.post("/api/v1/resources", RESOURCE)).status == 201

    atom = await served.get("/feed.atom")
    feed = ET.fromstring(atom.body)  # noqa: S314 - our own
    assert feed.find(tag("entry")).findtext(tag("title")) == "Guide <b>to</b> registers"
    assert b"<b>" not in atom.body
    found = await served.get("/feed.json")
    assert found.headers["Content-Type"] == "application/feed+json"
    assert found.json["items"][0]["title"] == "Guide <b>to</b> registers"


async def test_what_is_not_for_everybody_is_in_no_feed(served: ServedHub) -> None:
    for label in ("tlp-green", "tlp-amber", "tlp-red"):
        record = {**RESOURCE, "url": None, "label": label, "title": {"en": f"Guide {label}"}}
        answer = await served.post("/api/v1/resources", record)
        assert answer.status == 201, answer.body

    assert (await served.get("/feed.json")).json["items"] == []


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
async def test_who_has_the_newest_version_gets_no_body(served: ServedHub, path: str) -> None:
    await served.post("/api/v1/resources", RESOURCE)
    first = await served.get(path)

    same = await served.get(path, **{"If-None-Match": f'"x", {first.headers["ETag"]}'})
    assert (same.status, same.body) == (304, b"")
    since = await served.get(path, **{"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status == 304
    other = await served.get(
        path, **{"If-None-Match": '"x"', "If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert other.status == 200
    assert (await served.get(path, **{"If-Modified-Since": "canary"})).status == 200
