"""Comparing frameworks: ours, what we adopted, upstream, snapshots and those of other hubs."""

from collections.abc import Mapping
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from content.framework.scores import level_name
from content.people.permissions import Right
from node.api import framework, framework_merging, framework_scores
from node.api.models.framework import DiffQuery, OwnFrameworkAnswer, SnapshotAnswer
from node.api.routes import Query
from node.web.forms import PageForm, filled
from node.web.framework_words import KINDS, shown_differences, title_of, titles_in
from node.web.parameters import read_query
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.words import day

SECTION: Final = "desk-framework"
SNAPSHOTS: Final = "/desk/framework/snapshots"


class ChosenPair(Query):
    """Which two are compared; as the API names them."""

    before: str = "adopted"
    after: str = "ours"


class NoteForm(PageForm):
    """What a snapshot is for."""

    missing: ClassVar[Mapping[str, str]] = {"note": N_("Say in a few words what it is for.")}
    note: str


@staff_page(Right.FRAMEWORK_EDIT)
async def compare_page(visit: Visit) -> web.Response:
    """GET /desk/framework/compare: two frameworks side by side, where they differ."""
    chosen = read_query(visit.request, ChosenPair)
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    choices = await _choices(visit)
    form, found = filled(before=chosen.before, after=chosen.after), None
    try:
        query = DiffQuery.model_validate(chosen.model_dump()).model_dump()
        found = await visit.ask(framework_merging.compare_frameworks, query=query)
    except Exception as error:
        refuse(form, error, at="after")
    names = dict(choices)
    return visit.page(
        "desk/framework_compare.html",
        section=SECTION,
        form=form,
        choices=choices,
        before=names.get(chosen.before, chosen.before),
        after=names.get(chosen.after, chosen.after),
        found=None if found is None else shown_differences(found.items, titles_in(own.framework)),
        kinds={kind: _(name) for kind, name in KINDS.items()},
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def snapshots_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/snapshots: all of them, and taking one."""
    form = visit.form(NoteForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            made = await visit.ask(framework_scores.new_snapshot, body={"note": form.value.note})
        except Exception as error:
            refuse(form, error, at="note")
        else:
            return visit.go(f"{SNAPSHOTS}/{made.number}", _("Taken. It is never changed."))
    found = await visit.ask(framework_scores.list_snapshots)
    return visit.page(
        "desk/framework_snapshots.html",
        section=SECTION,
        form=form,
        snapshots=[(each, _scored(each)) for each in found.items],
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def snapshot_page(visit: Visit) -> web.Response:
    """GET /desk/framework/snapshots/{number}: the framework and the scores of that day."""
    found = await visit.ask_here(framework_scores.show_snapshot)
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    tag = spoken().tag
    return visit.page(
        "desk/framework_snapshot.html",
        section=SECTION,
        snapshot=found,
        items=[
            (item, title_of(item.title), found.scores.get(item.id), own.scores.get(item.id))
            for item in found.framework.items
        ],
        levels={level: level_name(level, tag) for level in range(5)},
        covered=[
            (each, title_of(found.framework.get(each.pillar).title)) for each in found.coverage
        ],
    )


def _scored(snapshot: SnapshotAnswer) -> int:
    return sum(each.scored for each in snapshot.coverage)


async def _choices(visit: Visit) -> list[tuple[str, str]]:
    """Return what can be compared: as the API names it, and in words."""
    snapshots = await visit.ask(framework_scores.list_snapshots)
    showing = await visit.ask(framework.list_showing_hubs)
    here, zone = visit.hub.identity.host, ZoneInfo(visit.hub.identity.timezone)
    choices: list[tuple[str, str]] = [
        ("ours", _("Ours, as it is now")),
        ("adopted", _("What we last took from upstream")),
        ("upstream", _("Upstream: what comes with the program")),
    ]
    choices += [
        (each.host, _("%(hub)s, what it shows", hub=each.name))
        for each in showing.items
        if each.host != here
    ]
    choices += [(str(each.number), _named(each, zone)) for each in snapshots.items]
    return choices


def _named(snapshot: SnapshotAnswer, zone: ZoneInfo) -> str:
    return _(
        "Snapshot %(number)s, %(day)s: %(note)s",
        number=snapshot.number,
        day=day(snapshot.at, zone),
        note=snapshot.note,
    )


ROUTES = [
    web.get("/desk/framework/compare", compare_page),
    web.get(SNAPSHOTS, snapshots_page),
    web.post(SNAPSHOTS, snapshots_page),
    web.get("/desk/framework/snapshots/{number}", snapshot_page),
]
