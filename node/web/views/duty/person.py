"""One user: how they read, where mails go, what they know, and which listed expert they are."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import sqlite_utils
from aiohttp import web
from pydantic import Field

from content.experts.expert import ExpertState
from content.experts.store import ExpertStore
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import user_details
from node.web import words
from node.web.forms import PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.views.duty.people import PATH


class PersonForm(PageForm):
    """What is noted; what is left empty is forgotten."""

    missing: ClassVar[Mapping[str, str]] = {"display_name": N_("Write the name that others read.")}
    display_name: Annotated[str, Field(max_length=120)]
    email: Annotated[str, Field(max_length=320)] = ""
    topics: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
    listing: Annotated[str, Field(max_length=30)] = ""


@staff_page(Right.USERS_MANAGE)
async def person_page(visit: Visit) -> web.Response:
    """GET and POST /duty/people/{name}."""
    found = await visit.ask_here(user_details.show_user_details)
    form: Any = visit.form(PersonForm) if visit.sent else filled(**found.model_dump())
    if visit.sent and not form.mistakes:
        body = form.value.model_dump()
        try:
            await visit.ask_here(user_details.change_user_details, body=body)
        except Exception as error:
            codes = {"mail-person-invalid": "email", "account-taken": "listing"}
            refuse(form, error, at=codes.get(getattr(error, "code", ""), "display_name"))
        else:
            return visit.go(PATH, _("Noted."))
    topics = ((each, words.concept(each)) for each in Vocabulary.load().ids("topics"))
    return visit.page(
        "duty/person.html",
        section="duty",
        found=found,
        form=form,
        topics=sorted(topics, key=lambda each: each[1].casefold()),
        languages=words.languages(visit.hub.identity.language),
        listings=await visit.read(_listings),
    )


def _listings(db: sqlite_utils.Database) -> list[tuple[str, str]]:
    listed = ExpertStore(db).list(limit=100).items
    return [(each.id, each.record.name) for each in listed if each.state is not ExpertState.LEFT]


ROUTES = [
    web.get("/duty/people/{name}", person_page),
    web.post("/duty/people/{name}", person_page),
]
