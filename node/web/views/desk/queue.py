"""The queue: all cases that somebody may see, by what is due, with filters."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field

from content.cases.listing import CaseSort
from content.cases.request import Urgency
from content.cases.status import CaseStatus
from content.labels import Label, Sensitivity
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api.cases import list_cases, number_of_cases
from node.api.models.cases import CaseQuery
from node.web.addresses import search_path
from node.web.parameters import chosen_of, read_parameters
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.views.desk.people import names_of_people, people_for_cases
from node.web.words import concept

PATH: Final = "/desk/cases"
MINE: Final = "me"
NOBODY: Final = "nobody"
_SORTS: Final = {
    CaseSort.QUEUE: N_("What needs somebody first"),
    CaseSort.DUE: N_("By the day the answer is due"),
    CaseSort.NEWEST: N_("Newest first"),
    CaseSort.OLDEST: N_("Oldest first"),
    CaseSort.UPDATED: N_("Changed last"),
}
_FILTERS: Final = ("status", "topic", "who", "due", "urgency", "label", "sensitivity", "sort")


class QueueParameters(CaseQuery):
    """Of the queue. who: "me", "nobody" or a user name. due: "overdue". status: "any" for all."""

    sort: CaseSort = CaseSort.QUEUE
    who: Annotated[str, Field(max_length=64)] = ""
    due: Annotated[str, Field(pattern="^(overdue)?$")] = ""
    state: Annotated[str, Field(alias="show", pattern="^(any)?$")] = ""


@staff_page(Right.CASES_ASSIGNED)
async def queue_page(visit: Visit) -> web.Response:
    """GET /desk/cases: those at work unless another status is chosen."""
    asked = read_parameters(visit.request, QueueParameters)
    query = {
        **asked.model_dump(mode="json", exclude_none=True, exclude={"who", "due", "state"}),
        **_whose(asked.who, visit.person.name),
    }
    if asked.status is None and not asked.state:
        query["at_work"] = True
    if asked.due:
        query["overdue"] = True
    found = await visit.ask(list_cases, query=query)
    counts = await visit.ask(number_of_cases)
    names, people = await visit.read(lambda db: (names_of_people(db), people_for_cases(db)))
    chosen = {**chosen_of(asked, *_FILTERS), "show": asked.state or None}
    if asked.sort is CaseSort.QUEUE:
        chosen["sort"] = None
    return visit.page(
        "desk/queue.html",
        section="cases",
        cases=found.items,
        next=search_path(PATH, {**chosen, "cursor": found.next}) if found.next else None,
        is_first=asked.cursor is None,
        first=search_path(PATH, chosen),
        counts=counts,
        names=names,
        asked=asked,
        is_filtered=any(value for name, value in chosen.items() if name != "sort"),
        choices=_choices(people, whole=visit.person.may(Right.CASES_READ)),
    )


def _whose(who: str, name: str) -> dict[str, Any]:
    if who == NOBODY:
        return {"unassigned": True}
    if who:
        return {"assigned_to": name if who == MINE else who}
    return {}


def _choices(people: tuple[tuple[str, str], ...], *, whole: bool) -> dict[str, Any]:
    """Return values and labels of each filter. whole: whether all cases can be seen."""
    topics = Vocabulary.load().ids("topics")
    mine = [(MINE, _("Mine"))]
    everybody = [*mine, (NOBODY, _("Nobody’s")), *people]
    return {
        "status": [(each.value, concept(each.value)) for each in CaseStatus],
        "who": everybody if whole else mine,
        "topic": sorted(((each, concept(each)) for each in topics), key=lambda each: each[1]),
        "urgency": [(each.value, each.value) for each in Urgency],
        "label": [(each.value, concept(each.value)) for each in Label],
        "sensitivity": [(each.value, concept(each.value)) for each in Sensitivity],
        "sort": [(each.value, _(label)) for each, label in _SORTS.items()],
    }
