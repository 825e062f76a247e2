"""`hub peer`: other hubs, from the first look to approval, and out again."""

from collections.abc import Callable
from datetime import date

import click
import sqlite_utils

from content.changes import Act
from content.people.permissions import Right
from federation.discovery import discover
from federation.forks import ForkStore, settle_peer
from federation.histories import fetch_history
from federation.hub import Hub, Node
from federation.peering import (
    add_peer,
    approve_peer,
    block_peer,
    remove_peer,
    resume_peer,
    suspend_peer,
)
from federation.peers import Peer, PeerStore, TransferBasis
from federation.shorter import ShorterStore
from federation.withheld import WithheldStore
from node.cli.desk import desk
from node.cli.fork_output import plain_forks, plain_shorter, print_forks, print_shorter
from node.cli.options import DAY, Common, common
from node.cli.output import Column, note, print_json, print_table, say, when
from node.cli.peer_agreement import agreement, transfer_basis
from node.cli.peer_output import plain_peer, print_peer
from node.cli.refusals import Refused
from protocol.errors import ProtocolError
from protocol.ids import origin_of
from protocol.manifest_history import supersedes

Move = Callable[[sqlite_utils.Database, Hub, str, Act], Peer]


@click.group()
def command() -> None:
    """
    Other hubs. Peers share what is not for everybody, and can be offered cases.

    Both sides approve: you add the other hub here, compare its fingerprint with its people on the
    phone or on paper, and approve; they do the same with yours.
    """


command.add_command(agreement)


@command.command()
@click.argument("address")
@common
def add(common: Common, address: str) -> None:
    """
    Look at a hub and remember it. Nothing is sent to it before you approve.

    ADDRESS is a URL, a host, or a handle. Of somebody who is no hub (a website with ActivityPub, a
    Mastodon account) it becomes a source: adding approves it, and what it publishes appears here.

    \b
    Example:
      hub peer add https://rights.barcelona.example
      hub peer add @news@city.example
    """
    with desk(common, Right.PEERS_MANAGE) as at:
        found = at.run(discover(at.node, address))
        peer = at.write(lambda db: add_peer(db, at.hub, found, at.act))
    if common.json:
        print_json(plain_peer(peer))
        return
    print_peer(peer)
    if peer.is_hub and peer.state == "new":
        note(
            f"\nNext: call the people of {peer.name} on a number that you know, and let them read "
            "their fingerprint to you. If it is the one above:\n"
            f'  hub peer approve {peer.host} --fingerprint "{peer.fingerprint}"'
        )


@command.command()
@click.argument("peer")
@click.option("--fingerprint", required=True, metavar="TEXT", help="As its people read it to you.")
@click.option("--agreement", default="", metavar="TEXT", help="The agreement behind it.")
@click.option("--agreed-on", type=DAY, metavar="DATE", help="Its date, as YYYY-MM-DD.")
@transfer_basis
@common
def approve(
    common: Common,
    peer: str,
    fingerprint: str,
    agreement: str,
    agreed_on: date | None,
    transfer_basis: TransferBasis | None,
) -> None:
    """
    Approve a hub that was added. It is a peer as soon as its people approved us too.

    \b
    Example:
      hub peer approve rights.barcelona.example \\
          --fingerprint "3f2a 91bc 07d4 55e1 9a0c 62f8 b1d3 4e77" \\
          --agreement "Joint control, Amsterdam and Barcelona" --agreed-on 2026-11-02
      hub peer approve rights.nairobi.example \\
          --fingerprint "3f2a 91bc 07d4 55e1 9a0c 62f8 b1d3 4e77" --transfer-basis clauses
    """
    with desk(common, Right.PEERS_MANAGE) as at:
        found = at.write(
            lambda db: approve_peer(
                db,
                at.hub,
                peer,
                at.act,
                fingerprint=fingerprint,
                agreement=agreement,
                agreed_on=agreed_on,
                transfer_basis=transfer_basis or "",
            )
        )
    _tell(common, found)


@command.command("list")
@common
def list_peers(common: Common) -> None:
    """
    List the peers and how far each is.

    \b
    Example:
      hub peer list
    """
    with desk(common, Right.NETWORK_READ) as at:
        peers = at.read(lambda db: PeerStore(db).list())
        lacking = at.read(lambda db: WithheldStore(db).hubs())
    if common.json:
        print_json({"items": [plain_peer(peer) for peer in peers]})
        return
    if not peers:
        note("No peers yet. Look at one: hub peer add https://another.hub.example")
        return
    print_table(
        [
            Column("peer", elastic=True),
            Column("kind"),
            Column("name", elastic=True),
            Column("state"),
            Column("last contact"),
        ],
        [(p.host, p.kind, p.name, p.state, when(p.last_contact_at)) for p in peers],
    )
    for peer in peers:
        if peer.state == "new":
            note(f"{peer.host}: {peer.words}")
        if peer.g in lacking:
            note(f"{peer.host}: some of its log is withheld. See hub peer show {peer.host}")


@command.command()
@click.argument("peer")
@common
def show(common: Common, peer: str) -> None:
    """
    Show a peer with its fingerprint. PEER is its host, as `hub peer list` shows it.

    \b
    Example:
      hub peer show rights.barcelona.example
    """
    with desk(common, Right.NETWORK_READ) as at:
        found = at.read(lambda db: PeerStore(db).get(peer))
        forks = at.read(lambda db: ForkStore(db).of_hub(str(found.g)))
        shorter = at.read(lambda db: ShorterStore(db).of_hub(str(found.g)))
        withheld = at.read(lambda db: WithheldStore(db).count(str(found.g)))
    if common.json:
        told = {"forks": plain_forks(forks), "shorter": plain_shorter(shorter)}
        print_json({**plain_peer(found), **told, "withheld": withheld})
        return
    print_peer(found)
    print_forks(forks)
    print_shorter(shorter)
    if withheld:
        say(f"\nWITHHELD: the content of {_entries(withheld)} of its log, which nothing deletes.")
        say("  Everybody who holds the log is asked for it. Ask its people too.")


