"""The framework as staff customize it and assess the hub by it, item by item."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.framework.item import FrameworkItem
from content.framework.scores import level_name
from content.framework.store import FrameworkNotAdopted
from content.language import best_text
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import framework, framework_scores
from node.api import framework_merging as merging
from node.api.models.framework import HelpAnswer, NextStepAnswer, OwnFrameworkAnswer
from node.uploads import FILE_PART
from node.web import words
from node.web.addresses import record_path
from node.web.forms import PageForm, filled
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.views.desk import (
    framework_comparing,
    framework_merging,
    framework_shape,
    framework_sharing,
)
from node.web.views.desk.framework_merging import framework_in
from protocol.ids import host_of, ref_of

PATH: Final = "/desk/framework"
LEVELS: Final = range(5)
TEXTS: Final = ("what", "why", "first", "who", "done")


class ItemForm(PageForm):
    """The words of an item, in the language of the page."""

    missing: ClassVar[Mapping[str, str]] = {"title": N_("Write the title.")}
    title: Annotated[str, Field(max_length=300)]
    what: Annotated[str, Field(max_length=8000)] = ""
    why: Annotated[str, Field(max_length=8000)] = ""
    first: Annotated[str, Field(max_length=8000)] = ""
    who: Annotated[str, Field(max_length=8000)] = ""
    done: Annotated[str, Field(max_length=8000)] = ""
    responsible: Annotated[str, Field(max_length=300)] = ""
    topics: list[str] = Field(default_factory=list)
    resources: Annotated[str, Field(max_length=50 * 2048)] = ""


class ScoreForm(PageForm):
    """Where the hub stands, and what shows it."""

    missing: ClassVar[Mapping[str, str]] = {"level": N_("Choose how far you are.")}
    level: Annotated[int, Field(ge=0, le=4)]
    note: Annotated[str, Field(max_length=4000)] = ""
    evidence: Annotated[str, Field(max_length=50 * 2048)] = ""


@staff_page(Right.FRAMEWORK_EDIT)
async def framework_page(visit: Visit) -> web.Response:
    """GET /desk/framework: all items with their scores, and what to do next."""
    try:
        own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    except FrameworkNotAdopted:
        return visit.page("desk/framework_start.html", section="desk-framework")
    query = {"limit": 5, "language": spoken().tag}
    steps = await visit.ask(framework_scores.show_assessment, query=query)
    published = await visit.ask(framework_scores.list_publications)
    return visit.page(
        "desk/framework.html",
        section="desk-framework",
        own=own,
        items=[
            (item, best_text(item.title, spoken().tag, "en")[1], own.scores.get(item.id))
            for item in own.framework.items
        ],
        levels={level: level_name(level, spoken().tag) for level in LEVELS},
        steps=[(step, _helps(visit, step)) for step in steps.next_steps],
        published={each.item: each for each in published.items},
        covered=[(each, words.concept(each.pillar)) for each in own.coverage],
    )


@staff_page(Right.FRAMEWORK_EDIT, files=True)
async def adopt(visit: Visit) -> web.Response:
    """POST /desk/framework/adopt: begin with what comes with the program, or with a file."""
    form = visit.form(PageForm)
    try:
        file = framework_in(visit.files(form))
        if not form.mistakes:
            await visit.ask(merging.adopt, body={} if file is None else {"file": file})
            return visit.go(PATH, _("Adopted. Now drop, reword and add what your city needs."))
    except Exception as error:
        refuse(form, error, at=FILE_PART)
    return visit.page("desk/framework_start.html", section="desk-framework", form=form)


@staff_page(Right.FRAMEWORK_EDIT)
async def item_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/{item}: the words of an item."""
    item, own = await _item(visit)
    tag = spoken().tag
    first = filled(
        title=item.title.get(tag) or best_text(item.title, tag, "en")[1],
        responsible=item.responsible,
        topics=item.topics,
        resources="\n".join(item.resources),
        **{name: _text(getattr(item, name), tag) for name in TEXTS},
    )
    form = visit.form(ItemForm) if visit.sent else first
    if visit.sent and not form.mistakes:
        try:
            await visit.ask_here(framework.put_item, body=_worded(item, form.value, tag))
        except Exception as error:
            refuse(form, error, at="title")
        else:
            return visit.go(f"{PATH}/{item.id}", _("The item is worded anew."))
    published = await visit.ask(framework_scores.list_publications)
    return visit.page(
        "desk/framework_item.html",
        section="desk-framework",
        item=item,
        title=best_text(item.title, tag, "en")[1],
        form=form,
        score=_level(own, item.id),
        out=next((each for each in published.items if each.item == item.id), None),
        topics=sorted(
            ((each, words.concept(each)) for each in Vocabulary.load().ids("topics")),
            key=lambda each: each[1].casefold(),
        ),
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def score_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/{item}/score: how far the hub is, with what shows it."""
    item, own = await _item(visit)
    score = own.scores.get(item.id)
    first = (
        filled()
        if score is None
        else filled(level=score.level, note=score.note, evidence="\n".join(score.evidence))
    )
    form = visit.form(ScoreForm) if visit.sent else first
    if visit.sent and not form.mistakes:
        body = {
            "level": form.value.level,
            "note": form.value.note,
            "evidence": form.value.evidence.split(),
        }
        try:
            await visit.ask_here(framework_scores.score_item, body=body)
        except Exception as error:
            refuse(form, error, at="level")
        else:
            return visit.go(
                PATH, _("The score is kept. It stays in this hub unless you publish it.")
            )
    tag = spoken().tag
    return visit.page(
        "desk/framework_score.html",
        section="desk-framework",
        item=item,
        title=best_text(item.title, tag, "en")[1],
        form=form,
        score=score,
        levels=[(level, f"{words.number(level)}  {level_name(level, tag)}") for level in LEVELS],
        done=_text(item.done, tag),
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def drop_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/{item}/drop: leave an item out."""
    item, _own = await _item(visit)
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            await visit.ask_here(framework.delete_item)
        except Exception as error:
            refuse(form, error)
        else:
            return visit.go(
                PATH, _("The item is left out. Merging with upstream can bring it back.")
            )
    title = best_text(item.title, spoken().tag, "en")[1]
    return visit.page(
        "desk/framework_drop.html", section="desk-framework", item=item, title=title, form=form
    )


def _level(own: OwnFrameworkAnswer, item: str) -> str | None:
    score = own.scores.get(item)
    return None if score is None else words.level(score.level)


def _helps(visit: Visit, step: NextStepAnswer) -> dict[str, list[tuple[str, str, str]]]:
    """Return resources and experts that can help: the page here, name and hub of each."""
    here = visit.hub.identity.host

    def line(folder: str, found: HelpAnswer) -> tuple[str, str, str]:
        ref, host = ref_of(found.url), host_of(found.url)
        own = host == here
        if ref is None or not (own or found.hub):
            return found.url, found.name, host
        return record_path(folder, own, found.hub, ref), found.name, "" if own else found.hub

    return {
        "resources": [line("resources", each) for each in step.resources],
        "experts": [line("experts", each) for each in step.experts],
    }


async def _item(visit: Visit) -> tuple[FrameworkItem, OwnFrameworkAnswer]:
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    return own.framework.get(visit.path["item"]), own


def _text(texts: Mapping[str, str], tag: str) -> str:
    return best_text(texts, tag, "en")[1] if texts else ""


def _worded(item: FrameworkItem, form: ItemForm, tag: str) -> dict[str, Any]:
    """Return the item with the words of the form in the language of the page; others stay."""
    changed: dict[str, Any] = {"title": {**item.title, tag: form.title}}
    for name in TEXTS:
        before, text = getattr(item, name), getattr(form, name)
        if text != _text(before, tag):
            kept = {language: said for language, said in before.items() if language != tag}
            changed[name] = {**kept, tag: text} if text else kept
    changed["responsible"] = form.responsible or None
    changed["topics"] = form.topics
    changed["resources"] = form.resources.split()
    return {**item.model_dump(mode="json"), **changed}


ROUTES = [
    web.get(PATH, framework_page),
    web.post("/desk/framework/adopt", adopt),
    *framework_comparing.ROUTES,
    *framework_merging.ROUTES,
    *framework_shape.ROUTES,
    *framework_sharing.ROUTES,
    web.get("/desk/framework/{item}", item_page),
    web.post("/desk/framework/{item}", item_page),
    web.get("/desk/framework/{item}/score", score_page),
    web.post("/desk/framework/{item}/score", score_page),
    web.get("/desk/framework/{item}/drop", drop_page),
    web.post("/desk/framework/{item}/drop", drop_page),
]
