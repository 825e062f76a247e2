"""Files of other hubs' resources: fetched from their origin, kept only if as announced."""

import hashlib
from typing import ClassVar, Final

import sqlite_utils

from content.cases.attachment import LARGEST
from content.resources.files import ResourceFile
from content.resources.held import HeldResource
from federation.errors import FederationError
from federation.hub import Node
from federation.peers import PeerStore
from federation.translate.resource import files_of
from federation.transport import Limits
from protocol.documents.resource import is_resource, read_resource
from protocol.http import HttpRequest
from protocol.ids import resource_file_id
from protocol.intake import parse_document
from protocol.message_signatures import sign_for_hub

FETCH_SECONDS: Final = 120.0


class FileNotGiven(FederationError):
    """The origin does not give the file."""

    code: ClassVar[str] = "file-not-given"

    def __init__(self, status: int) -> None:
        super().__init__(f"The hub of this record does not give the file now (status {status}).")


class FileNotAsAnnounced(FederationError):
    """What came is not what the record announced."""

    code: ClassVar[str] = "file-not-as-announced"

    def __init__(self) -> None:
        super().__init__(
            "What came is not the file that the signed record announces: its size or digest is"
            " another one. Nothing was kept. Tell the hub that published it."
        )


def held_files(held: HeldResource) -> tuple[ResourceFile, ...]:
    """Return what a record of another hub says of its files; of a source nothing."""
    if held.origin_kind != "hub" or not held.document:
        return ()
    document = parse_document(held.document.encode())
    return files_of(read_resource(document)) if is_resource(document) else ()


async def fetch_file(node: Node, held: HeldResource, file: ResourceFile) -> bytes:
    """
    Return the bytes of a file of another hub's resource, checked by what the record announces.

    Asked for with our signature where its hub is a peer. Raises FileNotGiven, FileNotAsAnnounced,
    TransportFailed.
    """

    def is_peer(db: sqlite_utils.Database) -> bool:
        peer = PeerStore(db).find(held.hub)
        return peer is not None and peer.active and peer.is_hub

    request = HttpRequest("GET", resource_file_id(held.url, file.sha256))
    if await node.database.read(is_peer):
        request = sign_for_hub(request, node.hub.keys.signing, node.clock.now())
    answer = await node.transport.send(request, limits=Limits(FETCH_SECONDS, LARGEST))
    if answer.status != 200:
        raise FileNotGiven(answer.status)
    if len(answer.body) != file.size or hashlib.sha256(answer.body).hexdigest() != file.sha256:
        raise FileNotAsAnnounced
    return answer.body
