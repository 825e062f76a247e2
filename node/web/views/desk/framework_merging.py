"""Taking over what others improved: looked at first, conflicts decided by a person, one by one."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from content.cases.attachment import NewAttachment
from content.framework.files import NoFrameworkFile
from content.framework.merge_work import NoMerge
from content.framework.upstream import upstream
from content.people.permissions import Right
from node.api import framework, framework_merging
from node.api.models.framework import (
    ConflictAnswer,
    MergeAnswer,
    OwnFrameworkAnswer,
    SettledAnswer,
)
from node.api.routes import Query
from node.uploads import FILE_PART
from node.web.forms import Filled, PageForm, Sure, filled
from node.web.framework_words import (
    KINDS,
    TEXTS,
    place_lines,
    place_name,
    shown_differences,
    titles_in,
)
from node.web.parameters import read_query
from node.web.said import Said, said_by_itself
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page

SECTION: Final = "desk-framework"
PATH: Final = "/desk/framework/merge"


class Other(Query):
    """With whom: upstream, or the host of a hub."""

    other: Annotated[str, Field(max_length=300)] = ""


class Place(Query):
    """Which conflict."""

    item: Annotated[str, Field(max_length=64)]
    place: Annotated[str, Field(max_length=2100)]


class OtherForm(PageForm):
    """With whom the merge is begun; a file instead where none is named."""

    other: Annotated[str, Field(max_length=300)] = ""


class DecideForm(PageForm):
    """What holds at one place."""

    missing: ClassVar[Mapping[str, str]] = {"side": N_("Choose what holds.")}
    side: Literal["ours", "theirs", "own"]
    text: Annotated[str, Field(max_length=8000)] = ""


class GiveUpForm(PageForm):
    """Whether to give the merge up."""

    sure: Sure


@staff_page(Right.FRAMEWORK_EDIT, files=True)
async def merge_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/merge: begin one, or see how far the one that waits is."""
    form = visit.form(OtherForm) if visit.sent else filled()
    if visit.sent:
        try:
            merged = await _begin(visit, form)
        except Exception as error:
            refuse(form, error, at="other" if form.first("other") else FILE_PART)
        else:
            if merged is not None:
                return visit.go(PATH, _said_after(merged))
    try:
        waiting: MergeAnswer = await visit.ask(framework_merging.show_merge)
    except NoMerge:
        return await _choose(visit, form)
    return await _waiting(visit, waiting, form)


