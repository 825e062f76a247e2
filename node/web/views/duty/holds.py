"""Legal holds: which cases the law asks to keep, keeping one, and ending it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.cases.holds import LONGEST_REASON
from content.people.permissions import Right
from node.api import cases, law
from node.api.models.law import HoldAnswer, RetentionItemAnswer
from node.web.duty_words import duty_told, kept
from node.web.forms import PageForm, Sure, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.views.desk.people import names_of_people

PATH: Final = "/duty/holds"
ALL_DAYS: Final = 36_500


class HoldForm(PageForm):
    """Which case must be kept, until when, and why."""

    missing: ClassVar[Mapping[str, str]] = {
        "case": N_("Write the number of the case."),
        "reason": N_("Write which law or order asks for it."),
        "until": N_("Choose the last day."),
    }
    case: Annotated[str, Field(max_length=300)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON)]
    until: date

    @property
    def case_id(self) -> str:
        """Return the number alone, also where somebody pasted the address of the page."""
        return self.case.rstrip("/").rpartition("/")[2].upper()


class ReleaseForm(PageForm):
    """Why a case need not be kept any more."""

    missing: ClassVar[Mapping[str, str]] = {"reason": N_("Write why it may go now.")}
    reason: Annotated[str, Field(max_length=LONGEST_REASON)]
    sure: Sure


@staff_page(Right.OPERATE)
async def holds_page(visit: Visit) -> web.Response:
    """GET /duty/holds: the one that ends first first."""
    found = await visit.ask(law.list_holds)
    return visit.page(
        "duty/holds.html",
        section="duty",
        holds=found.items,
        names=await visit.read(names_of_people),
    )


@staff_page(Right.OPERATE)
async def place_page(visit: Visit) -> web.Response:
    """GET and POST /duty/holds/place."""
    form: Any = filled(case=visit.request.query.get("case"))
    if visit.sent:
        form = visit.form(HoldForm)
    if visit.sent and not form.mistakes:
        wanted = form.value
        body = {"reason": wanted.reason, "until": wanted.until.isoformat()}
        try:
            await visit.ask(law.hold_case, body=body, id=wanted.case_id)
        except Exception as error:
            at = {"case-not-found": "case"}.get(getattr(error, "code", ""), "until")
            refuse(form, error, at=at)
        else:
            return visit.go(PATH, _("The case is kept. The hold ends by itself after its day."))
    return visit.page("duty/hold_place.html", section="duty", form=form)


@staff_page(Right.OPERATE)
async def release_page(visit: Visit) -> web.Response:
    """GET and POST /duty/holds/{id}/release: all holds on a case; the reason stays in the case."""
    case_id = visit.path["id"]
    holds = await _holds_on(visit, case_id)
    form = visit.form(ReleaseForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            note = {"text": _("The legal hold was ended: %(why)s", why=form.value.reason)}
            await visit.ask(cases.note_on_case, body=note, id=case_id)
            await visit.ask(law.release_case, id=case_id)
        except Exception as error:
            refuse(form, error, at="reason")
        else:
            return visit.go(PATH, _("The hold is ended. You can place another one."))
    return visit.page(
        "duty/hold_release.html",
        section="duty",
        form=form,
        case_id=case_id,
        holds=holds,
        items=await _items_of(visit, case_id),
        names=await visit.read(names_of_people),
        kept=kept,
        say=duty_told,
    )


async def _holds_on(visit: Visit, case_id: str) -> list[HoldAnswer]:
    found = await visit.ask(law.list_holds)
    holds = [each for each in found.items if each.case_id == case_id]
    if not holds:
        raise PageHidden
    return holds


async def _items_of(visit: Visit, case_id: str) -> list[RetentionItemAnswer]:
    found = await visit.ask(law.preview_retention, query={"days": ALL_DAYS})
    return [each for each in found.items if each.case_id == case_id]


ROUTES = [
    web.get(PATH, holds_page),
    web.get("/duty/holds/place", place_page),
    web.post("/duty/holds/place", place_page),
    web.get("/duty/holds/{id}/release", release_page),
    web.post("/duty/holds/{id}/release", release_page),
]
