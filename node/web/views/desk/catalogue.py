"""The catalogue as staff edit it: own resources, and drafts, as forms."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.labels import Label
from content.names import COUNTRY_NAMES
from content.people.permissions import Right
from content.resources.record import ResourceRecord, read_record
from content.vocabulary import Vocabulary
from node.api import catalogue
from node.api.duplicates import list_duplicates
from node.api.models.catalogue import ResourceAnswer
from node.api.proposals import list_proposals
from node.web import words
from node.web.forms import Filled, PageForm, filled
from node.web.said import said, said_best
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.views.desk import duplicates, importing, proposals

PATH: Final = "/desk/catalogue"
LABELS: Final = {
    Label.CLEAR: N_("Everybody: it is published in the feed and the log"),
    Label.GREEN: N_("Approved hubs only"),
    Label.AMBER: N_("People of this hub only"),
}


class ResourceForm(PageForm):
    """A resource, with title and summary in one language each; others stay as they are."""

    missing: ClassVar[Mapping[str, str]] = {
        "title": N_("Write the title."),
        "summary": N_("Say in a sentence or two what it is good for."),
        "kind": N_("Choose what it is."),
        "topics": N_("Choose at least one topic."),
    }
    title: Annotated[str, Field(max_length=500)]
    summary: Annotated[str, Field(max_length=4000)]
    url: Annotated[str, Field(max_length=2048)] = ""
    publisher: Annotated[str, Field(max_length=300)] = ""
    year: int | None = None
    language: str
    country: str = ""
    city: Annotated[str, Field(max_length=300)] = ""
    kind: str
    topics: list[str]
    licence: Annotated[str, Field(max_length=300)] = ""
    label: Label = Label.CLEAR
    do: str = "publish"


@staff_page(Right.CATALOGUE_EDIT)
async def catalogue_page(visit: Visit) -> web.Response:
    """GET /desk/catalogue: drafts, what is published by this hub, and what waits."""
    query = {
        name: visit.request.query[name] for name in ("q", "cursor") if name in visit.request.query
    }
    here = visit.hub.identity.host
    own = await visit.ask(
        catalogue.find_resources, query={**query, "hub": here, "sort": "newest", "limit": 50}
    )
    drafts = await visit.ask(catalogue.list_drafts, query={"limit": 50})
    waiting = await visit.ask(list_proposals, query={"state": "waiting", "limit": 50})
    same = await visit.ask(list_duplicates, query={"limit": 1})
    return visit.page(
        "desk/catalogue.html",
        section="catalogue",
        q=query.get("q", ""),
        own=[(each, _title(each)) for each in own.items],
        total=own.total,
        next=own.next,
        drafts=[(each, _title(each)) for each in drafts.items],
        proposals=waiting.items,
        duplicates=same.total or 0,
    )


@staff_page(Right.CATALOGUE_EDIT)
async def new_resource_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/new."""
    identity = visit.hub.identity
    first = filled(language=identity.language, country=identity.country, label=Label.CLEAR)
    form = visit.form(ResourceForm) if visit.sent else first
    if visit.sent and not form.mistakes:
        publish = form.value.do == "publish"
        try:
            record = read_record(_values(form.value, None))
            made = await visit.ask(catalogue.new_resource, query={"publish": publish}, body=record)
        except Exception as error:
            refuse(form, error, at="title")
        else:
            done = (
                _("Published. All who follow this hub get it.")
                if publish
                else _("The draft is kept.")
            )
            return visit.go(f"{PATH}/{made.ulid}", done)
    return _form(visit, form, None)


