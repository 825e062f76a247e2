"""The files of a case: seen, fetched, added, and shown to who asked."""

from collections.abc import Iterable

from aiohttp import web

from content.cases.status import CaseStatus
from content.people.permissions import Right
from node.api.attachments import (
    add_attachments,
    download_attachment,
    list_attachments,
    show_attachment,
)
from node.api.cases import show_case
from node.api.models.cases import CaseAnswer
from node.api.models.requests import AttachmentAnswer
from node.uploads import FILE_PART
from node.web.forms import PageForm, filled
from node.web.speaking import gettext as _
from node.web.speaking import ngettext
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.views.desk.people import names_of_people, said_by
from node.web.words import size


@staff_page(Right.CASES_ASSIGNED, files=True)
async def files_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/files: all of a case, and adding some."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    form = visit.form(PageForm) if visit.sent else filled()
    if visit.sent:
        sent = visit.files(form)
        if not sent and not form.mistakes:
            form.refuse(_("Choose at least one file."), FILE_PART)
        if not form.mistakes:
            try:
                await visit.ask(add_attachments, files=sent, id=case.id)
            except Exception as error:
                refuse(form, error, at=FILE_PART)
            else:
                done = ngettext(
                    "The file is with the case. Only people of this hub who see the case see it.",
                    "The files are with the case. Only people of this hub who see the case see"
                    " them.",
                    len(sent),
                )
                return visit.go(f"/desk/cases/{case.id}/files", done)
    found = await visit.ask(list_attachments, id=case.id)
    return visit.page(
        "desk/files.html",
        section="cases",
        case=case,
        files=found.items,
        form=form,
        names=await visit.read(names_of_people),
        is_open=case.status not in (CaseStatus.WITHDRAWN, CaseStatus.ERASED),
    )


@staff_page(Right.CASES_ASSIGNED)
async def case_file(visit: Visit) -> web.Response:
    """GET /desk/cases/{id}/files/{attachment}: to be saved, never shown."""
    answer: web.Response = await visit.ask_here(download_attachment)
    return answer


@staff_page(Right.CASES_WORK)
async def show_file_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/files/{attachment}/show: who asked sees it from now on."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    found = await visit.ask(list_attachments, id=case.id)
    file = next((each for each in found.items if each.id == visit.path["attachment"]), None)
    if file is None or case.escalated_from is not None:
        raise PageHidden
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.ask_here(show_attachment)
        return visit.go(f"/desk/cases/{case.id}/files", _("Who asked sees the file from now on."))
    return visit.page("desk/show_file.html", section="cases", case=case, file=file, form=form)


def choices_of_files(
    files: Iterable[AttachmentAnswer], names: dict[str, str]
) -> list[tuple[str, str]]:
    """Return the files of a case as boxes to tick: id, and name with size and who added it."""
    return [
        (each.id, f"{each.name} ({size(each.size)}, {said_by(each.added_by, names)})")
        for each in files
    ]


ROUTES = [
    web.get("/desk/cases/{id}/files", files_page),
    web.post("/desk/cases/{id}/files", files_page),
    web.get("/desk/cases/{id}/files/{attachment}", case_file),
    web.get("/desk/cases/{id}/files/{attachment}/show", show_file_page),
    web.post("/desk/cases/{id}/files/{attachment}/show", show_file_page),
]
