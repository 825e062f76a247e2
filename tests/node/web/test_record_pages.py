"""Pages of one record: what they say, and what they never show."""

import json
from datetime import timedelta
from typing import Any

import pytest

from content.changes import Act
from content.experts.held import HeldExpert, HeldExpertStore
from content.experts.record import read_expert
from content.held import Held
from content.hubs import HubDirectory, HubEntry
from content.labels import Label
from content.resources.held import ForeignRecord, HeldResource, HeldResourceStore
from content.resources.record import read_record
from federation.publishing import add_resource, retract_resource
from federation.publishing_experts import remove_expert
from tests.node.conftest import ORIGIN, ServedHub
from tests.node.web.conftest import EXPERT, RESOURCE, list_expert, publish
from tests.node.web.reading import FOREIGN, assert_nothing_live, visit

ULID = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
OTHER = "hub.barcelona.example"


async def hold(hub: ServedHub, label: Label = Label.CLEAR, **changes: Any) -> str:
    """Hold a resource of another hub; return its page."""
    url = f"https://{OTHER}/resources/{ULID}"
    held: HeldResource = Held(
        hub=OTHER,
        ref=ULID,
        url=url,
        record=read_record({**RESOURCE, "label": label.value, **changes}),
        document=json.dumps({"id": url, "type": "Article", "proof": {}}),
        label=label,
        received_at=hub.node.clock.now(),
        published_at=hub.node.clock.now(),
    )
    entry = HubEntry(
        host=OTHER,
        name="Barcelona",
        city="Barcelona",
        country="ES",
        language="ca",
        kind="hub",
        g="u" + "B" * 43,
        actor=f"https://{OTHER}/actor",
    )
    await hub.node.database.write(
        lambda db: (HeldResourceStore(db).put(held), HubDirectory(db).put(entry))
    )
    return f"/hubs/{OTHER}/resources/{ULID}"


async def hold_source(hub: ServedHub, content: str, **more: Any) -> str:
    """Hold what a source said; return its page."""
    url, host = "https://ngo.example/posts/1", "news@ngo.example"
    document = {
        "id": url,
        "type": "Article",
        "attributedTo": "https://ngo.example/actor",
        "content": content,
        **more,
    }
    held: HeldResource = Held(
        hub=host,
        ref=ULID,
        url=url,
        origin_kind="source",
        record=ForeignRecord(
            title={"und": "News"}, summary={"und": "Plain words"}, url=url, kind="article"
        ),
        document=json.dumps(document),
        label=Label.CLEAR,
        received_at=hub.node.clock.now(),
    )
    await hub.node.database.write(lambda db: HeldResourceStore(db).put(held))
    return f"/hubs/{host}/resources/{ULID}"


async def test_a_resource_says_all_that_is_known(served: ServedHub) -> None:
    ulid = await publish(served)

    page = await visit(served, f"/resources/{ulid}")

    for text in (
        "Inkoopvoorwaarden voor algoritmes",
        "Clauses for buying algorithms.",
        "Open the document at docs.example",
        "Link not yet checked",
        "None is known: link only, no copying.",
        "Proof present",
        "Contract clauses",
        f"Gemeente Amsterdam (2021). Inkoopvoorwaarden voor algoritmes. {RESOURCE['url']}",
        f"Found through Amsterdam: {ORIGIN}/resources/{ulid}",
    ):
        assert text in page.words
    (heading,) = page.all("h1")
    assert (heading["lang"], heading["dir"]) == ("nl", "ltr")
    document = next(link for link in page.all("a") if link["href"] == RESOURCE["url"])
    assert document["rel"] == "noopener"
    assert "/resources?topic=contract-clauses" in page.links


async def test_the_links_for_checking_lead_to_the_signed_document_and_its_entry(
    served: ServedHub,
) -> None:
    ulid = await publish(served)

    page = await visit(served, f"/resources/{ulid}")

    (document,) = [link for link in page.links if link.startswith("/api/v1/resources/")]
    signed = (await served.get(document)).json["document"]
    assert "proof" in signed
    (log,) = [link for link in page.links if link.startswith("/hub/log/")]
    (line,) = (await served.get(log)).body.splitlines()
    assert json.loads(line)["a"]["object"] == signed


async def test_a_program_gets_the_document_at_the_same_address(served: ServedHub) -> None:
    ulid = await publish(served)

    answer = await served.get(f"/resources/{ulid}", Accept="application/activity+json")

    assert answer.json["id"] == f"{ORIGIN}/resources/{ulid}"
    assert "Accept" in answer.headers["Vary"]


async def test_a_record_of_another_hub_leads_back_to_it(served: ServedHub) -> None:
    path = await hold(served)

    page = await visit(served, path)

    assert "Shared by Barcelona" in page.words
    assert f"See the original at {OTHER}" in page.words
    assert f"https://{OTHER}/resources/{ULID}" in page.links
    assert "Proof present" in page.words
    hubs = await visit(served, "/hubs")
    assert "Barcelona, Spain" in hubs.words


