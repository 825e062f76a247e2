"""Hubs that change their keys, while what was signed or sealed with those before is under way."""

import random
from functools import partial
from itertools import permutations
from typing import Final

from federation.own_keys import newest_manifest
from federation.peers import PeerStore
from protocol.manifest import read_manifest
from tests.simulation.machine import Machine
from tests.simulation.stories import Subject, Verbs
from tests.simulation.world import World


async def rotate(sealing: bool, _world: World, machine: Machine, _dice: random.Random) -> str:
    """Change the signing key, or the keys that others seal with."""
    return await machine.rotate_keys(sealing=sealing)


def differences(world: World) -> list[str]:
    """
    Return which hubs go by other keys of a hub than its newest manifest lists.

    Keys to seal with that have expired do not count: who refuses a message tells its others only.
    """
    found = []
    for origin, reader in permutations(world.machines, 2):
        manifest = origin.look(lambda db, hub=origin.hub: newest_manifest(db, hub))
        listed = {key.id for key in read_manifest(manifest).keys}
        now = reader.clock.now()
        sealing = {
            key.id for key in read_manifest(manifest).public_sealing_keys() if key.expires > now
        }
        peer = reader.look(lambda db, host=origin.host: PeerStore(db).get(host))
        if {key.id for key in peer.pinned_keys} != listed:
            found.append(f"{reader.host} goes by other keys of {origin.host}")
        if {key.id for key in peer.sealing_keys if key.expires > now} != sealing:
            found.append(f"{reader.host} seals with other keys of {origin.host}")
    return found


VERBS: Final[Verbs] = {
    "rotate keys": (partial(rotate, False), 2),
    "rotate sealing keys": (partial(rotate, True), 1),
}
SUBJECT: Final = Subject(VERBS, differences, ways=("both", "pull"))
"""By deliveries alone nobody can prove a new key: that takes the log."""
