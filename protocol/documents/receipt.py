"""
Receipts: what a hub signs when it takes a request in.

A receipt holds a digest of each field of the request, and no text. The salt of the digests is not
in it: it goes to the requester beside it, so that a receipt alone tells others nothing, not even a
country. With the salt and the text that they kept, a requester can show what was filed. There is a
digest for each field, said or not, so that not even that is seen.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from protocol.canonical import canonicalize
from protocol.context import CONTEXT
from protocol.digests import hash_link, is_hash_link, same_link
from protocol.documents.model import DocumentModel, Moment, Url, validated
from protocol.errors import InvalidDocument
from protocol.foreign import types_of
from protocol.ids import same_origin
from protocol.json import JsonObject
from protocol.keys import SigningKey
from protocol.moments import read_stamp, stamp
from protocol.proofs import add_proof
from protocol.verdicts import Check

TYPE: Final = "hub:Receipt"
ATTACHMENTS: Final = "attachments"
"""The field that holds name, size and SHA-256 of each file that was sent."""
SALT_BYTES: Final = 32
_PURPOSE = b"rights-hub receipt field\x00"


class Receipt(DocumentModel):
    """A receipt as it is read. digests: hash link of each field by its name."""

    context: Any = Field(default=None, alias="@context")
    id: Url
    type: Literal["hub:Receipt"]
    hub: Url = Field(alias="attributedTo")
    """The actor of the hub that took the request."""
    taken_at: Moment = Field(alias="published")
    digests: Annotated[dict[str, str], Field(min_length=1, max_length=64, alias="hub:digests")]
    proof: Any = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a requester keeps besides the receipt. salt: 32 bytes. fields: as they were filed."""

    salt: bytes
    fields: Mapping[str, Any]

    def as_json(self) -> JsonObject:
        """Return it as it is handed out and read again."""
        return {"salt": self.salt.hex(), "filed": dict(self.fields)}


def make_receipt(
    kept: Kept, *, receipt: str, actor: str, key: SigningKey, at: datetime
) -> JsonObject:
    """
    Return a signed receipt.

    receipt: its id, a URL of the hub. actor: who signs. at: when the request was taken in.
    Raises NotCanonical for a value that has no canonical form.
    """
    if len(kept.salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    document: JsonObject = {
        "@context": CONTEXT,
        "id": receipt,
        "type": TYPE,
        "attributedTo": actor,
        "published": stamp(at),
        "hub:digests": {name: _digest(kept.salt, name, kept.fields[name]) for name in kept.fields},
    }
    return add_proof(document, key, at)


def is_receipt(document: JsonObject) -> bool:
    """Tell whether a document is a receipt."""
    return TYPE in types_of(document)


def read_receipt(document: JsonObject) -> Receipt:
    """Return the receipt, its proof not checked. Raises InvalidDocument."""
    receipt = validated(Receipt, document, "receipt")
    if not same_origin(receipt.id, receipt.hub):
        raise InvalidDocument("A receipt is on the origin of its hub.")
    if not all(is_hash_link(each) for each in receipt.digests.values()):
        raise InvalidDocument("A digest of the receipt is malformed.")
    return receipt


def read_kept(value: JsonObject) -> Kept:
    """Return what a requester kept, out of `Kept.as_json`. Raises InvalidDocument."""
    salt, filed = value.get("salt"), value.get("filed")
    if not isinstance(salt, str) or not isinstance(filed, dict) or not filed:
        raise InvalidDocument("What was kept has a salt, and what was filed.")
    try:
        read = bytes.fromhex(salt)
    except ValueError:
        read = b""
    if len(read) != SALT_BYTES:
        raise InvalidDocument(f"The salt has {SALT_BYTES} bytes, written in hex.")
    return Kept(read, filed)


def check_kept(receipt: Receipt, kept: Kept) -> tuple[Check, ...]:
    """Return one check for each field that was kept: is it what the hub took in?"""
    checks: list[Check] = []
    for name, value in kept.fields.items():
        claimed = receipt.digests.get(name)
        if claimed is None:
            text, code = "The receipt knows no such field.", "field-not-in-receipt"
        elif same_link(claimed, _digest(kept.salt, name, value)):
            checks.append(Check(f"field {name}", True, "It is what was filed."))
            continue
        else:
            text, code = "It is not what was filed, or the salt is another one.", "field-differs"
        checks.append(Check(f"field {name[:60]}", False, text, code))
    return tuple(checks)


def taken_on(receipt: Receipt) -> str:
    """Return the day on which the request was taken in, UTC."""
    return f"{read_stamp(receipt.taken_at):%Y-%m-%d}"


def _digest(salt: bytes, name: str, value: Any) -> str:
    key = hmac.digest(salt, _PURPOSE + name.encode(), hashlib.sha256)
    return hash_link(key + canonicalize(value))
