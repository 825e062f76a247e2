"""hub escalate with several --to: all or none, and a table of what happened."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from content.database import connect
from content.database import transaction as begun
from federation.peers import Peer, PeerStore
from protocol.ids import sealing_key_id
from protocol.keys import X25519_SUITE, SealingKey
from tests.node.cli.terminal import Terminal

HOSTS = ("amsterdam.example", "sofia.example")


def peer_of(host: str, now: datetime) -> Peer:
    """Return a hub that is an active peer, with a key to seal to."""
    origin = f"https://{host}"
    key = SealingKey.from_seed(
        sealing_key_id(origin, now), X25519_SUITE, bytes(32), now + timedelta(days=400)
    )
    return Peer(
        actor=f"{origin}/actor",
        host=host,
        g=f"u{host}",
        kind="hub",
        name=host,
        country="NL",
        inbox=f"{origin}/inbox",
        state="active",
        document={},
        sealing_keys=(key.public,),
        added_by="femke",
        added_at=now,
    )


def knows(terminal: Terminal, host: str) -> None:
    """Make a hub an active peer. It is never reached: no server runs."""
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with begun(db):
        PeerStore(db).add(peer_of(host, datetime.now(UTC)))
    db.close()


@pytest.fixture
def case(terminal: Terminal) -> str:
    for host in HOSTS:
        knows(terminal, host)
    made = terminal.json(
        *("case", "new", "--topic", "procurement", "--may-escalate", "yes"),
        *("--sensitivity", "data-none"),
        text="Which clauses?\n\nWe buy a chatbot.",
    )
    return str(made["id"])


def test_several_are_asked_and_others_are_taken_back(terminal: Terminal, case: str) -> None:
    asked = terminal.run("escalate", case, "--to", HOSTS[0], "--to", HOSTS[1])
    items = {item["peer"]: item for item in terminal.json("offer", "list", "--out")["items"]}
    kept = items[HOSTS[0]]["id"]
    shown = terminal.run("offer", "show", kept)
    back = terminal.json("offer", "withdraw", kept, "--others")

    assert asked.status == 0
    assert all(host in asked.out for host in HOSTS)
    assert set(items) == set(HOSTS)
    assert f"Also asked about this case: {HOSTS[1]}" in shown.out
    assert f"hub offer withdraw {kept} --others" in shown.err
    assert [item["peer"] for item in back["items"]] == [HOSTS[1]]
    assert terminal.json("offer", "show", kept)["also_open"] == []
    assert "No other hub is asked" in terminal.run("offer", "withdraw", kept, "--others").err


def test_each_preview_names_what_to_expect(terminal: Terminal, case: str) -> None:
    to = ("--to", HOSTS[0], "--to", HOSTS[1])

    seen = terminal.run("escalate", case, *to, "--preview", "--json")
    shas = [item["sha256"] for item in json.loads(seen.out)["items"]]
    wrong = terminal.run("escalate", case, *to, "--expect", shas[0], "--expect", "0" * 64)
    right = terminal.json("escalate", case, *to, "--expect", shas[0], "--expect", shas[1])

    assert f"--expect {shas[0]} --expect {shas[1]}" in seen.err
    assert wrong.status == 1
    assert HOSTS[1] in wrong.err
    assert [item["peer"] for item in right["items"]] == list(HOSTS)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--to", HOSTS[0], "--to", "nobody.example"), 1, "Nothing was sent to anybody"),
        (("--to", HOSTS[0], "--to", HOSTS[0]), 1, "named twice"),
        (("--to", HOSTS[0], "--to", HOSTS[1], "--expect", "0" * 64), 2, "give 2"),
        (("--to", HOSTS[0], "--to", HOSTS[1], "--preview", "--canonical"), 2, "one hub"),
    ],
)
def test_if_one_cannot_be_asked_nobody_is(
    terminal: Terminal, case: str, arguments: tuple[str, ...], status: int, words: str
) -> None:
    printed = terminal.run("escalate", case, *arguments)

    assert printed.status == status
    assert words in printed.err
    assert terminal.json("offer", "list", "--out")["items"] == []
    assert terminal.json("case", "show", case)["status"] == "case-received"
