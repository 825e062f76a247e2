"""Fedify, another server of the fediverse, follows a hub and checks what it gets."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.strangers.conftest import FedifyProcess, HubStarter, eventually, needs_fedify

pytestmark = [pytest.mark.strangers, needs_fedify]

RECORD = {
    "title": "Guide to municipal algorithm registers",
    "summary": {"en": "How a city lists the algorithms that it uses."},
    "url": "https://city.example/algorithm-registers",
    "publisher": "City of Example",
    "year": 2024,
    "language": "en",
    "country": "NL",
    "kind": "guide",
    "topics": ["algorithm-registers"],
}


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def received(fedify: FedifyProcess, kind: str) -> list[dict[str, Any]]:
    return [each for each in fedify.tell("received") if each["type"] == kind]


def post_unsigned(url: str, activity: dict[str, Any]) -> int:
    """Send an activity with its proof alone, without a signature of the request."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        url,
        json.dumps(activity).encode(),
        {"Content-Type": "application/activity+json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_fedify_follows_a_hub_and_is_sent_its_resources(
    hub_process: HubStarter, fedify: FedifyProcess, tmp_path: Any
) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text(json.dumps(RECORD))

    with hub_process([port_of(fedify.origin)]) as hub:
        seen = fedify.tell("follow", {"actor": f"{hub.origin}/actor"})
        accepted = eventually("the Accept of the Follow", lambda: received(fedify, "Accept"))
        hub.command("resource", "import", str(records))
        created = eventually("the Create of the resource", lambda: received(fedify, "Create"))

    assert seen == {"actor": f"{hub.origin}/actor", "name": "Hub Amsterdam", "type": "Organization"}
    assert accepted[0]["actor"] == f"{hub.origin}/actor"
    assert created[0]["objectType"] == "Article"
    assert created[0]["name"] == RECORD["title"]


def test_fedify_verifies_the_proof_of_a_resource_and_refuses_a_tampered_one(
    hub_process: HubStarter, fedify: FedifyProcess, tmp_path: Any
) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text(json.dumps(RECORD))

    with hub_process([port_of(fedify.origin)]) as hub:
        hub.command("resource", "import", str(records))
        outbox = hub.document("/outbox")
        page = hub.document(outbox["first"].removeprefix(hub.origin))
        activity_id = page["orderedItems"][0]
        activity_id = activity_id if isinstance(activity_id, str) else activity_id["id"]
        activity = hub.document(activity_id.removeprefix(hub.origin))
        tampered = json.loads(json.dumps(activity).replace("algorithm registers", "cat pictures"))

        honest_verdict = fedify.tell("verify", activity)
        tampered_verdict = fedify.tell("verify", tampered)
        tampered_status = post_unsigned(f"{fedify.origin}/inbox", tampered)
        honest_status = post_unsigned(f"{fedify.origin}/inbox", activity)
        created = eventually("the Create by its proof", lambda: received(fedify, "Create"))

    assert tampered != activity
    assert honest_verdict == {"verified": True}
    assert tampered_verdict == {"verified": False}
    assert tampered_status == 401
    assert honest_status == 202
    assert [each["id"] for each in created] == [activity["id"]]
