"""From an answered case to a case study: written anew, looked through, and kept as a draft."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from content.vocabulary import Vocabulary
from federation.escalation.scanning import TracesFound
from federation.learning import NoConsent, NotAnswered
from node.api.cases import show_case
from node.api.learning import StudyPreview, keep_study, study_preview, study_scaffold
from node.api.models.cases import CaseAnswer
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.words import concept, languages

LONG: Final = 64 * 1024


class StudyForm(PageForm):
    """What was learned. do: preview, edit or keep. confirmed: what was found may stay."""

    missing: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title."),
        "summary": N_("Write what was asked, in general, and what was learned."),
        "topics": N_("Choose at least one topic."),
    }
    title: Annotated[str, Field(max_length=300)]
    summary: Annotated[str, Field(max_length=LONG)]
    language: Annotated[str, Field(max_length=35)]
    topics: list[str]
    confirmed: bool = False
    do: str = "preview"


@staff_page(Right.CASES_WORK)
async def study_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/study: write it, see what was found in it, keep it."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    if case.escalated_from is not None:
        raise PageHidden
    try:
        empty = (await visit.ask(study_scaffold, id=case.id)).record
    except (NoConsent, NotAnswered) as error:
        return visit.page(
            "desk/study_not_yet.html",
            section="cases",
            case=case,
            agreed=not isinstance(error, NoConsent),
        )
    if not visit.sent:
        start = filled(language=empty["language"], topics=empty["topics"])
        return _write(visit, case, start)
    form = visit.form(StudyForm)
    if form.mistakes or form.value.do == "edit":
        return _write(visit, case, form)
    record = _record(empty, form.value)
    try:
        preview: StudyPreview = await visit.ask(study_preview, body={"record": record}, id=case.id)
    except Exception as error:
        refuse(form, error, at="title")
        return _write(visit, case, form)
    if form.value.do == "keep":
        body = {"record": record, "confirmed": form.value.confirmed}
        try:
            kept = await visit.ask(keep_study, body=body, id=case.id)
        except Exception as error:
            refuse(form, error, at="found" if isinstance(error, TracesFound) else "")
        else:
            return visit.go(
                f"/desk/catalogue/{kept.ulid}",
                _(
                    "The case study is a draft of the catalogue. Let a second person read it, then"
                    " publish it here."
                ),
            )
    return _look(visit, case, form, preview)


def _record(empty: dict[str, Any], form: StudyForm) -> dict[str, Any]:
    return {
        **empty,
        "language": form.language,
        "title": {form.language: form.title},
        "summary": {form.language: form.summary},
        "topics": form.topics,
    }


def _write(visit: Visit, case: CaseAnswer, form: Filled[Any]) -> web.Response:
    topics = [(each, concept(each)) for each in Vocabulary.load().ids("topics")]
    return visit.page(
        "desk/study.html",
        section="cases",
        case=case,
        form=form,
        topics=sorted(topics, key=lambda each: each[1].casefold()),
        languages=languages(case.language),
    )


def _look(visit: Visit, case: CaseAnswer, form: Filled[Any], preview: StudyPreview) -> web.Response:
    names = ("title", "summary", "language", "topics")
    record = preview.record
    return visit.page(
        "desk/study_preview.html",
        section="cases",
        case=case,
        form=form,
        record=record,
        title=record.title.get(record.language, ""),
        summary=record.summary.get(record.language, ""),
        findings=preview.findings,
        hidden=[(name, text) for name in names for text in form.given.get(name, ())],
    )


ROUTES = [
    web.get("/desk/cases/{id}/study", study_page),
    web.post("/desk/cases/{id}/study", study_page),
]
