"""Hubs with something to show."""

from typing import Any

import pytest

from content.changes import Act
from content.experts.record import read_expert
from content.resources.record import read_record
from content.starter import starter_catalogue
from federation.publishing import add_resource, import_resources
from federation.publishing_experts import add_expert
from tests.node.conftest import ServedHub

EXPERT: dict[str, Any] = {
    "name": "Noor van Dijk",
    "organisation": "Procurement desk",
    "bio": {"en": "Writes contract clauses.", "nl": "Schrijft voorwaarden."},
    "topics": ["procurement", "contract-clauses"],
    "jurisdictions": ["NL"],
    "languages": ["nl", "en"],
    "offers": ["review", "drafting"],
    "capacity_hours": 8,
    "scope": "public",
    "example": True,
}
RESOURCE: dict[str, Any] = {
    "title": {"nl": "Inkoopvoorwaarden voor algoritmes"},
    "summary": {"en": "Clauses for buying algorithms."},
    "url": "https://www.docs.example/clauses",
    "publisher": "Gemeente Amsterdam",
    "year": 2021,
    "language": "nl",
    "country": "NL",
    "city": "Amsterdam",
    "kind": "template",
    "topics": ["contract-clauses", "algorithms-ai"],
    "principles": ["p3-transparency-nondiscrimination"],
    "sdgs": [16],
}


async def publish(hub: ServedHub, **changes: Any) -> str:
    """Publish a resource; return its ULID."""
    record, act = read_record({**RESOURCE, **changes}), Act("operator", hub.node.clock.now())
    resource = await hub.node.database.write(
        lambda db: add_resource(db, hub.node.hub, record, act, publish=True)
    )
    return resource.id


async def list_expert(hub: ServedHub, **changes: Any) -> str:
    """List an expert; return the ULID."""
    record, act = read_expert({**EXPERT, **changes}), Act("operator", hub.node.clock.now())
    expert = await hub.node.database.write(lambda db: add_expert(db, hub.node.hub, record, act))
    return expert.id


@pytest.fixture
async def filled(served: ServedHub) -> ServedHub:
    """The hub with the whole starter catalogue and an expert."""
    act = Act("operator", served.node.clock.now())
    records = tuple(starter_catalogue())
    await served.node.database.write(lambda db: import_resources(db, served.node.hub, records, act))
    await list_expert(served)
    return served
