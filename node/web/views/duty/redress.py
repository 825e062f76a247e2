"""Who helps with personal matters, which this helpdesk does not take up: the list of this hub."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.cases.dates import day_of
from content.people.permissions import Right
from content.redress import EU, BodyKind, RedressBody, RedressStore, read_body
from node.api import redress
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.words import country

PATH: Final = "/duty/redress"
KINDS: Final[Mapping[BodyKind, str]] = {
    BodyKind.DATA_PROTECTION: N_("Data protection authority"),
    BodyKind.OMBUDSPERSON: N_("Ombudsperson"),
    BodyKind.EQUALITY: N_("Equality body"),
    BodyKind.HUMAN_RIGHTS: N_("Human rights body"),
    BodyKind.CONSUMER: N_("Consumer protection"),
    BodyKind.PLATFORM: N_("Telecommunications, media and platforms"),
    BodyKind.WHISTLEBLOWING: N_("Whistleblowing"),
    BodyKind.DIRECTORY: N_("Takes no complaints, but knows who does"),
}


class BodyForm(PageForm):
    """One body, seen to be right today."""

    missing: ClassVar[Mapping[str, str]] = {
        "name": N_("Write the name."),
        "url": N_("Write the address of its home page."),
        "kind": N_("Choose what it is for."),
        "short": N_("Write a short word for it."),
    }
    name: Annotated[str, Field(max_length=300)]
    url: Annotated[str, Field(max_length=1000)]
    kind: BodyKind
    region: Annotated[str, Field(max_length=300)] = ""
    note: Annotated[str, Field(max_length=300)] = ""


class NewBodyForm(BodyForm):
    """One that is not on the list yet. short: the second half of its id."""

    short: Annotated[str, Field(max_length=50)]


@staff_page(Right.OPERATE)
async def redress_page(visit: Visit) -> web.Response:
    """GET /duty/redress: those of our country, and of the European Union."""
    own = visit.hub.identity.country
    bodies = await visit.read(lambda db: RedressStore(db).find(own))
    return visit.page(
        "duty/redress.html",
        section="duty",
        bodies=bodies,
        union=EU,
        kinds={kind.value: _(label) for kind, label in KINDS.items()},
        checked=sum(1 for each in bodies if each.checked_on),
    )


@staff_page(Right.OPERATE)
async def new_body_page(visit: Visit) -> web.Response:
    """GET and POST /duty/redress/new."""
    form = visit.form(NewBodyForm) if visit.sent else filled()
    own = visit.hub.identity.country
    if visit.sent and not form.mistakes:
        new = {"id": f"{own.lower()}-{form.value.short.lower()}", "country": own}
        if await _kept(visit, form, new):
            return visit.go(PATH, _("It is on the list, as of today."))
    return _form(visit, form, None)


@staff_page(Right.OPERATE)
async def body_page(visit: Visit) -> web.Response:
    """GET and POST /duty/redress/{id}: put right what is wrong; it is right as of today then."""
    body = await visit.read(lambda db: RedressStore(db).get(visit.path["id"]))
    form: Any = visit.form(BodyForm) if visit.sent else filled(**body.model_dump(mode="json"))
    if visit.sent and not form.mistakes:
        before = body.model_dump(mode="json", exclude={"checked_on"})
        if await _kept(visit, form, before):
            return visit.go(PATH, _("It is right as of today."))
    return _form(visit, form, body)


@staff_page(Right.OPERATE)
async def remove_page(visit: Visit) -> web.Response:
    """GET and POST /duty/redress/{id}/remove."""
    body = await visit.read(lambda db: RedressStore(db).get(visit.path["id"]))
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.ask_here(redress.remove_redress_body)
        return visit.go(PATH, _("It is off the list. You can add it again."))
    return visit.page(
        "duty/sure.html",
        section="duty",
        form=form,
        back=PATH,
        title=_("Take it off the list: %(name)s", name=body.name),
        says=_("People with a matter of their own are not pointed to it any more."),
        sure=_("Yes, it does not help here"),
        button=_("Take it off"),
    )


async def _kept(visit: Visit, form: Filled[Any], before: Mapping[str, Any]) -> bool:
    """Keep a body as it is typed, as seen today; False if it cannot be so."""
    today = day_of(visit.now(), visit.hub.identity.timezone)
    typed = form.value.model_dump(mode="json", exclude={"short"})
    values = {**before, **typed, "checked_on": today.isoformat()}
    try:
        await visit.ask(redress.put_redress_body, body=read_body(values))
    except Exception as error:
        problems = getattr(error, "problems", ())
        if not problems:
            refuse(form, error, at="name")
        for field, reason in problems:
            form.refuse(reason, "short" if field == "id" else field)
    return not form.mistakes


def _form(visit: Visit, form: Filled[Any], body: RedressBody | None) -> web.Response:
    return visit.page(
        "duty/redress_form.html",
        section="duty",
        form=form,
        body=body,
        country=country(visit.hub.identity.country),
        kinds=[(kind.value, _(label)) for kind, label in KINDS.items()],
    )


ROUTES = [
    web.get(PATH, redress_page),
    web.get("/duty/redress/new", new_body_page),
    web.post("/duty/redress/new", new_body_page),
    web.get("/duty/redress/{id}", body_page),
    web.post("/duty/redress/{id}", body_page),
    web.get("/duty/redress/{id}/remove", remove_page),
    web.post("/duty/redress/{id}/remove", remove_page),
]
