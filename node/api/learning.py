"""What is learned from cases: case studies, and statistics in bands."""

from typing import Any

import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.dates import day_of
from content.cases.store import CaseStore
from content.people.permissions import Right
from content.resources.record import ResourceRecord, read_record
from content.resources.statistics import period_before
from federation.learning import make_study, preview_study, scaffold
from federation.statistics import publish_statistics, statistics_of, statistics_record
from node.api.cases import unknown_case
from node.api.models.catalogue import ResourceAnswer
from node.api.models.common import Word
from node.api.records import own_resource
from node.api.routes import Answer, ApiRoute, Body, Call, Query

SUBJECT = "Learning"


class ScaffoldAnswer(Answer):
    """A record to fill in: what is known and harmless, and empty texts."""

    record: dict[str, Any]


class StudyBody(Body):
    """
    A case study, written by a person.

    confirmed: somebody looked at what was found in it and says that it may stay.
    """

    record: dict[str, Any]
    confirmed: bool = False


class FindingAnswer(Answer):
    """
    A place in the text that looks as if it told who asked. trace: what it looks like, such as
    mail-address, or name-of-staff.
    """

    trace: str
    text: str


class StudyPreview(Answer):
    """The record as it would be kept, and what was found in it."""

    record: ResourceRecord
    findings: tuple[FindingAnswer, ...]


class StatisticsQuery(Query):
    """period: a quarter, such as 2026-Q3; else the last one that ended."""

    period: Word | None = None


class StatisticsBody(Body):
    """Which quarter to publish."""

    period: str


class StatisticsAnswer(Answer):
    """Exactly what would be published, or was; published: the ULID then."""

    record: ResourceRecord
    published: str | None


async def study_scaffold(call: Call) -> ScaffoldAnswer:
    """Return a case study to be written. It needs the requester's consent."""

    def look(db: sqlite_utils.Database) -> ScaffoldAnswer:
        _readable(db, call)
        return ScaffoldAnswer(record=scaffold(db, call.hub, call.path["id"]))

    return await call.read_noted(look, "case.read-study", call.path["id"])


async def study_preview(call: Call) -> StudyPreview:
    """Return a case study as it would be kept, with what looks like personal data in it."""
    body: StudyBody = call.body

    def look(db: sqlite_utils.Database) -> StudyPreview:
        _readable(db, call)
        shown = preview_study(db, call.hub, call.path["id"], read_record(body.record))
        found = tuple(FindingAnswer(trace=f.what, text=f.text) for f in shown.findings)
        return StudyPreview(record=shown.record, findings=found)

    return await call.read_noted(look, "case.read-study", call.path["id"])


async def keep_study(call: Call) -> ResourceAnswer:
    """Keep a case study as a draft in the catalogue."""
    body: StudyBody = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        _readable(db, call)
        record = read_record(body.record)
        case, confirmed = call.path["id"], body.confirmed
        resource = make_study(db, call.hub, case, record, act, confirmed=confirmed)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def show_statistics(call: Call) -> StatisticsAnswer:
    """Return exactly what would be published about a quarter."""
    query: StatisticsQuery = call.query
    identity = call.hub.identity
    today = day_of(call.node.clock.now(), identity.timezone)
    period = query.period or period_before(today)
    found = await call.read(lambda db: statistics_of(db, identity, period))
    return StatisticsAnswer(record=statistics_record(identity, found), published=None)


async def send_statistics(call: Call) -> StatisticsAnswer:
    """Publish the statistics of a quarter, once for ever."""
    body: StatisticsBody = call.body
    act = call.act()
    today = day_of(act.at, call.hub.identity.timezone)
    chosen = call.settings.publish_statistics
    made = await call.write(
        lambda db: publish_statistics(db, call.hub, body.period, act, today, chosen=chosen)
    )
    return StatisticsAnswer(record=made.record, published=made.id)


def _readable(db: sqlite_utils.Database, call: Call) -> None:
    case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])


_WORK: dict[str, Any] = {"right": Right.CASES_WORK, "hidden": unknown_case}
ROUTES = (
    ApiRoute(
        "GET",
        "/cases/{id}/study",
        study_scaffold,
        "A case study to be written",
        SUBJECT,
        ScaffoldAnswer,
        **_WORK,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/study/preview",
        study_preview,
        "What a case study would tell",
        SUBJECT,
        StudyPreview,
        body=StudyBody,
        **_WORK,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/study",
        keep_study,
        "Keep a case study as a draft",
        SUBJECT,
        ResourceAnswer,
        body=StudyBody,
        status=201,
        **_WORK,
    ),
    ApiRoute(
        "GET",
        "/statistics",
        show_statistics,
        "What would be told about a quarter",
        SUBJECT,
        StatisticsAnswer,
        right=Right.CASES_READ,
        query=StatisticsQuery,
    ),
    ApiRoute(
        "POST",
        "/statistics",
        send_statistics,
        "Publish the statistics of a quarter",
        SUBJECT,
        StatisticsAnswer,
        right=Right.OPERATE,
        body=StatisticsBody,
        status=201,
    ),
)
