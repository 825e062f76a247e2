"""A resource of the domain as the Article that hubs exchange, and back."""

from content.resources.files import ResourceFile
from content.resources.record import ResourceRecord, read_record
from content.resources.resource import Resource
from content.resources.statistics import HubStatistics
from content.vocabulary import Vocabulary
from federation.belongings import Belongings
from federation.hub import Hub
from federation.releasing import Addressed
from protocol.documents.resource import (
    SALT_BYTES,
    FileFacts,
    FlowFacts,
    ResourceDocument,
    ResourceFacts,
    StatisticsFacts,
    TopicFacts,
    new_salt,
    write_resource,
)
from protocol.ids import resource_id
from protocol.json import JsonObject
from protocol.moments import stamp


def resource_as_document(hub: Hub, resource: Resource, belongings: Belongings) -> Addressed:
    """
    Return what makes the Article of a published resource, once its readers are known.

    belongings: what goes out with it.
    """
    record = resource.record
    document = ResourceDocument(
        id=resource_id(hub.identity.origin, resource.id),
        actor=hub.identity.actor,
        title=dict(record.title),
        summary=dict(record.summary),
        facts=ResourceFacts(
            language=record.language,
            kind=record.kind,
            topics=record.topics,
            principles=record.principles,
            sdgs=record.sdgs,
            licence=record.licence,
            country=record.country,
            city=record.city,
            publisher=record.publisher,
            year=record.year,
            link=record.url,
            source=record.source,
            source_id=record.source_id,
            related=record.related or None,
            statistics=None if record.statistics is None else _facts_of(record.statistics),
            files=tuple(FileFacts(**file.model_dump()) for file in belongings.files) or None,
            thanks=belongings.thanks or None,
        ),
        label=record.label.value,
        sensitivity=record.sensitivity.value,
        salt=new_salt(hub.chance.bytes(SALT_BYTES)),
        published=stamp(resource.published_at or resource.updated_at),
        updated=stamp(resource.updated_at),
    )
    hashtags = _hashtags(record)

    def addressed(to: tuple[str, ...], cc: tuple[str, ...]) -> JsonObject:
        return write_resource(document, to=to, cc=cc, hashtags=hashtags)

    return addressed


def files_of(document: ResourceDocument) -> tuple[ResourceFile, ...]:
    """Return what a hub's Article says of its files."""
    return tuple(ResourceFile(**file.model_dump()) for file in document.facts.files or ())


def _facts_of(statistics: HubStatistics) -> StatisticsFacts:
    return StatisticsFacts(
        period=statistics.period,
        requests=statistics.requests.value,
        topics=tuple(
            TopicFacts(topic=each.topic, requests=each.requests.value, unmet=each.unmet)
            for each in statistics.topics
        ),
        escalations=None
        if statistics.escalations is None
        else FlowFacts(**statistics.escalations.model_dump(mode="json")),
    )


def _hashtags(record: ResourceRecord) -> list[str]:
    vocabulary = Vocabulary.load()
    return [vocabulary.label(topic, "en") for topic in record.topics]


def record_of_document(document: ResourceDocument) -> ResourceRecord:
    """
    Return the record that a hub's Article holds.

    Raises RecordInvalid for what our model refuses, such as a kind that our vocabulary does not
    know: perhaps the other hub is of a later version.
    """
    facts = document.facts
    return read_record(
        {
            "title": document.title,
            "summary": document.summary,
            "url": facts.link,
            "publisher": facts.publisher,
            "year": facts.year,
            "language": facts.language,
            "country": facts.country,
            "city": facts.city,
            "kind": facts.kind,
            "topics": facts.topics,
            "principles": facts.principles,
            "sdgs": facts.sdgs,
            "licence": facts.licence,
            "label": document.label,
            "sensitivity": document.sensitivity,
            "source": facts.source,
            "source_id": facts.source_id,
            "related": facts.related or (),
            "statistics": None
            if facts.statistics is None
            else facts.statistics.model_dump(mode="json", exclude_none=True),
        }
    )