async def test_how_fresh_a_hub_is_stands_in_words(served: ServedHub) -> None:
    await publish(served)
    now = served.node.clock.now()
    for host, days in (("fresh.example", 2), ("quiet.example", 9)):
        entry = HubEntry(
            host=host,
            name=host,
            city="Barcelona",
            country="ES",
            language="ca",
            kind="hub",
            g=None,
            actor=f"https://{host}/actor",
            last_heard_at=now - timedelta(days=days),
        )
        await served.node.database.write(lambda db, entry=entry: HubDirectory(db).put(entry))

    page = await visit(served, "/hubs")

    fresh, quiet = page.words.index("fresh.example"), page.words.index("quiet.example")
    assert "Up to date" in page.words[fresh:quiet]
    assert "Silent for 9 days" in page.words[quiet:]
    assert "https://quiet.example/ask" in page.links
    name = served.node.hub.identity.g
    assert f"hub verify {ORIGIN}/hub/log/{name} --expect" in page.words


async def test_what_a_source_said_is_marked_and_cleaned(served: ServedHub) -> None:
    path = await hold_source(
        served,
        '<h1>Big</h1><p onclick="x()">Text <a href="https://ngo.example/a">more</a></p>'
        '<a href="javascript:x()">no</a><img src="https://ngo.example/pixel.png">'
        "<script>alert(1)</script><style>p{}</style><form action='/'><input></form>",
    )

    page = await visit(served, path)

    assert "Not from a hub" in page.words
    assert "is not a hub of this network" in page.words
    assert "Text more" in page.words
    assert "alert" not in page.words
    assert len(page.all("h1")) == 1
    assert_nothing_live(page, FOREIGN)
    assert all("pixel" not in image["src"] for image in page.all("img"))
    (link,) = [link for link in page.all("a") if link.get("href") == "https://ngo.example/a"]
    assert "noopener" in link["rel"]


async def test_a_content_warning_stands_before_the_text(served: ServedHub) -> None:
    path = await hold_source(served, "<p>Hidden</p>", sensitive=True, summary="Careful")

    page = await visit(served, path)

    assert "Hidden" not in page.words
    assert "Plain words" in page.words


async def test_what_was_taken_back_says_so(served: ServedHub) -> None:
    ulid, expert = await publish(served), await list_expert(served)
    held = await hold(served)
    node = served.node
    act = Act("operator", node.clock.now())
    await node.database.write(lambda db: retract_resource(db, node.hub, ulid, act))
    await node.database.write(lambda db: remove_expert(db, node.hub, expert, act))
    await node.database.write(
        lambda db: HeldResourceStore(db).remove(OTHER, ULID, act.at, url="https://x.example/")
    )

    for path in (f"/resources/{ulid}", f"/experts/{expert}", held):
        page = await visit(served, path, status=410)
        assert "This was taken back" in page.words
        assert "Inkoopvoorwaarden" not in page.words


async def test_what_is_not_public_looks_like_what_is_not_there(served: ServedHub) -> None:
    node, act = served.node, Act("operator", served.node.clock.now())
    draft = await node.database.write(
        lambda db: add_resource(db, node.hub, read_record(RESOURCE), act, publish=False)
    )
    green = await publish(served, label="tlp-green", url="https://docs.example/green")
    hidden = await list_expert(served, name="Hidden", scope="network")
    own = await list_expert(served, name="Inside", scope="hub")
    held = await hold(served, Label.GREEN)
    paths = [f"/resources/{each}" for each in (draft.id, green, ULID, "nothing", "..%2f")]
    paths += [f"/experts/{each}" for each in (hidden, own, ULID)]
    paths += [held, f"/hubs/{OTHER}/experts/{ULID}", f"/hubs/nobody/resources/{ULID}"]

    bodies = {(await visit(served, path, status=404)).words for path in paths}

    assert len(bodies) == 1
    for path in ("/", "/resources", "/experts", "/feed", "/hubs"):
        text = (await visit(served, path)).words
        assert "Hidden" not in text
        assert "Inside" not in text
        assert "Inkoopvoorwaarden" not in text


async def test_own_records_have_one_page_only(served: ServedHub) -> None:
    ulid = await publish(served)

    answer = await served.get(f"/hubs/127.0.0.2:9802/resources/{ulid}", Accept="text/html")

    assert answer.status == 308
    assert answer.headers["Location"] == f"/resources/{ulid}"


async def test_an_expert_page_says_what_they_offer(served: ServedHub) -> None:
    ulid = await list_expert(served, conflicts="Not for vendors")

    page = await visit(served, f"/experts/{ulid}")

    for text in (
        "Noor van Dijk",
        "Example, not a real person",
        "Writes contract clauses.",
        "Nederlands, English",
        "Reviews drafts, Drafts texts",
        "8 hours a month",
        "Not for vendors",
        "Shared by this hub, Amsterdam",
        "Proof present",
    ):
        assert text in page.words
    assert "Noor van Dijk" in (await visit(served, "/experts?topic=procurement&country=NL")).words


async def test_an_expert_of_another_hub_is_shown_if_public(served: ServedHub) -> None:
    url = f"https://{OTHER}/experts/{ULID}"
    held: HeldExpert = Held(
        hub=OTHER,
        ref=ULID,
        url=url,
        record=read_expert(EXPERT),
        document=json.dumps({"id": url}),
        label=Label.CLEAR,
        received_at=served.node.clock.now(),
    )
    await served.node.database.write(lambda db: HeldExpertStore(db).put(held))

    page = await visit(served, f"/hubs/{OTHER}/experts/{ULID}")

    assert f"Shared by {OTHER}" in page.words
    assert "No proof" in page.words


@pytest.mark.parametrize("licence", ["CC-BY-4.0"])
async def test_a_licence_is_named(served: ServedHub, licence: str) -> None:
    ulid = await publish(served, licence=licence)

    assert f"Licence {licence}" in (await visit(served, f"/resources/{ulid}")).words
