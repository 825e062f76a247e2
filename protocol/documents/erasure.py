"""
Erasure receipts: the Accept of a Delete, by which a hub says that it has erased (docs/adr/0033).

A receipt proves itself by its proof, so it can be shown to anybody later. The same words fit what
was never public: then there is no log, and the request is an inner message.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from protocol.context import CONTEXT
from protocol.documents.model import DocumentModel, Moment, Url, validated
from protocol.errors import InvalidDocument
from protocol.foreign import types_of
from protocol.ids import actor_id, origin_of, same_origin
from protocol.json import JsonObject

TERM: Final = "hub:erasure"

_OneReader = Annotated[
    tuple[Url, ...],
    Field(min_length=1, max_length=1),
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
]
_LogName = Annotated[str, Field(pattern=r"^u[A-Za-z0-9_-]{43}(/network)?$")]


class Erasure(DocumentModel):
    """What was erased, and when. subject: id of the record. log: where the Delete stands."""

    subject: Url
    log: _LogName | None = None
    held: bool
    """Whether there was anything to erase; False says that nothing was held by then."""
    erased_at: Moment = Field(alias="erasedAt")


class ErasureReceipt(DocumentModel):
    """The whole receipt, proof included."""

    context: list[Any] = Field(alias="@context")
    id: Url
    type: Literal["Accept"]
    actor: Url
    to: _OneReader
    request: Url = Field(alias="object")
    published: Moment
    erasure: Erasure = Field(alias=TERM)
    proof: JsonObject

    @property
    def asker(self) -> str:
        """Return the actor that asked for the erasure."""
        return self.to[0]


def erasure_receipt(
    identity: str,
    actor: str,
    request: str,
    *,
    asker: str,
    subject: str,
    log: str | None,
    held: bool,
    erased_at: str,
    at: str,
) -> JsonObject:
    """
    Return a receipt without proof. identity: its own id. request: the id of the Delete.

    erased_at, at: as `moments.stamp` writes them.
    """
    erasure = Erasure(subject=subject, log=log, held=held, erased_at=erased_at)
    return {
        "@context": CONTEXT,
        "id": identity,
        "type": "Accept",
        "actor": actor,
        "to": [asker],
        "object": request,
        "published": at,
        TERM: erasure.wire(),
    }


def is_erasure_receipt(document: JsonObject) -> bool:
    """Tell whether an activity is meant as a receipt for an erasure."""
    return TERM in document and "Accept" in types_of(document)


def read_erasure_receipt(document: JsonObject) -> ErasureReceipt:
    """
    Return the receipt in a document; whether its proof fits is another question.

    Raises InvalidDocument if a field is missing, wrong or unknown, if its id is not on the origin
    of its actor, or if request and subject are not on the origin of the asker.
    """
    receipt = validated(ErasureReceipt, document, "receipt")
    if not same_origin(receipt.id, receipt.actor):
        raise InvalidDocument("A receipt's id is on the origin of the hub that erased.")
    if receipt.asker != actor_id(origin_of(receipt.asker)):
        raise InvalidDocument("A receipt is addressed to the hub that asked for the erasure.")
    if not same_origin(receipt.asker, receipt.request, receipt.erasure.subject):
        raise InvalidDocument("Only the hub that a record belongs to asks for its erasure.")
    if same_origin(receipt.asker, receipt.actor):
        raise InvalidDocument("A hub gives no receipt to itself.")
    return receipt
