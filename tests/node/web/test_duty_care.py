"""Operators look after peers, queues, mails and people: what cannot be undone is asked first."""

import html
from dataclasses import replace

import pytest

from content.mail.kinds import MailKind
from content.mail.queue import MailQueue, Recipient
from federation.forks import Fork, ForkStore
from federation.peers import Peer, PeerStore, state_in_words
from node.web.duty_words import ERASED, duty_told
from node.web.languages import LANGUAGES
from node.web.speaking import speaking
from protocol.fork_evidence import ForkEvidence
from protocol.manifest import fingerprint
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import EXPERT, list_expert
from tests.node.web.test_desk_pages import seen
from tests.protocol.samples import OTHER_REF, create_activity
from tests.protocol.test_log_entries import ERASURE, MANIFEST, G, a_log, appended

HOST = "rights.other.example"
PEER = f"/duty/peers/{HOST}"


@pytest.fixture
async def duty(served: ServedHub) -> Browser:
    return await signed_in(served, "operator")


def a_peer(served: ServedHub) -> Peer:
    return Peer(
        actor=f"https://{HOST}/actor",
        host=HOST,
        g=G,
        kind="hub",
        name="Other",
        country="KE",
        inbox=f"https://{HOST}/inbox",
        state="active",
        document={},
        fingerprint=fingerprint(G),
        added_by="operator",
        added_at=served.node.clock.now(),
    )


async def test_what_stands_behind_a_peer_is_noted_and_is_in_the_register(
    served: ServedHub, duty: Browser
) -> None:
    await served.node.database.write(lambda db: PeerStore(db).add(a_peer(served)))
    before = await seen(duty, "/duty/register")

    noted = await duty.post(
        f"{PEER}/agreement",
        agreement="Joint control, council decision 7",
        agreed_on="2026-11-02",
        transfer_basis="clauses",
    )
    after = await seen(duty, "/duty/register")

    assert "No agreement is noted with" in before
    assert noted.status == 303, noted.body
    assert "No agreement is noted with" not in after
    assert "standard contractual clauses" in after
    assert "Standard contractual clauses" in await seen(duty, PEER)


async def test_a_log_that_cannot_be_read_now_is_said_so(served: ServedHub, duty: Browser) -> None:
    await served.node.database.write(lambda db: PeerStore(db).add(a_peer(served)))
    assert "nothing of it is here yet" in await seen(duty, PEER)

    read = await duty.post(f"{PEER}/sync")

    assert read.headers["Location"] == PEER
    assert "Not complete; it is tried again by itself." in await seen(duty, PEER)


async def test_a_frozen_log_is_shown_and_settled_once_somebody_is_sure(
    served: ServedHub, duty: Browser
) -> None:
    trunk = a_log()[:2]
    one = appended(trunk, "Delete", ERASURE)[-1].h
    other = appended(trunk, "Create", create_activity(ref=OTHER_REF))[-1].h
    fork = Fork(ForkEvidence(one, other, (MANIFEST,)), "c.example", served.node.clock.now())
    await served.node.database.write(lambda db: PeerStore(db).add(a_peer(served)))
    await served.node.database.write(lambda db: ForkStore(db).keep(fork))

    assert "Frozen" in await seen(duty, PEER)
    assert (await duty.post(f"{PEER}/settle")).status == 422
    assert (await duty.post(f"{PEER}/settle", sure="yes")).status == 303
    assert "Frozen" not in await seen(duty, PEER)


@pytest.mark.parametrize("path", ["/duty/deliveries/7/drop", "/duty/quarantine/7/drop"])
async def test_what_is_given_up_is_asked_first(duty: Browser, path: str) -> None:
    page = await seen(duty, path)
    unsure = await duty.post(path)
    sure = await duty.post(path, sure="yes")

    assert "Back, without doing it" in page
    assert unsure.status == 422
    assert sure.status == 404, "there is none with that number"


async def test_mails_that_failed_are_sent_again_or_given_up(
    served: ServedHub, duty: Browser
) -> None:
    now, chance = served.node.clock.now(), served.node.hub.chance
    assert "No mail server is set" in await seen(duty, "/duty/mails")

    def work(db: object) -> int:
        queue = MailQueue(db)  # type: ignore[arg-type]
        queue.tell(Recipient("user", "caseworker"), MailKind.RETENTION, "x", now)
        queue.bundle(now, chance)
        letter = queue.list("waiting", 1)[0]
        queue.failed(letter, "550 no such user", now)
        return letter.id

    number = await served.node.database.write(work)
    page = await seen(duty, "/duty/mails")
    again = await duty.post(f"/duty/mails/{number}/retry")
    twice = await duty.post(f"/duty/mails/{number}/drop")

    assert "550 no such user" in page
    assert again.status == 303
    assert twice.status == 404, "it is not among the failed any more"


async def test_second_factors_are_forgotten_for_who_lost_them(duty: Browser) -> None:
    path = "/duty/people/caseworker/reset-factors"
    page = await seen(duty, path)
    unsure = await duty.post(path)
    sure = await duty.post(path, sure="yes")

    assert "their sessions end" in page
    assert (unsure.status, sure.status) == (422, 303)
    assert (await duty.get("/duty/people/nobody/reset-factors")).status == 404


def test_every_state_of_a_peer_is_known(served: ServedHub) -> None:
    states = ("new", "offered", "active", "suspended", "blocked", "ended")
    hub = a_peer(served)
    peers = [replace(hub, state=state) for state in states]  # type: ignore[arg-type]
    peers += [replace(each, kind="source", g=None) for each in peers]
    peers += [replace(hub, state=state, their_offer={}) for state in ("new", "offered")]  # type: ignore[arg-type]

    with speaking(LANGUAGES["es"]):
        for peer in peers:
            assert not duty_told(state_in_words(peer)).foreign, peer.state


async def test_the_list_of_peers_is_in_the_language_of_the_reader(
    served: ServedHub, duty: Browser
) -> None:
    await served.node.database.write(lambda db: PeerStore(db).add(a_peer(served)))

    page = html.unescape((await duty.get("/duty/peers?lang=es")).body.decode())

    assert "both hubs approved" not in page


def test_everything_that_is_erased_has_a_name() -> None:
    assert set(ERASED) == {"resource", "expert", "framework-item", "case"}


async def test_what_is_noted_about_somebody_is_kept_and_a_listing_becomes_theirs(
    served: ServedHub, duty: Browser
) -> None:
    number, path = await list_expert(served), "/duty/people/expert"
    fields = {"display_name": "Noor", "email": "noor@hub.example", "topics": "procurement"}
    assert EXPERT["name"] in await seen(duty, path)

    kept = await duty.post(path, {**fields, "languages": "nl", "listing": number})
    page = await seen(duty, path)
    mine = await seen(await signed_in(served, "expert"), "/desk/listing")

    assert kept.status == 303, kept.body
    assert 'value="noor@hub.example"' in page
    assert f'value="{number}" selected' in page
    assert EXPERT["name"] in mine
    assert (await duty.post(path, {**fields, "display_name": ""})).status == 422
    assert b'id="email-mistake"' in (await duty.post(path, {**fields, "email": "x"})).body
    assert (await duty.post(path, display_name="Noor")).status == 303
    assert "noor@hub.example" not in await seen(duty, path)
    assert (await duty.get("/duty/people/nobody")).status == 404
