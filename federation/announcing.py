"""
What a coalition node does with the public records of the hubs it follows: it announces each once.

Only a hub of kind coalition announces; for all others this does nothing. What is announced is a
reference: whoever wants the record fetches it from its own hub (docs/adr/0016).
"""

import sqlite_utils

from content.changes import Act
from content.ids import new_id
from content.times import to_text
from federation.hub import Hub
from federation.log import Log
from federation.pause import Pause
from federation.policy import NONE, Audience, Door, leaves
from federation.sending import public_followers, send, signed
from protocol.context import AS_PUBLIC
from protocol.documents import activities
from protocol.ids import activity_id


def announce(db: sqlite_utils.Database, hub: Hub, object_id: str, label: str, act: Act) -> bool:
    """
    Announce a peer's public record to our followers unless it was before; return whether.

    The announcement is an entry of our public log too. Peers are not told: they know the record
    from its own hub.
    """
    if hub.identity.kind != "coalition":
        return False
    if not leaves(label, NONE, Door.FEED, Audience.EVERYONE):
        return False
    pause = Pause(db)
    if pause.why:
        pause.wait("announcement", object_id, act.at)
        return False
    ref = new_id(act.at, hub.chance)
    identity = activity_id(hub.identity.origin, ref)
    noted = db.execute(
        "insert or ignore into announced (object, activity, at) values (?, ?, ?)",
        (object_id, identity, to_text(act.at)),
    )
    if noted.rowcount != 1:
        return False
    activity = activities.announce(
        identity,
        hub.identity.actor,
        object_id,
        to=(AS_PUBLIC,),
        cc=(f"{hub.identity.origin}/followers",),
        at=to_text(act.at),
    )
    activity = signed(hub, activity, act.at)
    entry = Log(db).append(hub, "public", "Announce", ref, activity, act.at)
    send(db, identity, entry.body, public_followers(db), act.at)
    return True
