"""What is held of one other hub or source: the records, the indexes, and who it is."""

import sqlite_utils

from content.catalogue import Catalogue
from content.changes import Act
from content.directory import Directory
from content.experts.held import HeldExpert, HeldExpertStore
from content.framework.sharing import HeldFrameworkStore
from content.held import OriginKind
from content.hubs import HubDirectory
from content.resources.held import HeldResource, HeldResourceStore
from federation.log import Log
from federation.peers import Peer
from protocol.log_entries import log_name


class Holdings:
    """
    The records of one peer, stored and findable together.

    Works on an open database inside the caller's transaction; never begins or commits one.
    """

    def __init__(self, db: sqlite_utils.Database, peer: Peer) -> None:
        self._db = db
        self._peer = peer
        self.resources = HeldResourceStore(db)
        self.experts = HeldExpertStore(db)
        self.framework = HeldFrameworkStore(db)

    def keep_resource(self, held: HeldResource) -> None:
        """Store a resource, new or over the version that was known, and let it be found."""
        self.resources.put(held)
        Catalogue(self._db).index_held(held)

    def keep_expert(self, held: HeldExpert) -> None:
        """Store an expert, and let the listing be found."""
        self.experts.put(held)
        Directory(self._db).index_held(held)

    def drop_resource(self, ref: str, url: str, act: Act) -> bool:
        """
        Drop a resource for ever; its tombstone stays, also if it never arrived.

        Return whether it was held.
        """
        kind = self._origin_kind
        held = self.resources.remove(self._peer.host, ref, act.at, url=url, origin_kind=kind)
        Catalogue(self._db).drop(url)
        return held

    def drop_expert(self, ref: str, url: str, act: Act) -> bool:
        """Drop an expert for ever; the tombstone stays. Return whether it was held."""
        held = self.experts.remove(self._peer.host, ref, act.at, url=url)
        Directory(self._db).drop(url)
        return held

    def drop_framework_item(self, ref: str, url: str, act: Act) -> bool:
        """Drop an item of a framework for ever; the tombstone stays. Return whether it was held."""
        return self.framework.remove(self._peer.host, ref, act.at, url=url)

    def hide(self) -> None:
        """Let nothing of the peer be found, and keep it; its framework shows while it is active."""
        Catalogue(self._db).drop_hub(self._peer.host)
        Directory(self._db).drop_hub(self._peer.host)

    def show(self) -> None:
        """Let everything that is held of the peer be found again."""
        for resource in list(self.resources.of(self._peer.host)):
            Catalogue(self._db).index_held(resource)
        for expert in list(self.experts.of(self._peer.host)):
            Directory(self._db).index_held(expert)

    def begin_anew(self) -> None:
        """
        Drop the logs of a peer of whom no record is held, so that they are read from the beginning.

        Its log may be here as a replica, of which nothing was taken in. One of which it is noted
        up to where it was taken in (kept.py) is not read again: what it lacks comes from the copy.
        """
        if self._db.execute("select 1 from log_kept where log = ?", (self._peer.g,)).fetchone():
            return
        if self._count():
            return
        self._drop_logs()

    def forget(self) -> int:
        """
        Delete everything that is held of the peer, its logs too; return how many records.

        Its logs go as well, so that it can be read from the beginning if it becomes a peer again.
        """
        self.hide()
        count = self._count()
        self.resources.forget(self._peer.host)
        self.experts.forget(self._peer.host)
        self.framework.forget(self._peer.host)
        self._drop_logs()
        HubDirectory(self._db).remove(self._peer.host)
        return count

    def _count(self) -> int:
        host = self._peer.host
        return self.resources.count(host) + self.experts.count(host) + self.framework.count(host)

    def _drop_logs(self) -> None:
        if self._peer.g is not None:
            Log(self._db).drop(log_name(self._peer.g, "public"))
            Log(self._db).drop(log_name(self._peer.g, "network"))

    @property
    def _origin_kind(self) -> OriginKind:
        return "hub" if self._peer.is_hub else "source"
