"""
Proposals: the Offer of an Update of somebody else's resource, and how its hub answers.

Only the hub that made a record can update it; another one can offer it the Update that it should
make (docs/adr/0062-proposals.md). It is for that hub alone, and in no log.
"""

from typing import Annotated, Any, Final

from pydantic import Field

from protocol.context import CONTEXT
from protocol.documents.model import DocumentModel, Moment, Url, validated
from protocol.errors import InvalidDocument
from protocol.foreign import ids_of, text_of, types_of
from protocol.json import JsonObject

MOST_FIELDS: Final = 20
LONGEST_REASON: Final = 4096


class ProposalFacts(DocumentModel):
    """What would change: field of the record -> its new value; and of which version it was said."""

    changes: Annotated[dict[str, Any], Field(min_length=1, max_length=MOST_FIELDS)]
    base: Moment


class ProposalDocument(DocumentModel):
    """A proposal as hubs exchange it. resource: id of the record, at the hub that it is sent to."""

    resource: Url
    facts: ProposalFacts
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]


def offer_update(
    identity: str, actor: str, hub: str, proposal: ProposalDocument, *, at: str
) -> JsonObject:
    """Return the Offer of an Update, for one hub, without proof. identity: id of the Offer."""
    return {
        "@context": CONTEXT,
        "id": identity,
        "type": "Offer",
        "actor": actor,
        "to": [hub],
        "published": at,
        "content": proposal.reason,
        "object": {
            "id": f"{identity}#update",
            "type": "Update",
            "object": proposal.resource,
            "hub:proposal": proposal.facts.wire(),
        },
    }


def is_proposal(offered: JsonObject | None) -> bool:
    """Tell whether the object of an Offer is an Update."""
    return offered is not None and "Update" in types_of(offered)


def read_proposal(offer: JsonObject) -> ProposalDocument:
    """Return what an Offer proposes; who may send it was decided before. Raises InvalidDocument."""
    offered = offer.get("object")
    if not isinstance(offered, dict) or not is_proposal(offered):
        raise InvalidDocument("The Offer offers no Update.")
    targets = ids_of(offered.get("object"))
    fields = {
        "resource": targets[0] if len(targets) == 1 else None,
        "facts": offered.get("hub:proposal"),
        "reason": text_of(offer, "content"),
    }
    return validated(ProposalDocument, fields, "proposal")


def answer(
    kind: str,
    identity: str,
    actor: str,
    offer: str,
    *,
    asker: str,
    said: str = "",
    result: str = "",
) -> JsonObject:
    """
    Return the answer to an Offer of an Update, without proof.

    kind: Accept or Reject. said: why it is declined. result: id of the record that was changed.
    """
    document: JsonObject = {
        "@context": CONTEXT,
        "id": identity,
        "type": kind,
        "actor": actor,
        "to": [asker],
        "object": offer,
    }
    if said:
        document["content"] = said
    if result:
        document["result"] = result
    return document
