"""
Files that go with a copy or with the answer: chosen, sealed for one hub, fetched by it alone.

Those of a copy are fetched once it is accepted; a hub that declines never has them. What a blob is
called tells nothing: it is the digest of what is sealed, and its key is in the sealed message
(protocol/blobs.py; docs/adr/0045-copies-of-cases.md).
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlite_utils

from content.cases.attachment import Attachment, NewAttachment, read_attachment
from content.cases.attachment_store import AttachmentNotFound, AttachmentStore
from content.cases.file_types import TAKEN
from content.cases.store import CaseErased, CaseNotFound
from content.changes import Act
from content.errors import ContentError
from content.ids import new_id
from federation.escalation.copy_file import CopyFile
from federation.escalation.file_store import FileStore
from federation.escalation.letters import Letter
from federation.escalation.states import ENDED
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from federation.serving.answers import BadParameter, NotServed, number_of, query_of
from federation.serving.logs import require_hub
from federation.transport import Limits, TransportFailed
from protocol.blobs import (
    KEY_BYTES,
    SEALED_PART_BYTES,
    name_of_blob,
    open_part,
    parts_of,
    seal_one,
)
from protocol.documents.inner_parts import SentBlob, SentFile
from protocol.errors import SealBroken
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import origin_of
from protocol.message_signatures import sign_for_hub

if TYPE_CHECKING:
    from federation.hub import Node

FETCH_SECONDS: Final = 120.0
"""For one whole file (DESIGN.md 6)."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=12)
_MEDIA_TYPE: Final = "application/vnd.hub.sealed"
_GONE: Final = frozenset({404, 410})


def chosen_files(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    attach: Sequence[str],
    named: Sequence[str],
) -> tuple[tuple[Attachment, SentFile], ...]:
    """
    Return what a copy says of the files that go with it. named: those that keep their names.

    Raises AttachmentNotFound.
    """
    held = {each.id: each for each in AttachmentStore(db, hub.vault).list(case_id)}
    if not held.keys() >= {*attach, *named}:
        raise AttachmentNotFound
    chosen = [held[each] for each in dict.fromkeys((*attach, *named))]
    return tuple(
        (
            each,
            SentFile(
                sha256=each.sha256,
                size=each.size,
                media_type=each.media_type,
                name=each.name if each.id in named else None,
            ),
        )
        for each in chosen
    )


def offer_files(
    db: sqlite_utils.Database,
    hub: Hub,
    case_id: str,
    escalation_id: str,
    peer: Peer,
    files: Sequence[tuple[Attachment, SentFile]],
    act: Act,
) -> tuple[SentBlob, ...]:
    """Let one hub fetch these files; return where and with which key, for the sealed message."""
    blobs = []
    for attachment, sent in files:
        _, data = AttachmentStore(db, hub.vault).get(case_id, attachment.id)
        key = hub.chance.bytes(KEY_BYTES)
        file = CopyFile(
            id=new_id(act.at, hub.chance),
            escalation_id=escalation_id,
            direction="out",
            peer=peer.host,
            blob=name_of_blob(data, key),
            state="offered",
            attachment_id=attachment.id,
            key=key,
            sha256=sent.sha256,
            size=sent.size,
            media_type=sent.media_type,
            name=sent.name,
        )
        FileStore(db, hub.vault).add(file)
        blobs.append(SentBlob(sha256=file.blob, key=key.hex()))
    return tuple(blobs)


def note_files(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str, peer: Peer, letter: Letter, act: Act
) -> None:
    """
    Note which files go with what has arrived; they are fetched as soon as there is a case here.

    With an offer that is once it is accepted, with an answer to a case of ours at once.
    """
    for sent, blob in zip(letter.files, letter.blobs, strict=True):
        file = CopyFile(
            id=new_id(act.at, hub.chance),
            escalation_id=escalation_id,
            direction="in",
            peer=peer.host,
            blob=blob.sha256,
            state="arrives",
            key=bytes.fromhex(blob.key),
            sha256=sent.sha256,
            size=sent.size,
            media_type=sent.media_type,
            name=sent.name,
        )
        FileStore(db, hub.vault).add(file)


