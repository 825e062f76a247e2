"""What keeps a hub alive: its keys, and its backups. Both are changed by commands only."""

from content.backups import BACKUP, MADE, MADE_KEYS, RESTORED
from content.changes import ChangeStore
from content.people.permissions import Right
from federation.log import Log
from federation.own_keys import RECOVERY_KEY
from node.api.models.common import Listing
from node.api.models.keeping import BackupAnswer, KeysAnswer
from node.api.routes import ApiRoute, Call
from node.key_facts import facts_of_keys

SUBJECT = "Operating"
_WHAT = {MADE: "data", MADE_KEYS: "keys", RESTORED: "restored"}


async def show_keys(call: Call) -> KeysAnswer:
    """Return which keys count, since when and until when, and when the paper was last tried."""
    hub = call.hub
    manifests, last = await call.read(
        lambda db: (
            Log(db).manifests(hub.identity.g),
            ChangeStore(db).of(RECOVERY_KEY, limit=1).items,
        )
    )
    facts = facts_of_keys(hub, manifests, last[0] if last else None, call.node.clock.now())
    return KeysAnswer.model_validate(facts)


async def list_backups(call: Call) -> Listing[BackupAnswer]:
    """Return the backups that were made, newest first."""
    found = await call.read(lambda db: ChangeStore(db).of(BACKUP, limit=100).items)
    items = [
        BackupAnswer.model_validate({"what": _WHAT[each.what], "at": each.at, "by": each.by})
        for each in found
        if each.what in _WHAT
    ]
    return Listing(items=items)


ROUTES = (
    ApiRoute(
        "GET", "/keys", show_keys, "The keys of this hub", SUBJECT, KeysAnswer, right=Right.OPERATE
    ),
    ApiRoute(
        "GET",
        "/backups",
        list_backups,
        "Backups that were made",
        SUBJECT,
        Listing[BackupAnswer],
        right=Right.OPERATE,
    ),
)
