"""Documents that hubs publish: what is written reads back, and anything odd is refused."""

from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.activity import read_activity
from protocol.context import AS_PUBLIC, CONTEXT, HUB_PROTOCOL, RFC_9421
from protocol.documents import activities
from protocol.documents.actor import HubProfile, application_actor, hub_actor, read_actor
from protocol.documents.collections import ordered_collection, ordered_page, read_collection
from protocol.documents.expert import (
    ExpertDocument,
    ExpertFacts,
    is_expert,
    read_expert,
    write_expert,
)
from protocol.documents.resource import (
    content_html,
    is_resource,
    new_salt,
    read_resource,
    write_resource,
)
from protocol.errors import InvalidDocument, ProtocolError
from protocol.foreign import read_foreign_object
from protocol.ids import expert_id
from protocol.intake import parse_document
from protocol.keys import HYBRID_SUITE
from protocol.log_entries import make_entry
from protocol.manifest import fingerprint
from tests.protocol.samples import (
    AT,
    NOW,
    REF,
    SIGNING_A,
    A,
    B,
    as_bytes,
    create_activity,
    resource,
    rsa_key,
    sealing_key,
)

G = "u" + "A" * 43
PROFILE = HubProfile(
    origin=A,
    kind="hub",
    name="Rights Hub A",
    city="Aville",
    country="NL",
    language="nl",
    g=G,
    published=AT,
    rsa=rsa_key().public,
    signing=(SIGNING_A.public,),
    sealing=(sealing_key(A).public, sealing_key(A, HYBRID_SUITE).public),
    summary_html="<p>We help.</p>",
)


# Actors


def test_a_hub_reads_another_hubs_actor_whole() -> None:
    entry = make_entry(
        log=G,
        seq=1,
        prev=None,
        at=NOW,
        op="Create",
        ref=REF,
        document=create_activity(),
        key=SIGNING_A,
    )

    document = parse_document(as_bytes(hub_actor(PROFILE, entry.h)))
    actor = read_actor(document)

    assert actor.hub is not None
    assert (actor.hub.g, actor.hub.kind, actor.hub.city) == (G, "hub", "Aville")
    assert actor.hub.sealing == PROFILE.sealing
    assert actor.hub.log == f"{A}/hub/log/{G}"
    assert {key.id for key in actor.keys} == {rsa_key().id, SIGNING_A.id}
    assert actor.implements >= {RFC_9421, HUB_PROTOCOL}
    assert actor.takes_rfc9421
    assert (actor.inbox, actor.shared_inbox) == (f"{A}/inbox", f"{A}/inbox")
    assert document["hub:head"] == f"{G}#1"
    assert fingerprint(actor.hub.g)


def test_what_strangers_need_of_an_actor_is_there() -> None:
    document = hub_actor(PROFILE)

    assert document["type"] == "Organization"
    assert document["@context"][:4] == CONTEXT[:4]
    assert document["publicKey"]["owner"] == document["id"]
    assert document["assertionMethod"][0]["controller"] == document["id"]
    assert document["webfinger"] == "hub@a.example"
    assert "keyAgreement" not in document
    assert hub_actor(replace(PROFILE, kind="coalition"))["type"] == "Group"


def test_the_context_of_ours_redefines_no_term_of_theirs() -> None:
    inline = CONTEXT[4]

    assert {"keyAgreement", "publicKey", "assertionMethod", "proof", "Multikey"}.isdisjoint(inline)
    assert parse_document(as_bytes({"@context": CONTEXT}))


def test_the_server_actor_is_no_hub() -> None:
    actor = read_actor(application_actor(A, rsa_key().public, name="Server of A"))

    assert actor.hub is None
    assert actor.takes_rfc9421
    assert actor.types == ("Application",)
    assert actor.id == f"{A}/application"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Note"},
        {"type": None},
        {"id": None},
        {"id": "actor"},
        {"inbox": None},
        {"inbox": f"{B}/inbox"},
        {"hub:name": "A"},
        {"hub:kind": "king"},
        {"hub:manifest": f"{B}/hub/manifest/1"},
        {"hub:log": None},
        {"hub:heads": 7},
        {"hub:sealingKeys": ["key"]},
        {"hub:sealingKeys": [{"suite": "X25519-SHA256-CHACHA20POLY1305"}]},
        {"hub:sealingKeys": [hub_actor(PROFILE)["hub:sealingKeys"][0] | {"id": f"{B}/actor#x"}]},
        {"hub:sealingKeys": [hub_actor(PROFILE)["hub:sealingKeys"][0] | {"expires": "soon"}]},
    ],
    ids=lambda changes: repr(changes)[:50],
)
def test_an_actor_that_is_not_what_it_says_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_actor({**hub_actor(PROFILE), **changes})


