"""Breaches of personal data: noted, with the 72 hours that the law gives, and closed."""

from datetime import UTC

from content.incidents import Incident, IncidentStore, new_incident
from content.people.permissions import Right
from node.api.models.common import Listing
from node.api.models.incidents import EndingBody, IncidentAnswer, IncidentBody, IncidentQuery
from node.api.routes import ApiRoute, Call, shaped

SUBJECT = "Law"


async def list_incidents(call: Call) -> Listing[IncidentAnswer]:
    """Return the open incidents, the most urgent first; that they were read is noted."""
    query: IncidentQuery = call.query
    found = await call.read_noted(
        lambda db: IncidentStore(db, call.hub.vault).list(closed=query.closed),
        "incident.read",
        "all",
    )
    return Listing(items=[_answer(call, each) for each in found], total=len(found))


async def add_incident(call: Call) -> IncidentAnswer:
    """Note a breach. Name nobody where it is not needed."""
    body: IncidentBody = call.body
    act, noticed = call.act(), body.noticed_at
    if noticed is not None and noticed.tzinfo is None:
        noticed = noticed.replace(tzinfo=UTC)
    made = new_incident(
        body.what, noticed or act.at, act, call.hub.chance, peers=body.peers, cases=body.cases
    )
    await call.write(lambda db: IncidentStore(db, call.hub.vault).add(made, act))
    return _answer(call, made)


async def close_incident(call: Call) -> IncidentAnswer:
    """Note how it ended, and stop its clock. The note stays, as the law asks (GDPR Art. 33, 5)."""
    body: EndingBody = call.body
    act, incident_id = call.act(), call.path["id"]
    done = await call.write(
        lambda db: IncidentStore(db, call.hub.vault).close(incident_id, body.ending, act)
    )
    return _answer(call, done)


def _answer(call: Call, incident: Incident) -> IncidentAnswer:
    now = call.node.clock.now()
    return shaped(
        IncidentAnswer,
        incident,
        clock=incident.clock(now),
        peers=list(incident.peers),
        cases=list(incident.cases),
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/incidents",
        list_incidents,
        "Breaches of personal data",
        SUBJECT,
        Listing[IncidentAnswer],
        right=Right.OPERATE,
        query=IncidentQuery,
    ),
    ApiRoute(
        "POST",
        "/incidents",
        add_incident,
        "Note a breach",
        SUBJECT,
        IncidentAnswer,
        right=Right.OPERATE,
        body=IncidentBody,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/incidents/{id}/close",
        close_incident,
        "Note how a breach ended",
        SUBJECT,
        IncidentAnswer,
        right=Right.OPERATE,
        body=EndingBody,
    ),
)