async def blob(node: "Node", request: HttpRequest, sha256: str) -> HttpResponse:
    """
    GET /hub/blobs/{sha256}?part=N: a part of a sealed file, from 0; without part, the whole.

    Only the hub that it was sealed for is shown it; to all others it is not there.
    """
    peer = await require_hub(node, request)
    query = query_of(request)
    part = number_of(query, "part", default=0, most=2**31) if "part" in query else None

    def read(db: sqlite_utils.Database) -> bytes:
        file = FileStore(db, node.hub.vault).offered(peer.host, sha256)
        if file is None or file.attachment_id is None:
            raise NotServed
        escalation = EscalationStore(db, node.hub.vault).get(file.escalation_id)
        if escalation.state in ENDED or escalation.case_id is None:
            raise NotServed
        count = parts_of(file.size)
        if part is not None and part >= count:
            raise BadParameter("part", f"a number below {count}")
        store, case_id = AttachmentStore(db, node.hub.vault), escalation.case_id
        try:
            # Part by part, as they are stored: whoever asks for one costs us no more than that.
            return b"".join(
                seal_one(
                    store.part(case_id, file.attachment_id, place)[1], file.key, place, file.size
                )
                for place in (range(count) if part is None else (part,))
            )
        except (AttachmentNotFound, CaseErased, CaseNotFound):
            raise NotServed from None

    body = await node.database.read(read)
    headers = (("Content-Type", _MEDIA_TYPE), ("Cache-Control", "no-store"))
    return HttpResponse(200, headers, body)


async def fetch_files(node: "Node") -> int:
    """Fetch the files of accepted offers that are due; return how many are here now."""
    now = node.clock.now()
    files = await node.database.read(lambda db: FileStore(db, node.hub.vault).to_fetch(now))
    return sum([await _fetch(node, file) for file in files])


async def _fetch(node: "Node", file: CopyFile) -> bool:
    peer = await node.database.read(lambda db: PeerStore(db).find(file.peer))
    if peer is None or not peer.active:
        return await _later(node, file)
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            new = await _fetched(node, file, peer)
    except (TransportFailed, TimeoutError):
        return await _later(node, file)
    if new is None:
        await node.database.write(
            lambda db: FileStore(db, node.hub.vault).settle(file, "unavailable")
        )
        return False
    act = Act(f"hub:{file.peer}", node.clock.now())
    return await node.database.write(lambda db: _keep(db, node.hub, file, new, act))


async def _fetched(node: "Node", file: CopyFile, peer: Peer) -> NewAttachment | None:
    """Return the file, checked; None if its hub does not give it, or gives something else."""
    limits = Limits(seconds=FETCH_SECONDS, bytes=SEALED_PART_BYTES)
    data = bytearray()
    for place in range(parts_of(file.size)):
        url = f"{origin_of(peer.actor)}/hub/blobs/{file.blob}?part={place}"
        request = sign_for_hub(HttpRequest("GET", url), node.hub.keys.signing, node.clock.now())
        answer = await node.transport.send(request, limits=limits)
        if answer.status in _GONE:
            return None
        if answer.status != 200:
            raise TransportFailed(f"The hub of the file answered {answer.status}.")
        try:
            data += open_part(answer.body, file.key, place, file.size)
        except SealBroken:
            return None
    try:
        new = read_attachment(file.name or _unnamed(file.media_type), bytes(data))
    except ContentError:
        return None
    fits = (new.filed_sha256, new.kind.media_type) == (file.sha256, file.media_type)
    return new if fits else None


def _unnamed(media_type: str) -> str:
    """Return a name for a file that came without: its ending tells CSV from other text."""
    endings = (kind.endings[0] for kind in TAKEN if kind.media_type == media_type)
    return f"attachment{next(endings, '')}"


def _keep(
    db: sqlite_utils.Database, hub: Hub, file: CopyFile, new: NewAttachment, act: Act
) -> bool:
    """Put a file into our case; not if that has ended meanwhile."""
    escalation = EscalationStore(db, hub.vault).get(file.escalation_id)
    if escalation.state in ENDED or escalation.case_id is None:
        return False
    files = FileStore(db, hub.vault)
    try:
        store = AttachmentStore(db, hub.vault)
        [kept] = store.add(escalation.case_id, [new], act, hub.chance, shown=False)
    except ContentError:
        files.settle(file, "unavailable")
        return False
    files.settle(file, "here", kept.id)
    return True


async def _later(node: "Node", file: CopyFile) -> bool:
    pause = min(_FIRST_PAUSE * 2 ** min(file.tries, 12), _LONGEST_PAUSE)
    again = node.clock.now() + pause
    await node.database.write(lambda db: FileStore(db, node.hub.vault).try_again(file, again))
    return False
