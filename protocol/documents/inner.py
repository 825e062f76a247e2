"""
What is inside sealed messages: the verbs of an escalation (DESIGN.md 4 and 6).

Every message is a signed activity for exactly one reader. `n` counts the messages from one hub to
another, 1, 2, 3…; `ack` is the highest number received from there without a gap. So lost messages
are sent again and doubles are ignored. `offer` (on the wire: `context`) names the Offer that began
the escalation; all that belongs to it shares it.

Which verb is lawful in which state, federation/ decides. A message is made with its class, written
with `write_inner`, signed, sealed; and parsed, its proof checked, and read with `read_inner`.

| class           | hub:verb          | type            | what it says                             |
| --------------- | ----------------- | --------------- | ---------------------------------------- |
| OfferCase       | offer             | Offer           | please take on this minimised copy       |
| CaseRead        | read              | TentativeAccept | it has arrived and waits for a person    |
| AcceptOffer     | accept            | Accept          | we take it on, answer by `answer_by`     |
| RejectOffer     | decline           | Reject          | we do not; maybe ask these hubs          |
| AssignCase      | assign            | Assign          | a role or pseudonym works on it          |
| Say             | ask, info, answer | Create          | a question back, more facts, the answer  |
| CorrectCase     | update            | Update          | the copy of the case now reads so        |
| CorrectNote     | correct           | Update          | something said now reads so              |
| ResolveCase     | resolve           | Resolve         | the answer settles it (origin only)      |
| ReopenCase      | reopen            | Undo            | it does not after all                    |
| ProposeHub      | propose           | Move            | better let that hub do it; what say you? |
| WithdrawOffer   | withdraw          | Undo            | never mind, or: another hub does it      |
| RevealIdentity  | reveal            | Add             | who asks, as far as they agreed          |
| EraseCase       | erase             | Delete          | destroy your copy                        |
| Receipt         | receipt           | Accept          | done: it is destroyed                    |
| ReceiptWanted   | receipt-wanted    | Question        | your receipt is missing; n is 0          |
| Emptied         | emptied           | Remove          | what had this number is erased; go on    |
| Refusal         | refusal           | Reject          | this cannot be followed; n is 0          |
| Acknowledgement | noted             | Read            | only carries `ack`; n is 0, never resent |
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from protocol.context import CONTEXT
from protocol.documents.inner_parts import (
    CaseCopy,
    Day,
    FieldNames,
    Identity,
    Inner,
    NoteText,
    SealingKeys,
    SentBlobs,
    SentFiles,
)
from protocol.documents.model import (
    LongText,
    ShortText,
    Url,
    Urls,
    validated,
)
from protocol.errors import InvalidDocument
from protocol.ids import same_origin
from protocol.json import JsonObject

__all__ = [
    "VERBS",
    "AcceptOffer",
    "Acknowledgement",
    "AssignCase",
    "CaseCopy",
    "CaseRead",
    "CorrectCase",
    "CorrectNote",
    "Emptied",
    "EraseCase",
    "Identity",
    "Inner",
    "InnerMessage",
    "NoteText",
    "OfferCase",
    "ProposeHub",
    "Receipt",
    "ReceiptWanted",
    "Refusal",
    "RejectOffer",
    "ReopenCase",
    "ResolveCase",
    "RevealIdentity",
    "Say",
    "WithdrawOffer",
    "read_inner",
    "write_inner",
]


class OfferCase(Inner):
    """Please take on this case. Its own id is the escalation's: `offer` equals `id`."""

    type: Literal["Offer"] = "Offer"
    verb: Literal["offer"] = Field(default="offer", alias="hub:verb")
    case: CaseCopy = Field(alias="object")
    blobs: SentBlobs | None = Field(default=None, alias="hub:blobs")
    """Where the attachments of the copy are fetched, in their order. Not part of the copy: keys are
    drawn when it is sent."""


class CaseRead(Inner):
    """The offer has arrived and waits for a person. Changes no state."""

    type: Literal["TentativeAccept"] = "TentativeAccept"
    verb: Literal["read"] = Field(default="read", alias="hub:verb")
    object: Url
    """Id of the Offer."""


class AcceptOffer(Inner):
    """The receiving hub takes the case on."""

    type: Literal["Accept"] = "Accept"
    verb: Literal["accept"] = Field(default="accept", alias="hub:verb")
    object: Url
    """Id of the Offer."""
    result: Url
    """Opaque id of the receiver's own case."""
    answer_by: Day | None = Field(default=None, alias="hub:answerBy")
    """The day by which it promises an answer, in its own time zone."""


class RejectOffer(Inner):
    """The receiving hub does not take the case on, or gives it back before it has answered."""

    type: Literal["Reject"] = "Reject"
    verb: Literal["decline"] = Field(default="decline", alias="hub:verb")
    object: Url
    """Id of the Offer."""
    reason: LongText | None = Field(default=None, alias="summary", repr=False)
    refer: Urls = Field(default=(), alias="hub:refer")
    """Actor ids of hubs to ask instead."""