@staff_page(Right.FRAMEWORK_EDIT)
async def decide_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/merge/decide?item=&place=: one conflict, side by side."""
    at = read_query(visit.request, Place)
    waiting: MergeAnswer = await visit.ask(framework_merging.show_merge)
    conflict = _found(waiting, at)
    form = visit.form(DecideForm) if visit.sent else _first(conflict)
    if visit.sent and not form.mistakes:
        body: dict[str, Any] = {"item": at.item, "place": at.place, "side": form.value.side}
        if form.value.side == "own":
            body = {"item": at.item, "place": at.place, "text": form.value.text}
        try:
            after = await visit.ask(framework_merging.decide_conflict, body=body)
        except Exception as error:
            refuse(form, error, at="text")
        else:
            if after.conflicts:
                return visit.go(_path_of(after.conflicts[0]), _("Kept. Here is the next one."))
            return visit.go(PATH, _("All is decided. Look at what changes, then finish."))
    titles = await _titles(visit)
    base = conflict.base if isinstance(conflict, ConflictAnswer) else None
    return visit.page(
        "desk/framework_decide.html",
        section=SECTION,
        form=form,
        title=titles.get(at.item) or said_by_itself(at.item),
        origin=waiting.origin,
        place=place_name(at.place),
        is_item=at.place == "item",
        takes_text=at.place.partition("/")[0] in TEXTS,
        before=place_lines(at.place, base, titles),
        ours=place_lines(at.place, conflict.ours, titles),
        theirs=place_lines(at.place, conflict.theirs, titles),
        left=len(waiting.conflicts),
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def finish_page(visit: Visit) -> web.Response:
    """POST /desk/framework/merge/finish: our framework becomes what was merged."""
    await visit.ask(framework_merging.finish)
    return visit.go(
        "/desk/framework", _("Taken over. How it was before is kept among the snapshots.")
    )


@staff_page(Right.FRAMEWORK_EDIT)
async def give_up_page(visit: Visit) -> web.Response:
    """GET and POST /desk/framework/merge/give-up."""
    waiting: MergeAnswer = await visit.ask(framework_merging.show_merge)
    form = visit.form(GiveUpForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.ask(framework_merging.cancel)
        return visit.go(PATH, _("Given up. Our framework is as it was."))
    return visit.page("desk/framework_give_up.html", section=SECTION, form=form, waiting=waiting)


def framework_in(files: tuple[NewAttachment, ...]) -> dict[str, Any] | None:
    """Return the JSON of a framework that somebody chose as a file; None without a file."""
    if not files:
        return None
    try:
        values = json.loads(files[0].data)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise NoFrameworkFile(N_("This is no file with a framework, as a hub exports it as JSON."))
    return values


async def _begin(visit: Visit, form: Filled[Any]) -> MergeAnswer | None:
    """Return the merge that was begun, or done; None where the form has mistakes."""
    file = framework_in(visit.files(form))
    if form.mistakes:
        return None
    if not form.value.other and file is None:
        form.refuse(_("Choose at least one file."), FILE_PART)
        return None
    body = {"other": form.value.other} if form.value.other else {"file": file}
    merged: MergeAnswer = await visit.ask(framework_merging.begin, body=body)
    return merged


def _said_after(merged: MergeAnswer) -> str:
    if not merged.applied:
        return _("Begun. Nothing of ours changes before all conflicts are decided.")
    if not merged.brings:
        return _("There was nothing to take over.")
    return _("Taken over. How it was before is kept among the snapshots.")


async def _choose(visit: Visit, form: Filled[Any]) -> web.Response:
    """Return the page on which somebody chooses with whom, and looks at what would change."""
    other = read_query(visit.request, Other).other or form.first("other")
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    showing = await visit.ask(framework.list_showing_hubs)
    here, look = visit.hub.identity.host, None
    hubs = [(each.host, each.name, each.items) for each in showing.items if each.host != here]
    if other and not form.mistakes:
        try:
            body = {"other": other, "preview": True}
            look = await visit.ask(framework_merging.begin, body=body)
        except Exception as error:
            refuse(form, error, at="other")
    titles = titles_in(own.framework, upstream().framework)
    return visit.page(
        "desk/framework_merge.html",
        section=SECTION,
        form=form,
        own=own,
        upstream=upstream().version,
        hubs=hubs,
        other=other,
        name={host: name for host, name, _items in hubs}.get(other, other),
        look=look,
        brings=None if look is None else shown_differences(look.brings, titles),
        kinds={kind: _(name) for kind, name in KINDS.items()},
    )


async def _waiting(visit: Visit, waiting: MergeAnswer, form: Filled[Any]) -> web.Response:
    titles = await _titles(visit)

    def line(each: ConflictAnswer | SettledAnswer) -> tuple[str, str, Said]:
        return (
            _path_of(each),
            place_name(each.place),
            titles.get(each.item) or said_by_itself(each.item),
        )

    return visit.page(
        "desk/framework_waiting.html",
        section=SECTION,
        form=form,
        waiting=waiting,
        open=[line(each) for each in waiting.conflicts],
        settled=[
            (*line(each), place_lines(each.place, each.value, titles)) for each in waiting.settled
        ],
        brings=shown_differences(waiting.brings, titles),
        kinds={kind: _(name) for kind, name in KINDS.items()},
    )


async def _titles(visit: Visit) -> dict[str, Said]:
    own: OwnFrameworkAnswer = await visit.ask(framework.show_own_framework)
    return titles_in(own.framework, upstream().framework)


def _found(waiting: MergeAnswer, at: Place) -> ConflictAnswer | SettledAnswer:
    known: tuple[ConflictAnswer | SettledAnswer, ...] = (*waiting.conflicts, *waiting.settled)
    for each in known:
        if (each.item, each.place) == (at.item, at.place):
            return each
    raise PageHidden


def _first(conflict: ConflictAnswer | SettledAnswer) -> Filled[Any]:
    """Return the form as it is shown first: with our text to write on, or what was decided."""
    if isinstance(conflict, ConflictAnswer):
        return filled(text=conflict.ours or conflict.theirs)
    sides = {conflict.ours: "ours", conflict.theirs: "theirs"}
    return filled(side=sides.get(conflict.value, "own"), text=conflict.value)


def _path_of(conflict: ConflictAnswer | SettledAnswer) -> str:
    return f"{PATH}/decide?{urlencode({'item': conflict.item, 'place': conflict.place})}"


ROUTES = [
    web.get(PATH, merge_page),
    web.post(PATH, merge_page),
    web.get("/desk/framework/merge/decide", decide_page),
    web.post("/desk/framework/merge/decide", decide_page),
    web.post("/desk/framework/merge/finish", finish_page),
    web.get("/desk/framework/merge/give-up", give_up_page),
    web.post("/desk/framework/merge/give-up", give_up_page),
]
