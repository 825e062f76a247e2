"""Lists of cases, found by what is stored in plain, in several orders, page by page."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlite_utils

from content.cases.case import RequesterRole
from content.cases.request import Feedback, ProjectStage, Urgency
from content.cases.rows import PLAIN_NAMES, owner_of, plain_fields
from content.cases.status import AT_WORK, CaseStatus
from content.cases.vault import CaseVault
from content.errors import ContentError
from content.labels import Label, Sensitivity
from content.paging import check_limit
from content.times import to_text


class BadCaseCursor(ContentError):
    """The place to go on in a list of cases was not made by us."""

    code: ClassVar[str] = "bad-case-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that a list of cases gave out.")


class CaseSort(StrEnum):
    """In which order a list shows cases."""

    QUEUE = "queue"
    """What is overdue, then what is new, then by the day on which the answer is due."""
    NEWEST = "newest"
    OLDEST = "oldest"
    UPDATED = "updated"
    """What was changed last comes first."""
    DUE = "due"
    """By the day on which the answer is due; cases without one at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """
    Which cases are wanted; what is None does not matter.

    statuses: any of these. topics: cases with any of these (give a topic with all its narrower
    ones). assigned_to: a user name. unassigned: True for those that nobody works on. language:
    "pt" finds pt-BR too. overdue: True for cases at work whose day was before today, False for
    the others. due_before: the answer is due before that day. created, updated: from (included)
    and until (not included). today: in the time zone of the hub; needed for overdue and the
    queue. limit: 1 to 100.
    """

    statuses: tuple[CaseStatus, ...] | None = None
    topics: tuple[str, ...] | None = None
    assigned_to: str | None = None
    unassigned: bool | None = None
    language: str | None = None
    country: str | None = None
    label: Label | None = None
    sensitivity: Sensitivity | None = None
    request_type: str | None = None
    requester_role: RequesterRole | None = None
    urgency: Urgency | None = None
    overdue: bool | None = None
    due_before: date | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    updated_from: datetime | None = None
    updated_until: datetime | None = None
    today: date | None = None
    sort: CaseSort = CaseSort.NEWEST
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """
    A case in a list: without the question and the requester. title is confidential.

    due: the day on which the answer is due, in the time zone of the hub.
    """

    id: str
    revision: int
    status: CaseStatus
    title: str
    topics: tuple[str, ...]
    language: str
    country: str
    label: Label
    sensitivity: Sensitivity
    request_type: str | None
    stage: ProjectStage | None
    urgency: Urgency
    deadline: date | None
    assigned_to: tuple[str, ...]
    escalated_from: str | None
    due: date | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    feedback: Feedback | None

    def is_overdue(self, today: date) -> bool:
        """Return whether the answer should have been given before today."""
        return is_overdue(self.status, self.due, today)

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the title."""
        return f"CaseSummary(id={self.id!r}, status={self.status.value!r})"


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases in their order. next_cursor: what the next filter takes; None at the end."""

    items: tuple[CaseSummary, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many cases there are by status, and how many of those at work need somebody."""

    by_status: dict[CaseStatus, int]
    overdue: int
    unassigned: int


def is_overdue(status: CaseStatus, due: date | None, today: date) -> bool:
    """Return whether a case at work should have been answered before today."""
    return due is not None and status in AT_WORK and due < today


_AT_WORK = "(" + ", ".join(f"'{status.value}'" for status in AT_WORK) + ")"
_OVERDUE = f"(d.day is not null and d.day < :today and c.status in {_AT_WORK})"
_FROM = "cases c left join case_dues d on d.case_id = c.id and d.kind = 'answer'"
_KEYS = {
    CaseSort.QUEUE: f"case when {_OVERDUE} then '0 ' || d.day"
    f" when c.status = '{CaseStatus.RECEIVED.value}' then '1 ' || c.created_at"
    f" when c.status not in {_AT_WORK} then '4 ' || c.updated_at"
    " when d.day is not null then '2 ' || d.day else '3 ' || c.created_at end",
    CaseSort.NEWEST: "''",
    CaseSort.OLDEST: "''",
    CaseSort.UPDATED: "c.updated_at",
    CaseSort.DUE: "coalesce(d.day, '9999-12-31')",
}
_DOWN = frozenset({CaseSort.NEWEST, CaseSort.UPDATED})
_CURSOR = re.compile(r"([0-9TZ:. -]{0,40})~([0-9A-HJKMNP-TV-Z]{26})")


def list_cases(db: sqlite_utils.Database, vault: CaseVault, wanted: CaseFilter) -> CasePage:
    """Return one page. Erased cases are in no list. Raises BadLimit, BadCaseCursor."""
    check_limit(wanted.limit)
    condition, values = _condition(wanted)
    key, way, beyond = _KEYS[wanted.sort], "asc", ">"
    if wanted.sort in _DOWN:
        way, beyond = "desc", "<"
    if wanted.cursor is not None:
        at = _CURSOR.fullmatch(wanted.cursor)
        if at is None:
            raise BadCaseCursor
        condition += f" and ({key}, c.id) {beyond} (:after_key, :after_id)"
        values |= {"after_key": at[1], "after_id": at[2]}
    columns = ", ".join(f"c.{name}" for name in PLAIN_NAMES)
    rows = db.execute(
        f"select {columns}, c.wrapped_key, c.title, d.day, {key}"  # noqa: S608 - our own words
        f" from {_FROM} where {condition} order by {key} {way}, c.id {way} limit :most",
        {**values, "most": wanted.limit + 1},
    ).fetchall()
    items = tuple(_summary(db, vault, row) for row in rows[: wanted.limit])
    if len(rows) <= wanted.limit:
        return CasePage(items, None)
    return CasePage(items, f"{rows[wanted.limit - 1][-1]}~{items[-1].id}")


def count_cases(db: sqlite_utils.Database, wanted: CaseFilter) -> CaseCounts:
    """Count the cases that the filter finds; needs `today`. Erased ones are not counted."""
    condition, values = _condition(wanted)
    rows = db.execute(
        f"select c.status, count(*), sum({_OVERDUE}), sum({_UNASSIGNED})"  # noqa: S608
        f" from {_FROM} where {condition} group by c.status",
        values,
    ).fetchall()
    found = {CaseStatus(status): count for status, count, _, _ in rows}
    return CaseCounts(
        {status: found.get(status, 0) for status in CaseStatus if status is not CaseStatus.ERASED},
        sum(overdue for _, _, overdue, _ in rows),
        sum(free for status, _, _, free in rows if CaseStatus(status) in AT_WORK),
    )


_COMPARED = ("country", "label", "sensitivity", "request_type", "requester_role", "urgency")
_UNASSIGNED = "not exists (select 1 from case_assignees a where a.case_id = c.id)"


def _condition(wanted: CaseFilter) -> tuple[str, dict[str, Any]]:
    parts = ["c.wrapped_key is not null"]
    values: dict[str, Any] = {"today": "" if wanted.today is None else wanted.today.isoformat()}
    if wanted.statuses is not None:
        parts.append(f"c.status in ({_places('status', wanted.statuses, values)})")
    if wanted.topics is not None:
        topics = _places("topic", wanted.topics, values)
        parts.append(f"c.id in (select case_id from case_topics where topic in ({topics}))")  # noqa: S608
    if wanted.assigned_to is not None:
        parts.append("c.id in (select case_id from case_assignees where user = :assigned_to)")
        values["assigned_to"] = wanted.assigned_to
    if wanted.unassigned is not None:
        parts.append(_UNASSIGNED if wanted.unassigned else f"not ({_UNASSIGNED})")
    if wanted.language is not None:
        # Basic filtering of RFC 4647: the whole tag, or what comes before a hyphen in it.
        parts.append("(lower(c.language) || '-') like :language escape '!'")
        tag = wanted.language.lower()
        values["language"] = re.sub(r"([%_!])", r"!\1", tag) + "-%"
    for name in _COMPARED:
        value = getattr(wanted, name)
        if value is not None:
            parts.append(f"c.{name} = :{name}")
            values[name] = str(value)
    if wanted.overdue is not None:
        parts.append(_OVERDUE if wanted.overdue else f"not {_OVERDUE}")
    if wanted.due_before is not None:
        parts.append("d.day < :due_before")
        values["due_before"] = wanted.due_before.isoformat()
    for name in ("created", "updated"):
        for end, sign in (("from", ">="), ("until", "<")):
            moment = getattr(wanted, f"{name}_{end}")
            if moment is not None:
                parts.append(f"c.{name}_at {sign} :{name}_{end}")
                values[f"{name}_{end}"] = to_text(moment)
    return " and ".join(parts), values


def _places(name: str, given: tuple[str, ...], values: dict[str, Any]) -> str:
    """Return places for a list of values, which are added to values."""
    values |= {f"{name}_{number}": str(value) for number, value in enumerate(given)}
    return ", ".join(f":{name}_{number}" for number in range(len(given)))


def _summary(db: sqlite_utils.Database, vault: CaseVault, row: tuple[Any, ...]) -> CaseSummary:
    *plain, wrapped, title, due, _ = row
    fields = plain_fields(plain)
    key = vault.open_key(owner_of(fields["id"]), wrapped)
    return CaseSummary(
        **{name: value for name, value in fields.items() if name in _SHOWN},
        title=key.decrypt("title", title),
        topics=topics_of(db, fields["id"]),
        assigned_to=assignees_of(db, fields["id"]),
        due=None if due is None else date.fromisoformat(due),
    )


_SHOWN = frozenset(CaseSummary.__dataclass_fields__)


def topics_of(db: sqlite_utils.Database, case_id: str) -> tuple[str, ...]:
    """Return the topics of a case in the order in which they were given."""
    rows = db.execute("select topic from case_topics where case_id = ? order by place", (case_id,))
    return tuple(row[0] for row in rows.fetchall())


def assignees_of(db: sqlite_utils.Database, case_id: str) -> tuple[str, ...]:
    """Return the users who work on a case, in the order in which they were named."""
    rows = db.execute(
        "select user from case_assignees where case_id = ? order by place", (case_id,)
    )
    return tuple(row[0] for row in rows.fetchall())
