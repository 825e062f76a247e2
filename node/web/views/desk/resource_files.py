"""Files of a resource: attached, fetched, and taken off again."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from node.api import catalogue, resource_files
from node.api.models.catalogue import ResourceAnswer
from node.uploads import FILE_PART
from node.web.forms import PageForm, filled
from node.web.said import said, said_best
from node.web.speaking import gettext as _
from node.web.speaking import ngettext
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.step_forms import SureForm

PATH: Final = "/desk/catalogue/{ulid}/files"


@staff_page(Right.CATALOGUE_EDIT, files=True)
async def files_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/{ulid}/files: all of a resource, and attaching some."""
    resource: ResourceAnswer = await visit.ask_here(catalogue.show_resource)
    form = visit.form(PageForm) if visit.sent else filled()
    if visit.sent:
        sent = visit.files(form)
        if not sent and not form.mistakes:
            form.refuse(_("Choose at least one file."), FILE_PART)
        if not form.mistakes:
            try:
                await visit.ask_here(resource_files.attach_to_resource, files=sent)
            except Exception as error:
                refuse(form, error, at=FILE_PART)
            else:
                return visit.go(
                    PATH.format(ulid=resource.ulid),
                    ngettext("The file is attached.", "The files are attached.", len(sent)),
                )
    return visit.page(
        "desk/resource_files.html",
        section="catalogue",
        resource=resource,
        title=said_best(resource.title, resource.language) or said(resource.id, "und"),
        form=form,
    )


@staff_page(Right.CATALOGUE_EDIT)
async def file_page(visit: Visit) -> web.Response:
    """GET /desk/catalogue/{ulid}/files/{sha256}: the file, also of a draft; saved, not shown."""
    answer: web.Response = await visit.ask_here(resource_files.download_resource_file)
    return answer


@staff_page(Right.CATALOGUE_EDIT)
async def remove_file_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/{ulid}/files/{sha256}/remove: take it off, and erase it here."""
    resource: ResourceAnswer = await visit.ask(catalogue.show_resource, ulid=visit.path["ulid"])
    file = next((each for each in resource.files if each.sha256 == visit.path["sha256"]), None)
    if file is None:
        raise PageHidden
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            await visit.ask_here(resource_files.detach_from_resource)
        except Exception as error:
            refuse(form, error)
        else:
            return visit.go(PATH.format(ulid=resource.ulid), _("The file is taken off and erased."))
    return visit.page(
        "desk/resource_file_remove.html",
        section="catalogue",
        resource=resource,
        file=file,
        form=form,
    )


ROUTES = [
    web.get(PATH, files_page),
    web.post(PATH, files_page),
    web.get("/desk/catalogue/{ulid}/files/{sha256}", file_page),
    web.get("/desk/catalogue/{ulid}/files/{sha256}/remove", remove_file_page),
    web.post("/desk/catalogue/{ulid}/files/{sha256}/remove", remove_file_page),
]
