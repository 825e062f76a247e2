"""`hub case list`: the queue, and every other list of cases."""

from datetime import date
from typing import Any

import click

from content.cases.access import seen_by
from content.cases.case import RequesterRole
from content.cases.dates import begin_of, day_of, end_of
from content.cases.listing import CaseCounts, CaseFilter, CaseSort, CaseSummary, count_cases
from content.cases.request import Urgency
from content.cases.status import AT_WORK, CaseStatus
from content.cases.store import CaseStore
from content.labels import Label, Sensitivity
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.cli.desk import desk
from node.cli.options import DAY, Common, common, paged
from node.cli.output import Column, note, note_more, print_json, print_table
from node.cli.topics import topic_ids

REQUEST_TYPES = Vocabulary.load().ids("request-types")
MEANINGS = "\n".join(
    f"  {concept.id:<15} {concept.definition}"
    for concept in Vocabulary.load().scheme("case-statuses").concepts
    if concept.id != CaseStatus.ERASED
)


def _words(words: type[Any]) -> click.Choice[str]:
    return click.Choice([word.value for word in words])


@click.command("list", epilog=f"\b\nStatuses:\n{MEANINGS}")
@click.option("--status", "statuses", type=_words(CaseStatus), multiple=True, help="Only these.")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.option("--topic", metavar="TOPIC", help="With all its narrower topics.")
@click.option("--assigned-to", metavar="USER", help="Only the cases of this user.")
@click.option("--unassigned", is_flag=True, help="Only those that nobody works on.")
@click.option("--overdue", is_flag=True, help="Only those whose day has passed.")
@click.option("--due-before", type=DAY, metavar="DATE", help="The answer is due before that day.")
@click.option("--language", metavar="TAG", help="pt finds pt-BR too.")
@click.option("--country", metavar="CC", help="Whose law matters.")
@click.option("--type", "request_type", type=click.Choice(REQUEST_TYPES), help="What is asked for.")
@click.option("--requester", type=_words(RequesterRole), help="Who asks.")
@click.option("--urgency", type=_words(Urgency), help="How pressed they are.")
@click.option("--label", type=_words(Label), help="Handling label.")
@click.option("--sensitivity", type=_words(Sensitivity), help="What the text holds.")
@click.option("--created-from", type=DAY, metavar="DATE", help="First day.")
@click.option("--created-to", type=DAY, metavar="DATE", help="Last day.")
@click.option("--updated-from", type=DAY, metavar="DATE", help="First day.")
@click.option("--updated-to", type=DAY, metavar="DATE", help="Last day.")
@click.option(
    "--sort", type=_words(CaseSort), default=CaseSort.QUEUE.value, help="Else as a queue."
)
@paged(50)
@common
def list_cases(common: Common, limit: int, cursor: str | None, **given: Any) -> None:
    """
    List cases without any text of theirs: what is overdue first, then what is new, then by day.

    Without --status or --all only those whose answer is still to come.

    \b
    Example:
      hub case list
      hub case list --status case-open --topic procurement --sort due
    """
    with desk(common, Right.CASES_ASSIGNED) as at:
        zone = at.hub.identity.timezone
        today = day_of(at.act.at, zone)
        statuses = tuple(CaseStatus(each) for each in given["statuses"])
        topic, label, sensitivity = given["topic"], given["label"], given["sensitivity"]
        role, urgency = given["requester"], given["urgency"]
        wanted = CaseFilter(
            statuses=statuses or (None if given["everything"] else AT_WORK),
            topics=None if topic is None else topic_ids((topic,), narrower=True),
            assigned_to=given["assigned_to"],
            unassigned=True if given["unassigned"] else None,
            overdue=True if given["overdue"] else None,
            due_before=given["due_before"],
            language=given["language"],
            country=given["country"],
            request_type=given["request_type"],
            requester_role=None if role is None else RequesterRole(role),
            urgency=None if urgency is None else Urgency(urgency),
            label=None if label is None else Label(label),
            sensitivity=None if sensitivity is None else Sensitivity(sensitivity),
            created_from=_begin(given["created_from"], zone),
            created_until=_end(given["created_to"], zone),
            updated_from=_begin(given["updated_from"], zone),
            updated_until=_end(given["updated_to"], zone),
            today=today,
            sort=CaseSort(given["sort"]),
            limit=limit,
            cursor=cursor,
        )
        seen = seen_by(at.principal, wanted)
        every = seen_by(at.principal, CaseFilter(today=today))
        page, counts = at.read(
            lambda db: (CaseStore(db, at.hub.vault).list(seen), count_cases(db, every))
        )
    if common.json:
        print_json(
            {
                "items": [_without_text(item, today) for item in page.items],
                "counts": {
                    "by_status": {s.value: n for s, n in counts.by_status.items()},
                    "overdue": counts.overdue,
                    "unassigned": counts.unassigned,
                },
                "next_cursor": page.next_cursor,
            }
        )
        return
    note(_in_words(counts))
    if not page.items:
        note("No such cases. Open one: hub case new --question-file FILE")
        return
    print_table(
        [
            Column("id"),
            Column("status"),
            Column("due"),
            Column("topics", elastic=True),
            Column("lang"),
            Column("with", elastic=True),
        ],
        [
            (
                item.id,
                item.status.value.removeprefix("case-"),
                _due(item, today),
                ", ".join(item.topics),
                item.language,
                ", ".join(item.assigned_to),
            )
            for item in page.items
        ],
    )
    note_more(page.next_cursor)


def _begin(day: date | None, zone: str) -> Any:
    return None if day is None else begin_of(day, zone)


def _end(day: date | None, zone: str) -> Any:
    return None if day is None else end_of(day, zone)


def _due(item: CaseSummary, today: date) -> str:
    if item.due is None:
        return ""
    return f"{item.due:%m-%d}{'!' if item.is_overdue(today) else ''}"


def _in_words(counts: CaseCounts) -> str:
    parts = [
        f"{number} {status.value.removeprefix('case-')}"
        for status, number in counts.by_status.items()
        if number
    ]
    return (
        f"{', '.join(parts) or 'No cases'}. Overdue: {counts.overdue}. "
        f"With nobody: {counts.unassigned}."
    )


def _without_text(item: CaseSummary, today: date) -> dict[str, object]:
    return {
        name: getattr(item, name)
        for name in CaseSummary.__dataclass_fields__
        if name not in ("title", "revision")
    } | {"overdue": item.is_overdue(today)}
