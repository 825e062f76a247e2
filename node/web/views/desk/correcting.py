"""Putting right what a case says, here and at hubs that have a copy: what would leave, first."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.cases.status import CaseStatus
from content.people.permissions import Right
from federation.escalation.copy_fields import in_words
from node.api.cases import show_case
from node.api.correcting import (
    preview_case_right,
    preview_copy_right,
    put_case_right,
    put_copy_right,
)
from node.api.escalations import show_escalation
from node.api.models.cases import CaseAnswer
from node.api.models.corrections import CorrectedAnswer, CorrectionPreview
from node.api.models.escalations import ThreadAnswer
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.views.desk.offer_form import KEEP
from node.web.words import listed

LONG: Final = 64 * 1024
_ENDED: Final = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.ERASED)
_OUTSIDE: Final = ("title", "question", "context", "jurisdiction")


class WordsForm(PageForm):
    """
    How a copy reads for outsiders from now on; empty stays, or follows the case.

    stays: their words are right as they are. do: preview, edit or send. expect: SHA-256 of what
    was looked at.
    """

    outside_title: Annotated[str, Field(max_length=300)] = ""
    outside_question: Annotated[str, Field(max_length=LONG)] = ""
    outside_context: Annotated[str, Field(max_length=LONG)] = ""
    outside_jurisdiction: Annotated[str, Field(max_length=200)] = ""
    stays: bool = False
    expect: list[str] = Field(default_factory=list)
    do: str = "preview"


class CorrectionForm(WordsForm):
    """How the case reads from now on. here_only: other hubs are left as they are for now."""

    missing: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title."),
        "question": N_("Write the question."),
    }
    title: Annotated[str, Field(max_length=300)]
    question: Annotated[str, Field(max_length=LONG)]
    name: Annotated[str, Field(max_length=200)] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    organisation: Annotated[str, Field(max_length=200)] = ""
    here_only: bool = False


@staff_page(Right.ESCALATE)
async def correct_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/correct: what is right, what would leave, and doing it."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    if case.escalated_from is not None or case.status in _ENDED:
        raise PageHidden
    stands = _as_it_stands(case)
    if not visit.sent:
        return _edit(visit, case, filled(**stands))
    form = visit.form(CorrectionForm)
    if form.mistakes or form.value.do == "edit":
        return _edit(visit, case, form)
    changes = {name: text for name, old in stands.items() if (text := _of(form, name)) != old}
    if not changes:
        form.refuse(_("That is what the case says already. Change what is wrong."), "title")
        return _edit(visit, case, form)
    body = {**changes, **_words(form.value), "here_only": form.value.here_only}
    try:
        previews = await _previews(visit, case, body)
    except Exception as error:
        refuse(form, error, at="outside_title")
        return _edit(visit, case, form)
    if form.value.do == "send":
        sent = {**body, "expect": _expected(form.value, previews), "keep_found": _kept(form)}
        try:
            done = await visit.ask(put_case_right, body=sent, id=case.id)
        except Exception as error:
            refuse(form, error, at="found")
        else:
            return visit.go(f"/desk/cases/{case.id}", _said(done))
    return _look(visit, form, previews, case=case, changes=changes, handled=case)


@staff_page(Right.ESCALATE)
async def correct_copy_page(visit: Visit) -> web.Response:
    """GET and POST /desk/offers/{id}/correct: one hub is told how its copy reads now."""
    thread: ThreadAnswer = await visit.ask(show_escalation, id=visit.path["id"])
    if thread.direction != "out" or "correct" not in thread.possible:
        raise PageHidden
    form: Filled[Any] = visit.form(WordsForm) if visit.sent else filled()
    if not visit.sent or form.mistakes or form.value.do == "edit":
        return _edit_copy(visit, thread, form)
    body = _words(form.value)
    try:
        preview = await visit.ask_here(preview_copy_right, body=body)
    except Exception as error:
        refuse(form, error, at="outside_title")
        return _edit_copy(visit, thread, form)
    if form.value.do == "send":
        expected = _expected(form.value, [preview])
        sent = {**body, "expect": expected, "keep_found": _kept(form)}
        try:
            await visit.ask_here(put_copy_right, body=sent)
        except Exception as error:
            refuse(form, error, at="found")
        else:
            done = _("%(hub)s is sent how its copy reads now.", hub=thread.peer)
            return visit.go(f"/desk/offers/{thread.id}", done)
    return _look(visit, form, [preview], thread=thread, handled=thread)


async def _previews(
    visit: Visit, case: CaseAnswer, body: dict[str, Any]
) -> list[CorrectionPreview]:
    if body["here_only"]:
        return []
    found = await visit.ask(preview_case_right, body=body, id=case.id)
    return list(found.items)


def _as_it_stands(case: CaseAnswer) -> dict[str, str]:
    who = case.requester
    return {
        "title": case.title,
        "question": case.question,
        "name": who.name or "",
        "contact": who.contact or "",
        "organisation": who.organisation or "",
    }


def _of(form: Filled[CorrectionForm], name: str) -> str:
    return str(getattr(form.value, name))


def _words(form: WordsForm) -> dict[str, Any]:
    given = {name: getattr(form, f"outside_{name}") for name in _OUTSIDE}
    outside = {name: text for name, text in given.items() if text}
    return {"outside": {**outside, "stays": form.stays}}


def _expected(form: WordsForm, previews: list[CorrectionPreview]) -> list[str]:
    return list(form.expect) or [each.sha256 for each in previews]


def _kept(form: Filled[Any]) -> list[dict[str, str]]:
    return [
        {"place": name.removeprefix(KEEP), "reason": texts[0].strip()}
        for name, texts in form.given.items()
        if name.startswith(KEEP) and texts[0].strip()
    ]


def _said(done: CorrectedAnswer) -> str:
    said = [_("The case is put right.")]
    if done.told:
        said.append(_("Told how their copy reads now: %(hubs)s.", hubs=listed(done.told)))
    if done.behind:
        said.append(_("They have it as it was: %(hubs)s.", hubs=listed(done.behind)))
    return " ".join(said)


def _edit(visit: Visit, case: CaseAnswer, form: Filled[Any]) -> web.Response:
    copies = [each for each in case.escalations if each.direction == "out" and each.fields]
    return visit.page(
        "desk/correct.html",
        section="cases",
        case=case,
        form=form,
        hubs=[each.peer for each in copies if "correct" in each.possible],
    )


def _edit_copy(visit: Visit, thread: ThreadAnswer, form: Filled[Any]) -> web.Response:
    return visit.page("desk/correct_copy.html", section="offers", thread=thread, form=form)


def _look(
    visit: Visit,
    form: Filled[Any],
    previews: list[CorrectionPreview],
    *,
    handled: CaseAnswer | ThreadAnswer,
    case: CaseAnswer | None = None,
    thread: ThreadAnswer | None = None,
    changes: Mapping[str, str] | None = None,
) -> web.Response:
    model = CorrectionForm if case is not None else WordsForm
    hidden = [
        (name, text)
        for name in model.model_fields
        if name not in ("do", "expect")
        for text in form.given.get(name, ())
    ]
    found = {each.place: each for preview in previews for each in preview.found}
    return visit.page(
        "desk/correct_preview.html",
        section="cases" if case is not None else "offers",
        case=case,
        thread=thread,
        handled=handled,
        form=form,
        previews=previews,
        parts={each.escalation: in_words(each.corrected) for each in previews},
        found=list(found.values()),
        changes=changes or {},
        hidden=hidden,
        keep=KEEP,
    )


ROUTES = [
    web.get("/desk/cases/{id}/correct", correct_page),
    web.post("/desk/cases/{id}/correct", correct_page),
    web.get("/desk/offers/{id}/correct", correct_copy_page),
    web.post("/desk/offers/{id}/correct", correct_copy_page),
]
