"""Harvest sources on the desk: how each does, its reports, and what waits for approval."""

from collections.abc import Mapping
from typing import ClassVar, Final, Literal

from aiohttp import web

from content.people.permissions import Right
from node.api import harvest
from node.api.models.harvest import HarvestSourceAnswer, WaitingAnswer
from node.api.routes import Handler
from node.shell import View
from node.web.forms import PageForm, Sure, filled
from node.web.record_words import field_lines, field_name
from node.web.said import Said, said, said_best
from node.web.speaking import N_, ngettext
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.views.desk import harvest_settings
from node.web.views.desk.harvest_settings import KINDS, LABELS, PATH
from node.web.words import concept, number

OUTCOMES: Final = {
    "done": N_("It went well."),
    "not-modified": N_("Nothing is new there."),
    "failed": N_("It failed, and nothing of it was kept."),
    "stopped": N_("It was stopped before anything was changed."),
}
SHOWN_RUNS: Final = 10
SHOWN_BAD: Final = 20
AT_ONCE: Final = 50
"""What waits is decided about in portions of this size."""


class RemoveForm(PageForm):
    """What becomes of the records of a source that is removed."""

    missing: ClassVar[Mapping[str, str]] = {"records": N_("Choose what becomes of its records.")}
    records: Literal["keep", "take-back"]
    sure: Sure


class DecideForm(PageForm):
    """What is decided, and about what. do: approve, or dismiss."""

    missing: ClassVar[Mapping[str, str]] = {"ulids": N_("Tick at least one record.")}
    ulids: list[str]
    do: Literal["approve", "dismiss"]


@staff_page(Right.CATALOGUE_EDIT)
async def sources_page(visit: Visit) -> web.Response:
    """GET /desk/harvest: all sources, with state and how the last run went."""
    found = await visit.ask(harvest.list_sources)
    waiting = {
        each.id: len((await visit.ask(harvest.waiting_of_source, id=each.id)).items)
        for each in found.items
        if each.review
    }
    return visit.page(
        "desk/harvest.html",
        section="catalogue",
        sources=[(each, waiting.get(each.id, 0)) for each in found.items],
        kinds={kind: _(label) for kind, (label, _example, _how) in KINDS.items()},
        outcomes={outcome: _(text) for outcome, text in OUTCOMES.items()},
    )


@staff_page(Right.CATALOGUE_EDIT)
async def source_page(visit: Visit) -> web.Response:
    """GET /desk/harvest/{id}: one source, its last runs in words, and what can be done."""
    source: HarvestSourceAnswer = await visit.ask_here(harvest.show_source)
    runs = await visit.ask_here(harvest.list_runs)
    waiting = await visit.ask_here(harvest.waiting_of_source)
    return visit.page(
        "desk/harvest_source.html",
        section="catalogue",
        source=source,
        kind=_(KINDS[source.kind][0]),
        runs=runs.items[:SHOWN_RUNS],
        waiting=len(waiting.items),
        readers=_(LABELS[source.label]) if source.label in LABELS else concept(source.label.value),
        outcomes={outcome: _(text) for outcome, text in OUTCOMES.items()},
        is_due=source.state == "active" and source.next_at <= visit.now(),
        shown_bad=SHOWN_BAD,
    )


def _verb(handler: Handler, done: str, right: Right) -> View:
    """Return the page behind a button of a source. done: marked with N_."""

    async def pressed(visit: Visit) -> web.Response:
        await visit.ask_here(handler)
        return visit.go(f"{PATH}/{visit.path['id']}", _(done))

    return staff_page(right)(pressed)


run = _verb(
    harvest.run_soon,
    N_("It is asked within a minute; load this page again to see the report."),
    Right.CATALOGUE_EDIT,
)
pause = _verb(
    harvest.pause_source,
    N_("It is left alone until somebody lets it go on. Its records stay."),
    Right.OPERATE,
)
resume = _verb(
    harvest.resume_source, N_("It goes on, and is asked within a minute."), Right.OPERATE
)


@staff_page(Right.OPERATE)
async def remove_page(visit: Visit) -> web.Response:
    """GET and POST /desk/harvest/{id}/remove: the source goes; its records stay, or go too."""
    source: HarvestSourceAnswer = await visit.ask_here(harvest.show_source)
    form = visit.form(RemoveForm) if visit.sent else filled(records="keep")
    if visit.sent and not form.mistakes:
        take_back = form.value.records == "take-back"
        try:
            done = await visit.ask_here(
                harvest.remove_harvest_source, query={"take_back": take_back}
            )
        except Exception as error:
            refuse(form, error)
        else:
            removed = _("The source is removed; its records stay, as ours.")
            if take_back:
                removed = ngettext(
                    "The source is removed, and one record was taken back.",
                    "The source is removed, and %(num)s records were taken back.",
                    done.taken_back,
                    num=number(done.taken_back),
                )
            return visit.go(PATH, removed)
    return visit.page("desk/harvest_remove.html", section="catalogue", source=source, form=form)


@staff_page(Right.CATALOGUE_EDIT)
async def waiting_page(visit: Visit) -> web.Response:
    """GET and POST /desk/harvest/{id}/waiting: approve or dismiss what waits."""
    form = visit.form(DecideForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        approve = form.value.do == "approve"
        handler = harvest.approve_harvested if approve else harvest.dismiss_harvested
        try:
            done = await visit.ask_here(handler, body={"ulids": form.value.ulids})
        except Exception as error:
            refuse(form, error, at="ulids")
        else:
            return visit.go(f"{PATH}/{visit.path['id']}/waiting", _decided(done.count, approve))
    source: HarvestSourceAnswer = await visit.ask_here(harvest.show_source)
    waiting = await visit.ask_here(harvest.waiting_of_source)
    shown = waiting.items[:AT_ONCE]
    return visit.page(
        "desk/harvest_waiting.html",
        section="catalogue",
        form=form,
        source=source,
        groups=[
            (
                change,
                [(each, _title(each), _sides(each)) for each in shown if each.change == change],
            )
            for change in ("new", "change", "gone")
        ],
        total=len(waiting.items),
        shown=len(shown),
    )


def _decided(count: int, approve: bool) -> str:
    num = number(count)
    if approve:
        return ngettext("One is approved.", "%(num)s are approved.", count, num=num)
    return ngettext("One is left out.", "%(num)s are left out.", count, num=num)


def _title(waiting: WaitingAnswer) -> Said:
    record = waiting.wanted or waiting.record
    return said_best(record.title, record.language) or said(waiting.ulid, "und")


def _sides(waiting: WaitingAnswer) -> list[tuple[str, tuple[Said, ...], tuple[Said, ...]]]:
    """Return what would change: name of the field, as it is here, as it would become."""
    return [
        (
            field_name(name),
            field_lines(name, getattr(waiting.record, name)),
            field_lines(name, getattr(waiting.wanted, name)),
        )
        for name in waiting.fields
    ]


ROUTES = [
    web.get(PATH, sources_page),
    *harvest_settings.ROUTES,
    web.get("/desk/harvest/{id}", source_page),
    web.post("/desk/harvest/{id}/run", run),
    web.post("/desk/harvest/{id}/pause", pause),
    web.post("/desk/harvest/{id}/resume", resume),
    web.get("/desk/harvest/{id}/remove", remove_page),
    web.post("/desk/harvest/{id}/remove", remove_page),
    web.get("/desk/harvest/{id}/waiting", waiting_page),
    web.post("/desk/harvest/{id}/waiting", waiting_page),
]