@command.command()
@click.argument("peer")
@common
def verify(common: Common, peer: str) -> None:
    """
    Ask a hub for its manifests now, and compare them with the one we approved.

    Keys may have changed since, if each manifest is lawful after the one before.

    \b
    Example:
      hub peer verify rights.barcelona.example
    """
    with desk(common, Right.NETWORK_READ) as at:
        known = at.read(lambda db: PeerStore(db).get(peer))
        if not known.is_hub:
            raise Refused(f"{known.host} is a source, not a hub: it has no manifest to compare.")
        now = at.run(discover(at.node, known.actor))
        same = now.g == known.g and now.pinned_keys == known.pinned_keys
        lawful = same or (now.g == known.g and at.run(_goes_on(at.node, known)))
    if not lawful:
        raise Refused(
            f"{known.host} shows other keys (fingerprint {now.fingerprint or 'none'}) than the "
            f"ones that were approved ({known.fingerprint}). Call its people; "
            f"until it is clear: hub peer suspend {known.host}"
        )
    if common.json:
        print_json(
            {
                "host": known.host,
                "same": same,
                "lawful": lawful,
                "fingerprint": known.fingerprint,
            }
        )
        return
    if not same:
        say(
            f"{known.host} changed its keys since, by the rules: it is the hub that was approved "
            f"({known.fingerprint})."
        )
        note(f"The new ones come with its log: hub sync {known.host}")
        return
    say(f"{known.host} shows the keys that were approved: {known.fingerprint}")


@command.command()
@click.argument("peer")
@common
def evidence(common: Common, peer: str) -> None:
    """
    Print the evidence that a hub forked its log or showed it shorter, for others to check.

    A fork proves itself: two headers with one number, both signed by the hub. Of a shorter log both
    heads are proven, and that the lower one came later is our word. Always JSON.

    \b
    Example:
      hub peer evidence rights.barcelona.example
    """
    with desk(common, Right.NETWORK_READ) as at:
        found = at.read(lambda db: PeerStore(db).get(peer))
        forks = at.read(lambda db: ForkStore(db).of_hub(str(found.g)))
        shorter = at.read(lambda db: ShorterStore(db).of_hub(str(found.g)))
    documents = [each.evidence.to_json() for each in forks]
    documents += [each.evidence.to_json() for each in reversed(shorter)]
    if not documents:
        raise Refused(f"Nothing is known of a fork of the log of {found.host}.")
    print_json(documents[0])


@command.command()
@click.argument("peer")
@common
def settle(common: Common, peer: str) -> None:
    """
    End the freeze of a log that forked or shrank, after its people said what happened.

    Our copy of its logs is dropped and read anew from the hub, so what it says now counts. The
    evidence is kept.

    \b
    Example:
      hub peer settle rights.barcelona.example
    """
    with desk(common, Right.PEERS_MANAGE) as at:
        found = at.write(lambda db: settle_peer(db, peer, at.act))
    _tell(common, found)
    if not common.json:
        note(f"Its log is read anew: hub sync {found.host}")


@command.command()
@click.argument("peer")
@common
def suspend(common: Common, peer: str) -> None:
    """
    Stop for a while: nothing new is taken from a peer, and nothing sent.

    \b
    Example:
      hub peer suspend rights.barcelona.example
    """
    _move(common, peer, suspend_peer)


@command.command()
@click.argument("peer")
@common
def resume(common: Common, peer: str) -> None:
    """
    Go on with a peer that was suspended or blocked.

    \b
    Example:
      hub peer resume rights.barcelona.example
    """
    _move(common, peer, resume_peer)


@command.command()
@click.argument("peer")
@common
def block(common: Common, peer: str) -> None:
    """
    Take nothing from a peer any more, and hide what it published.

    \b
    Example:
      hub peer block spam.example
    """
    _move(common, peer, block_peer)


@command.command()
@click.argument("peer")
@click.option(
    "--purge",
    is_flag=True,
    help="Also erase its records here, without a trace.",
)
@common
def remove(common: Common, peer: str, purge: bool) -> None:
    """
    End the peering, and tell the other side.

    \b
    Example:
      hub peer remove rights.barcelona.example --purge
    """
    with desk(common, Right.PEERS_MANAGE) as at:
        found = at.write(lambda db: remove_peer(db, at.hub, peer, at.act, purge=purge))
        if purge:
            at.sweep()
    _tell(common, found)


async def _goes_on(node: Node, known: Peer) -> bool:
    """Return whether the manifests of a hub lead on from the one that is pinned here."""
    if known.g is None or known.manifest is None:
        return False
    url = f"{origin_of(known.actor)}/hub/log/{known.g}"
    try:
        return supersedes(await fetch_history(node, url, known.g), known.manifest)
    except ProtocolError:
        return False


def _move(common: Common, peer: str, move: Move) -> None:
    with desk(common, Right.PEERS_MANAGE) as at:
        found = at.write(lambda db: move(db, at.hub, peer, at.act))
    _tell(common, found)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _tell(common: Common, peer: Peer) -> None:
    if common.json:
        print_json(plain_peer(peer))
        return
    say(f"{peer.host}: {peer.words}")
