"""Experts of this hub: listed as far as they agreed, confirmed, paused, and taken off for ever."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.experts.record import OFFERS, Scope, read_expert
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import experts
from node.api.models.catalogue import ExpertAnswer
from node.web import words
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm

PATH: Final = "/desk/experts"
SCOPES: Final = {
    Scope.HUB: N_("People of this hub only"),
    Scope.NETWORK: N_("Approved hubs"),
    Scope.PUBLIC: N_("Everybody"),
}


class ExpertForm(PageForm):
    """An expert, with the words about them in one language; others stay as they are."""

    missing: ClassVar[Mapping[str, str]] = {
        "name": N_("Write the name."),
        "bio": N_("Say in a sentence or two what they know."),
        "topics": N_("Choose at least one topic."),
        "languages": N_("Choose at least one language."),
    }
    name: Annotated[str, Field(max_length=200)]
    organisation: Annotated[str, Field(max_length=300)] = ""
    bio: Annotated[str, Field(max_length=4000)]
    topics: list[str]
    languages: list[str]
    jurisdictions: Annotated[str, Field(max_length=300)] = ""
    offers: list[str] = Field(default_factory=list)
    capacity_hours: Annotated[int, Field(ge=0, le=400)] = 0
    conflicts: Annotated[str, Field(max_length=2000)] = ""
    scope: Scope = Scope.HUB


@staff_page(Right.EXPERTS_EDIT)
async def experts_page(visit: Visit) -> web.Response:
    """GET /desk/experts: those of this hub."""
    query = {"hub": visit.hub.identity.host, "limit": 100}
    found = await visit.ask(experts.find_experts, query=query)
    return visit.page("desk/experts.html", section="desk-experts", experts=found.items)


@staff_page(Right.EXPERTS_EDIT)
async def new_expert_page(visit: Visit) -> web.Response:
    """GET and POST /desk/experts/new."""
    form = visit.form(ExpertForm) if visit.sent else filled(scope=Scope.HUB)
    if visit.sent and not form.mistakes:
        try:
            record = read_expert(values_of(form.value, None, visit.hub.identity.language))
            made = await visit.ask(experts.new_expert, body=record)
        except Exception as error:
            refuse(form, error, at="name")
        else:
            return visit.go(f"{PATH}/{made.ulid}", _("The expert is listed as far as they agreed."))
    return _form(visit, form, None)


@staff_page(Right.EXPERTS_EDIT)
async def expert_page(visit: Visit) -> web.Response:
    """GET and POST /desk/experts/{ulid}: correct the listing."""
    answer: ExpertAnswer = await visit.ask_here(experts.show_expert)
    form = visit.form(ExpertForm) if visit.sent else form_of(answer.record)
    if visit.sent and not form.mistakes:
        try:
            record = read_expert(values_of(form.value, answer.record, visit.hub.identity.language))
            kept = await visit.ask_here(experts.replace_expert, body=record)
        except Exception as error:
            refuse(form, error, at="name")
        else:
            return visit.go(f"{PATH}/{kept.ulid}", _("The listing is corrected, at all hubs too."))
    return _form(visit, form, answer)


@staff_page(Right.EXPERTS_EDIT)
async def confirm(visit: Visit) -> web.Response:
    """POST /desk/experts/{ulid}/confirm: they found the listing right today."""
    answer = await visit.ask_here(experts.confirm_listing)
    return visit.go(f"{PATH}/{answer.ulid}", _("Noted: the listing is right as of today."))


@staff_page(Right.EXPERTS_EDIT)
async def pause(visit: Visit) -> web.Response:
    """POST /desk/experts/{ulid}/pause: off the lists until they are confirmed again."""
    answer = await visit.ask_here(experts.pause_listing)
    return visit.go(f"{PATH}/{answer.ulid}", _("Off the lists. To list them again, confirm them."))


@staff_page(Right.EXPERTS_EDIT)
async def remove_page(visit: Visit) -> web.Response:
    """GET and POST /desk/experts/{ulid}/remove: for ever, here and at all hubs."""
    answer: ExpertAnswer = await visit.ask_here(experts.show_expert)
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.ask_here(experts.delete_expert)
        return visit.go(
            PATH, _("Removed. All hubs are told to remove the listing, and confirm it.")
        )
    return visit.page("desk/remove_expert.html", section="desk-experts", expert=answer, form=form)


def form_of(record: Any) -> Filled[Any]:
    """Return the form with what a listing says."""
    return filled(
        name=record.name,
        organisation=record.organisation,
        bio=next(iter(record.bio.values())),
        topics=record.topics,
        languages=record.languages,
        jurisdictions=" ".join(record.jurisdictions),
        offers=record.offers,
        capacity_hours=record.capacity_hours,
        conflicts=record.conflicts,
        scope=record.scope,
    )


def values_of(form: ExpertForm, before: Any, language: str) -> dict[str, Any]:
    """
    Return the listing that was asked for, with what the form does not show as it was before.

    When the expert agreed is left out: it stays, or counts from now where the scope is another.
    """
    said = form.model_dump(mode="json", exclude={"bio", "jurisdictions"})
    values = {name: value for name, value in said.items() if value not in ("", None)}
    values["jurisdictions"] = form.jurisdictions.replace(",", " ").split()
    if before is None:
        return {**values, "bio": {language: form.bio}}
    kept = before.model_dump(
        mode="json", exclude=set(said) | {"bio", "jurisdictions", "consent_at"}
    )
    bio = {**before.bio, next(iter(before.bio)): form.bio}
    return {
        **{name: value for name, value in kept.items() if value is not None},
        **values,
        "bio": bio,
    }


def choices_of(visit: Visit) -> dict[str, Any]:
    """Return what there is to choose from in the form of a listing."""
    topics = ((each, words.concept(each)) for each in Vocabulary.load().ids("topics"))
    return {
        "topics": sorted(topics, key=lambda each: each[1].casefold()),
        "languages": words.languages(visit.hub.identity.language),
        "offers": [(each, words.offer(each)) for each in OFFERS],
        "scopes": [(scope.value, _(label)) for scope, label in SCOPES.items()],
    }


def _form(visit: Visit, form: Filled[Any], answer: ExpertAnswer | None) -> web.Response:
    return visit.page(
        "desk/expert_form.html",
        section="desk-experts",
        form=form,
        expert=answer,
        **choices_of(visit),
    )


ROUTES = [
    web.get(PATH, experts_page),
    web.get("/desk/experts/new", new_expert_page),
    web.post("/desk/experts/new", new_expert_page),
    web.get("/desk/experts/{ulid}", expert_page),
    web.post("/desk/experts/{ulid}", expert_page),
    web.post("/desk/experts/{ulid}/confirm", confirm),
    web.post("/desk/experts/{ulid}/pause", pause),
    web.get("/desk/experts/{ulid}/remove", remove_page),
    web.post("/desk/experts/{ulid}/remove", remove_page),
]
