"""Rights of people: what is held about somebody, handed to them as a file, or erased."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from node.api import erasing_people, law
from node.web.duty_words import duty_told
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.staff import Visit, refuse, staff_page

PATH: Final = "/duty/subjects"
_Text = Annotated[str, Field(max_length=500)]


class SoughtForm(PageForm):
    """Who is looked for; what is given must all fit."""

    name: _Text = ""
    contact: _Text = ""
    user: _Text = ""
    code: _Text = ""


class MeantForm(SoughtForm):
    """What of all that was found is theirs."""

    missing: ClassVar[Mapping[str, str]] = {"only": N_("Choose at least one thing.")}
    only: list[_Text]


class ErasingForm(MeantForm):
    """Whether it is to be erased now; without `confirm` it is shown first."""

    confirm: str = ""
    sure: str = ""


@staff_page(Right.OPERATE)
async def subjects_page(visit: Visit) -> web.Response:
    """GET and POST /duty/subjects: look for a person. Who it is stands in no address."""
    form: Filled[Any] = visit.form(SoughtForm) if visit.sent else filled()
    found = None
    if visit.sent and not form.mistakes:
        try:
            found = await visit.ask(law.find_person, body=form.value.model_dump())
        except Exception as error:
            refuse(form, error)
    return _page(visit, form, found)


@staff_page(Right.OPERATE)
async def export_subject(visit: Visit) -> web.StreamResponse:
    """POST /duty/subjects/export: the file, as an answer to the form."""
    form = visit.form(MeantForm)
    if not form.mistakes:
        try:
            answer: web.Response = await visit.ask(law.export_person, body=form.value.model_dump())
        except Exception as error:
            refuse(form, error)
        else:
            return answer
    return await _again(visit, form)


@staff_page(Right.OPERATE)
async def erase_subject(visit: Visit) -> web.Response:
    """POST /duty/subjects/erase: what would go and what stays; then, confirmed, it is done."""
    form = visit.form(ErasingForm)
    if form.mistakes:
        return await _again(visit, form)
    asked = form.value
    body = asked.model_dump(exclude={"confirm", "sure"})
    try:
        preview = await visit.ask(erasing_people.preview_erasing, body=body)
    except Exception as error:
        refuse(form, error)
        return await _again(visit, form)
    if asked.confirm and not asked.sure:
        form.refuse(N_("Tick the box if you really want this."), "sure")
    if not asked.confirm or form.mistakes:
        return visit.page(
            "duty/subject_erase.html",
            section="duty",
            form=form,
            preview=preview,
            say=duty_told,
            possible=bool(preview.cases or preview.experts or preview.mails),
        )
    done = await visit.ask(erasing_people.erase_person, body=body)
    return visit.page("duty/subject_erased.html", section="duty", done=done, say=duty_told)


async def _again(visit: Visit, form: Filled[Any]) -> web.Response:
    """Show what was found once more, with what is wrong."""
    sought = visit.form(SoughtForm)
    found = None
    if not sought.mistakes:
        try:
            found = await visit.ask(law.find_person, body=sought.value.model_dump())
        except Exception as error:
            refuse(form, error)
    return _page(visit, form, found)


def _page(visit: Visit, form: Filled[Any], found: Any) -> web.Response:
    return visit.page("duty/subjects.html", section="duty", form=form, found=found)


ROUTES = [
    web.get(PATH, subjects_page),
    web.post(PATH, subjects_page),
    web.post("/duty/subjects/export", export_subject),
    web.post("/duty/subjects/erase", erase_subject),
]
