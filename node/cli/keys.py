"""`hub keys`: the keys of this hub."""

import sys

import click

from content.changes import ChangeStore
from content.people.permissions import Right
from federation.log import Log
from federation.own_keys import CHECKED, RECOVERY_KEY, is_recovery_key, newest_manifest
from node.cli.desk import Desk, desk, home_of, who_acts
from node.cli.key_output import show_keys, write_it_down
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.key_facts import facts_of_keys
from node.key_recovery import RecoveryKeyWrong, recover, recovery_key_of
from node.key_renewal import changing_keys, rotate, settle_files, signing_key_in
from node.settings import read_settings

LONGEST_TYPED = 1024


@click.group()
def command() -> None:
    """
    The keys of this hub: look at them, rotate them, recover from their loss or theft.

    Sealing keys change every month by themselves while the server runs.
    """


@command.command()
@common
def show(common: Common) -> None:
    """
    Show which keys count now, which still count for a while, and the recovery key's last check.

    \b
    Example:
      hub keys show
    """
    with desk(common, Right.OPERATE) as at:
        manifests = at.read(lambda db: Log(db).manifests(at.hub.identity.g))
        last = at.read(lambda db: ChangeStore(db).of(RECOVERY_KEY, limit=1)).items
        document = facts_of_keys(at.hub, manifests, last[0] if last else None, at.act.at)
    if common.json:
        print_json(document)
    else:
        show_keys(document)


@command.command("rotate")
@click.option("--sealing", is_flag=True, help="The keys that cases are sealed with, instead.")
@common
def rotate_command(common: Common, sealing: bool) -> None:
    """
    Put a new key in the place of the one that signs. A running server takes it up by itself.

    The old key counts for 30 more days, so that nothing under way is lost; its private half is
    destroyed now. Peers are told at once, and learn the new key from our log. If somebody may have
    the old key, rotating is not enough: see hub keys recover.

    \b
    Example:
      hub keys rotate
    """
    home = home_of(common)
    home.check()
    with changing_keys(home), desk(common, Right.OPERATE) as at:
        _settle(at)
        hub = at.write(
            lambda db: rotate(db, home, at.hub, at.act, signing=not sealing, sealing=sealing)
        )
        _settle(at)
        manifest = at.read(lambda db: newest_manifest(db, hub))
    keys = hub.keys.sealing[:2] if sealing else (hub.keys.signing,)
    names = [key.id.partition("#")[2] for key in keys]
    if common.json:
        print_json({"manifest": manifest["version"], "keys": names})
        return
    say(f"Rotated to {' and '.join(names)}, by manifest {manifest['version']}.")
    note("Peers are told. A backup of keys/ from before is of no use any more: make a new one.")


def _settle(at: Desk) -> None:
    manifest = at.read(lambda db: newest_manifest(db, at.hub))
    settle_files(at.home, signing_key_in(manifest))


@command.command("check-recovery")
@common
def check_recovery(common: Common) -> None:
    """
    Type the recovery key from the paper, to see that it is legible and the right one.

    It is read from the terminal, unseen, or from stdin, and kept nowhere. Do this once a year.

    \b
    Example:
      hub keys check-recovery
    """
    with desk(common, Right.OPERATE) as at:
        typed = _typed()
        key = recovery_key_of(typed, at.hub.identity.origin).public
        if not is_recovery_key(at.read(lambda db: newest_manifest(db, at.hub)), key):
            raise RecoveryKeyWrong
        at.write(lambda db: ChangeStore(db).record(at.act, CHECKED, RECOVERY_KEY))
    if common.json:
        print_json({"recovery_key": "right", "checked_at": at.act.at})
    else:
        say("That is the recovery key of this hub. Put the paper back in its place.")


@command.command("recover")
@click.option(
    "--void-later", is_flag=True, help="Entries of our log that are not in this database are void."
)
@common
def recover_command(common: Common, void_later: bool) -> None:
    """
    Replace all keys with the help of the recovery key: they were lost, or somebody has them.

    Stop the server first. A new manifest, signed by the recovery key, names new keys and the last
    good entry of the log: the newest one in this database. It beats whatever a thief signs with the
    old keys, and what others hold of our log beyond that entry is void. If a thief wrote into this
    database too, restore a backup from before, then add --void-later.

    The paper is used up by this. A new recovery key is printed: write it down.

    \b
    Example:
      hub keys recover
    """
    home = home_of(common)
    settings = read_settings(home)
    with home.locked():
        pass  # says at once if the server runs, before a person types
    done = recover(
        home,
        settings,
        _typed(),
        lambda db: who_acts(db, common.as_user),
        void_later=void_later,
        show=_on_stderr if common.json else write_it_down,
    )
    if common.json:
        print_json(done)
        return
    say(f"Recovered: {done.signing} signs now, by manifest {done.version}. The old paper is void.")
    if done.new_vault:
        note("The key of the case texts was lost: what cases said before cannot be read any more.")
    note("\nNext: hub serve tells the peers. Then call their people, and make a backup of keys/.")


def _on_stderr(recovery: str) -> None:
    """Print it before it counts: the JSON document comes after, and perhaps never."""
    note(f"New recovery key: {recovery}")


def _typed() -> str:
    """Return the recovery key that a person types, unseen, or that comes on stdin."""
    if sys.stdin.isatty():
        return str(click.prompt("Recovery key", hide_input=True, err=True))
    typed = sys.stdin.read(LONGEST_TYPED + 1)
    if not typed.strip() or len(typed) > LONGEST_TYPED:
        raise Refused("Give the recovery key on stdin: 12 groups of signs, as it was printed.")
    return typed
