"""Documents of other servers count only where they live (SECURITY.md S8, S13, S29)."""

from typing import Any

import pytest

from federation.fetching import DocumentGone, FetchFailed, fetch_document
from federation.hub import Node
from tests.strangers_at_work import ACTIVITY_JSON, Answer, Stranger


def note(stranger: Stranger, path: str = "/notes/1", **more: Any) -> dict[str, Any]:
    return {"id": stranger.origin + path, "type": "Note", "attributedTo": stranger.actor, **more}


async def test_a_document_at_its_own_id_is_returned(node: Node, ann: Stranger) -> None:
    ann.serve("/notes/1", note(ann))

    fetched = await fetch_document(node, f"{ann.origin}/notes/1#part")

    assert fetched.url == f"{ann.origin}/notes/1"
    assert fetched.document == note(ann)
    (asked,) = ann.received
    assert "application/activity+json" in asked.headers["accept"]
    assert 'profile="https://www.w3.org/ns/activitystreams"' in asked.headers["accept"]
    assert "signature" in asked.headers


async def test_an_unsigned_request_carries_no_signature(node: Node, ann: Stranger) -> None:
    ann.serve("/notes/1", note(ann))

    await fetch_document(node, f"{ann.origin}/notes/1", signed=False)

    assert "signature" not in ann.received[0].headers


async def test_between_hubs_the_request_is_signed_as_a_hub(node: Node, ann: Stranger) -> None:
    ann.serve("/notes/1", note(ann))

    await fetch_document(node, f"{ann.origin}/notes/1", as_hub=True)

    assert 'tag="hub-v1"' in ann.received[0].headers["signature-input"]


async def test_a_document_with_another_id_is_fetched_again_from_there(
    node: Node, ann: Stranger, bob: Stranger
) -> None:
    ann.serve("/copy", note(bob, content="forged"))
    bob.serve("/notes/1", note(bob, content="right"))

    fetched = await fetch_document(node, f"{ann.origin}/copy")

    assert fetched.url == f"{bob.origin}/notes/1"
    assert fetched.document["content"] == "right"


async def test_and_when_that_is_not_it_either_it_is_refused(
    node: Node, ann: Stranger, bob: Stranger
) -> None:
    ann.serve("/copy", note(bob))
    bob.serve("/notes/1", note(ann, "/copy"))

    with pytest.raises(FetchFailed):
        await fetch_document(node, f"{ann.origin}/copy")

    assert len(ann.received) + len(bob.received) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(500),
        Answer(204),
        Answer(200, b"{}", "application/json"),
        Answer(200, b"{}", "text/html"),
        Answer(200, b"{}", "application/ld+json"),
        Answer(200, b"[]"),
        Answer(200, b'{"id":5}'),
        Answer(200, b'{"id":"urn:x"}'),
        Answer(200, b'{"id":"http://x/1","id":"http://x/2"}'),
        Answer(200, b'{"@graph":[]}'),
        Answer(200, b" " * 1024 * 1024 + b"{}"),
        Answer(200, b"{}", headers={"Content-Encoding": "gzip"}),
        Answer(301, headers={"Location": "http://127.0.0.2/notes/1"}),
        Answer(301, headers={"Location": "//127.0.0.2/notes/1"}),
        Answer(301, headers={"Location": "file:///etc/passwd"}),
        Answer(301, headers={"Location": "/notes/1"}),
        Answer(301),
    ],
)
async def test_whatever_is_no_activitystreams_document_of_its_own_server_is_refused(
    node: Node, ann: Stranger, answer: Answer
) -> None:
    ann.answers["/notes/1"] = answer

    with pytest.raises(FetchFailed):
        await fetch_document(node, f"{ann.origin}/notes/1")

    assert len(ann.received) == 1


async def test_ld_json_with_the_profile_is_a_document_too(node: Node, ann: Stranger) -> None:
    ann.serve("/notes/1", note(ann))
    profile = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    answer = ann.answers["/notes/1"]
    answer.content_type = None
    answer.headers["Content-Type"] = profile

    assert (await fetch_document(node, f"{ann.origin}/notes/1")).document == note(ann)
    assert profile != ACTIVITY_JSON


async def test_gone_is_told_apart_from_not_found(node: Node, ann: Stranger) -> None:
    ann.answers["/notes/1"] = Answer(410)

    with pytest.raises(DocumentGone):
        await fetch_document(node, f"{ann.origin}/notes/1")


async def test_a_redirect_to_another_origin_opens_no_connection_there(
    node: Node, ann: Stranger, bob: Stranger
) -> None:
    for status in (301, 302, 303, 307, 308):
        ann.answers["/notes/1"] = Answer(status, headers={"Location": f"{bob.origin}/notes/1"})
        with pytest.raises(FetchFailed):
            await fetch_document(node, f"{ann.origin}/notes/1")

    assert bob.received == []


async def test_a_redirect_to_what_is_no_address_is_a_document_that_cannot_be_had(
    node: Node, ann: Stranger
) -> None:
    ann.answers["/notes/1"] = Answer(302, headers={"Location": "http://["})

    with pytest.raises(FetchFailed):
        await fetch_document(node, f"{ann.origin}/notes/1")
