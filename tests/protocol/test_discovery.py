"""WebFinger, NodeInfo and followers synchronisation."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import InvalidDocument, InvalidUrl, ProtocolError
from protocol.followers_digest import (
    Synchronization,
    followers_digest,
    read_synchronization,
    write_synchronization,
)
from protocol.nodeinfo import media_type, nodeinfo, nodeinfo_links, read_software
from protocol.webfinger import (
    Account,
    answer,
    read_account,
    read_answer,
    webfinger_url,
)
from tests.protocol.samples import A

LOOPBACK = "http://127.0.0.2:9802"


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("hub@a.example", Account("hub", "a.example")),
        ("@hub@a.example", Account("hub", "a.example")),
        ("acct:hub@A.Example", Account("hub", "a.example")),
        ("hub@127.0.0.2:9802", Account("hub", "127.0.0.2:9802")),
        ("some.one-1_2@a.example:443", Account("some.one-1_2", "a.example")),
    ],
)
def test_an_account_is_read_in_its_usual_spellings(text: str, account: Account) -> None:
    assert read_account(text) == account
    assert webfinger_url(account).startswith(f"https://{account.host}/.well-known/webfinger?")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hub",
        "@hub",
        "a.example",
        "hub@",
        "hub@a.example/path",
        "hub@a.example?x",
        "hub@a.example#x",
        "hub@b@a.example",
        "hub%40x@a.example",
        "hub@a.example%2f",
        "hub@a.example:port",
        "hub@a.example:99999",
        "hub@a..example",
        "hub@-a.example",
        "hub@a.example.",
        "hub@bücher.example",
        "hub x@a.example",
        "https://a.example/actor",
        ".hub@a.example",
    ],
)
def test_what_could_choose_port_path_or_user_is_no_account(text: str) -> None:
    with pytest.raises(InvalidUrl):
        read_account(text)


@given(st.text(max_size=40))
def test_any_text_is_an_account_or_refused(text: str) -> None:
    with suppress(InvalidUrl):
        assert read_account(str(read_account(text))) == read_account(text)


@pytest.mark.parametrize("origin", [A, LOOPBACK])
@pytest.mark.parametrize("name", ["hub", "application"])
def test_account_and_actor_lead_to_one_canonical_subject(origin: str, name: str) -> None:
    host = origin.partition("://")[2]
    actor = f"{origin}/{'actor' if name == 'hub' else 'application'}"

    for resource in (f"acct:{name}@{host}", actor, f"acct:{name.upper()}@{host}"):
        document = answer(resource, origin)
        assert document is not None
        assert document["subject"] == f"acct:{name}@{host}"
        assert read_answer(document).actor == actor
        assert read_answer(document).account == Account(name, host)


def test_the_origin_leads_to_the_server_actor() -> None:
    for resource in (A, f"{A}/"):
        document = answer(resource, A)
        assert document is not None
        assert read_answer(document).actor == f"{A}/application"


@pytest.mark.parametrize("resource", ["", "acct:x@a.example", "acct:hub@b.example", f"{A}/x"])
def test_about_others_there_is_no_answer(resource: str) -> None:
    assert answer(resource, A) is None


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"links": 7},
        {"links": [7, {}]},
        {"links": [{"rel": "self", "type": "text/html", "href": f"{A}/actor"}]},
        {"links": [{"rel": "self", "type": "application/activity+json", "href": "data:x"}]},
        {"links": [{"rel": "self", "type": "application/activity+json"}]},
    ],
)
def test_an_answer_without_a_usable_link_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_answer(document)


def test_an_odd_subject_is_passed_over() -> None:
    document = answer(A, A)
    assert document is not None

    for subject in (7, None, "x", "https://a.example/actor"):
        assert read_answer({**document, "subject": subject}).account is None


def test_nodeinfo_says_what_runs_here_and_no_more() -> None:
    links = nodeinfo_links(A)["links"]
    document = nodeinfo("2.1", software_version="0.1.0", name="Hub A", kind="hub", posts=7)

    assert [link["href"] for link in links] == [
        f"{A}/nodeinfo/2.1",
        f"{A}/nodeinfo/2.0",
        f"{A}/application",
    ]
    assert document["usage"] == {"users": {}, "localPosts": 7}
    assert read_software(document) == ("rights-hub", "0.1.0")
    assert "schema/2.1#" in media_type("2.1")
    with pytest.raises(InvalidDocument):
        nodeinfo("3.0", software_version="0", name="", kind="hub")
    for odd in ({}, {"software": 7}, {"software": {"name": 1}}):
        with pytest.raises(InvalidDocument):
            read_software(odd)


def test_a_digest_of_followers_knows_no_order_and_no_doubles() -> None:
    ids = [f"{A}/{number}" for number in range(5)]

    assert followers_digest(ids) == followers_digest([*reversed(ids), ids[0]])
    assert followers_digest(ids[:4]) != followers_digest(ids)
    assert followers_digest([]) == "0" * 64


def test_the_synchronisation_field_reads_back() -> None:
    sync = Synchronization(f"{A}/followers", f"{A}/followers_sync", followers_digest([A]))

    assert read_synchronization(write_synchronization(sync)) == sync


@given(st.text(max_size=60) | st.just('collectionId="x",url="y",digest="z"'))
def test_any_synchronisation_field_is_read_or_refused(text: str) -> None:
    with suppress(ProtocolError):
        read_synchronization(text)


def test_a_collection_elsewhere_is_refused() -> None:
    sync = Synchronization(f"{A}/followers", "https://c.example/x", followers_digest([]))

    with pytest.raises(InvalidDocument):
        read_synchronization(write_synchronization(sync))