class AssignCase(Inner):
    """Somebody works on it now."""

    type: Literal["Assign"] = "Assign"
    verb: Literal["assign"] = Field(default="assign", alias="hub:verb")
    assignee: ShortText = Field(alias="object")
    """A role or a pseudonym; a name only where that person wants it."""
    answer_by: Day | None = Field(default=None, alias="hub:answerBy")
    """The day by which the receiver now promises an answer; without it the one before holds."""


class Say(Inner):
    """A question back (`ask`), further facts (`info`), or the answer (`answer`)."""

    type: Literal["Create"] = "Create"
    verb: Literal["ask", "info", "answer"] = Field(alias="hub:verb")
    note: NoteText = Field(alias="object")
    attachments: SentFiles | None = Field(default=None, alias="hub:attachments")
    """Files that go with an answer: what they are."""
    blobs: SentBlobs | None = Field(default=None, alias="hub:blobs")
    """Where they are fetched, in their order."""


class CorrectCase(Inner):
    """The origin put right what its copy says (GDPR Art. 19): the whole copy as it now reads."""

    type: Literal["Update"] = "Update"
    verb: Literal["update"] = Field(default="update", alias="hub:verb")
    case: CaseCopy = Field(alias="object")
    corrected: FieldNames = Field(alias="hub:corrected")
    """What reads otherwise now: names of fields of the copy, and identity.name and the like. The
    reader changes these and no others, since its own people may have worked on the rest."""
    identity: Identity | None = Field(default=None, alias="hub:identity", repr=False)
    """Who asks, as far as this reader was told before; what is named and missing is not known any
    more."""


class CorrectNote(Inner):
    """Something the sender said now reads so; the note keeps its id."""

    type: Literal["Update"] = "Update"
    verb: Literal["correct"] = Field(default="correct", alias="hub:verb")
    note: NoteText = Field(alias="object")


class ResolveCase(Inner):
    """The answer settles the case. Only the origin says so."""

    type: Literal["Resolve"] = "Resolve"
    verb: Literal["resolve"] = Field(default="resolve", alias="hub:verb")
    object: Url
    """Id of the Offer."""
    note: LongText | None = Field(default=None, alias="summary", repr=False)


class ReopenCase(Inner):
    """The case is not settled after all."""

    type: Literal["Undo"] = "Undo"
    verb: Literal["reopen"] = Field(default="reopen", alias="hub:verb")
    object: Url
    """Id of the Resolve."""
    reason: LongText | None = Field(default=None, alias="summary", repr=False)


class ProposeHub(Inner):
    """The receiver proposes that another hub takes the case on. Nothing has gone there."""

    type: Literal["Move"] = "Move"
    verb: Literal["propose"] = Field(default="propose", alias="hub:verb")
    object: Url
    """Id of the Offer."""
    target: Url
    """Actor id of the hub that is proposed."""
    reason: LongText = Field(alias="summary", repr=False)


class WithdrawOffer(Inner):
    """The origin takes its offer back."""

    type: Literal["Undo"] = "Undo"
    verb: Literal["withdraw"] = Field(default="withdraw", alias="hub:verb")
    object: Url
    """Id of the Offer."""
    reason: LongText | None = Field(default=None, alias="summary", repr=False)
    handed_to: Url | None = Field(default=None, alias="hub:handedTo")
    """Actor id of the hub that the origin offers the case to instead."""


class RevealIdentity(Inner):
    """Who asks, as far as they agreed; in a second step, to the hub that took the case on."""

    type: Literal["Add"] = "Add"
    verb: Literal["reveal"] = Field(default="reveal", alias="hub:verb")
    identity: Identity = Field(alias="object", repr=False)


class EraseCase(Inner):
    """Destroy your copy of this case."""

    type: Literal["Delete"] = "Delete"
    verb: Literal["erase"] = Field(default="erase", alias="hub:verb")
    object: Url
    """Id of the Offer."""


class Receipt(Inner):
    """The copy is destroyed, since the origin erased the case or took its offer back."""

    type: Literal["Accept"] = "Accept"
    verb: Literal["receipt"] = Field(default="receipt", alias="hub:verb")
    object: Url
    """Id of the Delete, or of the Undo."""
    n: Annotated[int, Field(ge=0, le=2**53 - 1)] = Field(alias="hub:n")
    """0 where it is given again to a ReceiptWanted."""
    receipt: JsonObject = Field(alias="hub:receipt")
    """As in documents/erasure.py, with a proof of its own: evidence without the message."""


