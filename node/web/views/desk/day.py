"""My day: what wants the person who signed in, before anything else."""

from typing import Final

import sqlite_utils
from aiohttp import web

from content.cases.listing import CaseSort
from content.people.notices import PersonNoticeKind as Kind
from content.people.permissions import Right
from node.api.cases import list_cases, number_of_cases
from node.api.escalations import list_all_escalations
from node.api.person_notices import my_notices, notices_seen
from node.web.forms import PageForm
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.views.desk.people import names_of_people

MOST: Final = 8
WHY: Final[dict[Kind, str]] = {
    Kind.ASSIGNED: N_("You were given this case."),
    Kind.DUE_SOON: N_("The answer is due soon."),
    Kind.OVERDUE: N_("The day on which the answer was due has passed."),
    Kind.REPLY_OVERDUE: N_("The requester has not replied by the day they were asked to."),
    Kind.DRAFT: N_("There is a draft to read."),
    Kind.REMARK: N_("Somebody said something about your draft."),
    Kind.ASSIGNMENT_DECLINED: N_("Somebody who was given the case declined it."),
    Kind.OFFER_WAITS: N_("Another hub waits for your decision about what it offered."),
    Kind.OFFER_UNDECIDED: N_("Another hub has not decided yet, and its day is near."),
    Kind.ESCALATION_ENDED: N_("Another hub declined or did not decide: it is yours again."),
    Kind.OTHERS_OPEN: N_("One of several hubs accepted. Are the others still needed?"),
    Kind.ANSWER_PROMISED: N_("Another hub promised an answer within a few days."),
    Kind.PROMISE_PASSED: N_("The day by which another hub promised an answer has passed."),
    Kind.LONG_UNANSWERED: N_("Another hub has been silent for long: wait, or take it back."),
}


class SeenForm(PageForm):
    """Up to which notice somebody has looked."""

    upto: int


@staff_page(Right.CASES_ASSIGNED)
async def day_page(visit: Visit) -> web.Response:
    """GET /desk."""
    escalates = visit.person.may(Right.ESCALATE)
    whole = visit.person.may(Right.CASES_READ)
    notices = (await visit.ask(my_notices)).items
    queue = {"at_work": True, "sort": CaseSort.QUEUE.value, "limit": MOST}
    mine = await visit.ask(list_cases, query={**queue, "assigned_to": visit.person.name})
    new = await visit.ask(list_cases, query={**queue, "unassigned": True}) if whole else None
    offers = None
    if escalates:
        offers = await visit.ask(
            list_all_escalations,
            query={"direction": "in", "state": "esc-offered", "limit": MOST},
        )

    def read(db: sqlite_utils.Database) -> dict[str, str]:
        return names_of_people(db)

    return visit.page(
        "desk/day.html",
        section="desk",
        notices=[(each, _(WHY[each.kind])) for each in notices],
        mine=mine.items,
        new=[] if new is None else new.items,
        offers=[] if offers is None else offers.items,
        counts=await visit.ask(number_of_cases),
        names=await visit.read(read),
        whole=whole,
    )


@staff_page(Right.CASES_ASSIGNED)
async def see_notices(visit: Visit) -> web.Response:
    """POST /desk/seen: tick off what was shown."""
    form = visit.form(SeenForm)
    if not form.mistakes:
        await visit.ask(notices_seen, body={"upto": form.value.upto})
    return visit.go("/desk", "" if form.mistakes else _("These notices are ticked off."))
