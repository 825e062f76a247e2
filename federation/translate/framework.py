"""An item of a framework as the document that hubs exchange, and back."""

from content.framework.item import PARTS, read_item
from content.framework.sharing import Out, SharedItem, SharedScore, read_shared_score
from federation.hub import Hub
from federation.releasing import Addressed
from protocol.documents.framework import (
    FrameworkFacts,
    FrameworkItemDocument,
    ScoreFacts,
    SourceFacts,
    write_framework_item,
)
from protocol.documents.resource import SALT_BYTES, new_salt
from protocol.ids import framework_item_id
from protocol.json import JsonObject
from protocol.moments import read_stamp, stamp


def item_as_document(hub: Hub, out: Out) -> Addressed:
    """Return what makes the document of a published item, once its readers are known."""
    item, score = out.shared.item, out.shared.score
    document = FrameworkItemDocument(
        id=framework_item_id(hub.identity.origin, out.ref),
        actor=hub.identity.actor,
        title=dict(item.title),
        facts=FrameworkFacts(
            item=item.id,
            pillar=item.pillar,
            upstream=out.shared.upstream,
            what=dict(item.what),
            why=dict(item.why),
            first=dict(item.first),
            who=dict(item.who),
            done=dict(item.done),
            responsible=item.responsible,
            topics=item.topics,
            sources=tuple(SourceFacts(title=each.title, url=each.url) for each in item.sources),
            resources=item.resources,
            score=None if score is None else _facts_of(score),
        ),
        label=out.label.value,
        salt=new_salt(hub.chance.bytes(SALT_BYTES)),
        published=stamp(out.published_at),
        updated=stamp(out.changed_at),
    )

    def addressed(to: tuple[str, ...], cc: tuple[str, ...]) -> JsonObject:
        return write_framework_item(document, to=to, cc=cc)

    return addressed


def _facts_of(score: SharedScore) -> ScoreFacts:
    return ScoreFacts(
        level=score.level, note=score.note, evidence=score.evidence, at=stamp(score.at)
    )


def shared_of_document(document: FrameworkItemDocument) -> SharedItem:
    """Return the item that a hub's document holds. Raises FrameworkInvalid, ScoreInvalid."""
    facts = document.facts
    item = read_item(
        {
            "id": facts.item,
            "pillar": facts.pillar,
            "title": document.title,
            **{part: getattr(facts, part) for part in PARTS},
            "responsible": facts.responsible,
            "topics": facts.topics,
            "sources": [each.model_dump() for each in facts.sources],
            "resources": facts.resources,
        }
    )
    score = facts.score
    if score is None:
        return SharedItem(item=item, upstream=facts.upstream)
    values = {**score.model_dump(), "at": read_stamp(score.at)}
    return SharedItem(item=item, upstream=facts.upstream, score=read_shared_score(values))