class ReceiptWanted(Inner):
    """
    A receipt is missing, though the reader was told to destroy its copy. Not numbered.

    Who still has the copy destroys it now; a receipt that was given is given again, not numbered.
    """

    type: Literal["Question"] = "Question"
    verb: Literal["receipt-wanted"] = Field(default="receipt-wanted", alias="hub:verb")
    n: Literal[0] = Field(default=0, alias="hub:n")
    object: Url
    """Id of the Delete, or of the Undo."""


class Emptied(Inner):
    """
    Stands for a message whose content was erased before the reader had confirmed it.

    It keeps id and number of that message, so that the numbers go on; it says nothing else.
    """

    type: Literal["Remove"] = "Remove"
    verb: Literal["emptied"] = Field(default="emptied", alias="hub:verb")
    object: Url
    """Id of the message, which is its own."""


class Refusal(Inner):
    """A message of yours cannot be followed, or not even be opened. Not numbered."""

    type: Literal["Reject"] = "Reject"
    verb: Literal["refusal"] = Field(default="refusal", alias="hub:verb")
    object: Url
    """Id of the refused message; if it could not be opened, of the hub:Sealed object."""
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")] = Field(alias="hub:code")
    """A slug, such as wrong-state or unknown-verb."""
    reason: LongText = Field(alias="summary")
    n: Literal[0] = Field(default=0, alias="hub:n")
    sealing_keys: SealingKeys = Field(default=(), alias="hub:sealingKeys")
    """Keys to seal to from now on, where the one that was used is gone."""


class Acknowledgement(Inner):
    """Says nothing but `ack`: for when there is nothing else to send. Not numbered."""

    type: Literal["Read"] = "Read"
    verb: Literal["noted"] = Field(default="noted", alias="hub:verb")
    n: Literal[0] = Field(default=0, alias="hub:n")
    object: Url
    """Id of the last message that was received."""


InnerMessage: TypeAlias = (
    OfferCase
    | CaseRead
    | AcceptOffer
    | RejectOffer
    | AssignCase
    | Say
    | CorrectCase
    | CorrectNote
    | ResolveCase
    | ReopenCase
    | ProposeHub
    | WithdrawOffer
    | RevealIdentity
    | EraseCase
    | Receipt
    | ReceiptWanted
    | Emptied
    | Refusal
    | Acknowledgement
)
"""Any inner message; `match` on the class."""

VERBS: Final[dict[str, type[InnerMessage]]] = {
    "offer": OfferCase,
    "read": CaseRead,
    "accept": AcceptOffer,
    "decline": RejectOffer,
    "assign": AssignCase,
    "ask": Say,
    "info": Say,
    "answer": Say,
    "update": CorrectCase,
    "correct": CorrectNote,
    "resolve": ResolveCase,
    "reopen": ReopenCase,
    "propose": ProposeHub,
    "withdraw": WithdrawOffer,
    "reveal": RevealIdentity,
    "erase": EraseCase,
    "receipt": Receipt,
    "receipt-wanted": ReceiptWanted,
    "emptied": Emptied,
    "refusal": Refusal,
    "noted": Acknowledgement,
}
"""The class of each verb."""


def write_inner(message: InnerMessage) -> JsonObject:
    """Return the message as a document, with @context, without proof."""
    return {"@context": CONTEXT, **message.wire(), "to": [message.to]}


def read_inner(document: JsonObject) -> InnerMessage:
    """
    Return the message in a document that was sealed; proof and @context are not looked at.

    Fields that this version does not know are passed over, unless `hub:needs` names something.
    Raises InvalidDocument, naming the field, for an unknown verb, what needs to be known and is
    not, anything missing or malformed, ids that are not on the sender's origin, and an Offer whose
    context is not itself.
    """
    fields = {name: value for name, value in document.items() if name not in ("@context", "proof")}
    verb = fields.get("hub:verb")
    model = VERBS.get(verb) if isinstance(verb, str) else None
    if model is None:
        raise InvalidDocument("The sealed message has no verb that we know.")
    message = validated(model, fields, "sealed message")
    if message.needs:
        raise InvalidDocument("The sealed message needs what this version does not know yet.")
    if not same_origin(message.id, message.actor):
        raise InvalidDocument("A sealed message's id is on its sender's origin.")
    if isinstance(message, OfferCase) and message.offer != message.id:
        raise InvalidDocument("An Offer is its own context.")
    if isinstance(message, OfferCase) and len(message.blobs or ()) != len(
        message.case.attachments or ()
    ):
        raise InvalidDocument("An Offer says of each of its files where it is.")
    if isinstance(message, Say):
        _check_files(message)
    if isinstance(message, Say | CorrectNote) and not same_origin(message.note.id, message.actor):
        raise InvalidDocument("What is said has an id on its sender's origin.")
    return message


def _check_files(message: Say) -> None:
    if message.attachments and message.verb != "answer":
        raise InvalidDocument("Files go with an answer only.")
    if len(message.blobs or ()) != len(message.attachments or ()):
        raise InvalidDocument("An answer says of each of its files where it is.")
