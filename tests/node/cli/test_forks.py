"""What the terminal shows of a hub that forked its log, and how the freeze ends."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlite_utils

from content.database import connect, transaction
from federation.forks import Fork, ForkStore
from federation.peers import Peer, PeerStore
from federation.shorter import note_shorter
from protocol.fork_evidence import ForkEvidence
from protocol.ids import actor_id
from protocol.manifest import fingerprint
from protocol.shorter_evidence import ShorterEvidence
from tests.node.cli.terminal import Terminal
from tests.protocol.samples import NOW, OTHER_REF, A, create_activity
from tests.protocol.test_log_entries import ERASURE, MANIFEST, G, a_log, appended

HOST = "a.example"


@pytest.fixture
def forked(terminal: Terminal) -> Terminal:
    """A hub with one peer, of whose log it has seen two entries with the number 3."""
    trunk = a_log()[:2]
    one = appended(trunk, "Delete", ERASURE)[-1].h
    other = appended(trunk, "Create", create_activity(ref=OTHER_REF))[-1].h
    peer = Peer(
        actor=actor_id(A),
        host=HOST,
        g=G,
        kind="hub",
        name="Hub A",
        inbox=f"{A}/inbox",
        state="active",
        document={},
        fingerprint=fingerprint(G),
        added_by="femke",
        added_at=NOW,
    )

    def work(db: sqlite_utils.Database) -> None:
        PeerStore(db).add(peer)
        ForkStore(db).keep(Fork(ForkEvidence(one, other, (MANIFEST,)), "third.example", NOW))

    terminal.run("peer", "list")  # brings the tables up to date
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        work(db)
    db.close()
    return terminal


def test_a_peer_that_forked_is_shown_as_such(forked: Terminal) -> None:
    printed = forked.run("peer", "show", HOST)

    assert "FORKED: two entries with the number 3" in printed.out
    assert forked.json("peer", "show", HOST)["forks"][0]["said_by"] == "third.example"


def test_the_doctor_says_what_to_do(forked: Terminal) -> None:
    printed = forked.run("doctor")

    assert "two entries with the number 3" in printed.out
    assert "hub peer settle" in printed.out


def test_the_evidence_is_printed_and_anybody_can_verify_it(forked: Terminal) -> None:
    path = forked.home.parent / "evidence.json"
    path.write_text(forked.run("peer", "evidence", HOST).out, "utf-8")

    printed = Terminal(forked.home.parent / "nothing").run("verify", str(path))

    assert printed.status == 1
    assert printed.out.startswith(f"INVALID: The hub {fingerprint(G)} signed two different")


def test_evidence_that_was_made_up_proves_nothing(forked: Terminal) -> None:
    path = forked.home.parent / "evidence.json"
    text = forked.run("peer", "evidence", HOST).out
    path.write_text(text.replace('"seq": 3', '"seq": 2'), "utf-8")

    printed = forked.run("verify", str(path), "--json")

    assert (printed.status, printed.json["verdict"]) == (1, "unproven")


def test_a_person_settles_it_and_the_evidence_stays(forked: Terminal) -> None:
    settled = forked.run("peer", "settle", HOST)
    again = forked.run("peer", "settle", HOST)

    assert settled.status == 0, settled.err
    assert "settled by femke" in forked.run("peer", "show", HOST).out
    assert "number 3" not in forked.run("doctor").out
    assert (again.status, "nothing to settle" in again.err) == (1, True)


def test_without_a_fork_there_is_no_evidence(terminal: Terminal) -> None:
    assert terminal.run("peer", "evidence", "nobody.example").status == 1


def in_hub(terminal: Terminal, work: Callable[[sqlite_utils.Database], object]) -> None:
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        work(db)
    db.close()


def test_the_doctor_of_the_hub_that_forked_says_what_to_do_there(terminal: Terminal) -> None:
    (g,) = terminal.rows("select log from log_heads where own")[0]
    trunk = a_log()[:2]
    one = replace(appended(trunk, "Delete", ERASURE)[-1].h, log=g)
    other = replace(appended(trunk, "Create", create_activity(ref=OTHER_REF))[-1].h, log=g)
    evidence = ForkEvidence(one, other, (MANIFEST,))
    in_hub(terminal, lambda db: ForkStore(db).keep(Fork(evidence, "third.example", NOW)))

    printed = terminal.run("doctor")

    assert printed.status == 1
    assert "BROKEN  our own log: third.example holds another entry with the number 3" in printed.out
    assert "ask its peers to write: hub peer settle 127.0.0.9:9809" in printed.out
    assert "hub keys recover" in printed.out


def test_a_log_that_became_shorter_is_shown_told_and_settled(forked: Terminal) -> None:
    forked.run("peer", "settle", HOST)
    log = a_log()[:3]
    evidence = ShorterEvidence(log[2].h, log[1].h, (MANIFEST,))
    in_hub(forked, lambda db: note_shorter(db, evidence, HOST, NOW))
    path = forked.home.parent / "evidence.json"

    shown = forked.run("peer", "show", HOST)
    as_json = forked.json("peer", "show", HOST)["shorter"]
    doctor = forked.run("doctor")
    path.write_text(json.dumps(as_json[0]["evidence"]), "utf-8")
    verdict = forked.run("verify", str(path), "--json")
    settled = forked.run("peer", "settle", HOST)

    assert "SHORTER: it showed 2 entries" in shown.out
    assert (as_json[0]["held"], as_json[0]["shown"]) == (3, 2)
    assert f"{HOST} shows 2 entries of {G} and had signed 3; it is frozen" in doctor.out
    assert (verdict.status, verdict.json["verdict"]) == (1, "unproven")
    assert settled.status == 0, settled.err
    assert "Shorter once" in forked.run("peer", "show", HOST).out
    assert "it is frozen" not in forked.run("doctor").out
