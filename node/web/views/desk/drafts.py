"""Drafts of the answer: written together, with sources found by search, and sent as one answer."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

import sqlite_utils
from aiohttp import web
from pydantic import Field

from content.cases.drafts import DraftChangedMeanwhile
from content.cases.message import MessageKind
from content.people.permissions import Right
from federation.citing import known
from node.api.attachments import list_attachments
from node.api.cases import answer_case, show_case
from node.api.catalogue import find_resources
from node.api.drafts import (
    approve_draft,
    begin_draft,
    comment_on_draft,
    drop_draft,
    list_drafts_of_case,
    show_merging,
    show_versions,
    write_draft,
)
from node.api.models.cases import CaseAnswer, MessageAnswer
from node.api.models.drafts import DraftAnswer
from node.web.forms import Filled, PageForm, filled
from node.web.said import Said, said, said_best
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.views.desk.files import choices_of_files
from node.web.views.desk.people import names_of_people, said_by

LONG: Final = 64 * 1024
FOUND: Final = 8
Source = tuple[str, Said, str]
"""Address, title and host of a resource that can be cited."""


class DraftForm(PageForm):
    """A draft. do: "find" looks for sources and keeps nothing."""

    missing: ClassVar[Mapping[str, str]] = {"text": N_("Write the answer.")}
    text: Annotated[str, Field(max_length=LONG)]
    cites: list[str] = Field(default_factory=list)
    revision: int = 1
    find: Annotated[str, Field(max_length=200)] = ""
    do: str = "save"


class RemarkForm(PageForm):
    """What to say to a draft."""

    missing: ClassVar[Mapping[str, str]] = {"remark": N_("Write what you want to say.")}
    remark: Annotated[str, Field(max_length=16 * 1024)]
    revision: int


class VersionForm(PageForm):
    """Which version is meant."""

    revision: int


class AnswerForm(DraftForm):
    """The one answer. drafts: which go into it. attach: files of the case that go with it."""

    drafts: list[str] = Field(default_factory=list)
    attach: list[str] = Field(default_factory=list)
    with_names: bool = False


@staff_page(Right.CASES_ASSIGNED)
async def new_draft(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/drafts."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    form = visit.form(DraftForm) if visit.sent else filled()
    if visit.sent and not form.mistakes and not _looks(form):
        try:
            draft = await visit.ask(begin_draft, body=_content(form.value), id=case.id)
        except Exception as error:
            refuse(form, error, at="cites")
        else:
            return visit.go(
                _page_of(draft), _("Your draft is with the case. The others can read it.")
            )
    return await _writing(visit, case, form, None)


@staff_page(Right.CASES_ASSIGNED)
async def draft_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/drafts/{draft}: read it, and save a new version."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    draft = await _draft(visit)
    first = filled(text=draft.text, cites=draft.cites, revision=draft.revision)
    form = visit.form(DraftForm) if visit.sent else first
    if visit.sent and not form.mistakes and not _looks(form):
        body = {**_content(form.value), "revision": form.value.revision}
        try:
            draft = await visit.ask(write_draft, body=body, id=case.id, draft=draft.id)
        except DraftChangedMeanwhile as error:
            visit.flash(str(error), "note")
            return visit.go(f"/desk/cases/{case.id}")
        except Exception as error:
            refuse(form, error, at="cites")
        else:
            return visit.go(_page_of(draft), _("The new version is kept."))
    return await _writing(visit, case, form, draft)


@staff_page(Right.CASES_ASSIGNED)
async def versions_page(visit: Visit) -> web.Response:
    """GET /desk/cases/{id}/drafts/{draft}/versions."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    found = await visit.ask_here(show_versions)
    return visit.page(
        "desk/versions.html",
        section="cases",
        case=case,
        draft=visit.path["draft"],
        versions=list(reversed(found.items)),
        names=await visit.read(names_of_people),
    )


@staff_page(Right.CASES_ASSIGNED)
async def remark_on_draft(visit: Visit) -> web.Response:
    """POST /desk/cases/{id}/drafts/{draft}/comment."""
    form = visit.form(RemarkForm)
    if form.mistakes:
        return await _again(visit, form)
    body = {"text": form.value.remark, "revision": form.value.revision}
    draft = await visit.ask_here(comment_on_draft, body=body)
    return visit.go(_page_of(draft), _("What you said is with the draft."))


@staff_page(Right.CASES_ASSIGNED)
async def approve(visit: Visit) -> web.Response:
    """POST /desk/cases/{id}/drafts/{draft}/approve."""
    form = visit.form(VersionForm)
    if form.mistakes:
        return await _again(visit, form)
    try:
        draft = await visit.ask_here(approve_draft, body={"revision": form.value.revision})
    except Exception as error:
        refuse(form, error)
        return await _again(visit, form)
    return visit.go(_page_of(draft), _("You approved this version."))


@staff_page(Right.CASES_ASSIGNED)
async def put_aside(visit: Visit) -> web.Response:
    """POST /desk/cases/{id}/drafts/{draft}/drop."""
    await visit.ask_here(drop_draft)
    return visit.go(
        f"/desk/cases/{visit.path['id']}", _("The draft is put aside. Its versions are kept.")
    )