def test_sealing_keys_of_unknown_suites_are_left_out() -> None:
    keys = [{"suite": "FUTURE", "id": "x"}, hub_actor(PROFILE)["hub:sealingKeys"][0]]
    actor = read_actor({**hub_actor(PROFILE), "hub:sealingKeys": keys})

    assert actor.hub is not None
    assert actor.hub.sealing == PROFILE.sealing[:1]


def test_anybodys_actor_is_read_as_far_as_it_goes() -> None:
    plain = {"id": f"{B}/u", "type": ["Person", "x"], "inbox": f"{B}/u/inbox", "endpoints": 7}

    actor = read_actor({**plain, "outbox": "https://c.example/o", "generator": [7, {}]})

    assert (actor.keys, actor.shared_inbox, actor.outbox, actor.hub) == ((), None, None, None)
    assert not actor.takes_rfc9421


# Resources and experts


def test_a_resource_reads_back_exactly() -> None:
    for original in (resource(), resource().model_copy(update={"updated": AT, "summary": {}})):
        document = write_resource(original, cc=(f"{A}/followers",), hashtags=["Smart city"])

        read = read_resource(parse_document(as_bytes(document)))

        assert read == original
        assert read.ref == REF
        assert is_resource(document)


def test_a_resource_reads_well_for_strangers() -> None:
    document = write_resource(resource(), hashtags=["Smart city", "Accés a dispositius"])

    foreign = read_foreign_object(document)

    assert (foreign.type, foreign.name, foreign.url) == ("Article", "A guide", resource().id)
    assert foreign.hashtags == ("SmartCity", "AccésADispositius")
    assert foreign.public
    assert foreign.summary is None or "summary" not in document
    assert document["to"] == [AS_PUBLIC]


