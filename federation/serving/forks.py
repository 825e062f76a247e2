"""Evidence of forks, for anybody: a document that proves itself (docs/verify.md)."""

from datetime import datetime

import sqlite_utils

from content.times import to_text, to_text_or_none
from federation.forks import ForkStore
from federation.hub import Node
from federation.log import Log
from federation.serving.answers import ANYWHERE, NotServed, as_document
from federation.shorter import ShorterStore
from protocol.http import HttpRequest, HttpResponse
from protocol.json import JsonObject
from protocol.manifest import is_name


async def forks(node: Node, request: HttpRequest, g: str) -> HttpResponse:
    """
    GET /hub/forks/{G}: evidence that a hub forked its logs, as far as it is known here.

    Headers and manifests only, no content, and of the public log alone. Settled forks are shown
    too: that they happened stays true. `manifests` are all of the hub: one by its recovery key
    settles what was before. `shorter`: heads of the log that its hub showed shorter later.
    Raises NotServed for what is no name of a hub.
    """
    if not is_name(g):
        raise NotServed
    document = await node.database.read_public(lambda db: _known_of(db, g))
    return as_document(request, document, kind="application/json", headers=(ANYWHERE,))


def _known_of(db: sqlite_utils.Database, g: str) -> JsonObject:
    forks = [each for each in ForkStore(db).of_hub(g) if each.log == g]
    shorter = [each for each in ShorterStore(db).of_hub(g) if each.log == g]
    return {
        "forks": [_shown(each.evidence.to_json(), each.settled_at) for each in forks],
        "shorter": [
            {**_shown(each.evidence.to_json(), each.settled_at), "found": to_text(each.found_at)}
            for each in shorter
        ],
        "manifests": Log(db).manifests(g) if forks else [],
    }


def _shown(evidence: JsonObject, settled: datetime | None) -> JsonObject:
    return {**evidence, "settled": to_text_or_none(settled)}
