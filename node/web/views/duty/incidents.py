"""Breaches of personal data: noted with the clock of 72 hours, and closed with how they ended."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from content.incidents import LONGEST
from content.people.permissions import Right
from node.api import incidents
from node.api.models.incidents import IncidentAnswer
from node.web.forms import PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.views.desk.people import names_of_people

PATH: Final = "/duty/incidents"
_BETWEEN: Final = re.compile(r"[\s,;]+")


class NoteForm(PageForm):
    """What happened. noticed_at: in the time zone of the hub."""

    missing: ClassVar[Mapping[str, str]] = {"what": N_("Say what happened.")}
    what: Annotated[str, Field(max_length=LONGEST)]
    noticed_at: datetime | None = None
    peers: Annotated[str, Field(max_length=4000)] = ""
    cases: Annotated[str, Field(max_length=4000)] = ""


class EndForm(PageForm):
    """How it ended."""

    missing: ClassVar[Mapping[str, str]] = {"ending": N_("Say what was done.")}
    ending: Annotated[str, Field(max_length=LONGEST)]


@staff_page(Right.OPERATE)
async def incidents_page(visit: Visit) -> web.Response:
    """GET /duty/incidents: the open ones by urgency, then the closed ones."""
    found = await visit.ask(incidents.list_incidents, query={"closed": True})
    return visit.page(
        "duty/incidents.html",
        section="duty",
        open=[each for each in found.items if each.closed_at is None],
        closed=[each for each in found.items if each.closed_at is not None],
        hours={each.id: _hours_left(visit, each) for each in found.items},
        names=await visit.read(names_of_people),
    )


@staff_page(Right.OPERATE)
async def note_page(visit: Visit) -> web.Response:
    """GET and POST /duty/incidents/new."""
    zone = ZoneInfo(visit.hub.identity.timezone)
    now = visit.now().astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    form: Any = visit.form(NoteForm) if visit.sent else filled(noticed_at=now)
    if visit.sent and not form.mistakes:
        noticed = form.value.noticed_at
        at = None if noticed is None else noticed.replace(tzinfo=zone).astimezone(UTC).isoformat()
        body = {
            "what": form.value.what,
            "noticed_at": at,
            "peers": _several(form.value.peers),
            "cases": _several(form.value.cases),
        }
        try:
            await visit.ask(incidents.add_incident, body=body)
        except Exception as error:
            refuse(form, error, at="noticed_at")
        else:
            return visit.go(PATH, _("The breach is noted. Its clock runs."))
    return visit.page("duty/incident_new.html", section="duty", form=form, zone=zone.key)


@staff_page(Right.OPERATE)
async def close_page(visit: Visit) -> web.Response:
    """GET and POST /duty/incidents/{id}/close."""
    found = await visit.ask(incidents.list_incidents, query={"closed": False})
    incident = next((each for each in found.items if each.id == visit.path["id"]), None)
    if incident is None:
        raise PageHidden
    form = visit.form(EndForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            await visit.ask_here(incidents.close_incident, body={"ending": form.value.ending})
        except Exception as error:
            refuse(form, error, at="ending")
        else:
            return visit.go(PATH, _("The breach is closed. The note stays, as the law asks."))
    return visit.page("duty/incident_close.html", section="duty", form=form, incident=incident)


def _hours_left(visit: Visit, incident: IncidentAnswer) -> int:
    """Return whole hours until the authority is to be told; negative once they are over."""
    return int((incident.due_at - visit.now()).total_seconds() // 3600)


def _several(text: str) -> list[str]:
    """Return hosts or numbers that somebody wrote one after the other."""
    return [each for each in _BETWEEN.split(text.strip()) if each]


ROUTES = [
    web.get(PATH, incidents_page),
    web.get("/duty/incidents/new", note_page),
    web.post("/duty/incidents/new", note_page),
    web.get("/duty/incidents/{id}/close", close_page),
    web.post("/duty/incidents/{id}/close", close_page),
]