class Markup(HTMLParser):
    """Collects which elements and addresses are live in some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(attrs)))


@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_no_text_of_a_record_becomes_live_markup(summary: str, publisher: str) -> None:
    base = resource()
    facts = base.facts.model_copy(update={"publisher": publisher})
    hostile = base.model_copy(update={"summary": {"en": f"<script>{summary}"}, "facts": facts})

    seen = Markup(content_html(hostile)).seen

    assert [tag for tag, _ in seen] == ["p", "p", "p", "a"]


def test_an_address_cannot_leave_its_attribute() -> None:
    base = resource()
    facts = base.facts.model_copy(update={"link": 'https://a.example/"onclick="x'})

    (_, attributes) = Markup(content_html(base.model_copy(update={"facts": facts}))).seen[-1]

    assert dict(attributes)["href"] == 'https://a.example/"onclick="x'
    assert "onclick" not in dict(attributes)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Note"},
        {"id": f"{B}/resources/{REF}"},
        {"id": f"{A}/resources/x"},
        {"id": None},
        {"attributedTo": None},
        {"attributedTo": [f"{A}/actor", f"{B}/actor"]},
        {"nameMap": {}},
        {"nameMap": None},
        {"nameMap": {"not a tag": "x"}},
        {"nameMap": {"en": ""}},
        {"nameMap": {"en": 7}},
        {"summaryMap": {"en": "x" * 60_001}},
        {"hub:resource": None},
        {"hub:resource": {}},
        {"hub:label": None},
        {"hub:label": "TLP:CLEAR"},
        {"hub:sensitivity": 7},
        {"hub:salt": "u123"},
        {"published": "today"},
        {"updated": 7},
    ],
    ids=lambda changes: repr(changes)[:50],
)
def test_a_malformed_resource_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_resource({**write_resource(resource()), **changes})


@pytest.mark.parametrize(
    "facts",
    [
        {"surprise": 1},
        {"kind": None},
        {"kind": "A Kind"},
        {"topics": "privacy"},
        {"topics": ["x y"]},
        {"topics": ["x"] * 65},
        {"sdgs": ["11"]},
        {"year": "2024"},
        {"year": 0},
        {"country": "nl"},
        {"country": "NLD"},
        {"language": "english language"},
        {"link": "javascript:alert(1)"},
        {"link": "https://a.example/x y"},
        {"publisher": ""},
        {"publisher": "x" * 1001},
    ],
    ids=repr,
)
def test_a_malformed_record_in_a_resource_is_refused(facts: dict[str, Any]) -> None:
    document = write_resource(resource())
    record = {**document["hub:resource"], **facts}

    with pytest.raises(InvalidDocument):
        read_resource({**document, "hub:resource": record})


def test_a_refusal_names_the_field() -> None:
    document = write_resource(resource())
    record = {**document["hub:resource"], "year": "2024"}

    with pytest.raises(InvalidDocument, match=r"facts\.year"):
        read_resource({**document, "hub:resource": record})


def an_expert() -> ExpertDocument:
    return ExpertDocument(
        id=expert_id(A, REF),
        actor=f"{A}/actor",
        name="Expert (example)",
        bio={"en": "Reads contracts."},
        facts=ExpertFacts(
            organisation="University of A",
            topics=("procurement",),
            jurisdictions=("NL", "EU"),
            languages=("nl", "en"),
            offers=("req-procurement",),
            capacity_hours=4,
            scope="network",
            example=True,
            confirmed_at=AT,
        ),
        label="tlp-green",
        salt=new_salt(bytes(16)),
        published=AT,
    )


def test_an_expert_reads_back_exactly() -> None:
    document = write_expert(an_expert(), to=(f"{B}/actor",))

    read = read_expert(parse_document(as_bytes(document)))

    assert read == an_expert()
    assert is_expert(document)
    assert "inbox" not in document
    assert document["to"] == [f"{B}/actor"]


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Person"},
        {"name": ""},
        {"id": f"{B}/experts/{REF}"},
        {"hub:expert": None},
        {"hub:expert": {"topics": ["privacy"], "scope": "hub"}},
        {"hub:expert": {"topics": ["privacy"], "scope": "public", "email": "x@y"}},
        {"hub:expert": {"topics": ["privacy"], "scope": "public", "capacityHours": 745}},
        {"hub:expert": {"topics": ["privacy"], "scope": "public", "confirmedAt": "now"}},
    ],
    ids=repr,
)
def test_a_malformed_expert_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_expert({**write_expert(an_expert(), to=()), **changes})


def test_a_salt_takes_sixteen_bytes() -> None:
    assert new_salt(b"x" * 16) != new_salt(b"y" * 16)
    with pytest.raises(ValueError, match="16"):
        new_salt(b"short")


ODD = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from([AT, A, f"{A}/actor"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(write_resource(resource()))), ODD)
def test_any_field_of_a_resource_is_read_or_refused(name: str, value: Any) -> None:
    with suppress(ProtocolError):
        read_resource({**write_resource(resource()), name: value})
    with suppress(ProtocolError):
        read_foreign_object({**write_resource(resource()), name: value})


@given(st.sampled_from(sorted(hub_actor(PROFILE))), ODD)
def test_any_field_of_an_actor_is_read_or_refused(name: str, value: Any) -> None:
    with suppress(ProtocolError):
        read_actor({**hub_actor(PROFILE), name: value})


# Activities and collections


def test_every_activity_we_build_is_one_that_can_be_read() -> None:
    us, them, one = f"{A}/actor", f"{B}/actor", f"{A}/activities/{REF}"
    follow = activities.follow(one, us, them)
    built = [
        activities.create(one, us, write_resource(resource()), to=(AS_PUBLIC,), cc=(), at=AT),
        activities.update(one, us, write_resource(resource()), to=(AS_PUBLIC,), cc=(), at=AT),
        activities.delete(one, us, f"{A}/resources/1", former_type="Article", to=(them,), at=AT),
        activities.announce(one, us, f"{B}/resources/1", cc=(f"{A}/followers",), at=AT),
        follow,
        activities.accept(one, us, activities.follow(f"{B}/f", them, us), asker=them),
        activities.reject(one, us, f"{B}/f", asker=them),
        activities.undo(one, us, follow, to=(them,)),
        activities.offer_peering(one, us, them, at=AT),
    ]

    for document in built:
        activity = read_activity(parse_document(as_bytes(document)))

        assert activity.actor == us
        assert activity.object_id is not None
        assert activity.to
        assert document["@context"] == CONTEXT


def test_only_an_object_with_a_proof_keeps_its_own_context() -> None:
    plain = activities.update(
        f"{A}/1", f"{A}/actor", write_resource(resource()), to=(), cc=(), at=AT
    )

    assert "@context" not in plain["object"]
    assert create_activity()["object"]["@context"] == CONTEXT


def test_a_collection_and_its_pages_read_back() -> None:
    whole = ordered_collection(f"{A}/outbox", total=3, first=f"{A}/outbox?page=1", last=f"{A}/x")
    page = ordered_page(
        f"{A}/outbox?page=1",
        part_of=f"{A}/outbox",
        items=["https://b.example/1", {"type": "Note"}],
        next_page=f"{A}/outbox?page=2",
        previous_page=f"{A}/outbox?page=0",
    )

    assert read_collection(whole).total == 3
    assert read_collection(whole).first == f"{A}/outbox?page=1"
    assert read_collection(page).items == ("https://b.example/1", {"type": "Note"})
    assert read_collection(page).next_page == f"{A}/outbox?page=2"
    assert read_collection({**page, "next": f"{B}/outbox"}).next_page is None
    with pytest.raises(InvalidDocument):
        read_collection({"id": A, "type": "Note"})