@staff_page(Right.CASES_ASSIGNED)
async def answer_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/answer: all drafts made into one answer, and sent."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    merging = await visit.ask(show_merging, id=case.id)
    all_of_them = [draft.id for draft in merging.drafts]
    alone = merging.drafts[0].text if len(merging.drafts) == 1 else merging.text
    first = filled(text=alone, cites=merging.cites, drafts=all_of_them)
    form = visit.form(AnswerForm) if visit.sent else first
    if visit.sent and not form.mistakes and form.value.do == "draft":
        draft = await visit.ask(begin_draft, body=_content(form.value), id=case.id)
        return visit.go(_page_of(draft), _("Your draft is with the case. The others can read it."))
    if visit.sent and not form.mistakes and not _looks(form):
        answer = form.value
        body = {
            **_content(answer),
            "drafts": [{"id": each} for each in answer.drafts],
            "attach": answer.attach,
            "attach_named": answer.attach if answer.with_names else [],
        }
        try:
            await visit.ask(answer_case, body=body, id=case.id)
        except Exception as error:
            refuse(form, error, at="cites")
        else:
            return visit.go(f"/desk/cases/{case.id}", _("The answer is sent."))
    sources, found = await _sources(visit, case, form)
    names = await visit.read(names_of_people)
    files = await visit.ask(list_attachments, id=case.id)
    return visit.page(
        "desk/answer.html",
        section="cases",
        case=case,
        form=form,
        drafts=merging.drafts,
        files=choices_of_files(files.items, names),
        answers=_answers(case, names),
        chosen_drafts=[
            (each.id, _("Draft of %(name)s", name=names.get(each.author, each.author)))
            for each in merging.drafts
        ],
        sources=sources,
        found=found,
        names=names,
    )


async def _again(visit: Visit, wrong: Filled[Any]) -> web.Response:
    """Show the draft with what is wrong about a remark to it."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    draft = await _draft(visit)
    form = filled(text=draft.text, cites=draft.cites, revision=draft.revision)
    form.mistakes.extend(wrong.mistakes)
    return await _writing(visit, case, form, draft)


async def _draft(visit: Visit) -> DraftAnswer:
    found = await visit.ask(list_drafts_of_case, id=visit.path["id"])
    for draft in found.items:
        if draft.id == visit.path["draft"]:
            return draft  # type: ignore[no-any-return]
    await visit.ask_here(show_versions)  # says that there is none
    raise AssertionError("A draft with versions is in the list of its case.")


async def _writing(
    visit: Visit, case: CaseAnswer, form: Filled[Any], draft: DraftAnswer | None
) -> web.Response:
    sources, found = await _sources(visit, case, form)
    names = await visit.read(names_of_people)
    return visit.page(
        "desk/draft.html",
        section="cases",
        case=case,
        draft=draft,
        form=form,
        sources=sources,
        found=found,
        answers=_answers(case, names),
        names=names,
        is_author=draft is not None and visit.person.name in draft.written_by,
    )


async def _sources(
    visit: Visit, case: CaseAnswer, form: Filled[Any]
) -> tuple[list[Source], list[Source] | None]:
    """Return what is chosen to be cited, and what the search found besides; None: none was made."""
    cited = list(dict.fromkeys(form.given.get("cites", ())))

    def read(db: sqlite_utils.Database) -> list[Source]:
        titles = {
            each.url: each for each in known(db, visit.hub.identity, tuple(cited), case.language)
        }
        return [
            (url, said(titles[url].title, case.language), titles[url].hub)
            if url in titles
            else (url, said(url, "und"), "")
            for url in cited
        ]

    chosen = await visit.read(read)
    words = form.first("find").strip()
    if not words or not _looks(form):
        return chosen, None
    answer = await visit.ask(find_resources, query={"q": words, "limit": FOUND})
    found = [
        (each.id, said_best(each.title, each.language) or said(each.id, "und"), each.hub.name)
        for each in answer.items
        if each.id not in cited
    ]
    return chosen, found


def _answers(case: CaseAnswer, names: dict[str, str]) -> list[tuple[MessageAnswer, str]]:
    """Return what was answered so far, and by whom."""
    said = (each for each in case.messages if each.kind is MessageKind.ANSWER)
    return [(each, said_by(each.author, names)) for each in said]


def _looks(form: Filled[Any]) -> bool:
    return form.first("do") == "find"


def _content(value: DraftForm) -> dict[str, Any]:
    return {"text": value.text, "cites": value.cites}


def _page_of(draft: DraftAnswer) -> str:
    return f"/desk/cases/{draft.case_id}/drafts/{draft.id}"


ROUTES = [
    web.get("/desk/cases/{id}/drafts", new_draft),
    web.post("/desk/cases/{id}/drafts", new_draft),
    web.get("/desk/cases/{id}/drafts/{draft}", draft_page),
    web.post("/desk/cases/{id}/drafts/{draft}", draft_page),
    web.get("/desk/cases/{id}/drafts/{draft}/versions", versions_page),
    web.post("/desk/cases/{id}/drafts/{draft}/comment", remark_on_draft),
    web.post("/desk/cases/{id}/drafts/{draft}/approve", approve),
    web.post("/desk/cases/{id}/drafts/{draft}/drop", put_aside),
    web.get("/desk/cases/{id}/answer", answer_page),
    web.post("/desk/cases/{id}/answer", answer_page),
]
