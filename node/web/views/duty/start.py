"""The first steps of a hub: an overview, a page for each, and putting one off."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from aiohttp import web

from content.backups import BACKUP, MADE, MADE_KEYS
from content.changes import ChangeStore
from content.people.permissions import Right
from content.starter import starter_counts, starter_lines
from node.api import catalogue, peers, people
from node.api.routes import SentCatalogue
from node.findings.hub import of_origin
from node.web.forms import PageForm, filled
from node.web.languages import LANGUAGES
from node.web.qr import qr_code
from node.web.speaking import gettext as _
from node.web.speaking import ngettext
from node.web.staff import PageHidden, Visit, staff_page
from node.web.starting import PATH, FirstStep, first_steps, note_look, put_off
from node.web.views.account import ROLES
from node.web.views.duty.start_settings import ASKED, settings_page
from node.web.words import country, number
from protocol.manifest import fingerprint


class StarterForm(PageForm):
    """Which part of the starter catalogue; empty for all of it."""

    country: str = ""


@staff_page(Right.OPERATE)
async def start_page(visit: Visit) -> web.Response:
    """GET /duty/start."""
    steps = await visit.read(lambda db: first_steps(db, visit.settings))
    return visit.page(
        "duty/start.html",
        section="duty",
        steps=steps,
        settled=sum(1 for each in steps if not each.open),
        next=next((each for each in steps if each.open), None),
    )


@staff_page(Right.OPERATE)
async def step_page(visit: Visit) -> web.Response:
    """GET and POST /duty/start/{step}."""
    steps = await visit.read(lambda db: first_steps(db, visit.settings))
    step = _named(steps, visit.path["step"])
    frame = _frame(steps, step)
    if step.slug in ASKED:
        return await settings_page(visit, step, frame)
    return await _PAGES[step.slug](visit, frame)


@staff_page(Right.OPERATE)
async def put_off_step(visit: Visit) -> web.Response:
    """POST /duty/start/{step}/later."""
    steps = await visit.read(lambda db: first_steps(db, visit.settings))
    step, act = _named(steps, visit.path["step"]), visit.act()
    if step.open:
        await visit.write(lambda db: put_off(db, step.slug, act))
    after = next(islice(steps, step.number, None), None)
    return visit.go(after.path if after else PATH, _("Put off. You can come back to it any time."))


async def _catalogue(visit: Visit, frame: Mapping[str, Any]) -> web.Response:
    counts, own = starter_counts(), visit.hub.identity.country
    offered = {own: counts[own]} if own in counts else {}
    form: Any = visit.form(StarterForm) if visit.sent else filled(country=next(iter(offered), ""))
    if visit.sent and not form.mistakes:
        body = SentCatalogue("jsonl", starter_lines(form.value.country))
        done = await visit.ask(catalogue.import_lines, body=body)
        said = ngettext("%(num)s resource is new.", "%(num)s resources are new.", done.added)
        return visit.go(f"{PATH}/catalogue", said % {"num": number(done.added)})
    choices = [
        (code, _("Only %(country)s (%(count)s)", country=country(code), count=number(count)))
        for code, count in offered.items()
    ]
    choices.append(("", _("All countries (%(count)s)", count=number(counts.total()))))
    return visit.page("duty/start_catalogue.html", **frame, form=form, choices=choices)


async def _people(visit: Visit, frame: Mapping[str, Any]) -> web.Response:
    found = await visit.ask(people.list_users)
    active = [each for each in found.items if each.active]
    counted = [
        (_(label), sum(1 for each in active if each.role == role)) for role, label in ROLES.items()
    ]
    return visit.page("duty/start_people.html", **frame, counted=counted)


async def _peer(visit: Visit, frame: Mapping[str, Any]) -> web.Response:
    found = await visit.ask(peers.list_peers)
    return visit.page(
        "duty/start_peer.html",
        **frame,
        peers=found.items,
        own=visit.hub.identity,
        fingerprint=fingerprint(visit.hub.identity.g),
    )


async def _elsewhere(visit: Visit, frame: Mapping[str, Any]) -> web.Response:
    return visit.page("duty/start_elsewhere.html", **frame)


async def _backup(visit: Visit, frame: Mapping[str, Any]) -> web.Response:
    rows = await visit.read(lambda db: ChangeStore(db).of(BACKUP, 100).items)
    last = {
        name: next((each.at for each in rows if each.what == what), None)
        for name, what in (("data", MADE), ("keys", MADE_KEYS))
    }
    return visit.page("duty/start_backup.html", **frame, last=last)


async def _outside(visit: Visit, frame: Mapping[str, Any]) -> web.Response:
    if visit.sent:
        finding, act = await of_origin(visit.node, visit.settings), visit.act()
        answered = finding.state == "ok"
        await visit.write(lambda db: note_look(db, answered, act))
        if answered:
            return visit.go(f"{PATH}/outside", _("The address answers."))
        visit.flash(_("The address does not answer from here."), "note")
        return visit.go(f"{PATH}/outside")
    origin = visit.settings.origin
    return visit.page(
        "duty/start_outside.html",
        **frame,
        origin=origin,
        https=visit.settings.https,
        qr=qr_code(origin, _("QR code with the address of this hub")),
    )


def _named(steps: Sequence[FirstStep], slug: str) -> FirstStep:
    found = next((each for each in steps if each.slug == slug), None)
    if found is None:
        raise PageHidden
    return found


def _frame(steps: Sequence[FirstStep], step: FirstStep) -> dict[str, Any]:
    """Return what every page of a step shows around it."""
    return {
        "section": "duty",
        "step": step,
        "count": len(steps),
        "before": steps[step.number - 2] if step.number > 1 else None,
        "after": steps[step.number] if step.number < len(steps) else None,
        "complete": [each.name for each in LANGUAGES.values() if not each.draft],
    }


_PAGES: Final = {
    "catalogue": _catalogue,
    "people": _people,
    "peer": _peer,
    "elsewhere": _elsewhere,
    "backup": _backup,
    "outside": _outside,
}
ROUTES = [
    web.get(PATH, start_page),
    web.get("/duty/start/{step}", step_page),
    web.post("/duty/start/{step}", step_page),
    web.post("/duty/start/{step}/later", put_off_step),
]
