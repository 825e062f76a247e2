"""Which items our framework has, and in which order: added, brought back, moved."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.framework.item import PILLARS, Framework, FrameworkItem
from content.framework.store import UPSTREAM, FrameworkStore
from content.people.permissions import Right
from node.api import framework
from node.api.models.framework import OwnFrameworkAnswer
from node.web.forms import PageForm, filled
from node.web.framework_words import title_of
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page

SECTION: Final = "desk-framework"
PATH: Final = "/desk/framework"


class NewItemForm(PageForm):
    """An item of our own, in the language of the page."""

    missing: ClassVar[Mapping[str, str]] = {
        "title": N_("Write the title."),
        "id": N_("Give it a short name, such as chatbot-rules."),
        "pillar": N_("Choose where it belongs."),
    }
    title: Annotated[str, Field(max_length=300)]
    id: Annotated[str, Field(max_length=64)]
    pillar: str
    what: Annotated[str, Field(max_length=4000)] = ""


class PlaceForm(PageForm):
    """After which item another one stands; the pillar itself puts it first."""

    missing: ClassVar[Mapping[str, str]] = {"after": N_("Choose after which item it stands.")}
    after: str


@staff_page(Right.FRAMEWORK_EDIT)
async def new_item_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/new: an item of our own, or one of upstream again."""
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    form = visit.form(NewItemForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        given, tag = form.value, spoken().tag
        if own.framework.find(given.id) is not None:
            form.refuse(_("There is an item with this short name."), "id")
        else:
            body = {"id": given.id, "pillar": given.pillar, "title": {tag: given.title}}
            what = {tag: given.what} if given.what else {}
            try:
                await visit.ask(framework.put_item, body={**body, "what": what}, item=given.id)
            except Exception as error:
                refuse(form, error, at="id")
            else:
                return visit.go(f"{PATH}/{given.id}", _("Added, last in its pillar."))
    return visit.page(
        "desk/framework_new.html",
        section=SECTION,
        form=form,
        pillars=_pillars(own.framework),
        dropped=[(each, title_of(each.title)) for each in await _dropped(visit, own.framework)],
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def bring_back(visit: Visit) -> web.Response:
    """POST /desk/framework/{item}/bring-back: an item of what we adopted that was left out."""
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    found = {each.id: each for each in await _dropped(visit, own.framework)}
    item = found.get(visit.path["item"])
    if item is None:
        raise PageHidden
    await visit.ask(framework.put_item, body=item.model_dump(mode="json"), item=item.id)
    return visit.go(f"{PATH}/{item.id}", _("It is back, last in its pillar."))


@staff_page(Right.FRAMEWORK_EDIT)
async def place_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/{item}/place: put an item elsewhere, also in another pillar."""
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    item = own.framework.get(visit.path["item"])
    if item.is_pillar:
        raise PageHidden
    form = visit.form(PlaceForm) if visit.sent else filled(after=_before(own.framework, item))
    if visit.sent and not form.mistakes:
        try:
            after = own.framework.get(form.value.after)
            body = {"after": after.id, "pillar": after.pillar}
            await visit.ask_here(framework.place_item, body=body)
        except Exception as error:
            refuse(form, error, at="after")
        else:
            return visit.go(PATH, _("It stands elsewhere now."))
    return visit.page(
        "desk/framework_place.html",
        section=SECTION,
        item=item,
        title=title_of(item.title),
        form=form,
        beside=[
            (each.id, title_of(each.title).text, each.is_pillar)
            for each in own.framework.items
            if each.id != item.id
        ],
    )


async def _dropped(visit: Visit, ours: Framework) -> list[FrameworkItem]:
    """Return the items of what was adopted from upstream that ours does not have."""
    base = await visit.read(lambda db: FrameworkStore(db).base(UPSTREAM))
    known = () if base is None else base.framework.items
    return [each for each in known if ours.find(each.id) is None]


def _pillars(ours: Framework) -> list[tuple[str, str]]:
    return [(pillar, title_of(ours.get(pillar).title).text) for pillar in PILLARS]


def _before(ours: Framework, item: FrameworkItem) -> str:
    """Return what an item follows now: its pillar where it is the first."""
    beside = [item.pillar, *(each.id for each in ours.of_pillar(item.pillar))]
    return beside[beside.index(item.id) - 1]


ROUTES = [
    web.get("/desk/framework/new", new_item_page),
    web.post("/desk/framework/new", new_item_page),
    web.post("/desk/framework/{item}/bring-back", bring_back),
    web.get("/desk/framework/{item}/place", place_page),
    web.post("/desk/framework/{item}/place", place_page),
]