@staff_page(Right.CATALOGUE_EDIT)
async def resource_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/{ulid}: correct it; a draft is kept or published."""
    answer: ResourceAnswer = await visit.ask_here(catalogue.show_resource)
    form = (
        visit.form(ResourceForm) if visit.sent else _of_record(answer.record, _moved(visit, answer))
    )
    if visit.sent and not form.mistakes:
        try:
            record = read_record(_values(form.value, answer.record))
            kept = await visit.ask_here(catalogue.replace_resource, body=record)
            if form.value.do == "publish" and answer.state == "draft":
                await visit.ask_here(catalogue.publish_draft)
        except Exception as error:
            refuse(form, error, at="title")
        else:
            return visit.go(f"{PATH}/{kept.ulid}", _("Kept. What is published changes everywhere."))
    return _form(visit, form, answer)


@staff_page(Right.CATALOGUE_EDIT)
async def retract_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/{ulid}/retract."""
    answer: ResourceAnswer = await visit.ask_here(catalogue.show_resource)
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.ask_here(catalogue.take_resource_back)
        return visit.go(PATH, _("Taken back. A tombstone stays, here and at all hubs."))
    return visit.page(
        "desk/retract.html", section="catalogue", resource=answer, title=_title(answer), form=form
    )


def _title(answer: Any) -> Any:
    return said_best(answer.title, answer.language) or said(answer.id, "und")


def _moved(visit: Visit, answer: ResourceAnswer) -> str | None:
    """Return where the document is now, if the report on links led here to put that in."""
    check = answer.link_check
    if check is None or visit.request.query.get("moved") != "yes":
        return None
    return check.moved_to


def _of_record(record: Any, moved_to: str | None = None) -> Filled[Any]:
    """
    Return the form with what stands in a record, in the language that the record is read in.

    moved_to: another address of the document, to be looked at and kept.
    """
    return filled(
        title=record.title.get(record.language) or next(iter(record.title.values())),
        summary=_summary(record)[1],
        **{
            name: getattr(record, name)
            for name in ("publisher", "year", "language", "country", "city", "kind")
        },
        url=moved_to or record.url,
        topics=record.topics,
        licence=record.licence,
        label=record.label,
    )


def _summary(record: ResourceRecord) -> tuple[str, str]:
    """Return language and text of the summary that the form edits."""
    for language in ("en", record.language, *record.summary):
        if language in record.summary:
            return language, record.summary[language]
    return record.language, ""


def _values(form: ResourceForm, before: Any) -> dict[str, Any]:
    said_now = form.model_dump(mode="json", exclude={"do", "title", "summary"})
    values = {name: value for name, value in said_now.items() if value not in ("", None)}
    if before is None:
        title = {form.language: form.title}
        return {**values, "title": title, "summary": {form.language: form.summary}}
    kept = before.model_dump(mode="json", exclude=set(said_now) | {"title", "summary"})
    language = before.language if before.language in before.title else next(iter(before.title))
    title = {**before.title, language: form.title}
    summary = {**before.summary, _summary(before)[0]: form.summary}
    filled_in = {name: value for name, value in kept.items() if value is not None}
    return {**filled_in, **values, "title": title, "summary": summary}


def _form(visit: Visit, form: Filled[Any], answer: ResourceAnswer | None) -> web.Response:
    vocabulary = Vocabulary.load()

    def concepts(scheme: str) -> list[tuple[str, str]]:
        found = ((each, words.concept(each)) for each in vocabulary.ids(scheme))
        return sorted(found, key=lambda each: each[1].casefold())

    countries = ((code, words.country(code)) for code in COUNTRY_NAMES)
    return visit.page(
        "desk/resource_form.html",
        section="catalogue",
        form=form,
        resource=answer,
        moved=answer is not None and not visit.sent and _moved(visit, answer),
        kinds=concepts("resource-kinds"),
        topics=concepts("topics"),
        languages=words.languages(visit.hub.identity.language),
        countries=sorted(countries, key=lambda each: each[1].casefold()),
        labels=[(label.value, _(text)) for label, text in LABELS.items()],
    )


ROUTES = [
    web.get(PATH, catalogue_page),
    *importing.ROUTES,
    *duplicates.ROUTES,
    *proposals.ROUTES,
    web.get("/desk/catalogue/new", new_resource_page),
    web.post("/desk/catalogue/new", new_resource_page),
    web.get("/desk/catalogue/{ulid}", resource_page),
    web.post("/desk/catalogue/{ulid}", resource_page),
    web.get("/desk/catalogue/{ulid}/retract", retract_page),
    web.post("/desk/catalogue/{ulid}/retract", retract_page),
]
