"""An expert of the domain as the document that hubs exchange, and back."""

from typing import Literal

from content.experts.expert import Expert
from content.experts.record import ExpertRecord, Scope, read_expert
from federation.hub import Hub
from federation.releasing import Addressed
from protocol.documents.expert import ExpertDocument, ExpertFacts, write_expert
from protocol.documents.resource import SALT_BYTES, new_salt
from protocol.ids import expert_id
from protocol.json import JsonObject
from protocol.moments import stamp

_SCOPES: dict[Scope, Literal["network", "public"]] = {
    Scope.NETWORK: "network",
    Scope.PUBLIC: "public",
}


def expert_as_document(hub: Hub, expert: Expert) -> Addressed:
    """
    Return what makes the document of an expert, once its readers are known.

    Raises KeyError for an expert of scope hub, who never leaves it.
    """
    record = expert.record
    document = ExpertDocument(
        id=expert_id(hub.identity.origin, expert.id),
        actor=hub.identity.actor,
        name=record.name,
        bio=dict(record.bio),
        facts=ExpertFacts(
            organisation=record.organisation,
            topics=record.topics,
            jurisdictions=record.jurisdictions,
            languages=record.languages,
            offers=record.offers,
            capacity_hours=record.capacity_hours,
            conflicts=record.conflicts or None,
            scope=_SCOPES[record.scope],
            example=record.example,
            consent_at=None if record.consent_at is None else stamp(record.consent_at),
            confirmed_at=None if record.confirmed_at is None else stamp(record.confirmed_at),
        ),
        label=record.label.value,
        salt=new_salt(hub.chance.bytes(SALT_BYTES)),
        published=stamp(expert.created_at),
        updated=stamp(expert.updated_at),
    )

    def addressed(to: tuple[str, ...], cc: tuple[str, ...]) -> JsonObject:
        return write_expert(document, to=to, cc=cc)

    return addressed


def record_of_document(document: ExpertDocument) -> ExpertRecord:
    """Return the record that a hub's document holds. Raises ExpertInvalid."""
    facts = document.facts
    return read_expert(
        {
            "name": document.name,
            "organisation": facts.organisation,
            "bio": document.bio,
            "topics": facts.topics,
            "jurisdictions": facts.jurisdictions,
            "languages": facts.languages,
            "offers": facts.offers,
            "capacity_hours": facts.capacity_hours or 0,
            "conflicts": facts.conflicts or "",
            "scope": facts.scope,
            "example": facts.example,
            "consent_at": facts.consent_at,
            "confirmed_at": facts.confirmed_at,
        }
    )
