"""
The envelope of a sealed message: `Create` of a `hub:Sealed` (docs/adr/0009-sealing.md).

It follows the envelope that the MLS draft for ActivityPub uses, so outsiders see one thing only:
that one hub wrote to another. What was sealed is opened with `sealing.open_sealed`.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from typing import Final

from protocol.context import CONTEXT
from protocol.documents.activities import create
from protocol.errors import InvalidDocument
from protocol.foreign import ids_of, types_of
from protocol.ids import is_url, same_origin
from protocol.intake import SEALED_MEDIA_TYPE
from protocol.json import JsonObject
from protocol.sealing import SealInfo

TYPE: Final = "hub:Sealed"
SUMMARY: Final = "Encrypted message between hubs"


@dataclass(frozen=True, slots=True)
class SealedEnvelope:
    """A sealed object: what is bound to the seal, and the sealed bytes."""

    info: SealInfo
    content: bytes = field(repr=False)


def sealed_create(envelope: SealedEnvelope, *, activity: str, at: str) -> JsonObject:
    """Return the Create that carries the envelope to its one reader; without proof."""
    info = envelope.info
    obj: JsonObject = {
        "@context": CONTEXT,
        "id": info.id,
        "type": ["Object", TYPE],
        "attributedTo": info.from_,
        "to": [info.to],
        "mediaType": SEALED_MEDIA_TYPE,
        "encoding": "base64",
        "summary": SUMMARY,
        "hub:suite": info.suite,
        "hub:kid": info.kid,
        "content": b64encode(envelope.content).decode(),
    }
    return create(activity, info.from_, obj, to=(info.to,), cc=(), at=at)


def is_sealed(document: JsonObject) -> bool:
    """Tell whether an object is a sealed message."""
    return TYPE in types_of(document)


def read_sealed(document: JsonObject) -> SealedEnvelope:
    """
    Return the envelope in the object of a Create.

    Raises InvalidDocument if a field is missing or wrong, there is not exactly one sender and one
    reader, or the id is not on the sender's origin.
    """
    senders, readers = ids_of(document.get("attributedTo")), ids_of(document.get("to"))
    identity, kid, suite = (document.get(name) for name in ("id", "hub:kid", "hub:suite"))
    if not is_sealed(document) or len(senders) != 1 or len(readers) != 1:
        raise InvalidDocument("A sealed message has one sender and one reader.")
    if not isinstance(identity, str) or not same_origin(identity, senders[0]):
        raise InvalidDocument("A sealed message's id is on its sender's origin.")
    if not isinstance(kid, str) or not is_url(kid) or not isinstance(suite, str):
        raise InvalidDocument("A sealed message names its key and suite.")
    if (document.get("mediaType"), document.get("encoding")) != (SEALED_MEDIA_TYPE, "base64"):
        raise InvalidDocument("A sealed message has another media type or encoding.")
    content = document.get("content")
    try:
        sealed = b64decode(content, validate=True) if isinstance(content, str) else b""
    except (Base64Error, ValueError) as error:
        raise InvalidDocument("The sealed content is no base64.") from error
    if not sealed:
        raise InvalidDocument("The sealed message is empty.")
    info = SealInfo(id=identity, from_=senders[0], to=readers[0], kid=kid, suite=suite)
    return SealedEnvelope(info, sealed)
