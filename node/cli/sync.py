"""`hub sync`: catch up with what other hubs published."""

import click

from content.people.permissions import Right
from federation.adopting import adopt_own
from federation.catching_up import CatchUp, catch_up, replicas_for
from federation.forks import LogFrozen
from federation.pause import Pause
from federation.peers import Peer, PeerStore
from federation.polling import weigh_told
from federation.replicas import keep_replica
from node.cli.desk import Desk, desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.garbage import collect_seldom


@click.command()
@click.argument("peer", required=False)
@click.option("--log", "log", metavar="G", help="Keep a copy of the log of a hub that is no peer.")
@common
def command(common: Common, peer: str | None, log: str | None) -> None:
    """
    Read what other hubs published and never arrived here, from their logs.

    The server does this by itself; after a long absence this shows how far it is. Without PEER:
    all active hubs, one after the other. The log of a hub that does not answer comes from those
    who have it. It can be stopped at any moment and goes on where it was.

    With --log it keeps the public log of a hub that is no active peer, such as one that is lost: it
    is checked, served to others, and not shown in our catalogue until that hub is a peer. G is its
    permanent name, which `hub peer show` prints where it is known; PEER is who has it, else all are
    asked.

    \b
    Example:
      hub sync
      hub sync rights.barcelona.example
    """
    with desk(common, Right.OPERATE) as at:
        collect_seldom()
        _take_back(at)
        rounds = [_copy(at, log, peer)] if log else [_round(at, p) for p in _peers(at, peer)]
    if common.json:
        print_json({"items": rounds})
    elif not rounds:
        note("There is no active hub to read from. Look at one: hub peer add ADDRESS")
    for one in rounds if not common.json else ():
        say(f"{one.host}: {_in_words(one)}")
    failed = [one.host for one in rounds if one.problem]
    if failed:
        frozen = all(one.code == LogFrozen.code for one in rounds if one.problem)
        later = "" if frozen else " Try again later; nothing is lost."
        raise Refused(f"Not complete: {', '.join(failed)}.{later}")


def _take_back(at: Desk) -> None:
    """After a restored backup, take the lost entries of our own log back first."""
    if not at.read(lambda db: Pause(db).why):
        return
    done = at.run(adopt_own(at.node))
    note(f"Our own log: {done.entries} lost entries taken back. {done.why}")


def _peers(at: Desk, peer: str | None) -> list[Peer]:
    if peer is None:
        return at.read(lambda db: PeerStore(db).active("hub", "coalition"))
    return [_active(at, peer)]


def _active(at: Desk, who: str) -> Peer:
    found = at.read(lambda db: PeerStore(db).get(who))
    if not (found.active and found.is_hub):
        raise Refused(f"{found.host} has no log to read from. {found.words}")
    return found


def _round(at: Desk, peer: Peer) -> CatchUp:
    note(f"Reading from {peer.host} ...")
    at.run(weigh_told(at.node, peer))
    return at.run(catch_up(at.node, peer, progress=_progress))


def _copy(at: Desk, log: str, peer: str | None) -> CatchUp:
    givers = at.run(replicas_for(at.node)) if peer is None else [_active(at, peer)]
    return at.run(keep_replica(at.node, log, givers, progress=_progress))


def _progress(host: str, entries: int) -> None:
    entries_so_far = "1 entry" if entries == 1 else f"{entries} entries"
    note(f"  {host}: {entries_so_far} so far")


def _in_words(done: CatchUp) -> str:
    if done.problem:
        return done.problem
    entries = "1 new entry" if done.entries == 1 else f"{done.entries} new entries"
    given = f", from {' and '.join(done.replicas)}" if done.replicas else ""
    lack = f"; the content of {done.withheld} is withheld: see hub doctor" if done.withheld else ""
    return f"{entries}, up to number {done.seq}{given}{lack}"
