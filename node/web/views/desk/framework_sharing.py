"""What leaves of the framework: items that are published, and documents that are saved."""

from typing import Any, Final, Literal

import orjson
from aiohttp import web

from content.framework.item import FrameworkItem
from content.people.permissions import Right
from federation.publishing_framework import PersonalTraces
from node.api import framework, framework_merging, framework_scores
from node.api.models.framework import OwnFrameworkAnswer, PublicationAnswer
from node.api.routes import Query
from node.refusals import BadParameter
from node.uploads import FILE_PART, file_answer
from node.web import words
from node.web.forms import PageForm, Sure, filled
from node.web.framework_words import title_of
from node.web.parameters import read_query
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.steps import Input, Step, Subject, step_routes
from node.web.views.desk.framework_merging import framework_in

SECTION: Final = "desk-framework"
PUBLIC: Final = "/desk/framework/public"
DOCUMENTS: Final = "/desk/framework/documents"


class PublishForm(PageForm):
    """How an item is published."""

    label: Literal["tlp-clear", "tlp-green"] = "tlp-clear"
    scored: bool = False
    confirmed: bool = False


class ReplaceForm(PageForm):
    """Whether a file takes the place of our framework."""

    sure: Sure


class DocumentQuery(Query):
    """scores: whether the self-assessment is in the document."""

    scores: bool = False


@staff_page(Right.FRAMEWORK_EDIT)
async def public_page(visit: Visit) -> web.Response:
    """GET /desk/framework/public: what is published, and what changed here since."""
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    found = await visit.ask(framework_scores.list_publications)
    return visit.page(
        "desk/framework_public.html",
        section=SECTION,
        items=[(each, title_of(own.framework.get(each.item).title)) for each in found.items],
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def publish_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/{item}/publish: the item as it is now, with its score or not."""
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    item, score = own.framework.get(visit.path["item"]), own.scores.get(visit.path["item"])
    out = await _publication(visit, item.id)
    first = filled() if out is None else filled(label=out.label.value, scored=out.scored)
    form = visit.form(PublishForm) if visit.sent else first
    asks = False
    if visit.sent and not form.mistakes:
        try:
            await visit.ask_here(framework_scores.publish_item, body=form.value.model_dump())
        except Exception as error:
            asks = isinstance(error, PersonalTraces)
            refuse(form, error, at="confirmed" if asks else "scored")
        else:
            return visit.go(PUBLIC, _("The item is in the feed now."))
    return visit.page(
        "desk/framework_publish.html",
        section=SECTION,
        item=item,
        title=title_of(item.title),
        form=form,
        out=out,
        asks=asks,
        score=None if score is None else words.level(score.level),
        labels=[
            ("tlp-clear", _("Everybody: in the feed and the log")),
            ("tlp-green", _("Approved hubs only")),
        ],
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def documents_page(visit: Visit) -> web.Response:
    """GET /desk/framework/documents: the framework to print, to edit, and for another hub."""
    await visit.ask(framework.show_own_framework)
    return visit.page("desk/framework_documents.html", section=SECTION)


@staff_page(Right.FRAMEWORK_EDIT)
async def document(visit: Visit) -> web.Response:
    """GET /desk/framework/documents/{format}: html, markdown or json, to be saved."""
    wanted = visit.path["format"]
    if wanted == "json":
        file = await visit.ask(framework_merging.framework_file)
        text = orjson.dumps(file.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
        return file_answer("framework.json", "application/json", text)
    if wanted not in ("html", "markdown"):
        raise BadParameter("format", N_("is none of: html, markdown, json."))
    scores = read_query(visit.request, DocumentQuery).scores
    query: dict[str, Any] = {"format": wanted, "scores": scores, "language": spoken().tag}
    answer: web.Response = await visit.ask(framework_merging.framework_paper, query=query)
    return answer


@staff_page(Right.FRAMEWORK_EDIT, files=True)
async def replace_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/replace: a file takes the place of our framework."""
    await visit.ask(framework.show_own_framework)
    form = visit.form(ReplaceForm) if visit.sent else filled()
    if visit.sent:
        try:
            file = framework_in(visit.files(form))
            if file is None and not form.mistake(FILE_PART):
                form.refuse(_("Choose at least one file."), FILE_PART)
            if not form.mistakes:
                await visit.ask(framework_merging.import_framework, body={"file": file})
                return visit.go(
                    "/desk/framework",
                    _("Replaced. How it was before is kept among the snapshots."),
                )
        except Exception as error:
            refuse(form, error, at=FILE_PART)
    return visit.page("desk/framework_replace.html", section=SECTION, form=form)


async def _item(visit: Visit) -> FrameworkItem:
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    return own.framework.get(visit.path["item"])


SUBJECT: Final = Subject(
    path="/desk/framework/{item}",
    section=SECTION,
    load=_item,
    named=lambda item: title_of(item.title).text,
)
STEPS: Final = (
    Step(
        slug="withdraw",
        right=Right.FRAMEWORK_EDIT,
        title=N_("Take a published item back"),
        intro=N_("It is deleted at every hub that has it, with a receipt. Here it stays as it is."),
        button=N_("Take it back"),
        done=N_("Taken back. It is deleted at every hub that has it."),
        form=SureForm,
        handler=framework_scores.withdraw_item,
        inputs=(Input(kind="sure", name="sure", label=N_("Yes, take it back everywhere")),),
        body=lambda _form: None,
        danger=True,
    ),
    Step(
        slug="unscore",
        right=Right.FRAMEWORK_EDIT,
        title=N_("Take a score back"),
        intro=N_(
            "The level and what shows it are forgotten here, but not in snapshots. If the score is"
            " published, it is deleted at every hub that has it."
        ),
        button=N_("Take the score back"),
        done=N_("The item has no score any more."),
        form=SureForm,
        handler=framework_scores.unscore_item,
        inputs=(Input(kind="sure", name="sure", label=N_("Yes, take the score back")),),
        body=lambda _form: None,
        danger=True,
    ),
)
"""What takes something away from an item, each with a page of its own."""


async def _publication(visit: Visit, item: str) -> PublicationAnswer | None:
    found = await visit.ask(framework_scores.list_publications)
    return next((each for each in found.items if each.item == item), None)


ROUTES = [
    web.get(PUBLIC, public_page),
    web.get(DOCUMENTS, documents_page),
    web.get("/desk/framework/documents/{format}", document),
    web.get("/desk/framework/replace", replace_page),
    web.post("/desk/framework/replace", replace_page),
    web.get("/desk/framework/{item}/publish", publish_page),
    web.post("/desk/framework/{item}/publish", publish_page),
    *step_routes(SUBJECT, STEPS),
]
